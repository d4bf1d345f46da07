"""Printed forms of shipping: shipment notice (D19) and delivery note with receipt (D21). Neither shows a price."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from documents.links import Purpose, address, issue_link, links_about, mint
from documents.registry import form
from organization.models import Company
from shipping.models import Claim, Shipment, ShipmentLine
from shipping.parts import PartState


@form("D19", template="documents/D19.html", title=_("Shipment notice"), about="shipping.shipment")
def shipment_notice(shipment: Shipment) -> dict[str, Any]:
    """To finished-goods store and transport (SHP-01)."""
    cleared = str(shipment.get_clearance_display()) if shipment.clearance else str(_("waits for finance"))
    goods = [
        _line(each, kind=str(_("goods")), line_no=each.line.line_no, store=str(shipment.company.short_name), note=each.line.remark)
        for each in _lines(shipment)
    ]
    return {
        **_common(shipment),
        "number": shipment.number,
        "date": localtime(shipment.noticed_at).date(),
        "form_number": "JY/QR-D19 A/2",
        "url": shipment.get_absolute_url(),
        "ship_on": shipment.planned_on,
        "mode": shipment.carried_by if shipment.carriage else "",
        "checks": [
            {"name": str(_("contract")), "result": str(_("in force"))},
            {"name": str(_("stock")), "result": str(_("reserved"))},
            {"name": str(_("money")), "result": cleared},
        ],
        "lines": goods + [_beside(each, kind=str(_("beside"))) for each in shipment.packing.order_by("pk")],
        "packing": _packing(shipment),
        "remarks": shipment.remarks,
        "copies_to": str(_("finished-goods store, transport, sales clerk")),
        "signatures": [{"title": str(_("Order management")), "name": shipment.noticed_by, "at": shipment.noticed_at}]
        + [{"title": str(title), "name": "", "at": ""} for title in (_("Store"), _("Transport"))],
    }


def receipt_link(shipment: Shipment, by: Actor, at: datetime) -> str:
    """The address behind the code on the receipt: whoever holds the note answers for this delivery alone (SHP-11)."""
    subject, order = (Shipment._meta.label_lower, shipment.pk), shipment.order
    link = links_about(subject).filter(purpose=Purpose.RECEIPT, expires_at__gt=at).first() or issue_link(
        order_id=shipment.order_id,
        purpose=Purpose.RECEIPT,
        subject=subject,
        name=shipment.contact_name or order.contact_name or str(order.customer),
        phone=shipment.contact_phone,
        expires_at=at + timedelta(days=2 * order.settings.link_days),
        by=by,
        at=at,
    )
    return address(mint(link.pk, at=at))


@form("D21", template="documents/D21.html", title=_("Delivery note"), about="shipping.shipment", link=receipt_link)
def delivery_note(shipment: Shipment) -> dict[str, Any]:
    """Goes with the goods; the driver brings the tear-off receipt back (SHP-08)."""
    lines = _lines(shipment)
    missing = shipment.missing_parts.exclude(state=PartState.ALONG).select_related("department__company").order_by("pk")
    packages = sum(count_boxes(each.boxes) for each in lines)
    goods = sum((each.quantity for each in lines), start=0)
    return {
        **_common(shipment),
        "number": shipment.delivery_number or shipment.number,
        "date": localtime(shipment.dispatched_at).date() if shipment.dispatched_at else shipment.planned_on,
        "form_number": "JY/QR-D21 A/2",
        "copy": str(_("Copy 2: customer")),
        "copies": str(_("Four copies: file · customer · receipt · finance")),
        "url": shipment.get_absolute_url(),
        "notice_number": shipment.number,
        "carrier": shipment.carried_by if shipment.carriage else "",
        "lines": [_line(each, serials=each.batch, box=each.boxes) for each in lines]
        + [_beside(each, serials="", box="") for each in shipment.packing.order_by("pk")],
        "total": {"words": str(_("goods: {quantity}")).format(quantity=f"{goods:f}".rstrip("0").rstrip(".")), "packages": packages or None},
        "missing": "\n".join(f"{part}  {part.department}  {part.expected_on}" for part in missing),
        "remarks": "",
        "signatures": [
            {"title": str(_("Prepared (order management)")), "name": shipment.noticed_by, "at": shipment.noticed_at},
            {"title": str(_("Issued by the store")), "name": shipment.picked_by, "at": shipment.picked_at or ""},
            {"title": str(_("Verified (second person)")), "name": shipment.verified_by, "at": shipment.dispatched_at or ""},
            {"title": str(_("Transport")), "name": shipment.dispatched_by, "at": shipment.dispatched_at or ""},
            {"title": str(_("Driver")), "name": "", "at": ""},
        ],
    }


@form("D22", template="documents/D22.html", title=_("Shipping advice"), about="shipping.shipment")
def shipping_advice(shipment: Shipment) -> dict[str, Any]:
    """To the customer, when the goods have left (SHP-08): what comes with whom and when."""
    return {
        **_common(shipment),
        "number": shipment.delivery_number,
        "date": localtime(shipment.dispatched_at).date() if shipment.dispatched_at else "",
        "form_number": "JY/QR-D22 A/1",
        "url": shipment.get_absolute_url(),
        "carrier": shipment.carried_by,
        "tracking_number": shipment.tracking_number,
        "dispatched_at": shipment.dispatched_at,
        "arrives_at": shipment.arrives_at,
        "lines": [_line(each, serials=each.batch, box=each.boxes) for each in _lines(shipment)]
        + [_beside(each, serials="", box="") for each in shipment.packing.order_by("pk")],
        "signatures": [
            {"title": str(_("Transport")), "name": shipment.dispatched_by, "at": shipment.dispatched_at or ""},
            {"title": str(_("Sales")), "name": shipment.told_by, "at": shipment.told_at or ""},
        ],
    }


@form("D26", template="documents/D26.html", title=_("Claim"), about="shipping.claim", prices="freight")
def claim_form(claim: Claim) -> dict[str, Any]:
    """To the carrier or supplier (SHP-10)."""
    shipment, damage = claim.shipment, claim.damage
    return {
        **_common(shipment),
        "number": claim.number,
        "date": localtime(claim.raised_at).date(),
        "form_number": "JY/QR-D26 A/1",
        "url": claim.get_absolute_url(),
        "against": claim.against_name,
        "against_kind": str(claim.get_against_display()),
        "delivery_number": str(shipment),
        "carrier": shipment.carried_by,
        "tracking_number": shipment.tracking_number,
        "dispatched_at": shipment.dispatched_at,
        "lines": [_line(each, serials=each.batch, box=each.boxes) for each in _lines(shipment)],
        "reason": claim.reason,
        "damage": damage.words if damage else "",
        "cause": f"{damage.get_cause_display()}  {damage.finding}".strip() if damage else "",
        "claimed_amount": claim.amount,
        "agreed_amount": claim.agreed_amount,
        "agreed_with": claim.agreed_with,
        "signatures": [{"title": str(_("Raised (transport)")), "name": claim.raised_by, "at": claim.raised_at}]
        + [{"title": str(title), "name": "", "at": ""} for title in (_("Agreed (other side)"), _("Settled"))],
    }


def count_boxes(text: str) -> int:
    """How many boxes "1/6", "2-5/6" or "3" mean: a range counts its ends, a single number or fraction is one box; without digits none."""
    total = 0
    for part in re.split(r"[,，、;；]", text):
        span = re.match(r"\s*(\d+)(?:/\d+)?(?:\s*[-~～–至]\s*(\d+))?", part)
        if span:
            first, last = int(span[1]), int(span[2] or span[1])
            total += max(last - first + 1, 1)
    return total


def _lines(shipment: Shipment) -> list[ShipmentLine]:
    return list(shipment.lines.select_related("line__item", "line__unit").order_by("line__line_no"))


def _line(each: ShipmentLine, **more: Any) -> dict[str, Any]:
    line = each.line
    name = "  ".join(filter(None, [line.item.name_zh if line.item else "", line.spec]))
    return {"model": line.item.code if line.item else "", "name": name, "quantity": each.quantity, "unit": str(line.unit or ""), **more}


def _beside(each: Any, **more: Any) -> dict[str, Any]:
    return {"model": "", "name": each.text, "quantity": each.quantity, "unit": each.unit, **more}


def _packing(shipment: Shipment) -> str:
    return "；".join(f"{each.line.line_no}: {each.boxes}" for each in _lines(shipment) if each.boxes)


def _common(shipment: Shipment) -> dict[str, Any]:
    order = shipment.order
    contract = order.contracts.in_force().first()
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    return {
        "order_id": order.pk,
        "revision": 1,
        "company": {
            "name": order.sales_company.name,
            "name_en": order.sales_company.name_en,
            "group": group.name if group else "",
            "address": order.sales_company.address,
            "phone": order.sales_company.phone,
            "fax": "",
        },
        "order_number": order.number,
        "contract_number": contract.number if contract else "",
        "consignee": {
            "name": order.customer.name,
            "address": shipment.place,
            "contact": shipment.contact_name,
            "phone": shipment.contact_phone,
        },
        "arrival": shipment.wanted_at,
    }
