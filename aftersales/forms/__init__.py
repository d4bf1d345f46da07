from aftersales.forms.rating import RateForm
from aftersales.forms.returns import (
    AgreeForm,
    ApplyForm,
    ArrangeForm,
    AskForm,
    ExchangeForm,
    FreightForm,
    GiveForm,
    InspectForm,
    OrderExchangeForm,
    ReceiveGoodsForm,
    RefuseForm,
    SettleForm,
    TellCostsForm,
)
from aftersales.forms.service import CloseForm, ContactForm, FinishForm, HandOverForm, ReceiveForm, SolutionForm
from core.acts import ActForm

SERVICE_FORMS: dict[str, type[ActForm]] = {
    "hand_over": HandOverForm,
    "contact_customer": ContactForm,
    "record_solution": SolutionForm,
    "finish": FinishForm,
    "close": CloseForm,
}
RETURN_FORMS: dict[str, type[ActForm]] = {
    "tell_costs": TellCostsForm,
    "agree": AgreeForm,
    "ask_information": AskForm,
    "give_information": GiveForm,
    "refuse": RefuseForm,
    "confirm_freight": FreightForm,
    "arrange_collection": ArrangeForm,
    "receive_goods": ReceiveGoodsForm,
    "inspect": InspectForm,
    "settle": SettleForm,
    "order_exchange": OrderExchangeForm,
}
RATING_FORMS: dict[str, type[ActForm]] = {"rate": RateForm}
ORDER_FORMS: dict[str, type[ActForm]] = {"request_service": ReceiveForm, "apply_return": ApplyForm, "exchange": ExchangeForm}

__all__ = ["ORDER_FORMS", "RATING_FORMS", "RETURN_FORMS", "SERVICE_FORMS"]
