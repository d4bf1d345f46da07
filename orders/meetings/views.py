"""Pages of the review meeting: the meeting itself, its acts, and the papers that a reviewer answers."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.actor import Actor
from core.acts import ActView, offers_of
from core.reasons import NotAllowed
from core.workflow import Offer
from documents.models import Attachment
from orders.guards import QUESTIONS
from orders.meetings.forms import MEETING_ACTS, PAPER_ACTS
from orders.meetings.services import read_paper
from orders.models import Meeting, MeetingPaper, Order
from organization.roles import sees_costs


def _url(route: str, ref: Any, step: str) -> str:
    return reverse(route, args=[ref, step])


def meeting_offers(meeting: Meeting, actor: Actor) -> list[Offer]:
    """What this person may do on a meeting that is ahead: the clerk's steps, and the papers asked of them."""
    found = offers_of(meeting, actor, partial(_url, "orders:meeting_act", meeting.number), MEETING_ACTS)
    for paper in meeting.papers.select_related("meeting__order").order_by("pk"):
        found += offers_of(paper, actor, partial(_url, "orders:paper_act", paper.pk), PAPER_ACTS)
    return found


def reasons_of(order: Order) -> list[str]:
    """The questions that make the order irregular (REV-01)."""
    return [str(order._meta.get_field(name).verbose_name) for name in QUESTIONS if getattr(order, name)]  # type: ignore[union-attr]


def the_papers(order: Order) -> dict[str, Any]:
    """What is sent to a reviewer: the order without its prices, why it is irregular, the drawings."""
    drawings = Attachment.objects.filter(order_id=order.pk).exclude(kind=Attachment.Kind.SCAN).order_by("-id")
    return {"order": order, "irregular_because": reasons_of(order), "drawings": list(drawings)}


@require_GET
def meeting(request: HttpRequest, ref: str) -> HttpResponse:
    """The meeting, for whoever sees its order or is asked to it."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = Meeting.objects.visible_to(actor).select_related("order__customer")
    one = get_object_or_404(rows, number=ref)
    context = {
        "meeting": one,
        "papers": list(one.papers.order_by("pk")),
        "costs": sees_costs(actor),
        "sees_order": Order.objects.visible_to(actor).filter(pk=one.order_id).exists(),
        "offers": meeting_offers(one, actor),
        **the_papers(one.order),
    }
    return render(request, "orders/meeting.html", context)


class MeetingAct(ActView):
    model = Meeting
    forms = MEETING_ACTS
    template = "orders/meeting_act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        papers = list(self.thing.papers.order_by("pk"))
        return {"meeting": self.thing, "order": self.thing.order, "papers": papers, "costs": sees_costs(request.actor)}  # type: ignore[attr-defined]


class PaperAct(ActView):
    """The phone page of a reviewer: the order first, then date and estimate. Opening it is noted as having read the papers."""

    model = MeetingPaper
    lookup = "pk"
    forms = PAPER_ACTS
    template = "orders/meeting_paper.html"

    def get(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        read_paper(paper=self.thing, by=request.actor, at=request.now)  # type: ignore[attr-defined]
        return super().get(request, ref, step)

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        return {"meeting": self.thing.meeting, **the_papers(self.thing.meeting.order)}


@require_GET
def my_paper(request: HttpRequest, ref: str) -> HttpResponse:
    """From a meeting to the papers that this person is to answer."""
    actor = request.actor  # type: ignore[attr-defined]
    one = get_object_or_404(Meeting.objects.visible_to(actor), number=ref)
    for paper in one.papers.order_by("-state", "pk"):
        try:
            paper.steps()["answer"].permission(paper, actor)
        except NotAllowed:
            continue
        return HttpResponseRedirect(reverse("orders:paper_act", args=[paper.pk, "answer"]))
    messages.info(request, _("No papers are sent to you."))
    return HttpResponseRedirect(one.get_absolute_url())
