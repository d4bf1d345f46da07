"""The life of an inspection and of nonconforming goods, each on a page."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from organization.roles import Role, may
from quality import guards as g

inspector = may(Role.INSPECTOR)


class InspectionState(models.TextChoices):
    WAITING = "waiting", _("to be inspected")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")
    CONCEDED = "conceded", _("conceded")


I = InspectionState  # noqa: E741  the page below is read by its columns


class InspectionLife(Flow):
    state = StateField(_("state"), default=I.WAITING, choices=I.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=I.WAITING,
        target=RETURN_VALUE(I.PASSED, I.FAILED),
        permission=inspector,
        label=_("Record the inspection"),
        icon="clipboard-check",
    )
    def finish(self, *, by: Actor, at: datetime) -> InspectionState:
        """The verdict is computed: one rejected piece fails the inspection."""
        return I.FAILED if self.rejected else I.PASSED  # type: ignore[attr-defined]

    @step(state, source=I.FAILED, target=I.CONCEDED, permission=by_itself, label=_("Conceded"))
    def concede(self, *, by: Actor, at: datetime) -> None: ...


class NonconformityState(models.TextChoices):
    FOUND = "found", _("found")
    ROUTED = "routed", _("passed on")
    DECIDED = "decided", _("decided")
    CLOSED = "closed", _("closed")


N = NonconformityState


class NonconformityLife(Flow):
    """Return, scrap and concession close at once; rework when the goods are back for another inspection."""

    state = StateField(_("state"), default=N.FOUND, choices=N.choices)

    class Meta:
        abstract = True

    @step(state, source=N.FOUND, target=N.ROUTED, permission=inspector, label=_("Pass on"), icon="arrow-forward-up")
    def route(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[N.FOUND, N.ROUTED],
        target=N.DECIDED,
        permission=g.quality_decides,
        label=_("Decide"),
        icon="gavel",
    )
    def decide(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=N.DECIDED,
        target=N.CLOSED,
        permission=inspector,
        label=_("Reworked: inspect again"),
        guards=[g.rework_was_decided],
        icon="refresh",
    )
    def finish_rework(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=N.DECIDED, target=N.CLOSED, permission=by_itself, label=pgettext_lazy("step", "Close"))
    def close(self, *, by: Actor, at: datetime) -> None: ...
