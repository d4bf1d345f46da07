"""What pages, services and forms after delivery read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from aftersales.models import Rating, ReturnLine, ReturnPolicy, ReturnRequest
from aftersales.workflow import ReturnState
from core.questions import ask
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import goods_lines, quantities
from orders.workflow.order import AFTER_SIGNING

UNDER_WAY = (ReturnState.APPLIED, ReturnState.MORE_INFORMATION, ReturnState.AGREED)
Z = Decimal(0)


@dataclass(frozen=True)
class Returnable:
    """A goods line with what can be given back: delivered, less what came back, less what is applied for and not here yet."""

    line: OrderLine
    delivered: Decimal
    available: Decimal


def returnable(order: Order) -> list[Returnable]:
    lines = goods_lines(order)
    known = quantities(order, lines)
    pending: dict[int, Decimal] = {}
    rows = ReturnLine.objects.filter(request__order=order, request__state__in=UNDER_WAY)
    for line_id, quantity in rows.values_list("line_id", "quantity"):
        pending[line_id] = pending.get(line_id, Z) + quantity
    return [
        Returnable(line, sums.delivered, max(sums.delivered - sums.returned - pending.get(line.pk, Z), Z))
        for line in lines
        for sums in [known[line.pk]]
    ]


def unshipped(order: Order) -> list[Returnable]:
    """Goods lines of a signed order with what has not left the house: it is exchanged without a return (RET-07)."""
    if order.state not in AFTER_SIGNING:
        return []
    lines = goods_lines(order)
    known = quantities(order, lines)
    rows = [Returnable(line, known[line.pk].delivered, known[line.pk].open - known[line.pk].shipped) for line in lines]
    return [row for row in rows if row.available > 0]


@dataclass(frozen=True)
class Condition:
    """A condition of the sales company for returns: what it asks, what was found; `holds` is None when nobody said so yet."""

    name: str
    asked: str
    found: str
    holds: bool | None


def conditions(request: ReturnRequest) -> list[Condition]:
    """The return against the conditions of its sales company (RET-01)."""
    policy = ReturnPolicy.of(request.order.sales_company_id)
    told = {True: _("yes"), False: _("no"), None: _("not known")}
    last = delivered_on(request)
    until = last + timedelta(days=policy.period_days) if last else None
    found = [
        Condition(
            _("period"),
            _("{days} days after delivery").format(days=policy.period_days),
            _("delivered {delivered}, applied for {applied}").format(
                delivered=last.isoformat() if last else "—", applied=localtime(request.applied_at).date().isoformat()
            ),
            until is not None and localtime(request.applied_at).date() <= until,
        )
    ]
    if policy.packaging_intact:
        found.append(Condition(_("packaging"), _("intact"), told[request.packaging_intact], request.packaging_intact))
    if policy.labels_intact:
        found.append(Condition(_("labels"), _("intact"), told[request.labels_intact], request.labels_intact))
    return found


def unmet(request: ReturnRequest) -> list[str]:
    """Names of conditions that stand against agreeing. Where the fault is ours none does: we take back what we did wrong."""
    return [] if request.is_ours else [each.name for each in conditions(request) if not each.holds]


def delivered_on(request: ReturnRequest) -> date | None:
    """The day on which the last of these goods were delivered."""
    rows = LineMovement.objects.filter(kind=LineMovement.Kind.DELIVERED, line__in=request.lines.values("line_id"))
    last = rows.aggregate(last=Max("at"))["last"]
    return localtime(last).date() if last else None


def worth(order: Order, back: dict[int, Decimal]) -> Decimal:
    """What of the order's amount these goods are, surcharges included; finance knows (0 when it does not answer)."""
    return next(iter(ask("worth_of_goods", order=order, quantities=back)), Z)


def money_of(request: ReturnRequest) -> list[Any]:
    """What settling the return did to the order's money; finance knows (nothing before that, and where nothing was credited)."""
    return next(iter(ask("money_of_return", order=request.order, number=request.number)), [])


def said_of(order: Order) -> dict[str, Any]:
    """Average stars of the order's customer over all orders, and how many ratings they are."""
    rows = Rating.objects.filter(order__customer_id=order.customer_id, stars__isnull=False)
    return rows.aggregate(average=Avg("stars"), count=Count("pk"))
