"""What has been invoiced and paid, for whoever decides on a change or a cancelling (CHG-09). Amounts only where prices are seen."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.questions import answers
from finance.models import Invoice, Payment
from finance.workflow import PaymentState
from orders.changes import Impact, Wanted
from orders.models import Order
from organization.roles import Role

STANDS = ("keep", gettext_lazy("stands: what was shipped stays invoiced"))
SET_OFF = ("set_off", gettext_lazy("set off against what is owed, give the rest back"))


@answers("order_impact")
def money_is_touched(wanted: Wanted) -> list[Impact] | None:
    """Invoices and payments of an order that is cancelled; a change settles with the payment stages."""
    if not wanted.cancel:
        return None
    order = Order.objects.get(pk=wanted.order_id)
    invoices = [_impact(order, row, _("Invoice {number}").format(number=row.number), STANDS) for row in _invoices(order)]
    return invoices + [_impact(order, row, _("Payment {number}").format(number=row.number), SET_OFF) for row in _payments(order)]


def _invoices(order: Order) -> list[Invoice]:
    return list(Invoice.objects.filter(order=order).order_by("pk"))


def _payments(order: Order) -> list[Payment]:
    return list(Payment.objects.filter(order=order).exclude(state=PaymentState.REVERSED).order_by("pk"))


def _impact(order: Order, row: Invoice | Payment, title: str, option: tuple) -> Impact:
    return Impact(
        kind=row._meta.label_lower,
        reference=row.pk,
        title=title,
        now=str(row.get_state_display()),
        effect=_("the order is cancelled"),
        touches=1,
        options=(option,),
        role=Role.FINANCE,
        company_id=order.sales_company_id,
        url=row.get_absolute_url(),
    )
