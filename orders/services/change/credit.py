"""Credit is checked anew where a change makes the order dearer: beyond the limit finance decides, as for a new order (REV-11)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import SYSTEM
from core.reasons import Reason
from orders.guards import credit_over, was_decided
from orders.impact import Impact
from orders.models import ChangeItem, ChangeRequest, Customer
from orders.services.change.wanted import amount_after
from orders.workflow.change import ItemState
from organization.roles import Role

KIND = Customer._meta.label_lower
RELEASE = ("release", gettext_lazy("release the credit for the new amount"))
REFUSE = ("refuse", gettext_lazy("refuse the credit"))


def over_limit(change: ChangeRequest) -> Decimal:
    """By how much the credit limit is exceeded, with VAT, if the change is carried out; 0 where it adds nothing or finance has released as
    much for this order already. A price that is missing counts as nothing: entering it asks again."""
    order = change.order
    after = amount_after(order, change.wanted) if change.kind == ChangeRequest.Kind.CHANGE else None
    if after is None or after <= order.amount or was_decided(order, "credit", after):
        return Decimal(0)
    return credit_over(order, after - order.amount)


def credit_is_touched(change: ChangeRequest) -> list[Impact]:
    """A row for finance where the new amount is beyond the limit. No figure stands in it: rows are read by people without prices."""
    order = change.order
    if not over_limit(change):
        return []
    return [
        Impact(
            kind=KIND,
            reference=order.customer_id,
            title=_("Credit of {customer}").format(customer=order.customer.name),
            now=_("released for the present amount"),
            effect=_("the new amount exceeds the credit limit"),
            touches=1,
            options=(RELEASE, REFUSE),
            role=Role.FINANCE,
            company_id=order.sales_company_id,
        )
    ]


def credit_row(change: ChangeRequest) -> ChangeItem | None:
    """Finance's row, where the limit is exceeded."""
    return change.items.filter(kind=KIND).first()


def against_credit(change: ChangeRequest) -> list[Reason]:
    """What stands against binding the customer to the new amount."""
    row = credit_row(change)
    if row is None:
        return []
    if row.state == ItemState.OPEN:
        return [Reason("change_credit_open")]
    return [Reason("change_credit_refused", name=row.decided_by)] if row.decision == REFUSE[0] else []


def ask_again(row: ChangeItem) -> None:
    """Another amount than the one that finance decided on."""
    if row.state == ItemState.DECIDED:
        row.take("ask_again", by=SYSTEM, at=row.decided_at, decision="")  # type: ignore[arg-type]
