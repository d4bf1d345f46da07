"""My work and the notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.models import Delivery
from core.questions import ask
from organization.roles import HEADS, Role
from sla import work
from sla.declare import CLOCKS
from sla.models import RunningClock

LEADERS = {*HEADS, Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, Role.GROUP_MANAGER}


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, most urgent first; heads switch to their department's (SLA-07)."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    leads = bool(actor.roles & LEADERS)
    department = leads and request.GET.get("of") == "department"
    clocks = list(work.waiting(actor, at, department=department)[: work.SHOWN])
    rows = work.tasks(clocks, actor, at)
    others = _others(actor, [c.pk for c in clocks])
    context: dict[str, Any] = {
        "bands": work.bands(rows, at),
        "figures": _figures(rows, at),
        "leads": leads,
        "department": department,
        "others": work.tasks(others, actor, at),
        "recent": [entry for found in ask("recent", actor=actor) for entry in found],
        "can_register": any(ask("may_register", actor=actor)),
    }
    return render(request, "sla/my_work.html", context)


def _others(actor: Any, mine: list[int]) -> list[RunningClock]:
    own = ask("own_orders", actor=actor)
    if not own:
        return []
    clocks = RunningClock.objects.open().filter(order_id__in=own[0]).exclude(pk__in=mine)
    return list(clocks.exclude(post_id__in=actor.post_ids).select_related("rule").order_by("due_at")[:8])


def _figures(rows: list[dict], at: Any) -> list[dict[str, Any]]:
    due = [row["clock"].due_at for row in rows]
    midnight = localtime(at).replace(hour=23, minute=59, second=59)
    late = sum(1 for each in due if each < at)
    return [
        {"label": _("Overdue"), "value": late, "kind": "late" if late else ""},
        {"label": _("Due within the hour"), "value": sum(1 for each in due if at <= each <= at + timedelta(hours=1))},
        {"label": _("Due today"), "value": sum(1 for each in due if at <= each <= midnight)},
        {"label": _("Waiting in all"), "value": len(due)},
    ]


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the clocks told this person: warnings, breaches, escalations."""
    rows = list(Delivery.objects.filter(person_id=request.user.pk, channel=Delivery.PAGE).order_by("-id")[:50])
    ids = [row.order_id for row in rows if row.order_id]
    answers = ask("things", kind="orders.order", ids=ids, actor=request.actor)  # type: ignore[attr-defined]
    known = {key: thing for found in answers for key, thing in found.items()}
    entries = []
    for row in rows:
        name, _sep, step = row.title.partition(":")
        thing = known.get(row.order_id) or {}
        label = CLOCKS[name].label if name in CLOCKS else name
        entries.append({"row": row, "label": label, "step": STEPS.get(step.split(" ")[0], step), "late": step != "warned", "thing": thing})
    return render(request, "sla/notices.html", {"entries": entries})


STEPS = {"warned": _("will be due soon"), "breached": _("is overdue"), "escalated": _("is still overdue")}


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """All notices are read."""
    Delivery.objects.filter(person_id=request.user.pk, channel=Delivery.PAGE, read_at=None).update(read_at=request.now)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("sla:notices"))
