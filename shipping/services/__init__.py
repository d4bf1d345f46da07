"""Acts on shipments. Lock order: the order, the shipment, what hangs on it, the stock (inside inventory), number counters last."""

from shipping.services.arrival import confirm_receipt, take_as_received
from shipping.services.claims import agree_claim, drop_claim, raise_claim, settle_claim
from shipping.services.notice import (
    cancel_notices,
    cancel_shipment,
    clear_by_rule,
    clear_shipment,
    issue_notice,
    may_notice,
    redirect_notices,
)
from shipping.services.parts import issue_follow_up, part_arrived, record_consent, record_missing, strike_unwanted
from shipping.services.recall import answer_in_vain, ask_recall, ask_recalls, take_back_in, turn_round, withdraw_recalls
from shipping.services.road import dispatch_shipment, move_arrival, record_carrier_receipt, tell_customer, usual_arrival
from shipping.services.shortages import credit_shortage, find_shortage, resend_shortage
from shipping.services.store import pick_shipment, verify_shipment
from shipping.services.trouble import answer_trace, establish_cause, report_damage, report_not_received, say_cause

__all__ = [
    "agree_claim",
    "answer_in_vain",
    "answer_trace",
    "ask_recall",
    "ask_recalls",
    "cancel_notices",
    "cancel_shipment",
    "clear_by_rule",
    "clear_shipment",
    "confirm_receipt",
    "credit_shortage",
    "dispatch_shipment",
    "drop_claim",
    "establish_cause",
    "find_shortage",
    "issue_follow_up",
    "issue_notice",
    "may_notice",
    "move_arrival",
    "part_arrived",
    "pick_shipment",
    "raise_claim",
    "record_carrier_receipt",
    "record_consent",
    "record_missing",
    "redirect_notices",
    "report_damage",
    "report_not_received",
    "resend_shortage",
    "say_cause",
    "settle_claim",
    "strike_unwanted",
    "take_as_received",
    "take_back_in",
    "tell_customer",
    "turn_round",
    "usual_arrival",
    "verify_shipment",
    "withdraw_recalls",
]
