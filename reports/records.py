"""The clocks behind the figures, as a list and as rows for Excel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.lists import Column, ListPage
from organization.models import Person
from organization.roles import Role
from reports.chart import Chart
from reports.compliance import BEHIND, CHANGED, STOOD_STILL, Lateness, counted, late_words
from reports.forms import RecordChoice
from sla import work
from sla.clock_page import seen_by
from sla.declare import CLOCKS
from sla.models import LateCause, RunningClock

RESULTS = {"met": _("met in time"), "met_late": _("met late"), "breached": _("still open, late")}


@dataclass(frozen=True)
class Record:
    """A counted clock as a row. What it is about, and its page, only for who may see that thing; that it counted, for everybody whose
    figures it stands in."""

    clock: RunningClock
    task: dict[str, Any] | None
    place: str
    person: str
    minutes: int
    result: str
    stood_still: bool
    changed: bool

    @property
    def pk(self) -> int:
        return self.clock.pk

    @property
    def number(self) -> str:
        return self.task["number"] if self.task else ""

    @property
    def name(self) -> str:
        """The kind of clock, as the tables of the report have it."""
        name = self.clock.name
        return str(CLOCKS[name].label) if name in CLOCKS else name

    @property
    def case(self) -> str:
        """What sets it apart from others of its kind: the case of its rule, the role that it asks."""
        key, (_kind, _dot, case) = self.clock.key, self.clock.label.partition(" · ")
        return " · ".join(filter(None, (case, str(Role(key).label) if key in Role.values else "")))

    @property
    def label(self) -> str:
        return " · ".join(filter(None, (self.name, self.case)))

    @property
    def lateness(self) -> str:
        return late_words(self.minutes, self.clock.limit["unit"] == "wall_minutes") if self.result != "met" else ""

    @property
    def remark(self) -> str:
        found = [(self.stood_still, _("after a pause")), (self.changed, _("after an agreed change"))]
        return ", ".join(str(words) for is_so, words in found if is_so)

    @property
    def late_minutes(self) -> int | None:
        return self.minutes if self.result != "met" else None

    @property
    def cause(self) -> LateCause | None:
        return getattr(self.clock, "late_cause", None)

    def get_absolute_url(self) -> str:
        return self.clock.get_absolute_url() if self.task else ""


COLUMNS = [
    Column("name", _("Clock"), lambda row: row.name, css="w-text"),
    Column("case", _("Case"), lambda row: row.case),
    Column("number", _("About"), lambda row: row.number, css="nw"),
    Column("place", _("Department"), lambda row: row.place, css="w-word"),
    Column("person", _("Person"), lambda row: row.person, css="nw"),
    Column("started_at", _("Began"), lambda row: row.clock.started_at, sheet_only=True),
    Column("due_at", _("Due at"), lambda row: row.clock.due_at, css="w-word"),
    Column("stopped_at", _("Done"), lambda row: row.clock.stopped_at, css="w-word"),
    Column("result", _("Result"), lambda row: RESULTS[row.result], css="w-word"),
    Column("lateness", _("Late by"), lambda row: row.lateness, css="w-word"),
    Column("late_minutes", _("Late by, minutes"), lambda row: row.late_minutes, sheet_only=True),
    Column("cause", _("Why late"), lambda row: row.cause and str(row.cause), css="w-text"),
    Column("said_by", _("Said by"), lambda row: row.cause and row.cause.by_name, css="nw"),
    Column("remark", _("Remark"), lambda row: row.remark, css="w-word"),
]


def remarked(clocks: QuerySet[RunningClock]) -> Any:
    """Counted clocks with what `records` says of each."""
    return clocks.annotate(stood_still=STOOD_STILL, changed=CHANGED).select_related("rule", "late_cause")


def records(clocks: Iterable[Any], chart: Chart, actor: Actor, at: datetime) -> list[Record]:
    """The rows of `remarked` clocks; a constant number of queries per kind of thing."""
    rows = list(clocks)
    seen = seen_by(actor, rows)
    tasks = {task["pk"]: task for task in work.tasks([row for row in rows if row.pk in seen], actor, at)}
    persons = {row.pk: chart.person_of(row.whose, row.post_id, row.role, row.company_id) for row in rows}
    names = dict(Person.objects.filter(pk__in={pk for pk in persons.values() if pk}).values_list("pk", "name"))
    lateness = Lateness(rows, chart, at)
    found = []
    for row in rows:
        place = chart.places.get(chart.place_of(row.department_id, row.role, row.company_id) or 0)
        person, result = names.get(persons[row.pk] or 0, ""), row.state_at(at)
        minutes = lateness.minutes(row)
        found.append(Record(row, tasks.get(row.pk), str(place or ""), person, minutes, result, row.stood_still, row.changed))
    return found


class ClockRecords(ListPage):
    """The records behind one figure: the same choice, and which figure."""

    title = _("Clocks behind the figures")
    model = RunningClock
    columns = COLUMNS
    empty = _("No clock counts there")

    def rows(self, request: HttpRequest) -> Any:
        actor, at = request.actor, request.now  # type: ignore[attr-defined]
        self.chart = Chart(at)
        self.choice = RecordChoice(request.GET, chart=self.chart, reach=self.chart.reach(actor), at=at)
        period, which = self.choice.chosen, self.choice.which
        figure = BEHIND[self.choice.cleaned_data["figure"]] if self.choice.is_valid() else BEHIND["due"]
        return remarked(counted(period.start, period.end, at).filter(which, figure))

    def dressed(self, request: HttpRequest, things: Any) -> Any:
        return records(things, self.chart, request.actor, request.now)  # type: ignore[attr-defined]

    def file_name(self, request: HttpRequest) -> str:
        return f"clock-records-{self.choice.chosen}"

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"form": self.choice, "count_text": self.choice.said}
