"""What a change or a cancelling does to demand and purchases (CHG-05, CHG-09)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import line_amount
from core.questions import answers
from core.templatetags.ui import qty
from inventory.models import Reservation
from inventory.selectors import used_for
from orders.changes import Impact, Wanted
from organization.roles import Role
from procurement.models import Demand, DemandSheet, PurchaseLine, SupplierItem
from procurement.workflow import PurchaseState, SheetState

S = PurchaseState
DROP = ("drop", gettext_lazy("take it off the purchase order"))
KEEP = ("keep", gettext_lazy("let it come, for stock"))
CANCEL = ("cancel", gettext_lazy("cancel what is outstanding with the supplier"))
# A change cuts a purchase to what is still needed, and leaves it alone where all of it is.
SURPLUS = ("cancel", gettext_lazy("cancel with the supplier what is no longer needed"))
ALL = ("keep", gettext_lazy("let all of it come, what is left over for stock"))
STOCK = ("stock", gettext_lazy("to free group stock"))
MOVE = ("move", gettext_lazy("agree the new day with the supplier"))
STAY = ("stay", gettext_lazy("let it come as agreed"))
ADAPT = ("adapt", gettext_lazy("find demand anew; what is freed goes to free group stock"))


@answers("order_impact")
def purchases_are_touched(wanted: Wanted) -> list[Impact] | None:
    """The demand of the order as a whole, each purchase line of which something may become superfluous, and those that are to come on
    another day.
    """
    sheet = DemandSheet.objects.filter(order=wanted.order_id).exclude(state=SheetState.DROPPED).select_related("order").first()
    goods = bool(wanted.cancel or wanted.touched_lines or wanted.new_lines)
    if sheet is None or not (goods or wanted.date):
        return None
    lines = _lines(wanted)
    found = [_of_sheet(sheet, wanted)] if goods or any(row.missing > 0 for row in sheet.demands.all()) else []
    return found + [_of_line(line, wanted) for line in lines] + _later(wanted, {line.pk for line in lines})


def _lines(wanted: Wanted) -> list[PurchaseLine]:
    less = {pk for pk, delta in wanted.deltas.items() if delta < 0} | wanted.structural
    rows = _of_order(wanted)
    return list(rows if wanted.cancel else rows.filter(serves__demand__line__in=less).distinct())


def _of_order(wanted: Wanted) -> QuerySet[PurchaseLine]:
    rows = PurchaseLine.objects.filter(order=wanted.order_id).exclude(purchase__state=S.CANCELLED)
    return rows.select_related("purchase__supplier", "item__unit").order_by("pk")


def _later(wanted: Wanted, named: set[int]) -> list[Impact]:
    """What is still to come for an order that is wanted on another day."""
    if wanted.date is None:
        return []
    text = _("date wanted: {date}").format(date=wanted.date)
    return [
        replace(_of_line(line, wanted), effect=text, options=(MOVE, STAY))
        for line in _of_order(wanted)
        if line.pk not in named and line.outstanding > 0
    ]


def _of_sheet(sheet: DemandSheet, wanted: Wanted) -> Impact:
    rows = list(sheet.demands.filter(dropped_at=None))
    reserved, missing = sum(1 for row in rows if row.reserved > 0), sum(1 for row in rows if row.missing > 0)
    issued = _issued(sheet) if wanted.cancel else []
    more = wanted.new_lines or wanted.structural or any(delta > 0 for delta in wanted.deltas.values())
    return Impact(
        kind=DemandSheet._meta.label_lower,
        reference=sheet.pk,
        title=_("Demand for components"),
        now=_("{reserved} reserved, {missing} missing").format(reserved=reserved, missing=missing) + _names(issued),
        effect=_what_of_demand(wanted, bool(more)),
        touches=2 if more or wanted.cancel or wanted.date else 1,
        options=(ADAPT,),
        role=Role.MATERIAL_CONTROLLER,
        company_id=sheet.company_id,
        url=sheet.get_absolute_url(),
        spent=sum((cost for _demand, _quantity, cost in issued if cost is not None), Decimal(0)) or None,
        spent_unknown=any(cost is None for _demand, _quantity, cost in issued),
    )


Issued = tuple[Demand, Decimal, Decimal | None]


def _issued(sheet: DemandSheet) -> list[Issued]:
    """Components that went from stock into the order's goods, each with its cost as a supplier lists it (CHG-09).

    What was bought for this order is spent on its purchase line, not a second time here.
    """
    rows = list(sheet.demands.select_related("item__unit").order_by("pk"))
    used = used_for(Reservation.Purpose.COMPONENT, [row.pk for row in rows])
    bought: dict[int, Decimal] = defaultdict(Decimal)
    for item_id, received in PurchaseLine.objects.filter(order=sheet.order_id).values_list("item_id", "received"):
        bought[item_id] += received
    listed = SupplierItem.objects.filter(item__in={row.item_id for row in rows}).exclude(price=None).order_by("-price")
    price = dict(listed.values_list("item_id", "price"))  # of several that list it, the cheapest
    found = []
    for row in rows:
        from_stock = max(used[row.pk] - bought[row.item_id], Decimal(0))
        bought[row.item_id] -= used[row.pk] - from_stock
        known = price.get(row.item_id)
        cost = line_amount(from_stock, known) if known is not None else None if from_stock else Decimal(0)
        if used[row.pk] > 0:
            found.append((row, used[row.pk], cost))
    return found


def _names(issued: list[Issued]) -> str:
    """How much of what; without prices, this text is read by everybody."""
    if not issued:
        return ""
    text = "、".join(f"{row.item.code} × {qty(quantity, row.item.unit)}" for row, quantity, _cost in issued)
    return (_("; issued: {items}").format(items=text))[:150]


def _what_of_demand(wanted: Wanted, more: bool) -> str:
    if wanted.cancel:
        return _("no longer needed")
    if not (wanted.touched_lines or wanted.new_lines):
        return _("date wanted: {date}").format(date=wanted.date)
    return _("more components") if more else _("fewer components")


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
        to_come=line_amount(line.outstanding, line.unit_cost) if line.outstanding > 0 and line.unit_cost is not None else None,
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
