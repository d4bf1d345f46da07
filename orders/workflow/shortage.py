"""The life of a shortage: open until order management has decided what follows (INV-06)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from organization.roles import Role, may


class ShortageState(models.TextChoices):
    OPEN = "open", pgettext_lazy("shortage", "to be decided")
    DECIDED = "decided", pgettext_lazy("shortage", "decided")


class ShortageLife(Flow):
    state = StateField(_("state"), default=ShortageState.OPEN, choices=ShortageState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=ShortageState.OPEN,
        target=ShortageState.DECIDED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Decide on the shortage"),
        icon="gavel",
    )
    def decide(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=ShortageState.OPEN, target=ShortageState.DECIDED, permission=by_itself, label=_("No longer wanted"))
    def lapse(self, *, by: Actor, at: datetime) -> None: ...
