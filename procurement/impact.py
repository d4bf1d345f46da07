"""What a change or a cancelling does to demand and purchases (CHG-05, CHG-09)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import line_amount
from core.questions import answers
from core.templatetags.ui import qty
from orders.changes import Impact, Wanted
from organization.roles import Role
from procurement.models import DemandSheet, PurchaseLine
from procurement.workflow import PurchaseState, SheetState

S = PurchaseState
DROP = ("drop", gettext_lazy("take it off the purchase order"))
KEEP = ("keep", gettext_lazy("let it come, for stock"))
CANCEL = ("cancel", gettext_lazy("cancel what is outstanding with the supplier"))
# A change cuts a purchase to what is still needed, and leaves it alone where all of it is.
SURPLUS = ("cancel", gettext_lazy("cancel with the supplier what is no longer needed"))
ALL = ("keep", gettext_lazy("let all of it come, what is left over for stock"))
STOCK = ("stock", gettext_lazy("to free group stock"))
ADAPT = ("adapt", gettext_lazy("find demand anew; what is freed goes to free group stock"))


@answers("order_impact")
def purchases_are_touched(wanted: Wanted) -> list[Impact] | None:
    """The demand of the order as a whole, and each purchase line of which something may become superfluous."""
    sheet = DemandSheet.objects.filter(order=wanted.order_id).exclude(state=SheetState.DROPPED).select_related("order").first()
    if sheet is None or not (wanted.cancel or wanted.touched_lines or wanted.new_lines):
        return None
    return [_of_sheet(sheet, wanted), *(_of_line(line, wanted) for line in _lines(wanted))]


def _lines(wanted: Wanted) -> list[PurchaseLine]:
    less = {pk for pk, delta in wanted.deltas.items() if delta < 0} | wanted.structural
    rows = PurchaseLine.objects.filter(order=wanted.order_id).exclude(purchase__state=S.CANCELLED)
    if not wanted.cancel:
        rows = rows.filter(serves__demand__line__in=less).distinct()
    return list(rows.select_related("purchase__supplier", "item__unit").order_by("pk"))


def _of_sheet(sheet: DemandSheet, wanted: Wanted) -> Impact:
    rows = list(sheet.demands.filter(dropped_at=None))
    reserved, missing = sum(1 for row in rows if row.reserved > 0), sum(1 for row in rows if row.missing > 0)
    more = wanted.new_lines or wanted.structural or any(delta > 0 for delta in wanted.deltas.values())
    return Impact(
        kind=DemandSheet._meta.label_lower,
        reference=sheet.pk,
        title=_("Demand for components"),
        now=_("{reserved} reserved, {missing} missing").format(reserved=reserved, missing=missing),
        effect=_("no longer needed") if wanted.cancel else _("more components") if more else _("fewer components"),
        touches=2 if more or wanted.cancel else 1,
        options=(ADAPT,),
        role=Role.MATERIAL_CONTROLLER,
        company_id=sheet.company_id,
        url=sheet.get_absolute_url(),
    )


def _of_line(line: PurchaseLine, wanted: Wanted) -> Impact:
    purchase = line.purchase
    coming = qty(line.outstanding, line.item.unit)
    options: tuple[tuple[str, Any], ...] = (STOCK,)
    if line.outstanding > 0:
        options = (CANCEL, KEEP) if wanted.cancel else (SURPLUS, ALL)
    if purchase.state in (S.DRAFTED, S.APPROVED):
        options = (DROP, KEEP)
    return Impact(
        kind=PurchaseLine._meta.label_lower,
        reference=line.pk,
        title=f"{purchase.number} {line.item.code} × {qty(line.quantity, line.item.unit)}",
        now=_("{state} · {coming} to come · {supplier}").format(
            state=purchase.get_state_display(), coming=coming, supplier=purchase.supplier
        ),
        effect=_effect(wanted),
        touches=2,
        options=options,
        role=Role.BUYER,
        company_id=purchase.company_id,
        url=purchase.get_absolute_url(),
        spent=_spent(line),
        hold=wanted.cancel and purchase.sent_at is None,
        spent_unknown=line.received > 0 and line.unit_cost is None,
    )


def _effect(wanted: Wanted) -> str:
    if wanted.cancel:
        return _("no longer needed")
    less = any(delta < 0 for delta in wanted.deltas.values())
    return _("needed in part, or not at all") if less else _("other components may be needed")


def _spent(line: PurchaseLine) -> Decimal | None:
    """What has arrived must be paid; nothing where the price is not known."""
    return line_amount(line.received, line.unit_cost) if line.received and line.unit_cost is not None else None
