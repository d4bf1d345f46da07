"""Sentences of after-sales' reasons."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "nothing_shipped": _("Nothing of this order has left the house yet."),
        "not_delivered": _("Nothing of this order is delivered: what is not shipped is changed or cancelled, not returned."),
        "words_missing": _("Write down what the customer said."),
        "contact_missing": _("Say who is to be contacted, and how."),
        "identity_missing": _("Say how the customer's identity was checked."),
        "return_empty": _("Enter at least one quantity."),
        "return_unknown_line": _("Line {line} is not a goods line of this order."),
        "return_above_delivered": _("Line {line}: {asked} asked, {available} delivered and neither returned nor applied for."),
        "costs_not_told": _("The customer has not been told who pays the freight, and how much it is."),
        "costs_missing": _("The customer pays the freight: say how much it is, both ways."),
        "freight_is_ours": _("The fault is ours, so the freight is ours: leave the amount empty."),
        "exception_missing": _("Not met: {conditions}. Say why it is agreed all the same."),
        "collection_not_arranged": _("The collection is not arranged yet."),
        "collection_past": _("{date} has passed."),
        "freight_not_prepaid": _("The customer pays the freight both ways beforehand; finance has not confirmed it yet."),
        "no_freight_awaited": _("No freight is awaited from the customer."),
        "freight_paid_in_future": _("The freight cannot have been paid on {date}."),
        "freight_reference_missing": _("Enter the bank's reference."),
        "received_above_agreed": _("Line {line}: {received} received, {agreed} agreed."),
        "nothing_received": _("Enter what came back."),
        "findings_of_line_missing": _("Line {line}: say what was found."),
        "granted_above_received": _("Line {line}: {granted} granted, {received} received."),
        "nothing_granted": _("Line {line}: say for how much this outcome is granted."),
        "goods_undecided": _("Line {line}: say what becomes of the goods."),
        "goods_are_the_customers": _("Line {line}: goods that are repaired or refused go back to the customer."),
        "exchange_above_unshipped": _("Line {line}: {asked} asked, {available} have not left the house."),
        "nothing_unshipped": _("Nothing of a signed order waits to be shipped here; what is delivered is exchanged by a return."),
        "nothing_to_exchange": _("No exchange order is wanted for this return."),
        "solution_missing": _("Say how it is solved."),
        "cost_negative": _("A cost cannot be less than zero."),
        "told_missing": _("Say who at the customer was told."),
        "agreement_missing": _("Say who at the customer agreed."),
        "why_missing": _("Say why."),
        "question_missing": _("Say what is still to be known."),
        "stars_out_of_range": _("One to five stars."),
        "nothing_to_rate": _("Nothing of this order is delivered yet: there is nothing to rate."),
    }
)
