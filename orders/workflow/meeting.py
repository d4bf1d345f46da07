"""The lives of a review meeting and of the papers that each reviewer gets for it (REV-07, REV-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from orders import guards as g
from orders.meetings import guards as m
from organization.roles import Role, may

clerk = may(Role.SALES_CLERK)


class MeetingState(models.TextChoices):
    CALLED = "called", pgettext_lazy("meeting", "called")
    HELD = "held", pgettext_lazy("meeting", "held")


class MeetingLife(Flow):
    state = StateField(_("state"), default=MeetingState.CALLED, choices=MeetingState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=MeetingState.CALLED,
        permission=clerk,
        label=_("Send the papers"),
        guards=[m.meeting_counts, m.papers_are_waiting],
        icon="send",
    )
    def send_papers(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=MeetingState.CALLED,
        target=MeetingState.HELD,
        permission=clerk,
        label=_("Record the meeting"),
        guards=[m.meeting_counts, m.papers_were_sent],
        icon="users",
    )
    def hold(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=MeetingState.CALLED,
        permission=clerk,
        label=_("Move the meeting"),
        guards=[m.meeting_counts],
        icon="calendar-event",
    )
    def move(self, *, by: Actor, at: datetime) -> None: ...


class PaperState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("papers", "to be sent")
    SENT = "sent", pgettext_lazy("papers", "sent")
    ANSWERED = "answered", pgettext_lazy("papers", "answered")


class PaperLife(Flow):
    """One reviewer's papers; the answer may be amended until the meeting was held."""

    state = StateField(_("state"), default=PaperState.WAITING, choices=PaperState.choices)

    class Meta:
        abstract = True

    @step(state, source=PaperState.WAITING, target=PaperState.SENT, permission=by_itself, label=_("Sent to the reviewer"))
    def send(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[PaperState.SENT, PaperState.ANSWERED],
        target=PaperState.ANSWERED,
        permission=g.the_asked_role,
        label=_("Answer the papers"),
        guards=[m.meeting_is_ahead],
        icon="message-check",
    )
    def answer(self, *, by: Actor, at: datetime) -> None: ...
