"""What counts as kept in time (SLA-08). The rules stand here and nowhere else; pages, Excel and the monthly issue add up what this gives.

- A clock belongs to the period in which its due time lies, once that has come. Cancelled ones do not count, nor does one that stands
  still for the customer: its due time is not known before it goes on.
- Met: stopped before its due time. Met late: stopped after it. Open late: due time past, still open. Nothing else is due, so the three
  add up to what was due, for every clock, department and person.
- Lateness is working time of the responsible department's calendar; by the wall where the limit is counted by the wall.
- Late after a pause: the clock had stood still. Late after an agreed change: between its start and its due time a change of its order
  was applied. Both stay late, and are shown apart.
- A clock is counted with its department, or that of the post which holds its role; with the person who met it, otherwise whoever was
  warned of it (a breach is told to those above), otherwise whoever holds the post.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import Fact
from orders.change_events import ChangeWasApplied
from organization.roles import Role
from organization.worktime import WorkTime
from reports.chart import Chart
from sla.models import MET, Pause, RunningClock, Step

TARGET = Decimal(95)
"""Percent in time that the house aims at; the arrow stands below ARROW."""
ARROW = Decimal(90)

MET_LATE = Q(stopped_at__isnull=False, breached_at__isnull=False)
OPEN_LATE = Q(stopped_at=None)
LATE = MET_LATE | OPEN_LATE
STOOD_STILL = Exists(Pause.objects.filter(clock=OuterRef("pk")))
CHANGED = Exists(
    Fact.objects.filter(
        order_id=OuterRef("order_id"), kind=ChangeWasApplied.kind(), at__gte=OuterRef("started_at"), at__lte=OuterRef("due_at")
    )
)
UNSAID = "unsaid"
"""The cause of what ran out and nobody has explained."""
ESCALATED = Exists(Step.objects.filter(clock=OuterRef("pk"), name__startswith="escalated"))
# The records behind each figure.
BEHIND: dict[str, Q] = {
    "due": Q(),
    "met": MET,
    "met_late": MET_LATE,
    "open_late": OPEN_LATE,
    "late": LATE,
    "escalated": LATE & Q(ESCALATED),
    "after_pause": LATE & Q(STOOD_STILL),
    "after_change": LATE & Q(CHANGED),
}
WARNED = Step.objects.filter(clock=OuterRef("pk"), name="warned").values("person_id")[:1]
WHOSE = Case(When(met_by_id__isnull=False, then=F("met_by_id")), When(warned_at__isnull=False, then=Subquery(WARNED)))


def counted(first: datetime, end: datetime, at: datetime) -> QuerySet[RunningClock]:
    """The clocks that were due from `first` until before `end`, as far as that has come at `at`; `whose` is the person, as far as known."""
    return RunningClock.objects.fell_due(first, end, at).annotate(whose=WHOSE)


def in_time(met: int, due: int) -> Decimal | None:
    """Percent, one decimal, cut off: 94.96 is not yet the target of 95. None where nothing was due."""
    return Decimal(met * 1000 // due).scaleb(-1) if due else None


@dataclass(frozen=True)
class Tally:
    met: int = 0
    met_late: int = 0
    open_late: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.met + other.met, self.met_late + other.met_late, self.open_late + other.open_late)

    @property
    def late(self) -> int:
        return self.met_late + self.open_late

    @property
    def due(self) -> int:
        return self.met + self.late

    @property
    def rate(self) -> Decimal | None:
        return in_time(self.met, self.due)


TALLY = {"met": Count("pk", filter=MET), "met_late": Count("pk", filter=MET_LATE), "open_late": Count("pk", filter=OPEN_LATE)}


@dataclass(frozen=True)
class Row:
    """So many clocks of one kind, department and person."""

    name: str
    role: str
    place: int | None
    person: int | None
    tally: Tally


@dataclass(frozen=True)
class Late:
    """One clock that was not met in time. `minutes` is how late it was met, or is by now."""

    pk: int
    name: str
    place: int | None
    person: int | None
    due_at: datetime
    open: bool
    minutes: int
    stood_still: bool
    changed: bool
    told: tuple[str, ...]  # roles above the first one that was told
    cause: str  # as explained, UNSAID where nobody has
    wall: bool


@dataclass(frozen=True)
class Figures:
    """All figures of a choice of clocks; every sum over `rows` is the same sum."""

    rows: list[Row]
    late: list[Late] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        return sum((row.tally for row in self.rows), Tally())

    def by(self, key: Callable[[Any], Any]) -> dict[Any, Figures]:
        """Split by clock, department or person: `by(lambda row: row.name)`; rows and late clocks bear the same fields."""
        rows: dict[Any, list[Row]] = {}
        late: dict[Any, list[Late]] = {}
        for row in self.rows:
            rows.setdefault(key(row), []).append(row)
        for each in self.late:
            late.setdefault(key(each), []).append(each)
        return {found: Figures(some, late.get(found, [])) for found, some in rows.items()}

    @property
    def median_late(self) -> int | None:
        """Minutes late of those met late, in the middle."""
        found = [each.minutes for each in self.late if not each.open]
        return int(median(found)) if found else None

    @property
    def worst_open(self) -> int | None:
        return max((each.minutes for each in self.late if each.open), default=None)

    @property
    def worst(self) -> int | None:
        return max((each.minutes for each in self.late), default=None)

    @property
    def wall(self) -> bool | None:
        """How the lateness is counted: by the wall, in working time (False), or None where both are together."""
        kinds = {each.wall for each in self.late}
        return kinds.pop() if len(kinds) == 1 else None

    @property
    def escalated(self) -> int:
        return sum(bool(each.told) for each in self.late)

    @property
    def to_managers(self) -> int:
        return sum(Role.GENERAL_MANAGER in each.told or Role.GROUP_MANAGER in each.told for each in self.late)

    @property
    def after_pause(self) -> int:
        return sum(each.stood_still for each in self.late)

    @property
    def after_change(self) -> int:
        return sum(each.changed for each in self.late)

    @property
    def excused(self) -> int:
        """Late after a pause or an agreed change, each clock once."""
        return sum(each.stood_still or each.changed for each in self.late)

    @property
    def causes(self) -> Counter[str]:
        """How many were late for which cause (sla.models.LateCause), as far as somebody said it; UNSAID of the others."""
        return Counter(each.cause for each in self.late)

    @property
    def rate_without_excused(self) -> Decimal | None:
        return in_time(self.total.met, self.total.due - self.excused)


def measure(clocks: QuerySet[RunningClock], chart: Chart, at: datetime) -> Figures:
    """The figures of `counted` clocks; two queries, however many there are."""
    return Figures(_rows(clocks, chart), _late(clocks.filter(LATE), chart, at))


def _rows(clocks: QuerySet[RunningClock], chart: Chart) -> list[Row]:
    groups = "name", "role", "company_id", "department_id", "post_id", "whose"
    found: dict[Row, Tally] = {}
    for group in clocks.order_by().values(*groups).annotate(**TALLY):
        name, role, company_id, department_id, post_id, whose = (group[each] for each in groups)
        place = chart.place_of(department_id, role, company_id)
        row = Row(name, role, place, chart.person_of(whose, post_id, role, company_id), Tally())
        found[row] = found.get(row, Tally()) + _tally(group)
    return [replace(row, tally=tally) for row, tally in found.items()]


def _tally(group: Mapping[str, Any]) -> Tally:
    return Tally(group["met"], group["met_late"], group["open_late"])


def _late(clocks: QuerySet[RunningClock], chart: Chart, at: datetime) -> list[Late]:
    escalated = Step.objects.filter(clock=OuterRef("pk"), name__startswith="escalated").order_by().values("clock").annotate(n=Count("pk"))
    late = clocks.annotate(stood_still=STOOD_STILL, changed=CHANGED, escalations=Subquery(escalated.values("n")))
    late = late.annotate(cause=Coalesce("late_cause__cause", Value(UNSAID)))
    rows: list[Any] = list(late.only(*NEEDED))
    lateness = Lateness(rows, chart, at)
    return [
        Late(
            row.pk, row.name, chart.place_of(row.department_id, row.role, row.company_id),
            chart.person_of(row.whose, row.post_id, row.role, row.company_id), row.due_at, row.stopped_at is None,
            lateness.minutes(row), row.stood_still, row.changed,
            tuple(seat[0] for seat in row.chain[1 : 1 + (row.escalations or 0)]), row.cause, row.limit["unit"] == "wall_minutes",
        )
        for row in rows
    ]  # fmt: skip


NEEDED = "name", "role", "company_id", "department_id", "post_id", "due_at", "stopped_at", "limit", "chain"


class Lateness:
    """How late clocks are: the working days from the first due time on are laid out once for each calendar, then every clock is two
    look-ups."""

    def __init__(self, rows: Iterable[RunningClock], chart: Chart, at: datetime) -> None:
        known = list(rows)
        self.chart, self.at = chart, at
        self.first = min((row.due_at for row in known), default=at)
        self.last = max([at, *(row.stopped_at for row in known if row.stopped_at)])
        self._meters: dict[WorkTime, Meter] = {}

    def minutes(self, row: RunningClock) -> int:
        """Whole minutes from the due time until it was met or until now, by the wall or in working time as its limit is counted."""
        end = row.stopped_at or self.at
        if row.limit["unit"] == "wall_minutes":
            span = end - row.due_at
        else:
            work = self.chart.work_time(row.company_id, row.department_id)
            if work not in self._meters:
                self._meters[work] = Meter(work, self.first, self.last)
            span = self._meters[work].upto(end) - self._meters[work].upto(row.due_at)
        return max(0, int(span.total_seconds()) // 60)


def late_words(minutes: int | None, wall: bool | None = None) -> str:
    """4 working hours 20 min, or 4 h 20 min by the wall; 4 h 20 min of both together (None). Working days are of different lengths, so
    days are not said."""
    if minutes is None:
        return ""
    if not minutes:
        return _("less than a minute")
    hours, rest = divmod(minutes, 60)
    said = {"h": hours, "m": rest}
    if wall is False:
        if not hours:
            return ngettext("%(m)s working minute", "%(m)s working minutes", rest) % said
        if not rest:
            return ngettext("%(h)s working hour", "%(h)s working hours", hours) % said
        return ngettext("%(h)s working hour %(m)s min", "%(h)s working hours %(m)s min", hours) % said
    words = ((_("%(h)s h %(m)s min") if rest else _("%(h)s h")) if hours else _("%(m)s min")) % said
    return _("%(span)s by the wall") % {"span": words} if wall else words


class Meter:
    """Working time since a first moment, quickly for many moments up to a last one."""

    def __init__(self, work: WorkTime, first: datetime, last: datetime) -> None:
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        self.before: list[timedelta] = []
        day, passed = work.first_day(first), timedelta(0)
        while day <= last.astimezone(work.zone).date():
            for opens, closes in work.spans(day) if work.is_working_day(day) else ():
                self.starts.append(opens)
                self.ends.append(closes)
                self.before.append(passed)
                passed += closes - opens
            day += timedelta(days=1)

    def upto(self, moment: datetime) -> timedelta:
        i = bisect_right(self.starts, moment) - 1
        return timedelta(0) if i < 0 else self.before[i] + min(moment, self.ends[i]) - self.starts[i]


def by_month(clocks: QuerySet[RunningClock]) -> dict[str, dict[Any, Tally]]:
    """Clock -> first day of the month -> tally."""
    found: dict[str, dict[Any, Tally]] = {}
    months = clocks.order_by().values("name", month=TruncMonth("due_at", tzinfo=get_current_timezone()))
    for group in months.annotate(**TALLY):
        found.setdefault(group["name"], {})[group["month"].date()] = _tally(group)
    return found


def by_week(clocks: QuerySet[RunningClock], chart: Chart) -> dict[int | None, dict[Any, Tally]]:
    """Department -> Monday of the week -> tally."""
    found: dict[int | None, dict[Any, Tally]] = {}
    groups = "department_id", "role", "company_id"
    for group in clocks.order_by().values(*groups, week=TruncWeek("due_at", tzinfo=get_current_timezone())).annotate(**TALLY):
        weeks = found.setdefault(chart.place_of(*(group[each] for each in groups)), {})
        weeks[group["week"].date()] = weeks.get(group["week"].date(), Tally()) + _tally(group)
    return found


def left_out(first: datetime, end: datetime, at: datetime) -> QuerySet[RunningClock]:
    """Due in the period, but not counted because they were cancelled; for the print below the figures."""
    return RunningClock.objects.filter(due_at__gte=first, due_at__lt=end, due_at__lte=at, cancelled_at__isnull=False).annotate(whose=WHOSE)
