"""My work and the notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.actor import Actor
from core.keys import row_id
from core.models import Delivery
from core.questions import ask
from organization.roles import HEADS, Role
from sla import work
from sla.declare import CLOCKS
from sla.models import RunningClock

LEADERS = {*HEADS, Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, Role.GROUP_MANAGER}
OTHERS = 8


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, most urgent first; heads switch to their department's (SLA-07)."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    leads = bool(actor.roles & LEADERS)
    department = leads and request.GET.get("of") == "department"
    counts = work.figures(actor, at, department=department)
    rows = work.tasks(list(work.waiting(actor, at, department=department)[: work.SHOWN]), actor, at)
    context: dict[str, Any] = {
        "bands": work.bands(rows, at),
        "counts": counts,
        "figures": _figures(counts),
        "hidden": max(counts["all"] - work.SHOWN, 0),
        "leads": leads,
        "department": department,
        "others": _others(actor, at),
        "recent": [entry for found in ask("recent", actor=actor) for entry in found],
        "can_register": any(ask("may_register", actor=actor)),
    }
    return render(request, "sla/my_work.html", context)


def _others(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """What this person's orders wait for from other people, most urgent first."""
    own = ask("own_orders", actor=actor)
    if not own:
        return []
    mine = RunningClock.objects.waiting_for(actor).values("pk")
    found = RunningClock.objects.open().filter(order_id__in=own[0], opens_at__lte=at).exclude(pk__in=mine)
    clocks = list(found.select_related("rule").order_by("due_at", "pk")[:OTHERS])
    names = work.holders(clocks, at)
    return [{**task, "who": names[task["pk"]]} for task in work.tasks(clocks, actor, at)]


def _figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": _("Overdue"), "value": counts["late"], "kind": "late" if counts["late"] else ""},
        {"label": _("Due within the hour"), "value": counts["soon"], "kind": "soon" if counts["soon"] else ""},
        {"label": _("Due today"), "value": counts["today"]},
        {"label": _("Waiting in all"), "value": counts["all"]},
    ]


STEPS = {"warned": _("will be due soon"), "breached": _("is overdue"), "escalated": _("is still overdue")}


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the clocks told this person: warnings, breaches, escalations. The words are made here, in the reader's language."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    rows = list(_own(request).order_by("-id")[:50])
    clocks = RunningClock.objects.select_related("rule").in_bulk([pk for row in rows if (pk := _clock_of(row))])
    tasks = {task["pk"]: task for task in work.tasks(list(clocks.values()), actor, at)}
    entries = []
    for row in rows:
        name, _sep, step = row.title.partition(":")
        clock = clocks.get(_clock_of(row))
        label = clock.label if clock else CLOCKS[name].label if name in CLOCKS else row.title
        words = STEPS.get(step.split(" ")[0], "")
        entries.append({"row": row, "label": label, "step": words, "late": step != "warned", "task": tasks.get(_clock_of(row))})
    return render(request, "sla/notices.html", {"entries": entries, "newest": rows[0].pk if rows else 0})


def _clock_of(row: Delivery) -> int:
    """The clock that a notice is about, by its key; 0 where it is about something else."""
    kind, _sep, rest = row.key.partition("-")
    return int(rest.partition("-")[0]) if kind == "clock" else 0


def _own(request: HttpRequest) -> QuerySet[Delivery]:
    return Delivery.objects.filter(person_id=request.user.pk, channel=Delivery.PAGE)


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """All notices are read that the page has shown (`newest`); what has come since stays unread."""
    rows = _own(request).filter(read_at=None)
    if newest := row_id(request.POST.get("newest")):
        rows = rows.filter(pk__lte=newest)
    rows.update(read_at=request.now)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("sla:notices"))
