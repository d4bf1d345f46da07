"""What the store answers to the questions of the house: navigation, and how its obligations look on My work."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers, ask
from inventory.models import PutAway
from organization.roles import RIGHTS, Role, has_role


def _sees_stock(actor: Actor) -> bool:
    return any("stock" in RIGHTS[hat.role].sees for hat in actor.hats)


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not _sees_stock(actor):
        return None
    found = [{"section": "supply", "title": _("Stock"), "url": reverse("inventory:stock"), "icon": "building-warehouse", "position": 60}]
    if has_role(actor, Role.STORE_KEEPER):
        entry = {"title": _("To put away"), "url": reverse("inventory:put_aways"), "icon": "package-import", "position": 61}
        found.append({"section": "supply", **entry})
    return found


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind != "inventory.putaway":
        return None
    rows = PutAway.objects.visible_to(actor).filter(pk__in=ids).select_related("balance__item__unit")
    numbers = order_numbers([row.order_id for row in rows if row.order_id], actor)
    return {
        row.pk: {
            "title": str(row),
            "text": f"{row.balance.item.name} {numbers.get(row.order_id, '')}".strip(),
            "url": reverse("inventory:put_away", args=[row.pk]),
        }
        for row in rows
    }


def order_numbers(ids: list[int], actor: Actor) -> dict[int | None, str]:
    """Order -> its number; the store knows orders by their ids only. One query, none without ids."""
    known = ask("things", kind="orders.order", ids=ids, actor=actor) if ids else []
    return {key: thing["title"] for found in known for key, thing in found.items()}
