from aftersales.services.exchange import exchange_unshipped, order_exchange
from aftersales.services.rating import ask_rating, rate
from aftersales.services.returns import (
    agree_return,
    apply_return,
    arrange_collection,
    ask_information,
    confirm_freight,
    give_information,
    refuse_return,
    tell_costs,
)
from aftersales.services.service import (
    close_service,
    contact_customer,
    finish_service,
    hand_over_service,
    nothing_shipped,
    receive_request,
    record_solution,
)
from aftersales.services.settling import (
    Settled,
    inspect_return,
    receive_returned,
    settle_return,
)

__all__ = [
    "Settled",
    "agree_return",
    "apply_return",
    "arrange_collection",
    "ask_information",
    "ask_rating",
    "close_service",
    "confirm_freight",
    "contact_customer",
    "exchange_unshipped",
    "finish_service",
    "give_information",
    "hand_over_service",
    "inspect_return",
    "nothing_shipped",
    "order_exchange",
    "rate",
    "receive_request",
    "receive_returned",
    "record_solution",
    "refuse_return",
    "settle_return",
    "tell_costs",
]
