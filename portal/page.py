"""What a customer may see of their order, and nothing else (FUP-05): plain values from the lists that stand here, in their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from aftersales.models import ReturnRequest
from aftersales.workflow import ReturnState as R
from core.facts import EVENTS
from core.models import Fact
from core.reasons import plain
from documents.models import PrintedForm
from documents.registry import FORMS
from orders.guards import contract_of
from orders.models import Order
from orders.models.customers import PaymentStage
from orders.services.ledger import Quantities, goods_lines, quantities
from orders.services.money import covered_by_due
from orders.services.signing import standing
from orders.workflow import OrderState as S
from shipping.models import Shipment, ShipmentLine
from shipping.workflow import ShipmentState

# --- the permitted list -------------------------------------------------------------------------------------------------------------

ORDER = ("number", "customer_reference", "delivery_address", "promised_date", "currency")
SHIPMENT = (
    "delivery_number", "number", "carried_by", "tracking_number", "planned_on", "dispatched_at", "arrives_at", "received_at", "received_by",
)  # fmt: skip
RETURN = ("pk", "number", "applied_at", "question")
# Quotation, contract, delivery note, shipping advice, supplementary agreement, survey, invoice. Not the return form (D25): it holds what
# we found, concluded and do with the goods, and who of ours did so.
PAPERS = ("D03", "D04", "D21", "D22", "D38", "D40", "D49")
TIMELINE: dict[str, Any] = {
    "orders.OrderWasRegistered": gettext_lazy("We have received your order."),
    "orders.CustomerConfirmedOrder": gettext_lazy("{confirmed_by} confirmed the order as it was taken down."),
    "orders.RequirementsWereConfirmed": gettext_lazy("Your requirements are confirmed."),
    "orders.OrderWasAnswered": gettext_lazy("Your order was compared and answered: {note}"),
    "orders.ReviewWasPassed": gettext_lazy("Our departments have checked date and feasibility."),
    "orders.DateWasProposed": gettext_lazy("You agreed to delivery on {wanted_date}."),
    "orders.ValidityWasExtended": gettext_lazy("The order is now kept for you until {valid_until}."),
    "orders.QuotationWasIssued": gettext_lazy("Quotation {number} sent to you, valid until {valid_until}."),
    "orders.ContractWasSent": gettext_lazy("Contract {number} sent to you, delivery promised for {promised_date}."),
    "orders.ContractWasSigned": gettext_lazy("Contract signed by {name}."),
    "orders.PromiseWasMoved": gettext_lazy(
        "Signed {days} days after it was sent, so the delivery moves from {sent_promise} to {promised_date}."
    ),
    "orders.ContractTookEffect": gettext_lazy("The contract is in force, delivery promised for {promised_date}."),
    "orders.ChangeWasReceived": gettext_lazy("{kind_of_change} {number} has arrived; we answer it."),
    "orders.ChangeWasAnswered": gettext_lazy("Change request {number}: {answered_by} agreed, delivery on {promised_date}."),
    "orders.AgreementWasDrafted": gettext_lazy("Supplementary agreement {agreement} is drawn up."),
    "orders.AgreementWasSigned": gettext_lazy("Supplementary agreement {agreement} signed by {name}."),
    "orders.ChangeWasApplied": gettext_lazy("Change request {number} is carried out."),
    "orders.ChangeWasRefused": gettext_lazy("{kind_of_change} {number} is not carried out: {reason}"),
    "orders.ShortageWasDecided": gettext_lazy("Line {line_no}, {code} is short. Our decision: {outcome}. {told}"),
    "orders.ProductionWasStarted": gettext_lazy("Production has begun."),
    "orders.OrderWasStocked": gettext_lazy("Everything is made, tested and in our store."),
    "shipping.PartWasMissing": gettext_lazy("Delivery {number} is to leave without {part}, which follows; expected {expected_on}."),
    "shipping.CustomerAgreedToMissing": gettext_lazy("{agreed_by} agreed that delivery {number} leaves without {parts}."),
    "shipping.ShipmentWasDispatched": gettext_lazy("Delivery {delivery_number} has left, with {carried_by}. {tracking_number}"),
    "shipping.ArrivalWasMoved": gettext_lazy("Delivery {delivery_number} is now expected {arrives_at}: {reason}"),
    "shipping.ShipmentWasTurnedRound": gettext_lazy("Delivery {delivery_number} has turned round; its goods come back to us."),
    "shipping.ShipmentCameBack": gettext_lazy("The goods of delivery {delivery_number} are back with us."),
    "shipping.GoodsWereNotReceived": gettext_lazy("Delivery {delivery_number} was said not to have arrived; we trace it."),
    "shipping.TraceWasAnswered": gettext_lazy("Delivery {delivery_number} was traced: {result}. {answer}"),
    "shipping.FollowUpWasNoticed": gettext_lazy("Follow-up shipment {number} of {follows} noticed, leaves on {planned_on}"),
    "shipping.ShipmentWasReceived": gettext_lazy("Delivery {delivery_number} received by {received_by}."),
    "shipping.GoodsWereShort": gettext_lazy("Short on arrival of delivery {delivery_number}: {missing}"),
    "shipping.DamageWasReported": gettext_lazy("Damage of delivery {delivery_number} was reported; we look after it."),
    "orders.OrderWasDelivered": gettext_lazy("Everything has been delivered."),
    "finance.InvoiceWasIssued": gettext_lazy("Invoice {number} issued."),
    "finance.CreditNoteWasIssued": gettext_lazy("Credit note {number} for invoice {corrected} issued."),
    "aftersales.ServiceWasRequested": gettext_lazy("Your request {number} has arrived."),
    "aftersales.SolutionWasRecorded": gettext_lazy("Request {number}, our solution: {solution}"),
    "aftersales.ServiceWasDone": gettext_lazy("The work on request {number} is done."),
    "aftersales.ServiceWasClosed": gettext_lazy("Request {number} is closed, agreed by {agreed_by}."),
    "aftersales.ReturnWasApplied": gettext_lazy("Your return {number} has arrived; we answer it."),
    "aftersales.ReturnInformationWasAsked": gettext_lazy("Return {number}: we ask you for more: {question}"),
    "aftersales.ReturnInformationWasGiven": gettext_lazy("Return {number}: your information has arrived."),
    "aftersales.ReturnCostsWereTold": gettext_lazy("Return {number}: we have told {told_to} who pays the freight."),
    "aftersales.ReturnWasAgreed": gettext_lazy("Return {number} is agreed."),
    "aftersales.ReturnWasRefused": gettext_lazy("We could not agree to return {number}: {reason}"),
    "aftersales.CollectionWasArranged": gettext_lazy("Return {number} is collected on {collect_on} by {carrier}."),
    "aftersales.ReturnedGoodsWereReceived": gettext_lazy("The goods of return {number} have reached us."),
    "aftersales.ReturnWasSettled": gettext_lazy("Return {number} is settled."),
    "orders.ExchangeWasOrdered": gettext_lazy("Order {number} was made in exchange."),
    "aftersales.RatingWasAsked": gettext_lazy("We ask you for a rating until {answer_by}."),
    "aftersales.RatingWasGiven": gettext_lazy("You gave us {stars} of 5 stars."),
    "finance.NothingWasToRefund": gettext_lazy(
        "The goods of {number} are credited. They had not been paid yet, so nothing is paid back: you owe that much less."
    ),
    "finance.RefundWasKept": gettext_lazy("What you paid for the goods of return {reason} is kept for the exchange order."),
    "finance.RefundWasSetOff": gettext_lazy("What you paid for the goods given back counts as a payment of exchange order {new_number}."),
    "finance.RefundWasAgreed": gettext_lazy("Refund {number} is booked and will be paid to your account."),
    "finance.RefundWasPaid": gettext_lazy("Refund {number} was paid on {paid_on}."),
    "orders.OrderWasRefused": gettext_lazy("We could not accept the order: {reason}"),
    "orders.OrderWasCancelled": gettext_lazy("The order is cancelled: {reason}"),
    "orders.OrderWasWithdrawn": gettext_lazy("The order was withdrawn: {reason}"),
}
STATES: dict[str, Any] = {
    S.REGISTERED: gettext_lazy("Received, being checked"),
    S.CONFIRMED: gettext_lazy("Received, being checked"),
    S.IN_REGULAR_REVIEW: gettext_lazy("Our departments check date and feasibility"),
    S.IN_IRREGULAR_REVIEW: gettext_lazy("Our departments check date and feasibility"),
    S.NEGOTIATING: gettext_lazy("We have a question about the date"),
    S.REFUSAL_PENDING: gettext_lazy("Our departments check date and feasibility"),
    S.ACCEPTED: gettext_lazy("Checked, the quotation follows"),
    S.QUOTED: gettext_lazy("The quotation waits for your answer"),
    S.CONTRACTED: gettext_lazy("The contract waits for signature"),
    S.SIGNED: gettext_lazy("Contract signed, waits for the payment agreed"),
    S.EFFECTIVE: gettext_lazy("Contract in force, production is being prepared"),
    S.INSTRUCTED: gettext_lazy("Production is being planned"),
    S.PLANNED: gettext_lazy("Production is planned"),
    S.IN_PRODUCTION: pgettext_lazy("customer", "In production"),
    S.STOCKED: gettext_lazy("Ready for dispatch"),
    S.SHIPPING: gettext_lazy("Being delivered"),
    S.DELIVERED: pgettext_lazy("customer", "Delivered"),
    S.INVOICED: pgettext_lazy("customer", "Delivered"),
    S.CLOSED: gettext_lazy("Completed"),
    S.REFUSED: gettext_lazy("Not accepted"),
    S.WITHDRAWN: gettext_lazy("Withdrawn"),
    S.CANCELLED: gettext_lazy("Cancelled"),
}
SHIPMENT_STATES: dict[str, tuple[Any, str]] = {
    ShipmentState.DISPATCHED: (pgettext_lazy("goods", "on its way"), "brand"),
    ShipmentState.DELIVERED: (pgettext_lazy("goods", "received"), "good"),
    ShipmentState.RETURNING: (pgettext_lazy("goods", "called back"), "soon"),
    ShipmentState.RECALLED: (pgettext_lazy("goods", "called back"), ""),
}
RETURN_STATES: dict[str, Any] = {
    R.APPLIED: gettext_lazy("We check it and answer."),
    R.MORE_INFORMATION: gettext_lazy("We wait for your answer."),
    R.AGREED: gettext_lazy("Agreed; the goods are to be collected."),
    R.COLLECTED: gettext_lazy("The goods have reached us."),
    R.INSPECTED: gettext_lazy("The goods have reached us."),
}
COMING_BACK = gettext_lazy("Called back, on its way to us")
BEING_PREPARED = (pgettext_lazy("goods", "being prepared"), "")
DUES: dict[str, Any] = {
    PaymentStage.Gate.EFFECT: gettext_lazy("Deposit, before production"),
    PaymentStage.Gate.SHIPMENT: gettext_lazy("Before shipment"),
    PaymentStage.Gate.DELIVERY: gettext_lazy("After delivery"),
}
MADE = (S.STOCKED, S.SHIPPING, S.DELIVERED, S.INVOICED, S.CLOSED)
CHECKED = (
    S.REGISTERED, S.CONFIRMED, S.IN_REGULAR_REVIEW, S.IN_IRREGULAR_REVIEW, S.NEGOTIATING, S.REFUSAL_PENDING, S.ACCEPTED, S.QUOTED,
)  # fmt: skip
IN_WORK = (S.EFFECTIVE, S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION)
MAKING = pgettext_lazy("customer", "Production")
ENDED = (S.REFUSED, S.WITHDRAWN, S.CANCELLED)
OVER = (*ENDED, S.DELIVERED, S.INVOICED, S.CLOSED)


def whole(order: Order, at: datetime) -> dict[str, Any]:
    """Everything on the order's page, for a phone."""
    back = coming_back(order)
    goods = _goods(order, back)
    expected = _expected(order, [sums for _line_, sums in goods])
    shipments = [_shipment(each) for each in _shipments(order)]
    money = dues(order)
    return {
        "order": {name: getattr(order, name) for name in ORDER},
        "contract": getattr(contract_of(order), "number", ""),
        "state": COMING_BACK if order.state == S.SHIPPING and back and not _on_the_road(order) else STATES[order.state],
        "ended": order.state in ENDED,
        "expected": expected,
        "early": (order.promised_date - expected).days if order.promised_date and expected else 0,
        "days_left": (order.promised_date - today_of(at)).days if order.promised_date and order.state not in OVER else None,
        "delivered_at": order.delivered_at,
        "lines": [_line(order, line, sums, line.pk in back) for line, sums in goods],
        "steps": _steps(order, [sums for _line_, sums in goods], money),
        "shipments": shipments,
        "dues": money,
        "returns": returns(order),
        "papers": papers(order, at),
        "timeline": timeline(order),
        "clerk": {
            "name": str(order.clerk_post.holder or ""),
            "phone": order.sales_company.phone,
        },
    }


def _expected(order: Order, goods: list[Quantities]) -> date | None:
    """When it is expected as far as is known today: once all is on the road, the last arrival; nothing of what is over."""
    if order.state in OVER:
        return None
    on_the_road = sent(order).filter(state=ShipmentState.DISPATCHED).aggregate(last=Max("arrives_at"))["last"]
    all_left = order.state == S.SHIPPING and all(sums.shipped >= sums.open for sums in goods)
    return today_of(on_the_road) if all_left and on_the_road else order.expected_date


def _on_the_road(order: Order) -> bool:
    return Shipment.objects.filter(order=order, state=ShipmentState.DISPATCHED).exists()


def coming_back(order: Order) -> dict[int, Decimal]:
    """Per order line what has turned round: it counts as shipped until it is in the house, and is on its way to nobody."""
    found: dict[int, Decimal] = {}
    if order.state in OVER:
        return found
    rows = ShipmentLine.objects.filter(shipment__order=order, shipment__state=ShipmentState.RETURNING)
    for line_id, quantity in rows.values_list("line_id", "quantity"):
        found[line_id] = found.get(line_id, Decimal(0)) + quantity
    return found


def _goods(order: Order, back: dict[int, Decimal]) -> list[tuple[Any, Quantities]]:
    """The order's goods; what is called back and turned round has not been sent."""
    lines = goods_lines(order)
    known = quantities(order, lines)
    return [(line, replace(known[line.pk], shipped=known[line.pk].shipped - back.get(line.pk, Decimal(0)))) for line in lines]


def _line(order: Order, line: Any, sums: Quantities, back: bool) -> dict[str, Any]:
    words, kind = (pgettext("goods", "called back"), "soon") if back else _stage_of(order, sums)
    return {
        "model": line.item.code if line.item else "",
        "text": _text(line.item.name if line.item else "", line.spec),
        "quantity": sums.open,
        "unit": str(line.unit or ""),
        "words": words,
        "kind": kind,
    }


def _text(name: str, spec: str) -> str:
    """What it is: a specification that begins with the name says it already."""
    return spec if spec.startswith(name) else "，".join(filter(None, [name, spec]))


def _stage_of(order: Order, sums: Quantities) -> tuple[Any, str]:
    for done, words, kind in (
        (sums.settled, pgettext("goods", "received"), "good"),
        (sums.shipped, pgettext("goods", "on its way"), "brand"),
        (sums.stocked, pgettext("goods", "ready"), "good"),
    ):
        if 0 < sums.open <= done:
            return words, kind
    if order.production_started_at:
        return pgettext("goods", "being made"), "brand"
    return (pgettext("goods", "planned"), "") if order.promised_date else ("", "")


def _steps(order: Order, sums: list[Quantities], money: dict[str, Any]) -> list[dict[str, Any]]:
    """The way of the order as the customer sees it: done, where it stands, to come."""
    when = {fact.kind: fact.at for fact in Fact.objects.filter(order_id=order.pk, kind__in=TIMELINE).order_by("id")}
    ordered = sum((each.open for each in sums), Decimal(0))
    made = sum((max(each.produced, each.stocked) for each in sums), Decimal(0))
    percent = int(min(made / ordered, Decimal(1)) * 100) if ordered else 0
    deposit = next((row for row in money["rows"] if row["gate"] == PaymentStage.Gate.EFFECT), None)
    signed, ready = "orders.ContractWasSigned" in when, order.state in MADE
    paid = deposit is None or deposit["missing"] <= 0
    contract_step = pgettext("customer", "Contract signed") if signed else _("Signing the contract")
    rows: list[tuple[Any, bool, Any]] = [
        (pgettext("customer", "Ordered"), True, when.get("orders.OrderWasRegistered")),
        (pgettext("customer", "Check and quotation"), order.state not in CHECKED, when.get("orders.ContractWasSent")),
        (contract_step, signed, when.get("orders.ContractWasSigned")),
        (_("Deposit received") if paid else _("Your deposit"), paid, None),
        (MAKING, ready, when.get("orders.OrderWasStocked")),
        (pgettext("customer", "Dispatch"), ready and _all(sums, "shipped"), when.get("shipping.ShipmentWasDispatched")),
        (pgettext("customer", "Your receipt"), ready and _all(sums, "settled"), when.get("orders.OrderWasDelivered")),
    ]
    if deposit is None:
        del rows[3]
    # A customer of grade A may sign while we are making it: what the heading says is what goes on.
    going_on = next((title for title, done, _at in rows if not done and (title == MAKING or order.state not in IN_WORK)), None)
    found = []
    for title, done, at in rows:
        current = title == going_on and order.state not in ENDED
        making = title == MAKING and current and order.production_started_at is not None
        kind = "ok" if done else "me" if current else "next"
        found.append({"title": str(title), "kind": kind, "at": at if done else None, "percent": percent if making else None})
    return found


def _all(sums: list[Quantities], kind: str) -> bool:
    return bool(sums) and all(getattr(each, kind) >= each.open for each in sums)


def sent(order: Order) -> Any:
    """Deliveries that have left: of these something can be said."""
    return Shipment.objects.filter(order=order, dispatched_at__isnull=False).exclude(state=ShipmentState.CANCELLED)


def _shipments(order: Order) -> list[Shipment]:
    return list(Shipment.objects.filter(order=order).exclude(state=ShipmentState.CANCELLED).order_by("-id"))


def _shipment(shipment: Shipment) -> dict[str, Any]:
    words, kind = SHIPMENT_STATES.get(shipment.state, BEING_PREPARED)
    shown = {name: getattr(shipment, name) for name in SHIPMENT}
    if shipment.dispatched_at is None:  # who will carry it may still change
        shown |= {"carried_by": "", "tracking_number": ""}
    if shipment.state != ShipmentState.DISPATCHED:  # it is there, or not on its way
        shown["arrives_at"] = None
    acts = {ShipmentState.DISPATCHED: ("receipt", "not-received", "damage"), ShipmentState.DELIVERED: ("damage",)}.get(shipment.state, ())
    return {**shown, "words": words, "kind": kind, "pk": shipment.pk, "acts": acts}


def dues(order: Order) -> dict[str, Any]:
    """What is to be paid, what came in, what is missing."""
    received, credited = covered_by_due(order)
    rows: list[dict[str, Any]] = [
        {
            "gate": due.gate,
            "words": _("%(n)s days after delivery") % {"n": due.days}
            if due.days and due.gate == PaymentStage.Gate.DELIVERY
            else DUES[due.gate],
            "percent": due.percent,
            "amount": due.amount,
            "due_on": due.due_on,
            "credited": credited.get(due.pk, Decimal(0)),
            "missing": max(due.amount - received.get(due.pk, Decimal(0)), Decimal(0)),
        }
        for due in order.dues.order_by("position")
    ]
    return {"rows": rows, "missing": sum((row["missing"] for row in rows), Decimal(0)), "currency": order.currency}


def returns(order: Order) -> list[dict[str, Any]]:
    """Goods that the customer sends back, until they are settled; where we have asked for more, with the question."""
    rows = ReturnRequest.objects.filter(order=order).open().order_by("pk")
    return [
        {
            **{name: getattr(row, name) for name in RETURN},
            "words": RETURN_STATES[row.state],
            "asked": row.state == R.MORE_INFORMATION,
            "freight": row.freight_amount if row.freight_amount and row.waits_for_freight else None,
            "currency": order.currency,
        }
        for row in rows
    ]


def readable_papers(order: Order, at: datetime) -> list[PrintedForm]:
    """The latest print of each paper that is the customer's own; of a contract still to be signed only what it says today (CON-03)."""
    latest: dict[tuple[str, int], PrintedForm] = {}
    for row in PrintedForm.objects.filter(order_id=order.pk, kind__in=PAPERS).order_by("id"):
        latest[row.kind, row.subject_id] = row
    contract = contract_of(order)
    if contract is not None and not contract.their_signed_at and (shown := latest.get(("D04", contract.pk))):
        valid = standing(contract, at)
        if valid is None or valid.pk != shown.pk:
            del latest["D04", contract.pk]
    return sorted(latest.values(), key=lambda row: row.pk)


def papers(order: Order, at: datetime) -> list[dict[str, Any]]:
    return [{"pk": row.pk, "title": FORMS[row.kind].title, "number": row.number, "at": row.at} for row in readable_papers(order, at)]


def timeline(order: Order) -> list[dict[str, Any]]:
    """What happened, newest first: facts that customers see, in sentences for them; no names of ours, no money."""
    rows = []
    for fact in Fact.objects.filter(order_id=order.pk, customer_visible=True, kind__in=TIMELINE).order_by("-id"):
        event = EVENTS[fact.kind].of(fact)
        said = {name: plain(value) for name, value in event.in_words().items()}
        rows.append({"at": fact.at, "text": str(TIMELINE[fact.kind]).format(**said).strip(), "kind": EVENTS[fact.kind].tone})
    return rows


def today_of(at: Any) -> date:
    return localtime(at).date()
