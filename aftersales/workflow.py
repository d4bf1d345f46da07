"""The lives of a service request, of a return and of a rating, each on a page (`spec/states.md`)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import guards as g
from core.actor import Actor
from core.workflow import Flow, StateField, step
from organization.roles import Role, may

engineer = may(Role.AFTERSALES_ENGINEER)


class ServiceState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("service", "received")
    HANDED_OVER = "handed_over", _("handed to after-sales")
    CONTACTED = "contacted", _("customer contacted")
    SOLVING = "solving", _("being solved")
    SOLVED = "solved", _("solved, customer to agree")
    CLOSED = "closed", _("closed")


S = ServiceState


class ServiceLife(Flow):
    """SVC-01, SVC-02: the solution is recorded, and recorded again, until the customer agrees that it is closed."""

    state = StateField(_("state"), default=S.RECEIVED, choices=S.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=S.RECEIVED,
        target=S.HANDED_OVER,
        permission=g.receiver,
        label=_("Hand to after-sales"),
        icon="arrow-forward-up",
    )
    def hand_over(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.HANDED_OVER, target=S.CONTACTED, permission=g.head, label=_("Record the contact"), icon="phone")
    def contact_customer(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[S.CONTACTED, S.SOLVING, S.SOLVED],
        target=S.SOLVING,
        permission=engineer,
        label=_("Record the solution"),
        icon="bulb",
    )
    def record_solution(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.SOLVING, target=S.SOLVED, permission=engineer, label=_("The work is done"), icon="tool")
    def finish(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.SOLVED,
        target=S.CLOSED,
        permission=may(Role.AFTERSALES_ENGINEER, customer=True),
        label=_("The customer agrees: close"),
        icon="lock-check",
    )
    def close(self, *, by: Actor, at: datetime) -> None: ...


class ReturnState(models.TextChoices):
    APPLIED = "applied", _("applied for")
    MORE_INFORMATION = "more_information", _("more information asked")
    AGREED = "agreed", _("return agreed")
    REFUSED = "refused", pgettext_lazy("return", "refused")
    COLLECTED = "collected", _("goods are back")
    INSPECTED = "inspected", _("inspected")
    SETTLED = "settled", _("settled")


R = ReturnState


class ReturnLife(Flow):
    """RET-01, RET-02: nothing comes back that was not agreed, nothing is agreed whose costs were not told (RET-03)."""

    state = StateField(_("state"), default=R.APPLIED, choices=R.choices)

    class Meta:
        abstract = True

    @step(state, source=R.APPLIED, permission=engineer, label=_("Tell the customer the costs"), icon="message-dollar")
    def tell_costs(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.APPLIED,
        target=R.AGREED,
        permission=g.head,
        label=_("Agree to the return"),
        guards=[g.costs_are_told],
        icon="circle-check",
    )
    def agree(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.APPLIED,
        target=R.MORE_INFORMATION,
        permission=g.head,
        label=_("Ask for more information"),
        icon="help-hexagon",
    )
    def ask_information(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.MORE_INFORMATION,
        target=R.APPLIED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, Role.AFTERSALES_ENGINEER, customer=True),
        label=_("Add the information"),
        icon="file-plus",
    )
    def give_information(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[R.APPLIED, R.MORE_INFORMATION],
        target=R.REFUSED,
        permission=g.head,
        label=_("Refuse the return"),
        icon="ban",
        danger=True,
    )
    def refuse(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.AGREED,
        permission=may(Role.FINANCE),
        label=_("Confirm the prepaid freight"),
        guards=[g.freight_is_awaited],
        icon="cash-banknote",
    )
    def confirm_freight(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.AGREED,
        permission=may(Role.AFTERSALES_ENGINEER, Role.TRANSPORT),
        label=_("Arrange the collection"),
        guards=[g.freight_is_prepaid],
        icon="truck-return",
    )
    def arrange_collection(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.AGREED,
        target=R.COLLECTED,
        permission=may(Role.STORE_KEEPER),
        label=_("Receive the returned goods"),
        guards=[g.collection_is_arranged],
        icon="package-import",
    )
    def receive_goods(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.COLLECTED,
        target=R.INSPECTED,
        permission=may(Role.INSPECTOR),
        label=_("Record the inspection of returned goods"),
        icon="clipboard-check",
    )
    def inspect(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=R.INSPECTED, target=R.SETTLED, permission=g.head, label=_("Settle the return"), icon="gavel")
    def settle(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=R.SETTLED,
        permission=may(Role.SALES_CLERK),
        label=_("Make the exchange order"),
        guards=[g.exchange_is_due],
        icon="replace",
    )
    def order_exchange(self, *, by: Actor, at: datetime) -> None: ...


class RatingState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("rating", "asked")
    ANSWERED = "answered", _("answered")


class RatingLife(Flow):
    """SVC-04: asked for with a date to answer; a late answer is welcome too."""

    state = StateField(_("state"), default=RatingState.ASKED, choices=RatingState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=RatingState.ASKED,
        target=RatingState.ANSWERED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, Role.AFTERSALES_ENGINEER, customer=True),
        label=_("Record the rating"),
        icon="star",
    )
    def rate(self, *, by: Actor, at: datetime) -> None: ...
