"""Sentences of this app's refusals."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "not_answered_by_you": _("Only {who}, and those who lead them, may do this."),
        "not_the_customers_wait": _("This step waits for us, not for the customer: its clock does not stand still."),
        "clock_stands_already": _("The clock stands still already."),
        "clock_ran_out": _("The time had run out before: a breach stays a breach."),
        "clock_has_ended": _("The step is done or no longer needed: its clock has ended."),
        "clock_is_not_late": _("The clock has not run out: there is nothing to explain."),
        "cause_said_meanwhile": _("{who} said at {at}: {cause}. Send it again if yours is to stand in its place."),
        "say_which_cause": _("Say in a few words which cause it was."),
        "clock_runs_already": _("The clock is not standing still."),
    }
)
