"""The board as it hangs on the wall: six figures, four cards of rows that fit, and who acts next. Eleven questions to the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Window, prefetch_related_objects
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.templatetags.ui import qty
from orders.models import Order
from orders.selectors import holders_of
from organization.roles import Role
from procurement.models import Demand
from production.models import PlanTask
from reports.board import rows
from reports.board.models import BoardSettings
from shipping.models import Shipment, ShipmentLine
from shipping.workflow import ShipmentState as S
from sla.models import RunningClock
from sla.work import chip

# How many rows fill a card at 1920 x 1080 (4 rem each of the 40 that the cards have); the style sheet draws the same at any other size. An
# announcement takes the room of some of them; the second heading of a column that two cards share that of one, the card that says that
# nothing leaves that of two.
FULL, NEWS, HEADING, IDLE = 9, 2, 1, 2
# What somebody in the hall does next about a shipment: words, kind and icon of the label.
SHIPMENT = {
    S.NOTICED: (gettext_lazy("to clear"), "soon", "cash"),
    S.CLEARED: (gettext_lazy("to pick"), "", "package"),
    S.PICKED: (gettext_lazy("to verify"), "", "checks"),
    S.VERIFIED: (gettext_lazy("to load"), "brand", "forklift"),
    S.DISPATCHED: (gettext_lazy("has left"), "good", "check"),
    S.DELIVERED: (gettext_lazy("signed for"), "good", "circle-check"),
    S.RETURNING: (gettext_lazy("called back"), "soon", "arrow-back-up"),
    S.RECALLED: (gettext_lazy("called back"), "soon", "arrow-back-up"),
}
UNANSWERED = (gettext_lazy("parts missing"), "late", "alert-circle")


@dataclass
class Card:
    """The rows that fit, and how many there are in all."""

    rows: list[Any]
    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def card(found: QuerySet, room: int, **counts: Any) -> Card:
    """The first rows, and of all of them the number and those `counts` (aggregates by name). One query."""
    sums = {"total": Count("pk"), **counts}
    shown = list(found.annotate(**{name: Window(expression=each) for name, each in sums.items()})[:room])
    values = {name: getattr(shown[0], name) if shown else 0 for name in sums}
    return Card(shown, values.pop("total"), values)


def share_room(late: Card, blocked: Card, room: int) -> None:
    """Two cards of one column: each has half of it, and what the other one does not need."""
    half = room // 2
    late.rows = late.rows[: room - min(max(blocked.total, 1), half)]
    blocked.rows = blocked.rows[: room - min(max(late.total, 1), half)]


def board(settings: BoardSettings, at: datetime) -> dict[str, Any]:
    """Everything that the board of this company shows at this moment, in the reader's language."""
    company, room = settings.company, FULL - (NEWS if settings.announcement else 0)
    shipments = card(rows.shipments(company, at).select_related("order__customer"), room, left=Count("dispatched_at"))
    goods = ShipmentLine.objects.select_related("line__item").order_by("line__line_no")
    prefetch_related_objects(shipments.rows, Prefetch("lines", goods))
    late = card(rows.late_orders(company, at).select_related("customer"), room)
    blocked = card(rows.blocked_tasks(company, at).select_related("plan__order__customer"), room)
    if shipments.total:
        share_room(late, blocked, room - HEADING)
    else:  # a column each: the late orders below the card that has nothing to show
        late.rows = late.rows[: room - IDLE]
    states = {"over": Count("pk", filter=Q(due_at__lte=at)), "soon": Count("pk", filter=Q(due_at__gt=at))}
    clocks = card(rows.pressing_clocks(company, at).select_related("rule"), room, **states)
    actors = Actors([order.pk for order in late.rows] + [task.plan.order_id for task in blocked.rows], clocks.rows, settings, at)
    figures = figures_of(settings, shipments, late, blocked, clocks, at)
    lacking = missing(blocked.rows)
    shipments.rows = [shipment_row(row, rows.today(at)) for row in shipments.rows]
    late.rows = [late_row(order, actors, rows.today(at)) for order in late.rows]
    blocked.rows = [blocked_row(task, actors, lacking) for task in blocked.rows]
    clocks.rows = [clock_row(clock, actors, at) for clock in clocks.rows]
    return {
        "figures": figures,
        "shipments": shipments,
        "late": late,
        "blocked": blocked,
        "clocks": clocks,
        "message": settings.announcement,
    }


class Actors:
    """Who acts next: of the orders shown the clocks that run now, most urgent first, and who has to meet them. Two queries.

    A board without names says which post.
    """

    def __init__(self, orders: Iterable[int], clocks: list[RunningClock], settings: BoardSettings, at: datetime) -> None:
        running = RunningClock.objects.open().filter(order_id__in=set(orders), opens_at__lte=at, paused_at=None)
        self.of_order: dict[int, list[RunningClock]] = defaultdict(list)
        for clock in running.select_related("rule").order_by("due_at", "pk"):
            self.of_order[clock.order_id or 0].append(clock)
        everyone = [*clocks, *(clock for some in self.of_order.values() for clock in some)]
        self.names = holders_of(everyone) if settings.names else {}

    def who(self, clock: RunningClock) -> str:
        return self.names.get(clock.pk) or str(Role(clock.role).label)

    def next(self, order_id: int, kinds: str = "") -> RunningClock | None:
        """The most urgent clock of the order, or of its things of these kinds."""
        return next((clock for clock in self.of_order.get(order_id, ()) if clock.subject_kind.startswith(kinds)), None)

    def by(self, order_id: int, kinds: str, otherwise: Role) -> str:
        """Who has the clock of those things; where none runs, the post that it is usually on."""
        clock = self.next(order_id, kinds)
        return self.who(clock) if clock else str(otherwise.label)


# --- the rows ---------------------------------------------------------------------------------------------------------------------


def shipment_row(row: Shipment, day: date) -> dict[str, Any]:
    words, kind, icon = UNANSWERED if row.unanswered and row.dispatched_at is None else SHIPMENT[S(row.state)]  # type: ignore[attr-defined]
    goods = [f"{each.line.item} × {qty(each.quantity)}" for each in row.lines.all()]
    more = f" +{len(goods) - 1}" if len(goods) > 1 else ""
    return {
        "left_at": row.dispatched_at,
        "late_since": row.planned_on if row.dispatched_at is None and row.planned_on < day else None,
        "number": row.order.number,
        "customer": row.order.customer.name,
        "goods": "".join(goods[:1]) + more,
        "state": {"label": words, "kind": kind, "icon": icon},
    }


def late_row(order: Order, actors: Actors, day: date) -> dict[str, Any]:
    """What is to be done about it next, or why it lacks something, and by whom."""
    clock = actors.next(order.pk)
    days = (day - order.promised_date).days if order.promised_date else 0
    lack = order.lack  # type: ignore[attr-defined]
    return {
        "number": order.number,
        "customer": order.customer.name,
        "days": ngettext("late by %d day", "late by %d days", days) % days,
        "why": lack or (chip(clock, clock.started_at).label if clock else order.get_state_display()),
        "who": actors.by(order.pk, "orders.shortage", Role.ORDER_MANAGER) if lack else actors.who(clock) if clock else "",
    }


def missing(tasks: list[PlanTask]) -> dict[int, list[str]]:
    """Order line -> `WGB-871 × 4` for what it waits for. One query."""
    waiting = [task.line_id for task in tasks if task.waits and not task.change and not task.lack]  # type: ignore[attr-defined]
    found = defaultdict(list)
    for demand in Demand.objects.uncovered().filter(line__in=waiting, dropped_at=None).select_related("item").order_by("needed_by", "pk"):
        found[demand.line_id].append(f"{demand.item} × {qty(demand.missing)}")
    return found


def blocked_row(task: PlanTask, actors: Actors, lacking: dict[int, list[str]]) -> dict[str, Any]:
    order = task.plan.order
    if task.change:  # type: ignore[attr-defined]
        why = _("waits for change %(number)s") % {"number": task.change}  # type: ignore[attr-defined]
        who = actors.by(order.pk, "orders.change", Role.ORDER_MANAGER)
    elif task.lack:  # type: ignore[attr-defined]
        why, who = task.lack, actors.by(order.pk, "orders.shortage", Role.ORDER_MANAGER)  # type: ignore[attr-defined]
    else:
        parts = lacking[task.line_id or 0]
        why = _("waits for %(parts)s") % {"parts": "".join(parts[:1]) + (f" +{len(parts) - 1}" if len(parts) > 1 else "")}
        who = actors.by(order.pk, "procurement.", Role.BUYER)
    return {"title": task.label, "number": order.number, "customer": order.customer.name, "why": why, "who": who}


def clock_row(clock: RunningClock, actors: Actors, at: datetime) -> dict[str, Any]:
    shown = chip(clock, at)
    return {"clock": shown, "label": shown.label, "number": clock.number or "", "who": actors.who(clock)}  # type: ignore[attr-defined]


# --- the figures ------------------------------------------------------------------------------------------------------------------


def figures_of(settings: BoardSettings, shipments: Card, late: Card, blocked: Card, clocks: Card, at: datetime) -> list[dict[str, Any]]:
    """Each with its base, and `what` names the page with the rows that it counts."""
    company, day = settings.company, rows.today(at)
    tasks = rows.work_figures(company, at)
    delivered = rows.promised_this_month(company, at).order_by().aggregate(due=Count("pk"), kept=Count("pk", filter=rows.DELIVERED_IN_TIME))
    days = (day - late.rows[0].promised_date).days if late.rows else 0
    longest = ngettext("longest %d day", "longest %d days", days) % days if days else ""
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(microseconds=1)
    over, before = clocks.counts["over"], rows.overdue_at(company, midnight)
    return [
        figure("shipments", _("To leave today"), shipments.total, _("%(n)s left") % {"n": shipments.counts["left"]}),
        figure("late", _("Late orders"), late.total, longest, "late"),
        figure("clocks", _("Overdue clocks"), over, _("yesterday %(n)s") % {"n": before}, "late"),
        figure("blocked", _("Blocked tasks"), blocked.total, _("of %(n)s under way") % {"n": tasks["under_way"]}, "soon"),
        figure("plan", _("Plan kept last week"), share(tasks), f"{tasks['kept']} / {tasks['due']}"),
        figure("delivery", _("In time this month"), share(delivered), f"{delivered['kept']} / {delivered['due']}"),
    ]


def figure(what: str, label: str, value: Any, base: str, kind: str = "") -> dict[str, Any]:
    """A figure of nothing has no colour of alarm."""
    return {"what": what, "label": label, "value": value, "base": base, "kind": kind if value else ""}


def share(sums: dict[str, int]) -> str:
    """96.2 %, with one decimal cut off, never rounded up to what was not reached; a dash where nothing was due."""
    return f"{sums['kept'] * 1000 // sums['due'] / 10:g}%" if sums["due"] else "—"
