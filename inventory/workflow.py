"""The life of a put-away, on a page."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.workflow import Flow, StateField, step
from organization.roles import Role, may


class PutAwayState(models.TextChoices):
    WAITING = "waiting", _("waits for the store keeper")
    STORED = "stored", _("put into store")


class PutAwayLife(Flow):
    state = StateField(_("state"), default=PutAwayState.WAITING, choices=PutAwayState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=PutAwayState.WAITING,
        target=PutAwayState.STORED,
        permission=may(Role.STORE_KEEPER),
        label=_("Put into store"),
        icon="building-warehouse",
    )
    def put_away(self, *, by: Actor, at: datetime) -> None: ...
