"""Acts on shipments. Lock order: the order, the shipment, its shortages, the stock (inside inventory), number counters last."""

from shipping.services.arrival import confirm_receipt, report_damage, report_not_received
from shipping.services.notice import cancel_notices, cancel_shipment, clear_by_rule, clear_shipment, issue_notice, may_notice
from shipping.services.road import dispatch_shipment
from shipping.services.shortages import credit_shortage, find_shortage, resend_shortage
from shipping.services.store import pick_shipment, verify_shipment

__all__ = [
    "cancel_notices",
    "cancel_shipment",
    "clear_by_rule",
    "clear_shipment",
    "confirm_receipt",
    "credit_shortage",
    "dispatch_shipment",
    "find_shortage",
    "issue_notice",
    "may_notice",
    "pick_shipment",
    "report_damage",
    "report_not_received",
    "resend_shortage",
    "verify_shipment",
]
