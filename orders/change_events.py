"""What happens to a change request; it stands on its order's timeline, too. The order never moves by it (states.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.facts import EVENTS, Event

CHANGE = ("orders.changerequest", "change_id")
CALLED = {"change": _("Change request"), "cancel": _("Cancelling")}


@dataclass(frozen=True, kw_only=True)
class ChangeWasReceived(Event):
    """`roles` decide the rows of a cancelling from now on; those of a change from its class on."""

    text = _("{kind_of_change} {number} registered ({channel}): “{words}”")
    customer_visible = True
    about = CHANGE
    coded = {"channel": "orders.ChangeRequest.channel"}
    change_id: int
    number: str
    kind_of_change: str
    channel: str
    words: str
    roles: tuple[str, ...] = ()

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "kind_of_change": CALLED[self.kind_of_change]}


@dataclass(frozen=True, kw_only=True)
class ChangeWasDescribed(Event):
    text = _("{number}: what changes was entered; touched: {rows}")
    about = CHANGE
    change_id: int
    number: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ChangeWasClassified(Event):
    """`roles` have rows of the impact to decide. `asks_customer`: the customer is to agree now, before any re-review."""

    text = _("{number}: class {klass}. {reason}")
    about = CHANGE
    change_id: int
    number: str
    klass: int
    reason: str
    roles: tuple[str, ...] = ()
    asks_customer: bool = False


@dataclass(frozen=True, kw_only=True)
class DepartmentWasTold(Event):
    text = _("{number}: department head told, the change affects the delivery date: {name}")
    about = CHANGE
    change_id: int
    number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasOpened(Event):
    text = _("{number}: re-review for {asked_date}, the order stays where it is")
    about = CHANGE
    change_id: int
    number: str
    review_id: int
    asked_date: date
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasConcluded(Event):
    text = _("{number}: re-review concluded, possible date {reviewed_date}")
    about = CHANGE
    change_id: int
    number: str
    reviewed_date: date | None


@dataclass(frozen=True, kw_only=True)
class ChangeWasFoundImpossible(Event):
    """No department can name a date: negotiated anew, or refused."""

    text = _("{number}: the re-review found no possible date; agree another wish with the customer, or refuse")
    tone = "bad"
    about = CHANGE
    change_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasEnded(Event):
    text = _("{number}: re-review ended, its opinions are not needed any more")
    about = CHANGE
    change_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ChangePricesWereEntered(Event):
    """What `role` was asked about the former amount is no question any more; `roles`: finance again, where the new one is too much.

    `klass` of a change that waits for its notice, else 0; `asks_customer`: whose price the customer is to agree to first.
    """

    text = _("{number}: prices of the change entered")
    money_text = _("difference {difference}")
    money = ("difference",)
    about = CHANGE
    change_id: int
    number: str
    difference: Decimal
    role: str = "finance"
    roles: tuple[str, ...] = ()
    klass: int = 0
    asks_customer: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeWasAnswered(Event):
    text = _("{number}: the customer agrees to {promised_date} ({answered_by})")
    customer_visible = True
    about = CHANGE
    change_id: int
    number: str
    promised_date: date
    answered_by: str


@dataclass(frozen=True, kw_only=True)
class ThingWasDecided(Event):
    """`last`: the role has no other row of this request to decide."""

    text = _("{number}: {title} – {decision}")
    about = CHANGE
    change_id: int
    number: str
    title: str
    decision: str
    role: str = ""
    last: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkWasHeld(Event):
    """The work on one thing stops, or goes on, until the change is concluded."""

    text = _("{number}: work stopped on {title}: {hold}")
    about = CHANGE
    change_id: int
    number: str
    thing: str
    reference: int
    title: str
    hold: str


@dataclass(frozen=True, kw_only=True)
class AgreementWasDrafted(Event):
    text = _("{number}: supplementary agreement {agreement} drafted")
    money_text = _("difference {difference}")
    money = ("difference",)
    customer_visible = True
    about = CHANGE
    change_id: int
    number: str
    agreement: str
    difference: Decimal


@dataclass(frozen=True, kw_only=True)
class AgreementWasSigned(Event):
    text = _("Supplementary agreement {agreement} signed by {name}")
    customer_visible = True
    about = CHANGE
    change_id: int
    agreement: str
    name: str
    ours: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeNoticeWasIssued(Event):
    text = _("Change notice {number} issued to production")
    tone = "ok"
    about = CHANGE
    change_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ChangeWasCirculated(Event):
    text = _("Change notice {number} circulated")
    about = CHANGE
    change_id: int
    number: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DepartmentsWereAdded(Event):
    """Forgotten when the notice was circulated; they sign for it, too."""

    text = _("Change notice {number} goes to {roles}, too")
    about = CHANGE
    change_id: int
    number: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeWasSignedFor(Event):
    text = _("Change notice {number} signed for by {role}: {name}")
    about = CHANGE
    change_id: int
    number: str
    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChangeWasApplied(Event):
    """The order stands at its new revision. `overpaid` is what the customer has paid beyond the new amount: finance gives it back."""

    text = _("{number} applied: the order is at R{revision}")
    money_text = _("difference {difference}, overpaid {overpaid}")
    money = ("difference", "overpaid")
    tone = "ok"
    customer_visible = True
    about = CHANGE
    change_id: int
    number: str
    revision: int
    promised_date: date | None = None
    difference: Decimal = Decimal(0)
    overpaid: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class ChangeWasRefused(Event):
    text = _("{kind_of_change} {number} refused: {reason}")
    tone = "bad"
    customer_visible = True
    about = CHANGE
    change_id: int
    number: str
    reason: str
    kind_of_change: str = "change"

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "kind_of_change": CALLED[self.kind_of_change or "change"]}


@dataclass(frozen=True, kw_only=True)
class ChargeWasAgreed(Event):
    text = _("{number}: charge for the cancelling agreed: {note}")
    money_text = _("{charge}")
    money = ("charge",)
    about = CHANGE
    change_id: int
    number: str
    note: str
    charge: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderWasCancelled(Event):
    """Everything not shipped is cancelled. `charge` is owed beside what was shipped, `refund` is what was paid beyond both."""

    text = _("Order cancelled: {reason}")
    money_text = _("charge {charge}, to be refunded {refund}")
    money = ("charge", "refund")
    tone = "bad"
    customer_visible = True
    ends_clocks = True
    change_id: int
    reason: str
    charge: Decimal
    refund: Decimal


CHANGE_FACTS = tuple(event for event in EVENTS.values() if event.about == CHANGE)
