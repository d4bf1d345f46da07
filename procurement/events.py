"""What happens to demand, purchases and arrivals, in the past tense. Costs are never in these facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event

PURCHASE = ("procurement.purchaseorder", "purchase_id")
SHEET = ("procurement.demandsheet", "sheet_id")


@dataclass(frozen=True, kw_only=True)
class DemandWasFound(Event):
    """Bills of material were read against free stock (PLN-03). `companies`: sisters that supply; `buy`: something is to be bought."""

    text = _("Demand found: {demands} components, {missing} not in stock")
    demands: int
    missing: int
    buy: bool
    companies: tuple[int, ...]
    without_bom: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DemandWasRevised(Event):
    """A change of the order, or goods to be made again, altered the demand. `buy`, `companies` as in DemandWasFound, of what is missing."""

    text = _("Demand revised: {missing} components not in stock")
    missing: int
    buy: bool
    companies: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DemandWasAdded(Event):
    text = _("Demand entered by hand: {quantity} {unit} of {code}")
    about = ("procurement.demand", "demand_id")
    demand_id: int
    code: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, kw_only=True)
class DemandWasCovered(Event):
    """The last open demand of the order is covered by reserved stock."""

    text = _("All components are in store")
    tone = "ok"


@dataclass(frozen=True, kw_only=True)
class ComponentsAreToBeOrdered(Event):
    """Something that the order needs is neither in store nor ordered: the buyer makes purchase orders (PUR-02)."""

    text = _("To be ordered: {items}")
    about = SHEET
    sheet_id: int
    items: str


@dataclass(frozen=True, kw_only=True)
class ComponentsWereOrdered(Event):
    """`needed`: the order still wants them; else nobody has to buy them any more."""

    text = _("No component is left to be ordered")
    about = SHEET
    sheet_id: int
    needed: bool


@dataclass(frozen=True, kw_only=True)
class PurchaseWasMade(Event):
    text = _("Purchase order {number} to {supplier} made")
    about = PURCHASE
    purchase_id: int
    number: str
    supplier: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasApproved(Event):
    text = _("Purchase order {number} approved")
    tone = "ok"
    about = PURCHASE
    purchase_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasSent(Event):
    """`planned_arrival` is the earliest promised date of its lines, `arrives_on` the latest."""

    text = _("Purchase order {number} sent, arrival planned {planned_arrival}")
    about = PURCHASE
    purchase_id: int
    number: str
    planned_arrival: date
    arrives_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ArrivalDateWasConfirmed(Event):
    """The supplier named the real date (PUR-04); `confirmed_arrival` and `arrives_on`, the end of the wait, are the latest of the lines."""

    text = _("Supplier confirmed {number} for {confirmed_arrival}. {note}")
    about = PURCHASE
    purchase_id: int
    number: str
    confirmed_arrival: date
    note: str
    arrives_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ArrivalWasRecorded(Event):
    """Goods are here, blocked until quality has looked at them (PUR-07)."""

    text = _("{quantity} {unit} of {code} arrived, to be inspected")
    about = ("procurement.arrival", "arrival_id")
    arrival_id: int
    purchase_id: int
    item_id: int
    company_id: int
    quantity: Decimal
    balance_id: int
    code: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasReceived(Event):
    """Everything ordered has arrived."""

    text = _("Purchase order {number} has arrived completely")
    tone = "ok"
    about = PURCHASE
    purchase_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasClosed(Event):
    text = _("Purchase order {number} closed")
    about = PURCHASE
    purchase_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasDropped(Event):
    text = _("Purchase order {number} dropped: {reason}")
    tone = "bad"
    about = PURCHASE
    purchase_id: int
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasReduced(Event):
    """What a change of the order made superfluous was taken off, with the supplier's word where it had been sent (CHG-09)."""

    text = _("Purchase order {number}: {quantity} {unit} of {code} cancelled")
    tone = "bad"
    about = PURCHASE
    purchase_id: int
    number: str
    code: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, kw_only=True)
class PurchaseWasCancelled(Event):
    """Nothing of it is still to come."""

    text = _("Purchase order {number} cancelled")
    tone = "bad"
    about = PURCHASE
    purchase_id: int
    number: str
