"""What the clocks told a person, in words: on the page of notices, at the bell while another page is open, and in what leaves the house.

The rows hold codes; the words are made when they are read, in the reader's language.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.actor import Actor
from core.keys import row_id
from core.models import Delivery
from sla import work
from sla.declare import CLOCKS
from sla.models import RunningClock

STEPS = {"warned": _("will be due soon"), "breached": _("is overdue"), "escalated": _("is still overdue")}
ABOUT_CLOCK = re.compile(r"(?:mail-|robot-\d+-)?clock-(\d+)-")
PAGE = 25
AT_ONCE = 3  # so many notices come up beside the bell; of more there is one line


def entries(rows: list[Delivery], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The notices as they are shown: label of the clock, what happened to it, the task with the thing and the act.

    What this person may not see of the thing is left out: `task` is None then.
    """
    clocks = RunningClock.objects.select_related("rule").in_bulk([pk for row in rows if (pk := clock_of(row))])
    tasks = {task["pk"]: task for task in work.tasks(list(clocks.values()), actor, at)}
    found = []
    for row in rows:
        name, _sep, step = row.title.partition(":")
        clock = clocks.get(clock_of(row))
        label = clock.label if clock else CLOCKS[name].label if name in CLOCKS else row.title
        words = STEPS.get(step.split(" ")[0], "")
        task = tasks.get(clock_of(row))
        entry = {"row": row, "label": label, "step": words, "late": bool(words) and step != "warned", "task": task, "clock": clock}
        found.append({**entry, "said": sentence(entry), "leads_to": leads_to(entry)})
    return found


def sentence(entry: dict[str, Any]) -> str:
    """ "Answer the order of SO26110001 is overdue"; a notice of another kind has its own words."""
    if not entry["step"]:
        return " ".join(f"{entry['label']} {entry['row'].body}".split())  # somebody's words: one line, as a subject of mail has to be
    if entry["task"] is not None and entry["late"] and entry["clock"].stopped_at is not None:
        return _("{label} of {number} was overdue and is done").format(label=entry["label"], number=entry["task"]["number"])
    if entry["task"] is None:
        return f"{entry['label']} {entry['step']}"
    return _("{label} of {number} {step}").format(label=entry["label"], number=entry["task"]["number"], step=entry["step"])


def leads_to(entry: dict[str, Any]) -> str:
    """Where a notice leads: to the act while its clock is open, else to the thing; of another kind to its own address."""
    task = entry["task"]
    if task is None:
        return str(entry["row"].url)
    return str(task["act"]["url"] if entry["clock"].open else task["url"])


def clock_of(row: Delivery) -> int:
    """The clock that a notice, or what leaves the house beside it, is about, by its key; 0 where it is about something else."""
    found = ABOUT_CLOCK.match(row.key)
    return int(found[1]) if found else 0


def unread(person_id: int | None) -> dict[str, int]:
    """How many notices this person has not read, and the newest of them; one query, by an index that holds nothing else."""
    rows = Delivery.objects.filter(person_id=person_id, channel=Delivery.PAGE, read_at=None)
    found = rows.aggregate(notice_count=Count("pk"), newest_notice=Max("pk"))
    return {name: number or 0 for name, number in found.items()}


def live(context: dict[str, int]) -> dict[str, Any]:
    """For the bell: the address that is asked, with what this page knows already, and how often it is asked."""
    known = f"?after={context['newest_notice']}&n={context['notice_count']}"
    return {**context, "live_url": reverse("sla:new_notices") + known, "live_every": f"every {settings.LIVE_SECONDS}s"}


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the clocks told this person: warnings, breaches, escalations."""
    only_unread = request.GET.get("show") == "unread"
    found = _own(request).filter(read_at=None) if only_unread else _own(request)
    after = _own(request).filter(pk=row_id(request.GET.get("before")) or 0).first()
    if after is not None:
        found = found.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
    rows = list(found.order_by("-at", "-pk")[: PAGE + 1])
    kept = {"show": "unread"} if only_unread else {}
    context = {
        "entries": entries(rows[:PAGE], request.actor, request.now),  # type: ignore[attr-defined]
        "newest": _own(request).aggregate(newest=Max("pk"))["newest"] or 0,
        "only_unread": only_unread,
        "first_url": f"?{urlencode(kept)}" if after is not None else "",
        "next_url": f"?{urlencode({**kept, 'before': rows[PAGE - 1].pk})}" if len(rows) > PAGE else "",
    }
    return render(request, "sla/notices.html", context)


@require_GET
def new_notices(request: HttpRequest) -> HttpResponse:
    """What has come since the page was made (`after`, `n`): the bell anew, and what is new beside it; 204 when nothing has (SLA-09).

    Asked every few seconds by every open page: it reads one row of figures, writes nothing and does not prolong the log-in.
    """
    after, known = row_id(request.GET.get("after")) or 0, row_id(request.GET.get("n"))
    now_unread = unread(request.user.pk)
    if now_unread["newest_notice"] <= after and now_unread["notice_count"] == known:
        return HttpResponse(status=204)
    fresh = _own(request).filter(read_at=None, pk__gt=after)
    rows = list(fresh.order_by("-id")[:AT_ONCE])
    now_unread["newest_notice"] = max(now_unread["newest_notice"], after)
    context = {
        **live(now_unread),
        "entries": entries(rows, request.actor, request.now),  # type: ignore[attr-defined]
        "more": fresh.count() - len(rows) if len(rows) == AT_ONCE else 0,
    }
    return render(request, "sla/new_notices.html", context)


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """All notices are read that the page has shown (`newest`); what has come since stays unread. Or the one that is opened (`open`): on
    to what it is about."""
    rows = _own(request).filter(read_at=None)
    if one := _own(request).filter(pk=row_id(request.POST.get("open")) or 0).first():
        rows.filter(pk=one.pk).update(read_at=request.now)  # type: ignore[attr-defined]
        (entry,) = entries([one], request.actor, request.now)  # type: ignore[attr-defined]
        return HttpResponseRedirect(leads_to(entry) or reverse("sla:notices"))
    if newest := row_id(request.POST.get("newest")):
        rows = rows.filter(pk__lte=newest)
    rows.update(read_at=request.now)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("sla:notices"))


def _own(request: HttpRequest) -> QuerySet[Delivery]:
    return Delivery.objects.filter(person_id=request.user.pk, channel=Delivery.PAGE)
