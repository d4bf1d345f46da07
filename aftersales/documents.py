"""Printed forms after delivery: feedback form QR/JY-2005 (D24), return form (D25), satisfaction survey (D40). None shows a price."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.reading import papers_of, return_lines
from aftersales.selectors import conditions
from core.actor import SYSTEM
from core.questions import ask
from documents.registry import form
from orders.models import Order
from orders.services.ledger import goods_lines
from organization.models import Company


@form("D24", template="documents/D24.html", title=_("Service and quality feedback form"), about="aftersales.servicerequest")
def feedback(document: ServiceRequest) -> dict[str, Any]:
    """What the customer said, in their words, and what became of it (SVC-01)."""
    return {
        **_common(document.order),
        "number": document.number,
        "date": localtime(document.received_at).date(),
        "form_number": "QR/JY-2005",
        "url": document.get_absolute_url(),
        "kind": str(document.get_kind_display()),
        "channel": str(document.get_channel_display()),
        "contact": document.contact,
        "received_at": document.received_at,
        "words": document.words,
        "delivery": _delivery(document.shipment_id),
        "papers": [each.name for each in papers_of(document)],
        "contacted_at": document.contacted_at or "",
        "contact_note": document.contact_note,
        "solution": document.solution,
        "told_to": document.told_to,
        "agreed_by": document.agreed_by,
        "closed_at": document.closed_at or "",
        "signatures": [
            {"title": pgettext("service", "received by"), "name": document.received_by, "at": document.received_at},
            {"title": str(_("After-sales")), "name": document.contacted_by, "at": document.contacted_at or ""},
            {"title": str(_("Customer")), "name": document.agreed_by, "at": document.closed_at or ""},
        ],
    }


@form("D25", template="documents/D25.html", title=_("Return form"), about="aftersales.returnrequest")
def return_form(document: ReturnRequest) -> dict[str, Any]:
    """What comes back and why, who decided, what became of it (RET-01, RET-02)."""
    freight = ""
    if document.costs_told_at:
        freight = str(_("our company") if document.is_ours else _("the customer, both ways, prepaid"))
    return {
        **_common(document.order),
        "number": document.number,
        "date": localtime(document.applied_at).date(),
        "form_number": "JY/QR-D25 A/2",
        "url": document.get_absolute_url(),
        "wanted": str(document.get_wanted_display()),
        "reason": str(document.get_reason_display()),
        "cause": str(document.get_cause_display()),
        "identity": str(document.get_identity_display()),
        "words": document.words,
        "freight_by": freight,
        "conditions": [{"name": each.name, "asked": each.asked, "found": each.found} for each in conditions(document)],
        "collection": f"{document.collect_on.isoformat()} {document.carrier}" if document.collect_on else "",
        "lines": [_line(each) for each in return_lines(document)],
        "conclusion": document.conclusion,
        "signatures": [
            {"title": str(_("Applied by")), "name": document.applied_by, "at": document.applied_at},
            {"title": str(_("After-sales head")), "name": document.answered_by, "at": document.answered_at or ""},
            {"title": str(_("Store")), "name": document.received_by, "at": document.received_at or ""},
            {"title": str(_("Inspected by")), "name": document.inspected_by, "at": document.inspected_at or ""},
        ],
    }


@form("D40", template="documents/D40.html", title=_("Customer satisfaction survey"), about="aftersales.rating")
def survey(document: Rating) -> dict[str, Any]:
    """Sent empty with the date to answer, or with what the customer answered (SVC-04)."""
    goods = [{"model": line.item.code, "name": line.item.name_zh} for line in goods_lines(document.order) if line.item]
    return {
        **_common(document.order),
        "number": str(document),
        "date": localtime(document.asked_at).date(),
        "form_number": "JY/QR-D40 A/2",
        "url": document.get_absolute_url(),
        "answer_by": document.answer_by,
        "service": document.service.number if document.service else "",
        "goods": goods,
        "stars": document.stars or 0,
        "words": document.words,
        "signatures": [{"title": str(_("answered by")), "name": document.rated_by, "at": document.rated_at or ""}],
    }


def _common(order: Order) -> dict[str, Any]:
    company = order.sales_company
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    contract = order.contracts.exclude(state="void").first()
    return {
        "order_id": order.pk,
        "revision": 1,
        "company": {
            "name": company.name,
            "name_en": company.name_en,
            "group": group.name if group else "",
            "address": company.address,
            "phone": company.phone,
            "fax": "",
        },
        "order_number": order.number,
        "contract_number": contract.number if contract else "",
        "customer": {"name": order.customer.name, "contact": order.contact_name, "phone": order.contact_phone},
    }


def _delivery(shipment_id: int | None) -> str:
    if shipment_id is None:
        return ""
    found = ask("things", kind="shipping.shipment", ids=[shipment_id], actor=SYSTEM)
    return next((each[shipment_id]["title"] for each in found if shipment_id in each), "")


def _line(each: Any) -> dict[str, Any]:
    line = each.line
    outcome = str(each.get_outcome_display())
    return {
        "line_no": line.line_no,
        "model": line.item.code,
        "name": "  ".join(filter(None, [line.item.name_zh, line.spec])),
        "unit": str(line.unit or ""),
        "quantity": each.quantity,
        "received": each.received,
        "findings": each.findings,
        "outcome": f"{outcome} × {each.granted.normalize():f}" if outcome and each.granted else outcome,
        "goods": str(each.get_goods_display()),
    }
