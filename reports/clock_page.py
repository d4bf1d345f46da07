"""The page of clock compliance: one choice, its figures, each of them a link to the clocks behind it (SLA-08)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.actor import Actor
from organization.models import Person
from organization.roles import Role
from reports.chart import NOBODY, Chart
from reports.compliance import ARROW, TARGET, UNSAID, Figures, Tally, by_month, by_week, counted, late_words, left_out, measure
from reports.drawing import spark, split, trend
from reports.excel import compliance_workbook
from reports.forms import CAUSES, ClockChoice
from reports.issuing import issued_to
from reports.periods import midnight, months_before
from reports.records import records, remarked
from sla.declare import CLOCKS
from sla.models import ClockRule, RunningClock

MONTHS, SPARKS, WEEKS = 12, 6, 8
OPEN_SHOWN, PLACES_SHOWN, PERSONS_SHOWN, ISSUED_SHOWN = 6, 8, 12, 6
FLOOR = 10  # fewer say nothing about a person


class Page:
    """What one reader has chosen, measured once."""

    def __init__(self, request: HttpRequest) -> None:
        self.actor: Actor = request.actor  # type: ignore[attr-defined]
        self.at: datetime = request.now  # type: ignore[attr-defined]
        self.chart = Chart(self.at)
        self.reach = self.chart.reach(self.actor)
        self.choice = ClockChoice(request.GET, chart=self.chart, reach=self.reach, at=self.at)
        self.period, self.which = self.choice.chosen, self.choice.which
        self.clocks = self.between(self.period.start, self.period.end)
        self.figures = measure(self.clocks, self.chart, self.at)
        self.last = self.choice.last

    def between(self, start: datetime, end: datetime) -> QuerySet[RunningClock]:
        return counted(start, end, self.at).filter(self.which)

    def link(self, figure: str, **changes: Any) -> str:
        """The records behind a figure of this choice."""
        return reverse("reports:clock_records") + self.choice.query(figure=figure, **changes)

    def names(self) -> dict[int, str]:
        people = {row.person for row in self.figures.rows if row.person}
        return {NOBODY: _("nobody, the post was vacant"), **dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))}


@require_GET
def clock_compliance(request: HttpRequest) -> HttpResponse:
    page = Page(request)
    months = by_month(page.between(midnight(months_before(page.last, MONTHS - 1)), page.period.end))
    if request.GET.get("export") == "xlsx" and page.choice.is_valid():
        return compliance_workbook(
            page, headline=headline(page), clocks=clock_rows(page, months), places=place_rows(page), persons=person_rows(page),
            apart=_apart(page)["lines"], causes=_causes(page), months=_months(page, months),
        )  # fmt: skip
    gone = left_out(page.period.start, page.period.end, page.at).filter(page.which)
    context = {
        "form": page.choice,
        "target": TARGET,
        "export_url": page.choice.query(export="xlsx"),
        "headline": headline(page),
        "trend": trend(_months(page, months)),
        "heat": _heat(page),
        "clocks": clock_rows(page, months),
        "places": place_rows(page),
        "total": _cells(page, page.figures),
        "open_late": _open_late(page),
        "open_url": page.link("open_late"),
        "persons": person_rows(page)[:PERSONS_SHOWN],
        "floor": FLOOR,
        "apart": _apart(page),
        "causes": _causes(page),
        "cancelled": gone.count(),
        "issued": issued_to(page.reach).exclude(figures__total__due=0)[:ISSUED_SHOWN],
    }
    return render(request, "reports/clocks.html", context)


def headline(page: Page) -> list[dict[str, Any]]:
    """The strip above everything; the same six stand in the workbook."""
    figures, total = page.figures, page.figures.total
    median, worst, above = figures.median_late, figures.worst_open, figures.to_managers
    spans = [late_words(minutes, figures.wall) for minutes in (median, worst)]
    strip = [
        ("due", _("On time"), percent(total.rate), _("target %(rate)s%%") % {"rate": TARGET}, _kind(total.rate)),
        ("due", _("Came due"), total.due, "", ""),
        ("met", _("Met in time"), total.met, "", ""),
        (
            "met_late",
            _("Met late"),
            total.met_late,
            median is not None and _("median %(span)s") % {"span": spans[0]},
            "soon",
        ),
        (
            "open_late",
            _("Open, late"),
            total.open_late,
            worst is not None and _("worst %(span)s") % {"span": spans[1]},
            "late",
        ),
        ("escalated", _("Escalated"), figures.escalated, above and _("%(n)s to a manager") % {"n": above}, ""),
    ]
    return [
        {"label": label, "value": value, "base": base or "", "kind": kind if value else "", "url": page.link(figure)}
        for figure, label, value, base, kind in strip
    ]


def percent(rate: Decimal | None) -> str:
    return "–" if rate is None else f"{rate}%"


def _kind(rate: Decimal | None) -> str:
    """Red with the arrow below 90, amber below the target."""
    if rate is None or rate >= TARGET:
        return ""
    return "late" if rate < ARROW else "soon"


def _cells(page: Page, figures: Figures, **which: Any) -> dict[str, Any]:
    """The figures of a line of any table, each with its address."""
    total = figures.total
    numbers = [("due", total.due), ("met", total.met), ("met_late", total.met_late), ("open_late", total.open_late)]
    return {
        "numbers": [{"value": number, "url": page.link(figure, **which) if number else "", "figure": figure} for figure, number in numbers],
        "tally": total,
        "rate": total.rate,
        "kind": _kind(total.rate),
        "bar": split(total),
        "worst": late_words(figures.worst, figures.wall),
    }


def _worst_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["rate"], -row["tally"].due))


def clock_rows(page: Page, months: dict[str, dict[date, Tally]]) -> list[dict[str, Any]]:
    """By kind of clock, worst first; adds up to the headline."""
    parts = page.figures.by(lambda row: row.name)
    limits: dict[str, list[str]] = {}
    for rule in ClockRule.objects.filter(company=None, name__in=parts).order_by("pk"):
        limits.setdefault(rule.name, []).append(rule.Unit(rule.unit).words(rule.amount))
    ends = [months_before(page.last, n) for n in range(SPARKS - 1, -1, -1)]
    return _worst_first(
        {
            **_cells(page, part, clock=name),
            "label": str(CLOCKS[name].label) if name in CLOCKS else name,
            "url": page.link("due", clock=name),
            "limit": " / ".join(dict.fromkeys(limits.get(name, []))),
            "who": _responsible(part),
            "spark": spark([months.get(name, {}).get(month, Tally()).rate for month in ends]),
        }
        for name, part in parts.items()
    )


def _responsible(part: Figures) -> str:
    roles = Counter[str]()
    for row in part.rows:
        roles[row.role] += row.tally.due
    return str(Role(roles.most_common(1)[0][0]).label) if len(roles) == 1 else _("several posts")


def place_rows(page: Page) -> list[dict[str, Any]]:
    """By department, worst first; adds up to the headline. What no post answers for stands in a line of its own."""
    return _worst_first(
        {
            **_cells(page, part, **({"department": pk} if pk else {})),
            "pk": pk,
            "label": str(page.chart.places[pk]) if pk in page.chart.places else _("no department"),
            "url": page.link("due", department=pk) if pk else "",
        }
        for pk, part in page.figures.by(lambda row: row.place).items()
    )


def person_rows(page: Page, floor: int = FLOOR) -> list[dict[str, Any]]:
    """By person, worst first; with fewer than `floor` due only oneself."""
    names = page.names()
    return _worst_first(
        {
            **_cells(page, part, person=pk),
            "label": names[pk],
            "place": _home(page, part),
            "url": page.link("due", person=pk),
        }
        for pk, part in page.figures.by(lambda row: row.person or NOBODY).items()
        if pk in names and (part.total.due >= floor or pk == page.reach.person_id)
    )


def _home(page: Page, part: Figures) -> str:
    """The department in which most of a person's clocks were due."""
    places = Counter[int]()
    for row in part.rows:
        places[row.place or 0] += row.tally.due
    place = page.chart.places.get(places.most_common(1)[0][0])
    return str(place or "")


def _months(page: Page, months: dict[str, dict[date, Tally]]) -> list[dict[str, Any]]:
    points = []
    for n in range(MONTHS - 1, -1, -1):
        month = months_before(page.last, n)
        tally = sum((each.get(month, Tally()) for each in months.values()), Tally())
        until = months_before(month, -1) - timedelta(days=1)
        points.append({"label": f"{month:%y-%m}", "rate": tally.rate, "tally": tally, "url": page.link("due", since=month, until=until)})
    return points


def _heat(page: Page) -> dict[str, Any]:
    """Departments x weeks: those with the worst rate over the weeks shown, each cell a link to what was due."""
    monday = page.last - timedelta(days=page.last.weekday())
    weeks = [monday - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    found = by_week(page.between(midnight(weeks[0]), midnight(monday + timedelta(weeks=1))), page.chart)
    rates = {pk: sum(tallies.values(), Tally()).rate for pk, tallies in found.items() if pk is not None and pk in page.chart.places}
    worst = sorted(rates, key=lambda pk: (rates[pk], pk))[:PLACES_SHOWN]
    return {
        "weeks": [{"number": week.isocalendar().week, "day": week} for week in weeks],
        "rows": [
            {"label": str(page.chart.places[pk]), "cells": [_heat_cell(page, pk, week, found[pk].get(week, Tally())) for week in weeks]}
            for pk in worst
        ],
    }


def _heat_cell(page: Page, pk: int, week: date, tally: Tally) -> dict[str, Any]:
    rate = tally.rate
    kind = "none" if rate is None else _kind(rate) or ("good" if rate >= TARGET + 3 else "fair")
    url = page.link("due", department=pk, since=week, until=week + timedelta(days=6)) if tally.due else ""
    return {"rate": None if rate is None else int(rate), "kind": kind, "url": url, "tally": tally}


def _open_late(page: Page) -> list[Any]:
    """The longest overdue first."""
    worst = sorted((late for late in page.figures.late if late.open), key=lambda late: -late.minutes)[:OPEN_SHOWN]
    clocks = remarked(page.clocks.filter(pk__in=[late.pk for late in worst]))
    found = {row.pk: row for row in records(clocks, page.chart, page.actor, page.at)}
    return [found[late.pk] for late in worst if late.pk in found]


def _apart(page: Page) -> dict[str, Any]:
    figures = page.figures
    return {
        "late": figures.total.late,
        "lines": [
            {"label": _("after a pause for the customer"), "number": figures.after_pause, "url": page.link("after_pause")},
            {"label": _("after an agreed change"), "number": figures.after_change, "url": page.link("after_change")},
        ],
        "both": figures.after_pause + figures.after_change - figures.excused,
        "rate": percent(figures.rate_without_excused),
    }


def _causes(page: Page) -> list[dict[str, Any]]:
    """Why the late ones were late, the most frequent cause first, what nobody has explained last; adds up to the late ones."""
    found = page.figures.causes
    most = max(found.values(), default=0)
    return [
        {"label": CAUSES[cause], "number": number, "parts": [(number, "bar")], "most": most, "url": page.link("late", cause=cause)}
        for cause, number in sorted(found.items(), key=lambda pair: (pair[0] == UNSAID, -pair[1]))
    ]
