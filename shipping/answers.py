"""What shipping answers to the questions of the house: navigation, My work, and who may read its papers."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from core.reasons import Reason
from documents.models import Attachment
from orders.models import Order
from orders.selectors import looked_after
from organization.roles import Role, has_role, sees_claims
from shipping.models import Claim, Damage, MissingPart, Shipment
from shipping.selectors import sees_shipments
from shipping.services.recall import recall_comes_first
from shipping.workflow import GONE, IN_HOUSE
from sla.falling_due import Due, Source, Wanted, first_of_days


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not sees_shipments(actor):
        return None
    return [{"section": "supply", "title": _("Shipments"), "url": reverse("shipping:list"), "icon": "truck-delivery", "position": 70}]


DAMAGES = (
    Role.TRANSPORT,
    Role.FREIGHT_AUDITOR,
    Role.AFTERSALES_ENGINEER,
    Role.INSPECTOR,
    Role.PRODUCTION_MANAGER,
    Role.GENERAL_MANAGER,
    Role.GROUP_MANAGER,
)


@answers("falls_due")
def planned_dispatches(wanted: Wanted) -> Source | None:
    """Planned dispatches of what is still in the house, for the calendar; one's own where one looks after the order or moves the goods."""
    if not sees_shipments(wanted.actor):
        return None

    def rows() -> list[Due]:
        found = Shipment.objects.visible_to(wanted.actor).filter(state__in=IN_HOUSE, planned_on__range=(wanted.first, wanted.last))
        if wanted.mine and not has_role(wanted.actor, *MOVES_GOODS):
            found = found.filter(order__in=Order.objects.filter(looked_after(wanted.actor)))
        days = first_of_days(found.select_related("order__customer"), F("planned_on"), "pk", wanted.few)
        return [Due(s.on_day, s.of_day, str(s), str(s.order.customer), s.get_absolute_url(), s.on_day < wanted.today) for s in days]

    return Source("dispatches", _("Planned dispatches"), "truck-delivery", rows)


MOVES_GOODS = (Role.TRANSPORT, Role.STORE_KEEPER, Role.PACKER, Role.ORDER_MANAGER)


@answers("recall_first")
def what_is_called_back_first(order: Order, lines: frozenset[int] | None) -> list[Reason] | None:
    return recall_comes_first(order, lines) or None


@answers("goods_that_left")
def what_left(order: Order, actor: Actor) -> list[dict[str, Any]] | None:
    """Every delivery of the order on its way or received, and what came of calling it back, for the page of a change (CHG-10)."""
    found = []
    for row in Shipment.objects.visible_to(actor).filter(order=order, state__in=GONE).order_by("pk"):
        offer = row.offer("ask_recall", actor)
        said = row.recall_answer or (row.recall_words and _("called back, not answered yet"))
        ask = {"label": offer.label, "icon": offer.icon, "url": reverse("shipping:act", args=[row.number, offer.name])} if offer else None
        found.append({"title": str(row), "url": row.get_absolute_url(), "state": row.get_state_display(), "chip": row.chip, "said": said,
                      "ask": ask if offer and offer.open else None, "reasons": offer.reasons if offer and not said else []})  # fmt: skip
    return found or None


@answers("nav")
def troubles(actor: Actor) -> list[dict[str, Any]] | None:
    """Damages for those who look for the cause, claims for who sees their amounts and has to do with them."""
    found = []
    if has_role(actor, *DAMAGES):
        found.append(("shipping:damages", _("Transport damages"), "alert-triangle", 72))
    if has_role(actor, Role.TRANSPORT, Role.FREIGHT_AUDITOR, Role.FINANCE, Role.GENERAL_MANAGER, Role.GROUP_MANAGER):
        found.append(("shipping:claims", _("Claims"), "receipt", 74))
    return [
        {"section": "supply", "title": title, "url": reverse(url), "icon": icon, "position": at} for url, title, icon, at in found
    ] or None


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind == "shipping.missingpart":
        parts = MissingPart.objects.visible_to(actor).filter(pk__in=ids).select_related("shipment__order__customer")
        return {
            row.pk: {"title": str(row.shipment), "text": f"{row} {row.shipment.order.customer}", "url": row.get_absolute_url()}
            for row in parts
        }
    if kind == "shipping.damage":
        damages = Damage.objects.visible_to(actor).filter(pk__in=ids).select_related("shipment__order__customer")
        return {
            row.pk: {"title": str(row), "text": f"{row.words} {row.shipment.order.customer}", "url": row.get_absolute_url()}
            for row in damages
        }
    if kind == "shipping.claim":
        claims = Claim.objects.visible_to(actor).filter(pk__in=ids).select_related("shipment__order__customer")
        return {
            row.pk: {"title": row.number, "text": f"{row.against_name} {row.shipment.order.customer}", "url": row.get_absolute_url()}
            for row in claims
            if sees_claims(actor)
        }
    if kind != "shipping.shipment":
        return None
    rows = Shipment.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
    return {
        row.pk: {"title": str(row), "text": f"{row.order.number} {row.order.customer} → {row.place}", "url": row.get_absolute_url()}
        for row in rows
    }


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """Papers of a shipment belong to whoever sees the shipment, pictures of a damage also to who looks for its cause."""
    paper = attachment or printed
    if paper is not None and paper.subject_kind == "shipping.claim":
        return sees_claims(actor) and Claim.objects.visible_to(actor).filter(pk=paper.subject_id).exists()
    if paper is None or paper.subject_kind != "shipping.shipment":
        return None
    if Shipment.objects.visible_to(actor).filter(pk=paper.subject_id).exists():
        return True
    pictures = attachment is not None and attachment.kind == Attachment.Kind.PHOTO
    return pictures and Damage.objects.visible_to(actor).filter(shipment=paper.subject_id).exists()
