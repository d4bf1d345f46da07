"""The page of one clock: why it is due when it is, what it told whom, standing still for the customer, and why it was late (SLA-02,
SLA-06, SLA-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core.actor import Actor
from core.acts import once, one_time_key
from core.reasons import NotAllowed, Reason, Refused, Stale, plain
from core.templatetags.ui import shown
from organization.finding import recipients
from organization.models import Person
from sla import work
from sla.causes import against_explaining, explain_lateness, said_of
from sla.explain import due_if_it_went_on, to_come, walk
from sla.forms import CauseForm, PauseForm, ResumeForm
from sla.models import ClockRule, Pause, RunningClock, Step
from sla.pausing import against_pausing, against_person, against_resuming, pause_clock, resume_clock
from sla.sweep import whom


@dataclass(frozen=True)
class ClockAct:
    """What can be done to a clock itself: its form, its words, why not now, and the service that does it with the form's values."""

    form: type[ResumeForm]
    label: Any
    icon: str
    consequence: Any
    against: Callable[[RunningClock, datetime], Reason | None]
    do: Callable[..., object]
    again: Callable[[RunningClock], Any] = lambda row: ""

    def title(self, row: RunningClock) -> str:
        return str(self.again(row) or self.label)


ACTS = {
    "pause": ClockAct(
        PauseForm, _("Let the clock stand still"), "player-pause",
        _("Nobody is warned while it stands still. The reason is shown with the clock and in the compliance figures."),
        against_pausing, pause_clock,
    ),
    "resume": ClockAct(
        ResumeForm, _("Let the clock go on"), "player-play", _("What was left when it stopped is left from now on, in the same unit."),
        against_resuming, resume_clock,
    ),
    "explain": ClockAct(
        CauseForm, _("Say why it was late"), "message-2-question",
        _("It stays late. The causes are counted in the compliance figures, so that what keeps causing delay is seen and mended."),
        against_explaining, explain_lateness, lambda row: _("Put the cause right") if said_of(row) else "",
    ),
}  # fmt: skip
PAUSERS = _("Only {who}, and those who lead them, may let it stand still while the wait is the customer's.")
COMING = {"warned": _("will be warned"), "breached": _("will be told if it runs out"), "escalated": _("will be told if it is still open")}
STEPS = {"warned": _("warned"), "breached": _("ran out; told"), "escalated": _("still open; told")}


def find(request: HttpRequest, pk: int) -> tuple[RunningClock, dict[str, Any]]:
    """A clock and the thing that it belongs to; it is there for whoever may see the thing."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    row = RunningClock.objects.select_related("rule").filter(pk=pk).first()
    tasks = work.tasks([row], actor, at) if row and seen_by(actor, [row]) else []
    if row is None or not tasks:
        raise Http404
    return row, tasks[0]


def seen_by(actor: Actor, rows: Iterable[RunningClock]) -> set[int]:
    """Those of these clocks that are there for this person, because what they are about is; one query per kind of thing."""
    wanted: dict[str, dict[int, set[int]]] = {}
    for row in rows:
        kind, pk = _bearer(row)
        wanted.setdefault(kind, {}).setdefault(pk, set()).add(row.pk)
    found: set[int] = set()
    for kind, things in wanted.items():
        model: Any = apps.get_model(kind)
        for pk in model.objects.visible_to(actor).filter(pk__in=things).values_list("pk", flat=True):
            found |= things[pk]
    return found


def _bearer(row: RunningClock) -> tuple[str, int]:
    """The thing whose reach counts: what has none of its own (money due, a meeting) is seen with its order."""
    model: Any = apps.get_model(row.subject_kind)
    own = hasattr(model.objects, "visible_to")
    return (row.subject_kind, row.subject_id) if own else ("orders.order", row.order_id or 0)


@require_GET
def clock_page(request: HttpRequest, pk: int) -> HttpResponse:
    row, task = find(request, pk)
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    pauses = list(row.pauses.order_by("started_at"))
    stands = row.state_at(at) == "paused"
    coming = _coming(row, at)
    context = {
        "coming": coming,
        "nobody_above": bool(coming) and not row.chain,
        "pausing": _pausing(row, at),
        "clock": row,
        "task": task,
        "facts": _facts(row, pauses, at),
        "days": [] if stands else walk(row, pauses),
        "stands": stands,
        "steps": _steps(row),
        "pauses": pauses,
        "moves": row.moves.select_related("recount").order_by("pk"),
        "offer": _offer(row, actor, at),
        "may_do": _may_do(row, actor, at),
    }
    return render(request, "sla/clock.html", context)


@require_http_methods(["GET", "POST"])
def clock_act(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Stand still or go on. GET shows the form and what follows, or why not."""
    row, task = find(request, pk)
    if step not in ACTS:
        raise Http404
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    if found := against_person(row, actor, at):
        raise NotAllowed(found)
    one = ACTS[step]
    title, form, stale = one.title(row), one.form(request.POST or None, clock=row), False
    if request.method == "POST" and form.is_valid():
        try:
            url = _done(request, row, one, form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            row.refresh_from_db()  # somebody may have been faster: then it is closed, and no field mends that
            if not one.against(row, at):
                form.explain(refused)
            if stale := isinstance(refused, Stale):  # sent again, it is sent in full knowledge
                form.data = {**request.POST.dict(), "once": one_time_key(), "seen": one.form(clock=row).initial["seen"]}
        else:
            messages.success(request, gettext("Done: {step}").format(step=title))
            return HttpResponseRedirect(url)
    refusal = one.against(row, at)
    context = {
        "reasons": [refusal] if refusal else [],
        "form": form, "title": title, "label": title, "icon": one.icon, "consequence": one.consequence,
        "object_line": f"{task['title']} · {task['number']}", "back_url": reverse("sla:clock", args=[pk]),
    }  # fmt: skip
    return render(request, "ui/act.html", context, status=409 if stale else 422 if request.method == "POST" else 200)


def _done(request: HttpRequest, row: RunningClock, one: ClockAct, values: dict[str, Any]) -> str:
    by, at, key = request.actor, request.now, values.pop("once")  # type: ignore[attr-defined]

    def do() -> str:
        one.do(clock=row, by=by, at=at, **values)
        return reverse("sla:clock", args=[row.pk])

    return once(key, person_id=request.user.pk or 0, at=at, do=do)


def _offer(row: RunningClock, actor: Actor, at: datetime) -> dict[str, Any] | None:
    """The one act that is open to this person now, if any."""
    steps = [step for step, one in ACTS.items() if not one.against(row, at)]
    if not steps or against_person(row, actor, at):
        return None
    return {"label": ACTS[steps[0]].title(row), "icon": ACTS[steps[0]].icon, "url": reverse("sla:clock_act", args=[row.pk, steps[0]])}


def _may_do(row: RunningClock, actor: Actor, at: datetime) -> bool:
    """Whether the act that meets this clock is offered: to those who answer for it, and to others who may take its step."""
    if not row.open or not against_person(row, actor, at):
        return row.open
    step = work.step_of(row)
    model: Any = apps.get_model(row.subject_kind)
    try:
        return step is not None and bool(step.permission(model.objects.get(pk=row.subject_id), actor))
    except NotAllowed:
        return False


def _pausing(row: RunningClock, at: datetime) -> Any:
    """In a line: who may let it stand still or go on, or why nobody can."""
    if not row.open:
        return ""
    if found := ACTS["resume" if row.paused_at else "pause"].against(row, at):
        return found
    words = _("Only {who}, and those who lead them, may let it go on.") if row.paused_at else PAUSERS
    return str(words).format(who=work.holders([row], at)[row.pk])


def _facts(row: RunningClock, pauses: list[Pause], at: datetime) -> list[dict[str, Any]]:
    """Its times; of one that stands still no due time, which moves on with every hour, but what it would be."""
    if row.state_at(at) == "paused":
        times = [(_("Stands still since"), row.paused_at), (_("Due if it went on now"), due_if_it_went_on(row, pauses, at))]
    else:
        times = [(_("Warning at"), row.warn_at), (_("Due at"), row.due_at)]
    said = said_of(row)
    rows = [
        (_("Waits for"), work.holders([row], at)[row.pk]),
        (_("Limit"), ClockRule.Unit(row.limit["unit"]).words(row.limit["amount"])),
        (_("Running since"), row.started_at),
        (_("Opens"), row.opens_at if row.opens_at != row.started_at else None),
        (_("The date"), row.anchor),
        *times,
        (_("Ran out"), row.breached_at),
        (_("Why it was late"), said and f"{said} — {said.by_name}"),
        (_("Done"), row.stopped_at),
        (_("Done by"), Person.objects.filter(pk=row.met_by_id or 0).values_list("name", flat=True).first()),
        (_("No longer needed"), row.cancelled_at),
    ]
    return [{"label": label, "value": shown(value, None)} for label, value in rows if value]


def _steps(row: RunningClock) -> list[dict[str, Any]]:
    steps = list(row.steps.order_by("pk"))
    names = dict(Person.objects.filter(pk__in=[step.person_id for step in steps if step.person_id]).values_list("pk", "name"))
    return [{"at": step.at, "text": _step_words(row, step), "who": names.get(step.person_id or 0, "")} for step in steps]


def _step_words(row: RunningClock, step: Step) -> Any:
    """A warning whose time came together with the breach (an outage) was recorded and not sent."""
    unsent = step.name == "warned" and step.at >= row.due_at
    return _("not warned any more: it had run out") if unsent else STEPS[step.name.split(" ")[0]]


def _coming(row: RunningClock, at: datetime) -> list[dict[str, Any]]:
    """Who is told next, and when, if nothing is done: whoever sits there by then, and nobody twice (SLA-03)."""
    steps = row.steps.filter(person_id__isnull=False).exclude(name="warned")
    told = {person_id for person_id in steps.values_list("person_id", flat=True) if person_id}
    found = []
    for name, when in to_come(row):
        people, _path = recipients(whom(row, name), max(at, when), told)
        told |= {person.pk for person in people if name != "warned"}
        found.append({"text": COMING[name.split(" ")[0]], "who": plain(people), "at": when})
    return found
