"""The calendar: what falls due, by month, week or day; days off as the company works (SLA-07)."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.actor import Actor
from core.templatetags.words import WEEKDAYS
from organization.calendars import day_names, work_time
from sla.falling_due import Due, Source, Wanted, sources
from sla.views import LEADERS, led_words

VIEWS = {"month": _("Month"), "week": _("Week"), "day": _("One day")}
FEW = {"month": 3, "week": 12, "day": 200}
"""Of each kind so many are shown on one day."""


@require_GET
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Everything is in the address: `view` month, week or day, `day`, `of` (mine or department), `what` (one kind alone)."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "month"
    today = localtime(at).date()
    chosen = _chosen_day(request.GET.get("day", ""), today)
    leads = bool(actor.roles & LEADERS)
    mine = not (leads and request.GET.get("of") == "department")
    days = _days(view, chosen)
    every = sources(Wanted(actor=actor, at=at, first=days[0], last=days[-1], few=FEW[view], mine=mine))
    what = request.GET.get("what", "")
    what = what if what in {source.name for source in every} else ""
    off = _days_off(actor, days)
    cells = _cells(days, [source for source in every if what in ("", source.name)], off, FEW[view])
    for cell in cells:
        cell |= {"today": cell["day"] == today, "outside": view == "month" and cell["day"].month != chosen.month}
        cell["url"] = _url(request, view="day", day=cell["day"].isoformat())
    context: dict[str, Any] = {
        "view": view,
        "heading": _heading(view, days, chosen),
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "weekdays": WEEKDAYS,
        "whose": _switch(request, "of", "" if mine else "department", {"": _("Mine"), "department": led_words(actor)}) if leads else [],
        "kinds": _switch(request, "what", what, {"": _("All"), **{source.name: source.label for source in every}}),
        "views": _switch(request, "view", view, VIEWS),
        "earlier": _url(request, day=_step(view, chosen, -1).isoformat()),
        "later": _url(request, day=_step(view, chosen, 1).isoformat()),
        "now_url": _url(request, day=""),
        "nothing": not any(cell["count"] for cell in cells),
    }
    return render(request, "sla/calendar.html", context)


def _switch(request: HttpRequest, name: str, chosen: str, choices: dict[str, Any]) -> list[dict[str, Any]]:
    """The values that one word of the address can have, as links."""
    return [{"label": label, "url": _url(request, **{name: value}), "on": value == chosen} for value, label in choices.items()]


def _chosen_day(text: str, today: date) -> date:
    """The day in the address; today where there is none, or one that no calendar needs."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 2000 <= day.year < 2100 else today


def _days(view: str, chosen: date) -> list[date]:
    """The days in view; a month in whole weeks from Monday."""
    if view == "day":
        return [chosen]
    if view == "week":
        monday = chosen - timedelta(days=chosen.weekday())
        return [monday + timedelta(days=n) for n in range(7)]
    return list(Calendar().itermonthdates(chosen.year, chosen.month))


def _step(view: str, chosen: date, way: int) -> date:
    if view == "month":
        return (chosen.replace(day=15) + timedelta(days=31 * way)).replace(day=1)
    return chosen + timedelta(days=way * (7 if view == "week" else 1))


def _heading(view: str, days: list[date], chosen: date) -> str:
    if view == "month":
        return f"{chosen:%Y-%m}"
    return f"{days[0]:%Y-%m-%d}" + (f" ~ {days[-1]:%m-%d}" if view == "week" else f" {WEEKDAYS[chosen.weekday()]}")


def _days_off(actor: Actor, days: list[date]) -> dict[date, str]:
    """Days on which the person's company does not work, with the name where they have one."""
    if not actor.hats:
        return {}
    company_id = actor.hats[0].company_id
    work, names = work_time(company_id=company_id), day_names(company_id, days[0], days[-1])
    return {day: names.get(day, "") for day in days if not work.is_working_day(day)}


def _cells(days: list[date], some: list[Source], off: dict[date, str], few: int) -> list[dict[str, Any]]:
    """One cell per day: how many fall due, the first few, late ones first."""
    found: dict[date, list[tuple[Due, str]]] = defaultdict(list)
    counts: dict[tuple[date, str], int] = {}
    for source in some:
        for due in source.rows():
            found[due.day].append((due, source.icon))
            counts[due.day, source.name] = due.of_day
    cells = []
    for day in days:
        rows = sorted(found[day], key=lambda pair: not pair[0].late)[:few]
        count = sum(counts.get((day, source.name), 0) for source in some)
        cells.append({"day": day, "rows": rows, "count": count, "more": count - len(rows), "off": day in off, "name": off.get(day, "")})
    return cells


def _url(request: HttpRequest, **changes: str) -> str:
    """This page with something else in its address; nothing is said that is the usual."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"
