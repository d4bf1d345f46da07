"""Acts of shipping as forms, by the step that they take."""

from core.acts import ActForm
from shipping.forms.arrival import CreditForm, DamageForm, FindForm, NotReceivedForm, ReceiptForm, ResendForm
from shipping.forms.shipment import CancelForm, ClearForm, DispatchForm, NoticeForm, PickForm, VerifyForm

FORMS: dict[str, type[ActForm]] = {
    "clear": ClearForm,
    "pick": PickForm,
    "verify": VerifyForm,
    "dispatch": DispatchForm,
    "confirm_receipt": ReceiptForm,
    "report_not_received": NotReceivedForm,
    "report_damage": DamageForm,
    "cancel": CancelForm,
}
SHORTAGE_FORMS: dict[str, type[ActForm]] = {"find": FindForm, "resend": ResendForm, "credit": CreditForm}

__all__ = ["FORMS", "SHORTAGE_FORMS", "NoticeForm"]
