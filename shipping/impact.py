"""What a change or a cancelling does to notices whose goods are still in the house (CHG-05, CHG-09)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.questions import answers
from core.templatetags.ui import qty
from orders.changes import Impact, Wanted, decisions
from organization.roles import Role
from shipping.models import Shipment
from shipping.workflow import IN_HOUSE

CANCEL = ("cancel", gettext_lazy("cancel the notice"))
SHIP = ("ship", gettext_lazy("let it go out as it is"))
FOLLOW = ("follow", gettext_lazy("bring place, contact and day in line with the change"))


@answers("order_impact")
def notices_are_touched(wanted: Wanted) -> list[Impact] | None:
    """Every notice of a cancelled order, those with goods of which fewer or others are wanted, all where place, contact or date move."""
    notices = Shipment.objects.filter(order=wanted.order_id, state__in=IN_HOUSE).select_related("order").order_by("pk")
    less = {pk for pk, delta in wanted.deltas.items() if delta < 0} | wanted.respecified | wanted.structural
    stopped_by = set(notices.filter(lines__line__in=less).values_list("pk", flat=True))
    if wanted.cancel:
        return [_of(one, _goods(one), 2, (CANCEL, SHIP)) for one in notices]
    found = []
    for one in notices:
        if one.pk in stopped_by:
            found.append(_of(one, _goods(one), 2, (CANCEL, SHIP)))
        elif wanted.header or wanted.date:
            found.append(_of(one, _elsewhere(wanted), 2 if wanted.date else 1, (FOLLOW, CANCEL, SHIP)))
    return found


def _goods(shipment: Shipment) -> str:
    rows = shipment.lines.select_related("line__item", "line__unit").order_by("line__line_no")
    return "、".join(f"{row.line.item} × {qty(row.quantity, row.line.unit)}" for row in rows)


def _elsewhere(wanted: Wanted) -> str:
    """Where to, to whom and when it would go."""
    return " · ".join([*wanted.header.values(), *([f"{wanted.date:%m-%d}"] if wanted.date else [])])


def _of(shipment: Shipment, effect: str, touches: int, options: tuple[tuple[str, Any], ...]) -> Impact:
    return Impact(
        kind=Shipment._meta.label_lower,
        reference=shipment.pk,
        title=_("Shipment notice {number}").format(number=shipment.number),
        now=f"{shipment.get_state_display()} · {shipment.planned_on:%m-%d} · {shipment.place}"[:200],
        effect=effect[:200],
        touches=touches,
        options=options,
        role=Role.ORDER_MANAGER,
        company_id=shipment.order.sales_company_id,
        url=shipment.get_absolute_url(),
    )


def decided_to(decision: tuple[str, Any], *, order_id: int, change_id: int) -> list[int]:
    """The notices still in the house of which that was decided."""
    decided = decisions(change_id, Shipment._meta.label_lower)
    notices = Shipment.objects.filter(order=order_id, state__in=IN_HOUSE).order_by("pk").values_list("pk", flat=True)
    return [pk for pk in notices if decided.get(pk) == decision[0]]
