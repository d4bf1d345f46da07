"""What a change or a cancelling does to notices whose goods are still in the house (CHG-05, CHG-09)."""

from __future__ import annotations

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


@answers("order_impact")
def notices_are_touched(wanted: Wanted) -> list[Impact] | None:
    """Every notice of a cancelled order, and those with goods of which fewer or others are wanted."""
    notices = Shipment.objects.filter(order=wanted.order_id, state__in=IN_HOUSE)
    if not wanted.cancel:
        less = {pk for pk, delta in wanted.deltas.items() if delta < 0} | wanted.respecified | wanted.structural
        notices = notices.filter(lines__line__in=less).distinct()
    return [_of(one) for one in notices.select_related("order").order_by("pk")]


def _of(shipment: Shipment) -> Impact:
    rows = shipment.lines.select_related("line__item", "line__unit").order_by("line__line_no")
    goods = "、".join(f"{row.line.item} × {qty(row.quantity, row.line.unit)}" for row in rows)
    return Impact(
        kind=Shipment._meta.label_lower,
        reference=shipment.pk,
        title=_("Shipment notice {number}").format(number=shipment.number),
        now=f"{shipment.get_state_display()} · {shipment.planned_on:%m-%d}",
        effect=goods[:200],
        touches=2,
        options=(CANCEL, SHIP),
        role=Role.ORDER_MANAGER,
        company_id=shipment.order.sales_company_id,
        url=shipment.get_absolute_url(),
    )


def stopped(*, order_id: int, change_id: int | None) -> list[int]:
    """The notices that were decided to be cancelled; of a cancelled order all that are still in the house."""
    notices = Shipment.objects.filter(order=order_id, state__in=IN_HOUSE).order_by("pk").values_list("pk", flat=True)
    if change_id is None:
        return list(notices)
    decided = decisions(change_id, Shipment._meta.label_lower)
    return [pk for pk in notices if decided.get(pk) == CANCEL[0]]
