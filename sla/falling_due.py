"""What falls due on which day, for the calendar: clocks here, promised dates and planned dispatches by those who know them (SLA-07).

A department answers the question `falls_due` with a `Source`; its rows are read only when they are wanted. Every source costs a fixed
number of queries, however much falls due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.expressions import Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.questions import ask
from sla import work
from sla.models import RunningClock


@dataclass(frozen=True)
class Wanted:
    """Days from `first` to `last`, at most `few` of each; only what is the person's own, or of everybody whom they lead or may see."""

    actor: Actor
    at: datetime
    first: date
    last: date
    few: int
    mine: bool

    @property
    def today(self) -> date:
        return localtime(self.at).date()


@dataclass(frozen=True)
class Due:
    """One thing on one day; `of_day` is how many of its source fall on that day in all."""

    day: date
    of_day: int
    title: str
    text: str
    url: str
    late: bool
    time: str = ""


@dataclass(frozen=True)
class Source:
    """One kind of dates: a name for the address, words, an icon, and the rows when asked for."""

    name: str
    label: Any
    icon: str
    rows: Callable[[], Iterable[Due]]


def first_of_days(rows: QuerySet, day: Any, order: str, few: int) -> QuerySet:
    """The first `few` rows of each day by `order`, with the day as `on_day` and the number of that day's rows as `of_day`. One query."""
    numbered = rows.order_by().annotate(on_day=day).annotate(
        of_day=Window(Count("pk"), partition_by=F("on_day")),
        nth=Window(RowNumber(), partition_by=F("on_day"), order_by=[F(order), F("pk")]),
    )  # fmt: skip
    return numbered.filter(nth__lte=few).order_by("on_day", order, "pk")


def sources(wanted: Wanted) -> list[Source]:
    """The clocks, and what the departments have to say."""
    clocks = Source("clocks", _("Obligations"), "clock", lambda: _clocks(wanted))
    return [clocks, *ask("falls_due", wanted=wanted)]


def _clocks(wanted: Wanted) -> list[Due]:
    """Open clocks by the day on which they are due; what stands still has no such day."""
    own = RunningClock.objects.waiting_for(wanted.actor) if wanted.mine else RunningClock.objects.of_departments(wanted.actor)
    first, after = (make_aware(datetime.combine(day, datetime.min.time())) for day in (wanted.first, wanted.last + timedelta(days=1)))
    due = own.filter(paused_at=None, due_at__gte=first, due_at__lt=after).select_related("rule")
    rows = list(first_of_days(due, TruncDate("due_at"), "due_at", wanted.few))
    tasks = {task["pk"]: task for task in work.tasks(rows, wanted.actor, wanted.at)}
    return [
        Due(
            day=row.on_day, of_day=row.of_day, title=tasks[row.pk]["title"], text=tasks[row.pk]["number"], url=tasks[row.pk]["url"],
            late=row.due_at <= wanted.at, time=f"{localtime(row.due_at):%H:%M}",
        )
        for row in rows if row.pk in tasks
    ]  # fmt: skip
