"""What must always hold of review meetings (REV-07, REV-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from core.questions import answers
from core.verify import number_gaps
from orders.models import Meeting, Order, Review
from orders.workflow import IN_REVIEW, MeetingState, OrderState, ReviewState
from sla.models import ClockRule, RunningClock

Violations = list[str]
OF_THIS_ROUND = Meeting.objects.filter(order=OuterRef("pk"), intake=OuterRef("intake"))
STANDS = (*IN_REVIEW, OrderState.NEGOTIATING, OrderState.ACCEPTED, OrderState.QUOTED)


def before_the_meeting() -> QuerySet[Order]:
    """Orders in irregular review whose meeting was not held yet."""
    return Order.objects.filter(state=OrderState.IN_IRREGULAR_REVIEW).exclude(Exists(OF_THIS_ROUND.filter(state=MeetingState.HELD)))


def irregular_reviews_ended_after_their_meeting() -> Violations:
    held = Meeting.objects.filter(order=OuterRef("order"), state=MeetingState.HELD, held_at__lte=OuterRef("closed_at"))
    ended = Review.objects.filter(change=None, order_class="irregular", state=ReviewState.CLOSED).exclude(outcome="")
    return [f"{row}: closed without a meeting" for row in ended.exclude(Exists(held)).select_related("order")]


def meetings_have_clocks() -> Violations:
    """A meeting that is ahead has the clock of its minutes; an irregular review without one has the clock of calling it."""
    called = Meeting.objects.filter(state=MeetingState.CALLED, intake=F("order__intake"), order__state__in=STANDS)
    uncalled = before_the_meeting().exclude(Exists(OF_THIS_ROUND))
    wrong = []
    for name, kind, rows in (("meeting_minutes", "orders.meeting", called), ("meeting_call", "orders.order", uncalled)):
        if ClockRule.objects.filter(name=name, active=False).exists():
            continue
        running = set(RunningClock.objects.open().filter(name=name, subject_kind=kind).values_list("subject_id", flat=True))
        wrong += [f"{kind} {pk}: no clock {name}" for pk in sorted(set(rows.values_list("pk", flat=True)) - running)]
    return wrong


def meeting_numbers_have_no_gaps() -> Violations:
    return number_gaps("HY", Meeting.objects.all())


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], Any]]]:
    return [
        ("irregular reviews ended after their meeting", irregular_reviews_ended_after_their_meeting),
        ("review meetings have clocks", meetings_have_clocks),
        ("numbers of review meetings have no gaps", meeting_numbers_have_no_gaps),
    ]
