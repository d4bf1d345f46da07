"""Why a shipment cannot be noticed, cleared, dispatched or received now."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "notice_empty": _("Enter at least one quantity."),
        "notice_above_store": _("Line {line}: {asked} asked, {available} in store and not yet noticed."),
        "notice_above_order": _("Line {line}: {asked} asked, {open} of the order not yet noticed."),
        "notice_not_reserved": _("Line {line}: {asked} asked, only {reserved} reserved for it in store."),
        "notice_unknown_line": _("Line {line} is not a goods line of this order."),
        "nothing_to_notice": _("Nothing is in store that is not yet noticed: {stocked} of {open} in store, {noticed} noticed."),
        "notice_wrong_state": _("Nothing can be shipped while the order is “{state}”."),
        "arrival_before_dispatch": _("It cannot arrive before it leaves on {date}."),
        "shipment_money_missing": _("Money due before shipment: {missing} is still missing."),
        "shipment_money_gone": _("The money due before shipment is no longer in; finance knows more."),
        "not_all_picked": _("Line {line} is not checked off."),
        "same_person_verifies": _("{name} has picked; a second person verifies."),
        "carrier_needed": _("Name the carrier."),
        "carrier_reason_needed": _("Say why our own vehicle does not go."),
        "driver_needed": _("Name vehicle and driver."),
        "received_before_dispatch": _("The goods left on {at}; they cannot be received before."),
        "received_in_future": _("The time of receipt lies in the future."),
        "condition_note_needed": _("Describe what is damaged or missing."),
        "received_above_sent": _("Line {line}: {received} received, {sent} sent."),
        "shipment_lost": _("It is lost since {at}; what becomes of the goods is decided line by line."),
        "trace_runs": _("It is being traced already."),
        "own_vehicle": _("It went with our own vehicle; no carrier signs."),
        "carrier_has_signed": _("The carrier's receipt was recorded on {at}."),
        "arrival_in_the_past": _("The estimated arrival lies ahead."),
        "arrival_reason_missing": _("Say why: the customer reads it."),
        "cause_words_missing": _("Not yet heard: {sides}."),
        "claim_amount_missing": _("Enter the amount that is claimed."),
        "claim_agreed_outside": _("More than nothing and not more than was claimed."),
        "consent_missing": _("The customer has not yet agreed to go without: {parts}."),
        "nothing_to_agree_to": _("Nothing is missing that the customer has not agreed to."),
        "no_part_has_come": _("No missing part has come yet."),
        "part_above_notice": _("Line {line}: {asked} do not go along, {noticed} are in this notice."),
        "part_is_all_there_is": _("Nothing would be left of this notice: cancel it instead."),
        "part_quantity_missing": _("Enter how much is missing."),
        "report_words_missing": _("Write down what the customer says."),
        "resend_order_over": _("The order was cancelled: nothing more is sent; credit what never arrived."),
        "resend_not_in_store": _("{wanted} are to go again; {free} are free in store."),
    }
)
