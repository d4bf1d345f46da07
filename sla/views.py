"""My work, where people land: what waits for me, or for those whom I lead (SLA-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.actor import Actor
from core.questions import ask
from core.templatetags.ui import weekday
from core.templatetags.words import minutes_of, span_words
from organization.roles import HEADS, Role
from sla import load, work
from sla.models import RunningClock, RunningClockQuerySet

MANAGERS = {Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, Role.GROUP_MANAGER}
LEADERS = {*HEADS, *MANAGERS}
OTHERS = 8


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, most urgent first; heads switch to their department's, and there to one person's (SLA-07).

    The page asks for its inner part again every minute; nothing is written by that.
    """
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    leads = bool(actor.roles & LEADERS)
    department = leads and request.GET.get("of") == "department"
    clocks = work.waiting(actor, at, department=department)
    people = _people(request, actor, at) if department else None
    if people and people["narrowed"]:
        clocks = load.of_lines(clocks, people["chosen"])
    counts = work.figures(clocks, at)
    found = list(clocks[: work.SHOWN])
    rows = work.tasks(found, actor, at)
    if people:
        _say_who(rows, found, people["everybody"])
    context: dict[str, Any] = {
        "bands": work.bands(rows, at),
        "counts": counts,
        "figures": _figures(counts, at) + ([] if department else _own_figures(actor, at)),
        "hidden": max(counts["all"] - work.SHOWN, 0),
        "leads": leads,
        "led": led_words(actor),
        "department": department,
        "people": people,
        "week": _week(clocks, at, department),
        "others": [] if department else _others(actor, at),
        "recent": [entry for some in ask("recent", actor=actor) for entry in some],
        "can_register": any(ask("may_register", actor=actor)),
    }
    part = bool(request.headers.get("HX-Request"))
    answer = render(request, "sla/my_work_part.html" if part else "sla/my_work.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def led_words(actor: Actor) -> Any:
    """What a head's, a manager's or the group manager's people are called on the switch."""
    if Role.GROUP_MANAGER in actor.roles:
        return _("The group's")
    return _("My company's") if actor.roles & MANAGERS else _("My department's")


def _people(request: HttpRequest, actor: Actor, at: datetime) -> dict[str, Any]:
    """Who has what: companies for the group manager, departments for a manager, people for a head and below the others."""
    place = {name: request.GET.get(name, "") for name in load.PLACES}
    everybody = load.lines(actor, at)
    here = [line for line in everybody if line.within({name: place[name] for name in ("company", "unit")})]
    if Role.GROUP_MANAGER in actor.roles and not place["company"]:
        shown = load.together(here, "company")
    elif actor.roles & MANAGERS and not place["unit"]:
        shown = load.together(here, "unit")
    else:
        shown = here
    mean = load.mark(shown)
    narrowed = any(place.values())
    chosen = [line for line in everybody if line.within(place)]
    for line in shown:
        line.chosen = line.within(place) and any(place[name] for name in ("person", "post", "role"))
        line.url = _address({} if line.chosen else line.place, place)
    return {
        "everybody": everybody,
        "shown": shown,
        "most": max([line.all for line in shown] or [0]),
        "narrowed": narrowed,
        "chosen": chosen,
        "said": [load.said(line, mean) for line in shown if line.too_much],
        "times": load.TOO_MUCH,
        "least": load.LEAST,
        "up": _up(actor, place, here),
    }


def _address(place: dict[str, str], before: dict[str, str]) -> str:
    """The address of a line; of a chosen one that of everybody beside it."""
    there = place or {name: before[name] for name in ("company", "unit") if before[name]}
    return "?" + urlencode({"of": "department", **there})


def _up(actor: Actor, place: dict[str, str], here: list[load.Line]) -> list[dict[str, str]]:
    """The way back up, for those who came down from their companies or departments."""
    if not actor.roles & MANAGERS or not any(place.values()):
        return []
    way = [{"label": gettext("All"), "url": "?of=department"}]
    if place["company"] and here and Role.GROUP_MANAGER in actor.roles:
        way.append({"label": here[0].company, "url": _address({"company": place["company"]}, place)})
    if place["unit"] and here:
        way.append({"label": here[0].department, "url": _address({"company": here[0].place["company"], "unit": place["unit"]}, place)})
    return way


def _say_who(rows: list[dict[str, Any]], clocks: list[RunningClock], everybody: list[load.Line]) -> None:
    """Beside each obligation who has it, since the list is not the reader's own."""
    names = {held: line for line in everybody for held in line.held}
    by_pk = {clock.pk: names.get((clock.post_id, clock.role, clock.company_id)) for clock in clocks}
    for row in rows:
        if line := by_pk[row["pk"]]:
            row["parts"].insert(0, who_words(line))


def who_words(line: load.Line) -> str:
    """A person's name; or whose post is vacant; or how many may take it."""
    if line.vacant:
        return gettext("%(post)s (vacant)") % {"post": line.name}
    if "role" in line.place:
        return ngettext("any of %(n)s: %(post)s", "any of %(n)s: %(post)s", line.people) % {"n": line.people, "post": line.name}
    return line.name


def _week(clocks: RunningClockQuerySet, at: datetime, department: bool) -> list[dict[str, Any]]:
    """The columns of the picture "due in these seven days", each with the way to its day in the calendar; none when nothing is."""
    days = work.by_day(clocks, at)
    if not any(count for _day, count in days):
        return []
    whose = {"of": "department"} if department else {}
    return [
        {
            "label": weekday(day) if n else gettext("Today"), "value": count, "strong": not n,
            "url": f"{reverse('sla:calendar')}?{urlencode({'view': 'day', 'day': localtime(day).date().isoformat(), **whose})}",
        }
        for n, (day, count) in enumerate(days)
    ]  # fmt: skip


def _others(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """What this person's orders wait for from other people, most urgent first."""
    own = ask("own_orders", actor=actor)
    if not own:
        return []
    mine = RunningClock.objects.waiting_for(actor).values("pk")
    found = RunningClock.objects.open().filter(order_id__in=own[0], opens_at__lte=at).exclude(pk__in=mine)
    clocks = list(found.select_related("rule").urgent_first()[:OTHERS])
    names = work.holders(clocks, at)
    return [{**task, "who": names[task["pk"]]} for task in work.tasks(clocks, actor, at)]


def _figures(counts: dict[str, Any], at: datetime) -> list[dict[str, Any]]:
    late, soon = counts["late"], counts["soon"]
    oldest = gettext("oldest %(span)s") % {"span": span_words(minutes_of(at - counts["oldest"]))} if late else ""
    within = gettext("%(n)s within the hour") % {"n": soon} if soon else ""
    return [
        {"label": _("Overdue"), "value": late, "kind": "late" if late else "", "base": oldest},
        {"label": _("Due today"), "value": counts["today"], "base": within},
        {"label": _("Waits for the customer"), "value": counts["still"], "base": _("clocks stand still") if counts["still"] else ""},
        {"label": _("Waiting in all"), "value": counts["all"]},
    ]


def _own_figures(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """My open orders, where I have any of my own; and how many of this month's obligations were met in time, with the base."""
    met, due = work.on_time(actor, at)
    share = f"{100 * met / due:.1f}%" if due else "—"
    rate = {"label": _("My posts, on time this month"), "value": share, "base": f"{met} / {due}"}
    for unsaid in ask("own_lateness", actor=actor, at=at):
        if unsaid["number"]:
            late = gettext("%(n)s late: say why") % {"n": unsaid["number"]}
            rate |= {"base": f"{met} / {due} · {late}", "url": unsaid["url"]}
    return [*ask("own_figure", actor=actor), rate]
