"""What waits: obligations as My work and the other pages show them, most urgent first (SLA-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Min, Model, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.questions import ask
from core.workflow import Flow, Step
from organization.models import Post
from organization.roles import Role
from sla.declare import CLOCKS
from sla.models import MET, Pause, RunningClock, RunningClockQuerySet

SHOWN = 200
SOON = timedelta(hours=1)
AHEAD = timedelta(days=7)
"""What opens later stands on the list for a week before it opens."""


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


def title_of(clock: RunningClock) -> str:
    """What the clock demands; where several run on one thing, of whom."""
    return f"{clock.label} · {Role(clock.key).label}" if clock.key in Role.values else clock.label


def chip(clock: RunningClock, at: datetime) -> ClockView:
    state = clock.state_at(at)
    return ClockView(state, clock.due_at, clock.warn_at, title_of(clock), clock.stopped_at, clock.breached_at, clock.paused_at)


def tasks(clocks: list[RunningClock], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """One row per obligation: chip, what, of which thing, and the act that meets it. A constant number of queries per kind of thing."""
    known = things_of(clocks, actor)
    reasons, closed = _why_it_stands(clocks), _closed_now(clocks)
    rows = []
    for clock in clocks:
        if clock.pk not in known:
            continue
        thing = known[clock.pk]
        rows.append(
            {
                "pk": clock.pk,
                "clock": chip(clock, at),
                "clock_url": clock.get_absolute_url(),
                "hint": _hint(clock, at),
                "go_on": reverse("sla:clock_act", args=[clock.pk, "resume"]) if clock.paused_at and clock.open else "",
                "title": title_of(clock),
                "number": thing["title"],
                "url": thing["url"],
                "parts": [part for part in (thing["text"], reasons.get(clock.pk)) if part],
                "act": {
                    "label": _("Do it"),
                    "icon": "arrow-right",
                    "url": _leads_to(clock, thing["url"], closed),
                    "main": not clock.paused_at and clock.due_at <= at + SOON,
                },
            }
        )
    return rows


def _leads_to(clock: RunningClock, url: str, closed: set[int]) -> str:
    """The address of the step that meets this clock; of the thing itself where another step comes first, which stands open there."""
    declared = CLOCKS.get(clock.name)
    step = declared.act if declared and clock.pk not in closed else ""
    return url + step if step.startswith("#") else f"{url.rstrip('/')}/do/{step}/" if step else url


def step_of(clock: RunningClock) -> Step | None:
    """The step that meets this clock, where it is one in the life of the thing that the clock is about."""
    declared = CLOCKS.get(clock.name)
    model: Any = apps.get_model(clock.subject_kind)
    return model.steps().get(declared.act) if declared and not declared.seen_as and issubclass(model, Flow) else None


def _closed_now(clocks: list[RunningClock]) -> set[int]:
    """Those whose step is none of the present state of their thing. One query per kind of thing."""
    steps = {clock.pk: (clock, step) for clock in clocks if (step := step_of(clock))}
    ids = defaultdict(set)
    for clock, _step in steps.values():
        ids[clock.subject_kind].add(clock.subject_id)
    models: dict[str, Any] = {kind: apps.get_model(kind) for kind in ids}
    states = {kind: dict(models[kind].objects.filter(pk__in=some).values_list("pk", "state")) for kind, some in ids.items()}
    return {pk for pk, (clock, step) in steps.items() if states[clock.subject_kind].get(clock.subject_id) not in step.sources}


def things_of(clocks: Iterable[RunningClock], actor: Actor) -> dict[int, dict[str, Any]]:
    """Clock -> the thing that it is about, as its department shows it to the actor; what is not there for the actor is missing."""
    about = {clock.pk: (_seen_as(clock), clock.subject_id) for clock in clocks}
    ids = defaultdict(list)
    for kind, key in about.values():
        ids[kind].append(key)
    known = {
        (kind, key): it
        for kind, some in ids.items()
        for found in ask("things", kind=kind, ids=some, actor=actor)
        for key, it in found.items()
    }
    return {pk: known[kind, key] for pk, (kind, key) in about.items() if (kind, key) in known}


def _seen_as(clock: RunningClock) -> str:
    declared = CLOCKS.get(clock.name)
    return declared.seen_as if declared and declared.seen_as else clock.subject_kind


def _why_it_stands(clocks: list[RunningClock]) -> dict[int, str]:
    """Clock -> the reason why it stands still; no query where none does."""
    still = [clock.pk for clock in clocks if clock.paused_at]
    return dict(Pause.objects.filter(clock__in=still, ended_at=None).values_list("clock", "reason")) if still else {}


def _hint(clock: RunningClock, at: datetime) -> str:
    """Until when; a clock that stands still has no such time, but a beginning of its standing."""
    if clock.paused_at and clock.open:
        return gettext("since %(time)s") % {"time": _moment(clock.paused_at, at)}
    return gettext("by %(time)s") % {"time": _moment(clock.due_at, at)}


def _moment(due: datetime, at: datetime) -> str:
    """The time alone where the day is today's, and the year where it is another one."""
    there, now = localtime(due), localtime(at)
    if there.date() == now.date():
        return f"{there:%H:%M}"
    return f"{there:%m-%d %H:%M}" if there.year == now.year else f"{there:%Y-%m-%d %H:%M}"


def holders(clocks: list[RunningClock], at: datetime) -> dict[int, str]:
    """Clock -> whoever holds the post that it waits for, or what the post is called; one query."""
    posts = Post.objects.held(localtime(at).date()).filter(pk__in={clock.post_id for clock in clocks}).values_list("pk", "holder__name")
    names = dict(posts)
    return {clock.pk: names.get(clock.post_id or 0) or str(Role(clock.role).label) for clock in clocks}


def midnight(at: datetime) -> datetime:
    return localtime(at).replace(hour=23, minute=59, second=59, microsecond=999999)


def bands(rows: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Now (overdue or within the hour), today, later, and what stands still."""
    split: dict[str, list] = {"now": [], "today": [], "later": [], "still": []}
    for row in rows:
        clock = row["clock"]
        due = clock.due_at
        split["still" if clock.paused_at else "now" if due <= at + SOON else "today" if due <= midnight(at) else "later"].append(row)
    heads = {
        "now": (_("Now"), _("overdue, or due within the hour")),
        "today": (_("Today"), _("until the end of the day")),
        "later": (_("Coming up"), _("from tomorrow")),
        "still": (_("Stands still"), _("the wait is the customer's; the time goes on with the answer")),
    }
    return [{"title": heads[name][0], "hint": heads[name][1], "hot": name == "now", "rows": some} for name, some in split.items() if some]


def in_view(clocks: RunningClockQuerySet, at: datetime) -> RunningClockQuerySet:
    """Those of the open clocks that have a place on a list now."""
    return clocks.filter(opens_at__lte=at + AHEAD)


def waiting(actor: Actor, at: datetime, *, department: bool = False) -> RunningClockQuerySet:
    """The open clocks of this person, or of the people whom they lead; those that open later come a week before they open."""
    clocks = RunningClock.objects.of_departments(actor) if department else RunningClock.objects.waiting_for(actor)
    return in_view(clocks, at).select_related("rule").urgent_first()


def counts(at: datetime) -> dict[str, Any]:
    """Aggregates over clocks: overdue, due within the hour, due today (overdue ones apart), standing still, and all."""
    runs = Q(paused_at=None)
    return {
        "late": Count("pk", filter=runs & Q(due_at__lte=at)),
        "soon": Count("pk", filter=runs & Q(due_at__gt=at, due_at__lte=at + SOON)),
        "today": Count("pk", filter=runs & Q(due_at__gt=at, due_at__lte=midnight(at))),
        "still": Count("pk", filter=~runs),
        "all": Count("pk"),
    }


def figures(clocks: QuerySet[RunningClock], at: datetime) -> dict[str, Any]:
    """`counts` of these clocks, of all, not of those shown; and when the oldest of the overdue ones was due."""
    return clocks.order_by().aggregate(**counts(at), oldest=Min("due_at", filter=Q(paused_at=None, due_at__lte=at)))


def by_day(clocks: QuerySet[RunningClock], at: datetime, days: int = 7) -> list[tuple[datetime, int]]:
    """How many of these clocks fall due on each day from today on; today without what is overdue already. One query."""
    last = midnight(at + timedelta(days=days - 1))
    due = clocks.order_by().filter(paused_at=None, due_at__gt=at, due_at__lte=last)
    found = dict(due.annotate(day=TruncDate("due_at")).values("day").annotate(n=Count("pk")).values_list("day", "n"))
    return [(day, found.get(localtime(day).date(), 0)) for day in (at + timedelta(days=n) for n in range(days))]


def on_time(actor: Actor, at: datetime) -> tuple[int, int]:
    """Of what this person's posts and roles had due this month so far: how many were met in time, and how many there are.

    Counted as in the compliance report (SLA-08: by due time once it has come, without cancelled ones and what stands still), but by post,
    whoever met it; the report counts for the person who did. The page says so.
    """
    first = localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = RunningClock.objects.belonging_to(actor).fell_due(first, at + timedelta(microseconds=1), at)
    found = month.aggregate(met=Count("pk", filter=MET), all=Count("pk"))
    return found["met"], found["all"]


ENDED = 20
"""Of the clocks of one thing that have ended, the latest so many are shown."""


def of_thing(thing: Model, names: Sequence[str] = (), beside: Q | None = None) -> tuple[list[RunningClock], list[RunningClock]]:
    """What runs on this thing, most urgent first, and the latest that have ended; of a larger thing only `names`. `beside`: clocks of
    another thing that belong to this page, too. One query."""
    own = Q(subject_kind=thing._meta.label_lower, subject_id=thing.pk)
    found = RunningClock.objects.filter(own | beside if beside else own).select_related("rule")
    rows = list((found.filter(name__in=names) if names else found).order_by("-pk"))
    runs = sorted((clock for clock in rows if clock.open), key=lambda clock: (clock.paused_at is not None, clock.due_at))
    return runs, [clock for clock in rows if not clock.open][:ENDED]


def ended_of_order(order_id: int) -> list[RunningClock]:
    """The latest clocks of the order that have ended, those of all departments. One query."""
    over = RunningClock.objects.filter(order_id=order_id).exclude(stopped_at=None, cancelled_at=None)
    return list(over.select_related("rule").order_by("-pk")[:ENDED])
