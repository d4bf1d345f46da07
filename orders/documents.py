"""What stands on the order desk's papers: quotation (D03), contract (D04), production instruction (D05)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.money import capitals
from documents.registry import form
from orders.models import Contract, Order, OrderLine, ProductionInstruction, Quotation
from organization.models import Company


def letterhead(company: Company) -> dict[str, str]:
    """The company as printed at the top of its papers."""
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    return {
        "name": company.name,
        "name_en": company.name_en,
        "group": group.name if group else "",
        "address": company.address,
        "phone": company.phone,
    }


def _priced(lines: list[dict], promise: date | None = None) -> list[dict[str, Any]]:
    """What is promised counts for all goods; before there is a promise, what was wanted of each line."""
    return [
        {
            "model": line["code"],
            "name": f"{line['name']} {line['spec']}".strip(),
            "quantity": Decimal(line["quantity"]),
            "unit": line["unit"],
            "unit_price": Decimal(line["unit_price"]),
            "amount": Decimal(line["amount"]),
            "due": _due(line, promise),
        }
        for line in lines
    ]


def _due(line: dict, promise: date | None) -> date | str:
    if promise is not None:
        return promise if line["kind"] == OrderLine.Kind.GOODS else ""
    return date.fromisoformat(line["wanted_date"]) if line["wanted_date"] else ""


def _tax_note(order: Order) -> str:
    percent = order.sales_company.order_settings.vat_percent
    return str(_("including {percent} % VAT").format(percent=f"{percent.normalize():f}")) if order.currency == "CNY" else ""


@form("D03", template="documents/D03.html", title=_("Quotation"), about="orders.quotation", prices=True)
def quotation_sheet(quotation: Quotation) -> dict[str, Any]:
    order = quotation.order
    return {
        "number": quotation.number,
        "order_id": order.pk,
        "url": order.get_absolute_url(),
        "company": letterhead(order.sales_company),
        "date": localtime(quotation.at).date(),
        "customer": {
            "name": order.customer.name,
            "contact": order.contact_name,
            "phone": order.contact_phone,
            "address": order.customer.address,
        },
        "enquiry": order.customer_reference,
        "valid_until": quotation.valid_until,
        "currency": quotation.currency,
        "tax_note": _tax_note(order),
        "lines": _priced(quotation.lines),
        "total_amount": quotation.amount,
        "amount_capitals": capitals(quotation.amount, quotation.currency),
        "terms": {"delivery": quotation.delivery_date.isoformat(), "payment": str(order.payment_term), "quality": order.quality},
        "contact": {"name": str(order.clerk_post.holder or ""), "phone": order.sales_company.phone},
        "signatures": [{"title": str(_("Quoted by")), "name": quotation.person_name, "at": quotation.at}],
    }


@form("D04", template="documents/D04.html", title=_("Sales contract"), about="orders.contract", prices=True, dated=True)
def contract_sheet(contract: Contract, at: datetime) -> dict[str, Any]:
    """With the one date that is promised if it is signed at this moment (CON-03)."""
    order = contract.order
    ours, theirs = order.sales_company, order.customer
    revision = order.revisions.get(number=contract.revision)
    promise = contract.promised_on(localtime(at).date())
    return {
        "number": contract.number,
        "revision": contract.revision,
        "order_id": order.pk,
        "url": order.get_absolute_url(),
        "company": letterhead(ours),
        "order_number": order.number,
        "currency": contract.currency,
        "seller": {
            "name": ours.name,
            "address": ours.address,
            "phone": ours.phone,
            "bank": ours.bank,
            "tax_number": ours.tax_number,
            "signed_by": contract.our_name,
            "signed_at": contract.our_signed_at,
        },
        "buyer": {
            "name": theirs.name,
            "address": theirs.address,
            "agent": order.contact_name,
            "phone": order.contact_phone,
            "tax_number": theirs.tax_number,
            # a signature on paper stands on the scan
            "signed_by": " ".join(filter(None, [contract.their_name, contract.their_position])) if contract.signed_hash else "",
            "signed_at": contract.their_signed_at if contract.signed_hash else None,
        },
        "signed_hash": contract.signed_hash,
        "lines": _priced(revision.snapshot, promise),
        "total_amount": contract.amount,
        "amount_capitals": capitals(contract.amount, contract.currency),
        "tax_note": _tax_note(order),
        "terms": {
            "payment": contract.payment_text,
            "delivery": f"{contract.delivery_text}，{promise.isoformat()}",
            "quality": order.quality,
            "packing": str(_("Packing by the seller's standard; not returned.")),
            "penalties": contract.penalty_text or str(_("By the Civil Code.")),
            "disputes": str(_("By negotiation; failing that, the court at the seller's seat.")),
        },
    }


@form("D05", template="documents/D05.html", title=_("Production instruction"), about="orders.productioninstruction")
def instruction_sheet(instruction: ProductionInstruction) -> dict[str, Any]:
    order = instruction.order
    contract = order.contracts.in_force().first()
    return {
        "number": instruction.number,
        "order_id": order.pk,
        "url": order.get_absolute_url(),
        "company": letterhead(order.sales_company),
        "order_number": order.number,
        "order_revision": f"R{order.revision}",
        "contract_number": contract.number if contract else "",
        "customer": order.customer.name,
        "sales_company": order.sales_company.name,
        "product_company": order.product_company.name,
        "order_class": str(order.get_order_class_display()),
        "priority": str(order.get_priority_display()),
        "issued_at": instruction.at,
        "due": instruction.due_date,
        "lines": [
            {
                "model": line["code"],
                "name": line["name"],
                "spec": line["spec"],
                "quantity": Decimal(line["quantity"]),
                "unit": line["unit"],
                "due": instruction.due_date,
                "tolerance": instruction.tolerance,
                "drawing": instruction.drawing_revision,
            }
            for line in instruction.lines
        ],
        "tolerance": instruction.tolerance,
        "packing": instruction.packing,
        "drawings": instruction.drawing_revision,
        "special_terms": instruction.special_terms,
        "copies_to": str(_("production, technical department, material control, quality")),
        "signatures": [{"title": str(_("Instruction issued by")), "name": instruction.person_name, "at": instruction.at}],
    }
