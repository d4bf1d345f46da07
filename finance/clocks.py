"""The clocks of money due by contract (FIN-02) and of refunds (RET-04)."""

from django.utils.translation import gettext_lazy as _

from finance.events import PaymentWasConfirmed, PaymentWasRecorded, PaymentWasReversed, RefundWasAgreed, RefundWasPaid
from orders.events import DueWasSettled, OrderWasDelivered, OrderWasInvoiced, PaymentBecameDue
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, Limit, declare, end_of_day, on_date, working_days

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

# Not in the standard's table: without clocks of their own these steps would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="payment_confirmation",
        act="confirm",
        label=_("Confirm the payment"),
        starts=PaymentWasRecorded,
        met_by=PaymentWasConfirmed,
        cancelled_by=PaymentWasReversed,
        limit=end_of_day(),
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(role_at(Role.FINANCE_HEAD, "sales"),),
    ),
    Clock(
        name="invoicing",
        label=_("Invoice what was delivered"),
        starts=OrderWasDelivered,
        met_by=OrderWasInvoiced,
        about=("orders.order", "order_id"),
        limit=working_days(3),
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(role_at(Role.FINANCE_HEAD, "sales"), owner("clerk")),
    ),
)
