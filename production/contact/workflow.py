"""The life of a contact sheet (states.md): sent, answered, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import Flow, StateField, by_itself, step


class SheetState(models.TextChoices):
    SENT = "sent", _("sent")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class somebody_of:
    """Permission: any post in the sheet's `asking` or `asked` department, whatever its role; the head is told, the people may answer."""

    def __init__(self, side: str) -> None:
        self.side = side

    def __call__(self, sheet: Any, by: Actor) -> Actor:
        for hat in by.hats:
            if hat.department_id == getattr(sheet, f"{self.side}_id") and sheet.reached_by(hat):
                return by.using(hat)
        raise NotAllowed(Reason("not_yours", roles=str(getattr(sheet, self.side))))


class SheetLife(Flow):
    state = StateField(_("state"), default=SheetState.SENT, choices=SheetState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=SheetState.SENT,
        target=SheetState.ANSWERED,
        permission=somebody_of("asked"),
        label=_("Answer the contact sheet"),
        icon="message-reply",
    )
    def answer_sheet(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=SheetState.SENT, target=SheetState.CLOSED, permission=by_itself, label=_("Closed with its order"))
    def lapse(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[SheetState.SENT, SheetState.ANSWERED],
        target=SheetState.CLOSED,
        permission=somebody_of("asking"),
        label=_("Close the contact sheet"),
        icon="circle-check",
    )
    def close_sheet(self, *, by: Actor, at: datetime) -> None: ...
