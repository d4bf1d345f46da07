"""Acts of shipping as forms, by the step that they take."""

from core.acts import ActForm
from shipping.forms.arrival import CreditForm, DamageForm, FindForm, NotReceivedForm, ReceiptForm, ResendForm
from shipping.forms.parts import ConsentForm, FollowUpForm, MissingForm, PartArrivedForm
from shipping.forms.recall import AskRecallForm, InVainForm, TakeBackInForm, TurnRoundForm
from shipping.forms.shipment import CancelForm, ClearForm, DispatchForm, NoticeForm, PickForm, VerifyForm
from shipping.forms.trouble import (
    AgreeClaimForm,
    AnswerTraceForm,
    CarrierReceiptForm,
    DropClaimForm,
    EstablishCauseForm,
    MoveArrivalForm,
    RaiseClaimForm,
    SayCauseForm,
    SettleClaimForm,
    TellForm,
)

FORMS: dict[str, type[ActForm]] = {
    "clear": ClearForm,
    "pick": PickForm,
    "verify": VerifyForm,
    "dispatch": DispatchForm,
    "confirm_receipt": ReceiptForm,
    "report_not_received": NotReceivedForm,
    "report_damage": DamageForm,
    "move_arrival": MoveArrivalForm,
    "record_carrier_receipt": CarrierReceiptForm,
    "tell_customer": TellForm,
    "ask_recall": AskRecallForm,
    "turn_round": TurnRoundForm,
    "answer_in_vain": InVainForm,
    "take_back_in": TakeBackInForm,
    "raise_claim": RaiseClaimForm,
    "record_missing": MissingForm,
    "record_consent": ConsentForm,
    "issue_follow_up": FollowUpForm,
    "cancel": CancelForm,
}
SHORTAGE_FORMS: dict[str, type[ActForm]] = {"find": FindForm, "resend": ResendForm, "credit": CreditForm}
PART_FORMS: dict[str, type[ActForm]] = {"part_arrived": PartArrivedForm}
TRACE_FORMS: dict[str, type[ActForm]] = {"answer_trace": AnswerTraceForm}
DAMAGE_FORMS: dict[str, type[ActForm]] = {"say_cause": SayCauseForm, "establish_cause": EstablishCauseForm}
CLAIM_FORMS: dict[str, type[ActForm]] = {"agree_claim": AgreeClaimForm, "settle_claim": SettleClaimForm, "drop_claim": DropClaimForm}

__all__ = ["CLAIM_FORMS", "DAMAGE_FORMS", "FORMS", "PART_FORMS", "SHORTAGE_FORMS", "TRACE_FORMS", "NoticeForm"]
