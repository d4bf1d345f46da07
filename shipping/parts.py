"""The life of a part that did not go along (SHP-06)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import Flow, StateField, by_itself, step
from organization.roles import Role, may


class PartState(models.TextChoices):
    MISSING = "missing", pgettext_lazy("part", "missing")
    ARRIVED = "arrived", pgettext_lazy("part", "in store")
    ALONG = "along", pgettext_lazy("part", "goes along after all")
    NOTICED = "noticed", pgettext_lazy("part", "goes after")
    DELIVERED = "delivered", pgettext_lazy("part", "delivered")
    STRUCK = "struck", pgettext_lazy("part", "notice taken back")


store_or_desk = may(Role.STORE_KEEPER, Role.ORDER_MANAGER)


def whoever_follows_up(part: Any, by: Actor) -> Actor:
    """Anybody of the department that follows up; the store keeper, who sees it come; the order manager."""
    for hat in by.hats:
        if hat.department_id == part.department_id:
            return by.using(hat)
    try:
        return store_or_desk(part, by)
    except NotAllowed:
        raise NotAllowed(Reason("not_yours", roles=[str(part.department), *(str(role.label) for role in store_or_desk.roles)])) from None


class PartLife(Flow):
    """Missing, in store, noticed with a follow-up shipment, with the customer; what comes before the rest has left goes along with it."""

    state = StateField(_("state"), default=PartState.MISSING, choices=PartState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=PartState.MISSING,
        target=PartState.ARRIVED,
        permission=whoever_follows_up,
        label=_("The part has come"),
        icon="puzzle",
    )
    def part_arrived(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=PartState.ARRIVED, target=PartState.ALONG, permission=by_itself, label=_("Goes along"))
    def go_along(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=PartState.ARRIVED, target=PartState.NOTICED, permission=by_itself, label=_("Goes after"))
    def go_after(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=PartState.NOTICED, target=PartState.ARRIVED, permission=by_itself, label=_("Stays"))
    def stay(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[PartState.MISSING, PartState.ARRIVED], target=PartState.STRUCK, permission=by_itself, label=_("Notice taken back"))
    def strike(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=PartState.NOTICED, target=PartState.DELIVERED, permission=by_itself, label=_("With the customer"))
    def be_delivered(self, *, by: Actor, at: datetime) -> None: ...
