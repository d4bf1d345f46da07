"""Printed forms of procurement: the purchase order (D13), with purchase prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.money import capitals
from documents.registry import form
from organization.models import Company, Person
from procurement.models import PurchaseLine, PurchaseOrder


@form("D13", template="documents/D13.html", title=_("Purchase order"), about="procurement.purchaseorder", prices="cost")
def purchase_order(purchase: PurchaseOrder) -> dict[str, Any]:
    """To the supplier, signed by the purchasing head (PUR-02). An unknown price leaves its cells and the total empty."""
    lines = purchase.lines_in_order
    costs = [line.cost for line in lines]
    total = None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
    company, supplier = purchase.company, purchase.supplier
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    maker = Person.objects.filter(pk=purchase.made_by_id or 0).first()
    return {
        "order_id": purchase.order_id,
        "revision": 1,
        "number": purchase.number,
        "date": localtime(purchase.made_at).date(),
        "form_number": "JY/QR-D13 A/2",
        "url": purchase.get_absolute_url(),
        "company": {
            "name": company.name,
            "name_en": company.name_en,
            "group": group.name if group else "",
            "address": company.address,
            "phone": company.phone,
            "fax": "",
        },
        "supplier": {
            "name": supplier.name,
            "contact": supplier.contact,
            "phone": supplier.phone,
            "address": supplier.company.address if supplier.company else "",
        },
        "buyer": {"name": purchase.made_by, "phone": company.phone, "email": maker.email if maker else ""},
        "order_numbers": "、".join(sorted({line.order.number for line in lines})),
        "currency": "CNY",
        "tax_note": str(_("13 % VAT included")),
        "lines": [_line(line) for line in lines],
        "total_amount": total,
        "amount_capitals": capitals(total) if total is not None else "",
        "deliver_to": {"name": company.name, "address": company.address, "contact": "", "phone": company.phone},
        "terms": {"quality": str(_("Every arrival is inspected before it is taken into store.")), "other": purchase.remark},
        "signatures": [
            {"title": str(_("Buyer")), "name": purchase.made_by, "at": purchase.made_at},
            {"title": str(_("Purchasing head")), "name": purchase.approved_by, "at": purchase.approved_at or ""},
        ],
    }


def _line(line: PurchaseLine) -> dict[str, Any]:
    return {
        "code": line.item.code,
        "name": line.item.name_zh,
        "spec": "",
        "quantity": line.quantity,
        "unit": line.item.unit.code,
        "unit_price": line.unit_cost,
        "amount": line.cost,
        "due": line.promised_date,
        "note": line.order.number,
    }
