"""Sentences of the store's reasons."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "quantity_not_positive": _("The quantity must be more than zero."),
        "too_little_reserved": _("Only {reserved} reserved, {wanted} wanted."),
        "too_little_blocked": _("Only {blocked} blocked and not yet spoken for, {wanted} wanted."),
        "stock_short": _("{item}: not enough in stock for this ({on_hand} on hand, {blocked} blocked, {reserved} reserved)."),
        "booked_otherwise": _("This was booked before with another quantity ({booked} instead of {wanted})."),
        "location_missing": _("Say where the goods lie."),
        "serials_do_not_match": _("{given} serial numbers for {quantity} pieces."),
        "serials_twice": _("Serial numbers entered twice or already in stock: {serials}."),
        "serial_too_long": _("A serial number has 60 characters at the most: {serials}."),
    }
)
