from orders.workflow.change import ChangeState, ItemState, SignoffState
from orders.workflow.meeting import MeetingLife, MeetingState, PaperLife, PaperState
from orders.workflow.order import AFTER_SIGNING, BEFORE_SIGNING, ENDS, IN_REVIEW, UNSIGNED, OrderLife, OrderState
from orders.workflow.papers import (
    ContractLife,
    ContractState,
    OpinionLife,
    OpinionState,
    QuotationLife,
    QuotationState,
    ReviewLife,
    ReviewState,
    Verdict,
)

__all__ = [
    "AFTER_SIGNING",
    "BEFORE_SIGNING",
    "ENDS",
    "IN_REVIEW",
    "UNSIGNED",
    "ChangeState",
    "ContractLife",
    "ContractState",
    "ItemState",
    "MeetingLife",
    "MeetingState",
    "OpinionLife",
    "OpinionState",
    "OrderLife",
    "OrderState",
    "PaperLife",
    "PaperState",
    "QuotationLife",
    "QuotationState",
    "ReviewLife",
    "ReviewState",
    "SignoffState",
    "Verdict",
]
