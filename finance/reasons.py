"""Why money cannot be booked or invoiced now."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "payment_not_positive": _("The amount must be above zero."),
        "payment_in_future": _("Money cannot have come in on {date}: that day is not yet here."),
        "payment_booked_twice": _("Bank reference {reference} is booked already as {number}."),
        "nothing_awaited": _("This order waits for no money yet: its contract has not been sent."),
        "invoice_empty": _("Enter at least one quantity."),
        "invoice_above_shipped": _("Line {line}: {asked} asked, {available} shipped and not yet invoiced."),
        "invoice_above_shipment": _("Line {line}: {asked} asked, {available} of this delivery not yet invoiced."),
        "invoice_unknown_line": _("Line {line} is not a goods line of this order."),
        "payment_refunded": _("Of this payment something is refunded with {number}."),
        "refund_not_positive": _("A refund must be above zero."),
        "refund_above_paid": _("{amount} is more than was paid and not refunded: {left}."),
        "payment_set_off": _("It is what was paid for goods given back, not money that came in: it goes back when the order is cancelled."),
        "refund_kept": _("It is set off against the exchange order of {number}; what is left is paid back once that is signed."),
        "refund_in_future": _("It cannot have been paid on {date}: that day is not yet here."),
        "nothing_to_invoice": _("Nothing is shipped that is not yet invoiced: {shipped} shipped, {invoiced} invoiced."),
    }
)
