"""What happens after delivery, in the past tense. What the customer reads is marked; costs of ours are money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from core.facts import Event

SERVICE = ("aftersales.servicerequest", "service_id")
RETURN = ("aftersales.returnrequest", "return_id")
RATING = ("aftersales.rating", "rating_id")


@dataclass(frozen=True, kw_only=True)
class ServiceWasRequested(Event):
    text = _("Service request {number} received ({channel})")
    customer_visible = True
    about = SERVICE
    coded = {"channel": "aftersales.ServiceRequest.channel"}
    service_id: int
    number: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ServiceWasHandedOver(Event):
    text = _("Service request {number} handed to after-sales")
    about = SERVICE
    service_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class CustomerWasContacted(Event):
    text = _("Customer contacted about {number}: {note}")
    about = SERVICE
    service_id: int
    number: str
    note: str


@dataclass(frozen=True, kw_only=True)
class SolutionWasRecorded(Event):
    """The service is decided, and the customer was told. `damage_id`: the transport damage that it was about."""

    text = _("Solution of {number}, told to {told_to}: {solution}")
    money_text = _("cost {cost}")
    money = ("cost",)
    customer_visible = True
    about = SERVICE
    service_id: int
    damage_id: int | None
    number: str
    solution: str
    told_to: str
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class ServiceWasDone(Event):
    text = _("Service {number} is done; the customer is asked to agree")
    customer_visible = True
    about = SERVICE
    service_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ServiceWasClosed(Event):
    text = _("Service request {number} closed, agreed by {agreed_by}")
    tone = "ok"
    customer_visible = True
    about = SERVICE
    service_id: int
    number: str
    agreed_by: str


@dataclass(frozen=True, kw_only=True)
class ReturnWasApplied(Event):
    text = _("Return {number} applied for: {reason}")
    customer_visible = True
    about = RETURN
    coded = {"reason": "aftersales.ReturnRequest.reason"}
    return_id: int
    number: str
    wanted: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnCostsWereTold(Event):
    text = _("Return {number}: {told_to} was told that the freight is paid by {payer}")
    money_text = _("freight {freight}")
    money = ("freight",)
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    told_to: str
    payer: str
    freight: Decimal


@dataclass(frozen=True, kw_only=True)
class ReturnWasAgreed(Event):
    """`customer_pays`: the customer pays the freight first."""

    text = _("Return {number} agreed")
    tone = "ok"
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    customer_pays: bool


@dataclass(frozen=True, kw_only=True)
class FreightWasPrepaid(Event):
    """`amount` in the order's currency, both ways."""

    text = _("Return {number}: the customer's freight is in since {paid_on}, {reference}")
    money_text = _("freight {amount}")
    money = ("amount",)
    about = RETURN
    return_id: int
    number: str
    paid_on: date
    reference: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ReturnInformationWasAsked(Event):
    text = _("Return {number}: more information asked. {question}")
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    question: str


@dataclass(frozen=True, kw_only=True)
class ReturnInformationWasGiven(Event):
    """`told`: the customer knows already who pays the freight."""

    text = _("Return {number}: information added")
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    told: bool


@dataclass(frozen=True, kw_only=True)
class ReturnWasRefused(Event):
    text = _("Return {number} refused: {reason}")
    tone = "bad"
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CollectionWasArranged(Event):
    text = _("Return {number} is collected on {collect_on} by {carrier}")
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    collect_on: date
    carrier: str

    @property
    def fetched_at(self) -> datetime:
        """The beginning of the day on which the goods are fetched."""
        return make_aware(datetime.combine(self.collect_on, time()))


@dataclass(frozen=True, kw_only=True)
class ReturnedGoodsWereReceived(Event):
    text = _("Goods of return {number} are back, blocked in store")
    customer_visible = True
    about = RETURN
    return_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ReturnWasInspected(Event):
    text = _("Goods of return {number} inspected. {conclusion}")
    about = RETURN
    return_id: int
    number: str
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class ReturnWasSettled(Event):
    """`lines` with `quantities` (decimal texts, side by side) are order lines that are refunded or exchanged: finance credits them.
    Those that are `exchanged` are set off against the exchange order, which is still to be made.
    """

    text = _("Return {number} settled: {outcome}")
    tone = "ok"
    customer_visible = True
    about = RETURN
    return_id: int
    number: str
    outcome: str
    lines: tuple[int, ...]
    quantities: tuple[str, ...]
    exchanged: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnWasExchanged(Event):
    """The order for what is sent instead is there (RET-07)."""

    text = _("Return {number}: exchange order {new_number} made")
    about = RETURN
    return_id: int
    number: str
    new_number: str


@dataclass(frozen=True, kw_only=True)
class RatingWasAsked(Event):
    text = _("The customer is asked for a rating until {answer_by}")
    customer_visible = True
    about = RATING
    rating_id: int
    answer_by: date


@dataclass(frozen=True, kw_only=True)
class RatingWasGiven(Event):
    text = _("Rating: {stars} of 5 stars. {words}")
    customer_visible = True
    about = RATING
    rating_id: int
    stars: int
    words: str
