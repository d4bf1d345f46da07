"""Why a purchase or an arrival is refused."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "own_purchase": _("Whoever made a purchase order does not approve it."),
        "no_open_demand": _("None of the chosen demand is open any more."),
        "supplier_lacks_item": _("{supplier} does not supply {items}."),
        "purchase_price_needed": _("{item}: no price is listed with this supplier. Enter the price agreed, CNY per unit."),
        "purchase_held": _("Stopped until {change} is concluded."),
        "order_may_end": _("Order {order} may be cancelled ({change}): nothing is bought for it until that is decided."),
        "demand_of_several_companies": _("One purchase order is for one company; the chosen demand is of several."),
        "over_delivery": _("{quantity} are still to come; more than ordered is not received."),
        "arrival_quantity": _("Enter a quantity above zero."),
        "arrival_date_past": _("The date has passed already."),
        "nothing_confirmed": _("Enter the date that the supplier named."),
    }
)
