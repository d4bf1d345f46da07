"""My work: what waits for me or for my department, most urgent first, as the page shows it (SLA-07)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.questions import ask
from organization.roles import Role
from sla.declare import CLOCKS
from sla.models import RunningClock

SHOWN = 200


@dataclass
class ClockView:
    """A running clock as the chip shows it."""

    state: str
    due_at: datetime
    warn_at: datetime
    label: str
    stopped_at: datetime | None = None
    breached_at: datetime | None = None


def chip(clock: RunningClock, at: datetime) -> ClockView:
    return ClockView(clock.state_at(at), clock.due_at, clock.warn_at, clock.label, clock.stopped_at, clock.breached_at)


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
        url = f"{thing['url'].rstrip('/')}/do/{step}/" if step else thing["url"]
        title = f"{clock.label} · {Role(clock.key).label}" if clock.key in Role.values else clock.label
        rows.append(
            {
                "clock": chip(clock, at),
                "hint": f"{localtime(clock.due_at):%m-%d %H:%M}",
                "title": title,
                "number": thing["title"],
                "url": thing["url"],
                "parts": [thing["text"]] if thing["text"] else [],
                "act": {"label": _("Do it"), "icon": "arrow-right", "url": url, "main": clock.due_at <= at + timedelta(hours=1)},
            }
        )
    return rows


def bands(rows: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Now (breached or within the hour), today, later."""
    midnight = localtime(at).replace(hour=23, minute=59, second=59)
    soon = at + timedelta(hours=1)
    split: dict[str, list] = {"now": [], "today": [], "later": []}
    for row in rows:
        due = row["clock"].due_at
        split["now" if due <= soon else "today" if due <= midnight else "later"].append(row)
    heads = {
        "now": (_("Now"), _("overdue, or due within the hour")),
        "today": (_("Today"), _("until the end of the day")),
        "later": (_("Coming up"), _("from tomorrow")),
    }
    return [{"title": heads[name][0], "hint": heads[name][1], "hot": name == "now", "rows": some} for name, some in split.items() if some]


def waiting(actor: Actor, at: datetime, *, department: bool) -> QuerySet[RunningClock]:
    """The open clocks of this person, or of the people whom they lead; those that open later come when they open, or a week before."""
    clocks = RunningClock.objects.of_departments(actor) if department else RunningClock.objects.waiting_for(actor)
    return clocks.filter(Q(opens_at__lte=at + timedelta(days=7))).select_related("rule").order_by("due_at", "pk")
