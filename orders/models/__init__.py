from orders.models.change import ChangeItem, ChangeRequest, ChangeSignoff, SupplementaryAgreement
from orders.models.customers import Customer, GradeRule, PaymentStage, PaymentTerm, PriceRule, Settings, Surcharge
from orders.models.deal import Contract, FollowUp, MoneyReceived, PaymentDue, ProductionInstruction, Quotation
from orders.models.exchange import Exchange
from orders.models.meeting import Meeting, MeetingPaper
from orders.models.order import (
    Channel,
    ImportedRow,
    LineMovement,
    ManualDecision,
    OpenItem,
    Order,
    OrderClass,
    OrderLine,
    OrderRevision,
    Priority,
    SearchKey,
)
from orders.models.review import Opinion, Review
from orders.models.shortage import Shortage

__all__ = [
    "ChangeItem",
    "ChangeRequest",
    "ChangeSignoff",
    "Channel",
    "Contract",
    "Customer",
    "Exchange",
    "FollowUp",
    "GradeRule",
    "ImportedRow",
    "LineMovement",
    "ManualDecision",
    "Meeting",
    "MeetingPaper",
    "MoneyReceived",
    "OpenItem",
    "Opinion",
    "Order",
    "OrderClass",
    "OrderLine",
    "OrderRevision",
    "PaymentDue",
    "PaymentStage",
    "PaymentTerm",
    "PriceRule",
    "Priority",
    "ProductionInstruction",
    "Quotation",
    "Review",
    "SearchKey",
    "Settings",
    "Shortage",
    "SupplementaryAgreement",
    "Surcharge",
]
