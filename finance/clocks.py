"""The clocks of money due by contract (FIN-02) and of refunds (RET-04)."""

from django.utils.translation import gettext_lazy as _

from finance.events import RefundWasAgreed, RefundWasPaid
from orders.events import DueWasSettled, PaymentBecameDue
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, Limit, declare, on_date

declare(
    Clock(
        name="payment_due",
        label=_("Collect the money that is due"),
        starts=PaymentBecameDue,
        met_by=DueWasSettled,
        about=("finance.receivable", "due_id"),  # the due with its company and owner posts
        anchor="due_on",
        limit=on_date(),
        responsible=owner("salesperson"),
        chain=(owner("clerk"), head_of("clerk"), role_at(Role.FINANCE, "sales")),
    ),
    Clock(
        name="refund",
        act="pay",
        label=_("Pay the refund"),
        starts=RefundWasAgreed,
        met_by=RefundWasPaid,
        limit=Limit("working_days", 2, warn=50),  # warned after one
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
)
