"""My work: what waits for me or for my department, most urgent first, as the page shows it (SLA-07)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.questions import ask
from organization.models import Post
from organization.roles import Role
from sla.declare import CLOCKS
from sla.models import RunningClock

SHOWN = 200
SOON = timedelta(hours=1)


@dataclass
class ClockView:
    """A running clock as the chip shows it."""

    state: str
    due_at: datetime
    warn_at: datetime
    label: str
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    paused_at: datetime | None = None


def chip(clock: RunningClock, at: datetime) -> ClockView:
    label = f"{clock.label} · {Role(clock.key).label}" if clock.key in Role.values else clock.label
    return ClockView(clock.state_at(at), clock.due_at, clock.warn_at, label, clock.stopped_at, clock.breached_at, clock.paused_at)


def tasks(clocks: list[RunningClock], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """One row per obligation: chip, what, of which thing, and the act that meets it. A constant number of queries per kind of thing."""
    ids = defaultdict(list)
    for clock in clocks:
        ids[clock.subject_kind].append(clock.subject_id)
    known = {
        kind: {key: thing for found in ask("things", kind=kind, ids=some, actor=actor) for key, thing in found.items()}
        for kind, some in ids.items()
    }
    rows = []
    for clock in clocks:
        thing = known[clock.subject_kind].get(clock.subject_id)
        if thing is None:
            continue
        declared = CLOCKS.get(clock.name)
        step = declared.act if declared else ""
        url = thing["url"] + step if step.startswith("#") else f"{thing['url'].rstrip('/')}/do/{step}/" if step else thing["url"]
        title = f"{clock.label} · {Role(clock.key).label}" if clock.key in Role.values else clock.label
        rows.append(
            {
                "pk": clock.pk,
                "clock": chip(clock, at),
                "clock_url": clock.get_absolute_url(),
                "hint": _("by %(time)s") % {"time": _moment(clock.due_at, at)},
                "title": title,
                "number": thing["title"],
                "url": thing["url"],
                "parts": [thing["text"]] if thing["text"] else [],
                "act": {"label": _("Do it"), "icon": "arrow-right", "url": url, "main": clock.due_at <= at + SOON},
            }
        )
    return rows


def _moment(due: datetime, at: datetime) -> str:
    """The time alone where the day is today's."""
    there = localtime(due)
    return f"{there:%H:%M}" if there.date() == localtime(at).date() else f"{there:%m-%d %H:%M}"


def holders(clocks: list[RunningClock], at: datetime) -> dict[int, str]:
    """Clock -> whoever holds the post that it waits for, or what the post is called; one query."""
    posts = Post.objects.held(localtime(at).date()).filter(pk__in={clock.post_id for clock in clocks}).values_list("pk", "holder__name")
    names = dict(posts)
    return {clock.pk: names.get(clock.post_id or 0) or str(Role(clock.role).label) for clock in clocks}


def midnight(at: datetime) -> datetime:
    return localtime(at).replace(hour=23, minute=59, second=59, microsecond=999999)


def bands(rows: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Now (overdue or within the hour), today, later."""
    split: dict[str, list] = {"now": [], "today": [], "later": []}
    for row in rows:
        due = row["clock"].due_at
        split["now" if due <= at + SOON else "today" if due <= midnight(at) else "later"].append(row)
    heads = {
        "now": (_("Now"), _("overdue, or due within the hour")),
        "today": (_("Today"), _("until the end of the day")),
        "later": (_("Coming up"), _("from tomorrow")),
    }
    return [{"title": heads[name][0], "hint": heads[name][1], "hot": name == "now", "rows": some} for name, some in split.items() if some]


def waiting(actor: Actor, at: datetime, *, department: bool = False) -> QuerySet[RunningClock]:
    """The open clocks of this person, or of the people whom they lead; those that open later come a week before they open."""
    clocks = RunningClock.objects.of_departments(actor) if department else RunningClock.objects.waiting_for(actor)
    return clocks.filter(opens_at__lte=at + timedelta(days=7)).select_related("rule").order_by("due_at", "pk")


def figures(actor: Actor, at: datetime, *, department: bool) -> dict[str, int]:
    """How many are overdue, due within the hour, due today (overdue ones apart), and all; of all, not of those shown."""
    return (
        waiting(actor, at, department=department)
        .order_by()
        .aggregate(
            late=Count("pk", filter=Q(due_at__lte=at)),
            soon=Count("pk", filter=Q(due_at__gt=at, due_at__lte=at + SOON)),
            today=Count("pk", filter=Q(due_at__gt=at, due_at__lte=midnight(at))),
            all=Count("pk"),
        )
    )
