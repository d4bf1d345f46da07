"""The printed invoice (D49): VAT shown, for eyes that may see sale prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.money import capitals
from documents.registry import form
from finance.models import Invoice, InvoiceLine
from finance.selectors import delivery_names
from organization.models import Company

FOUR = Decimal("0.0001")


@form("D49", template="documents/D49.html", title=_("Invoice"), about="finance.invoice", prices=True)
def invoice(document: Invoice) -> dict[str, Any]:
    """As it was issued: texts, prices and buyer are those of that day."""
    company, order = document.company, document.order
    contract = order.contracts.in_force().first()
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    lines = list(document.lines.order_by("line__line_no"))
    deliveries = delivery_names(sorted({each.shipment_id for each in lines if each.shipment_id}))
    return {
        "number": document.number,
        "order_id": order.pk,
        "revision": 1,
        "url": document.get_absolute_url(),
        "date": localtime(document.issued_at).date(),
        "form_number": "JY/QR-D49 A/2",
        "company": {
            "name": company.name, "name_en": company.name_en, "group": group.name if group else "",
            "address": company.address, "phone": company.phone, "fax": "",
        },
        "order_number": order.number,
        "contract_number": contract.number if contract else "",
        "delivery_numbers": "、".join(each["title"] for each in deliveries.values()),
        "currency": document.currency,
        "seller": {
            "name": company.name, "tax_number": company.tax_number, "address": company.address, "phone": company.phone,
            "bank": company.bank, "account": "",
        },
        "buyer": {
            "name": document.buyer_name, "tax_number": document.buyer_tax_number, "address": document.buyer_address,
            "phone": document.buyer_phone, "bank": "", "account": "",
        },
        "lines": [_line(each) for each in lines],
        "total_net": document.net,
        "total_tax": document.tax,
        "total_gross": document.gross,
        "amount_capitals": capitals(document.gross, document.currency),
        **_correction(document),
        "signatures": [{"title": str(_("Issued by (person)")), "name": document.issued_by, "at": document.issued_at}],
    }  # fmt: skip


def _correction(document: Invoice) -> dict[str, Any]:
    """A credit note names its invoice and why (FIN-01)."""
    if document.corrects is None:
        return {"remarks": document.remarks}
    original = {"number": document.corrects.number, "date": localtime(document.corrects.issued_at).date()}
    return {"credit": True, "title": _("Credit note"), "original": original, "reason": document.remarks, "remarks": ""}


def _line(each: InvoiceLine) -> dict[str, Any]:
    return {
        "model": each.model,
        "name": each.text,
        "unit": each.unit,
        "quantity": each.quantity,
        "net_price": (each.unit_price / (1 + each.vat_percent / 100)).quantize(FOUR),
        "net_amount": each.net,
        "vat_rate": f"{each.vat_percent.normalize():f}%",
        "tax_amount": each.tax,
    }
