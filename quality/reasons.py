"""Sentences of quality's reasons."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "inspection_sum": _("Accepted and rejected make {sum}; {quantity} are to be inspected."),
        "quantity_negative": _("A quantity cannot be less than zero."),
        "findings_missing": _("Say what was found on the rejected goods."),
        "reason_missing": _("Say why it is decided so."),
        "not_for_rework": _("The decision was not rework."),
        "not_bought": _("Only bought goods are returned to a supplier."),
    }
)
