from orders.workflow.change import ChangeState, ItemState, SignoffState
from orders.workflow.order import AFTER_SIGNING, BEFORE_SIGNING, ENDS, IN_REVIEW, OrderLife, OrderState
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
    "ChangeState",
    "ContractLife",
    "ContractState",
    "ItemState",
    "OpinionLife",
    "OpinionState",
    "OrderLife",
    "OrderState",
    "QuotationLife",
    "QuotationState",
    "ReviewLife",
    "ReviewState",
    "SignoffState",
    "Verdict",
]
