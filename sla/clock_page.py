"""The page of one clock: why it is due when it is, what it told whom, and standing still for the customer (SLA-02, SLA-06)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core.actor import Actor
from core.acts import once
from core.reasons import NotAllowed, Reason, Refused
from core.templatetags.ui import shown
from organization.models import Person
from organization.roles import Role
from sla import work
from sla.explain import walk
from sla.forms import PauseForm, ResumeForm
from sla.models import RunningClock
from sla.pausing import against_pausing, may_pause, pause_clock, resume_clock

ACTS = {
    "pause": (PauseForm, _("Let the clock stand still"), "player-pause"),
    "resume": (ResumeForm, _("Let the clock go on"), "player-play"),
}
CONSEQUENCES = {
    "pause": _("Nobody is warned while it stands still. The reason is shown with the clock and in the compliance figures."),
    "resume": _("What was left when it stopped is left from now on, in the same unit."),
}
STEPS = {"warned": _("warned"), "breached": _("ran out; told"), "escalated": _("still open; told")}


def find(request: HttpRequest, pk: int) -> tuple[RunningClock, dict[str, Any]]:
    """A clock and the thing that it belongs to; it is there for whoever may see the thing."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    row = RunningClock.objects.select_related("rule").filter(pk=pk).first()
    tasks = work.tasks([row], actor, at) if row and _sees(row, actor) else []
    if row is None or not tasks:
        raise Http404
    return row, tasks[0]


def _sees(row: RunningClock, actor: Actor) -> bool:
    """What has no reach of its own (money due, a meeting) is seen with its order."""
    model: Any = apps.get_model(row.subject_kind)
    pk: int | None = row.subject_id
    if not hasattr(model.objects, "visible_to"):
        model, pk = apps.get_model("orders.order"), row.order_id
    return model.objects.visible_to(actor).filter(pk=pk).exists()


@require_GET
def clock_page(request: HttpRequest, pk: int) -> HttpResponse:
    row, task = find(request, pk)
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    pauses = list(row.pauses.order_by("started_at"))
    context = {
        "clock": row,
        "task": task,
        "facts": _facts(row, at),
        "days": walk(row, pauses),
        "steps": _steps(row),
        "pauses": pauses,
        "moves": row.moves.select_related("recount").order_by("pk"),
        "offer": _offer(row, actor, at),
    }
    return render(request, "sla/clock.html", context)


@require_http_methods(["GET", "POST"])
def clock_act(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Stand still or go on. GET shows the form and what follows, or why not."""
    row, task = find(request, pk)
    if step not in ACTS:
        raise Http404
    if not may_pause(row, request.actor) and row.open:  # type: ignore[attr-defined]
        raise NotAllowed(Reason("not_yours", roles=str(Role(row.role).label)))
    form_class, label, icon = ACTS[step]
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_done(request, row, step, form.cleaned_data))
        except NotAllowed:
            raise
        except Refused as refused:
            form.explain(refused)
    context = {
        "form": form, "title": label, "label": label, "icon": icon, "consequence": CONSEQUENCES[step],
        "object_line": task["title"], "back_url": reverse("sla:clock", args=[pk]),
    }  # fmt: skip
    return render(request, "ui/act.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, row: RunningClock, step: str, values: dict[str, Any]) -> str:
    by, at, key = request.actor, request.now, values["once"]  # type: ignore[attr-defined]

    def do() -> str:
        if step == "pause":
            pause_clock(clock=row, reason=values["reason"], by=by, at=at)
        else:
            resume_clock(clock=row, by=by, at=at)
        return reverse("sla:clock", args=[row.pk])

    return once(key, person_id=request.user.pk or 0, at=at, do=do)


def _offer(row: RunningClock, actor: Actor, at: datetime) -> dict[str, Any] | None:
    """The step that is open to this person now, if the wait can be the customer's at all."""
    if not row.open or not may_pause(row, actor):
        return None
    step = "resume" if row.paused_at else "pause"
    if step == "pause" and against_pausing(row, at):
        return None
    _form, label, icon = ACTS[step]
    return {"label": label, "icon": icon, "url": reverse("sla:clock_act", args=[row.pk, step])}


def _facts(row: RunningClock, at: datetime) -> list[dict[str, Any]]:
    rows = [
        (_("Waits for"), work.holders([row], at)[row.pk]),
        (_("Limit"), f"{row.limit['amount'] or ''} {row.rule.get_unit_display()}".strip()),
        (_("Running since"), row.started_at),
        (_("Opens"), row.opens_at if row.opens_at != row.started_at else None),
        (_("The date"), row.anchor),
        (_("Warning at"), row.warn_at),
        (_("Due at"), row.due_at),
        (_("Ran out"), row.breached_at),
        (_("Done"), row.stopped_at),
        (_("No longer needed"), row.cancelled_at),
    ]
    return [{"label": label, "value": shown(value, None)} for label, value in rows if value]


def _steps(row: RunningClock) -> list[dict[str, Any]]:
    steps = list(row.steps.order_by("pk"))
    names = dict(Person.objects.filter(pk__in=[step.person_id for step in steps if step.person_id]).values_list("pk", "name"))
    return [{"at": step.at, "text": STEPS[step.name.split(" ")[0]], "who": names.get(step.person_id or 0, "")} for step in steps]
