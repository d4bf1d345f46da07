"""What must always hold of orders (trust I2): state = history, obligations = clocks, money and quantities add up, numbers have no gaps.

Each check is a query or few, returns its violations as sentences for the log, and none when it holds. Nothing is repaired here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from core.facts import EVENTS, Event
from core.models import Fact
from core.money import line_amount
from core.questions import answers
from core.verify import number_gaps
from inventory.models import Reservation
from orders import events as e
from orders.change_events import CHANGE_FACTS
from orders.closing_events import OrderBecameReadyToClose, OrderStayedOpen
from orders.meetings.events import OfMeeting
from orders.meetings.verify import before_the_meeting
from orders.models import (
    Contract,
    LineMovement,
    MoneyReceived,
    Opinion,
    Order,
    OrderLine,
    PaymentDue,
    ProductionInstruction,
    Quotation,
)
from orders.money_events import MoneyWasCredited, MoneyWasRefunded
from orders.shortage_events import LineBecameShort, ShortageLapsed, ShortageWasDecided
from orders.workflow import ENDS, IN_REVIEW, UNSIGNED, OpinionState, ReviewState
from orders.workflow import OrderState as S
from organization.models import Delegation, Post
from organization.roles import Role, covers
from sla.models import ClockRule, RunningClock

Z = Decimal(0)
Violations = list[str]

# --- state = history ----------------------------------------------------------------------------------------------------------------

# What an order's state is after a fact: one of these. Facts that leave it where it is stand in STAYS; a test finds one that is in neither.
LEADS_TO: dict[type[Event], tuple[S, ...]] = {
    e.OrderWasRegistered: (S.REGISTERED,),
    e.OrderWasTakenBack: (S.REGISTERED,),
    e.RequirementsWereConfirmed: (S.CONFIRMED,),
    e.ReviewWasOpened: tuple(IN_REVIEW),
    e.NegotiationWasOpened: (S.NEGOTIATING,),
    e.DateWasProposed: tuple(IN_REVIEW),
    e.RefusalWasAsked: (S.REFUSAL_PENDING,),
    e.OrderWasRefused: (S.REFUSED,),
    e.RefusalWasOverruled: (S.ACCEPTED,),
    e.ReviewWasPassed: (S.ACCEPTED,),
    e.QuotationWasIssued: (S.QUOTED,),
    e.ContractWasSent: (S.CONTRACTED,),
    e.ContractTookEffect: (S.EFFECTIVE,),
    e.InstructionWasIssued: (S.INSTRUCTED,),
    e.OrderWasFulfilledFromStock: (S.STOCKED,),
    e.PlanWasReleasedForOrder: (S.PLANNED,),
    e.ProductionWasStarted: (S.IN_PRODUCTION,),
    e.OrderWasStocked: (S.STOCKED,),
    e.ShippingWasBegun: (S.SHIPPING,),
    e.OrderWasDelivered: (S.DELIVERED,),
    e.OrderWasInvoiced: (S.INVOICED,),
    e.OrderWasClosed: (S.CLOSED,),
    e.OrderWasWithdrawn: (S.WITHDRAWN,),
    e.OrderWasCancelled: (S.CANCELLED,),
}
SIGNED = e.ContractWasSigned  # leads to "signed" while the order waits for it; filed later it changes nothing (CON-02)
STAYS = (
    e.CustomerConfirmedOrder,
    e.OrderWasEdited, e.OrderWasClassified, e.OrderWasAnswered, e.OpinionWasGiven, e.DecisionWasRecorded, e.ContractWasSignedByUs,
    e.PaymentBecameDue, e.DueWasSettled, e.MoneyWasReceived, e.MoneyWasReversed, e.FollowUpWasRecorded,
    LineBecameShort, ShortageWasDecided, ShortageLapsed,
    *CHANGE_FACTS,  # a change never moves the order (states.md)
    e.ExchangeWasOrdered, MoneyWasCredited, MoneyWasRefunded,
    OrderBecameReadyToClose, OrderStayedOpen,
    e.ValidityWasExtended, e.ValidityEnded, e.PromiseWasMoved, *OfMeeting.__subclasses__(),
)  # fmt: skip


def histories() -> Iterator[tuple[int, tuple[S, ...], int, int]]:
    """(order, the states that its history allows, number of moves, times taken back), read once through the facts."""
    leads = {event.kind(): states for event, states in LEADS_TO.items()}
    facts = Fact.objects.filter(kind__in=[*leads, SIGNED.kind()]).order_by("order_id", "pk").values_list("order_id", "kind").iterator()
    for order_id, rows in groupby(facts, key=lambda row: row[0]):
        state: tuple[S, ...] = ()
        moves = back = 0
        for _order, kind in rows:
            if kind == SIGNED.kind():
                state = (S.SIGNED,) if state == (S.CONTRACTED,) else state
                continue
            moves += state != leads[kind]
            state, back = leads[kind], back + (kind == e.OrderWasTakenBack.kind())
        yield order_id, state, moves, back


def states_are_what_history_says() -> Violations:
    known = {order_id: state for order_id, state, _moves, _back in histories()}
    return [
        f"{number}: {state}; its history says {' or '.join(known.get(pk, ())) or 'nothing'}"
        for pk, number, state in Order.objects.values_list("pk", "number", "state")
        if state not in known.get(pk, ())
    ]


def reviews_are_of_the_class() -> Violations:
    """REV-01: an irregular order stands in irregular review, a regular one in regular review."""
    wrong = Q(state=S.IN_IRREGULAR_REVIEW) & ~Q(order_class="irregular") | Q(state=S.IN_REGULAR_REVIEW) & ~Q(order_class="regular")
    return [f"{order}: {order.state}, class {order.order_class}" for order in Order.objects.filter(wrong)]


def versions_are_sane() -> Violations:
    """Every step adds one to the version; `intake` counts how often the order was taken back, `revision` its frozen pictures."""
    known = {order_id: (moves, back) for order_id, _state, moves, back in histories()}
    pictures = defaultdict(list)
    for order_id, number in Order.objects.exclude(revisions=None).values_list("pk", "revisions__number").order_by("revisions__number"):
        pictures[order_id].append(number)
    wrong = []
    for order in Order.objects.only("number", "version", "intake", "revision"):
        moves, back = known.get(order.pk, (0, 0))
        if order.intake != back or order.version < moves - 1 or pictures[order.pk] != list(range(1, order.revision + 1)):
            wrong.append(f"{order}: version {order.version} of {moves} moves, intake {order.intake} of {back}, revision {order.revision}")
    return wrong


# --- money --------------------------------------------------------------------------------------------------------------------------


def amounts_are_sums_of_lines() -> Violations:
    """QUO-06: a line is open quantity times price, an order the sum of its lines, the contract in force says the same."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in LineMovement.objects.filter(kind=LineMovement.Kind.CANCELLED).values_list("line_id", "quantity"):
        gone[line_id] += quantity
    wrong = []
    for line in OrderLine.objects.all():
        sums[line.order_id] += line.amount
        counted = line_amount(line.quantity - gone[line.pk], line.unit_price) if line.quantity and line.unit_price is not None else Z
        if counted != line.amount:
            wrong.append(f"line {line}: {line.amount}, not {counted}")
    wrong += [
        f"{number}: {amount}; its lines add up to {sums[pk]}"
        for pk, number, amount in Order.objects.values_list("pk", "number", "amount")
        if amount != sums[pk]
    ]
    contracts = _contracts_alive().exclude(amount=F("order__amount")).select_related("order")
    return wrong + [f"{row.number}: {row.amount}; the order says {row.order.amount}" for row in contracts]


def dues_add_up_to_the_contract() -> Violations:
    """CON-04: the payment stages of the contract in force are its amount to the cent; without one nothing is awaited.

    A cancelled order owes what was shipped and the charge.
    """
    contracts = dict(_contracts_alive().values_list("order_id", "amount"))
    contracts |= dict(Order.objects.filter(state=S.CANCELLED).values_list("pk", "amount"))
    sums = dict(PaymentDue.objects.values_list("order_id").order_by("order_id").annotate(Sum("amount")))
    return [
        f"order {pk}: {sums.get(pk, Z)} awaited, contract over {contracts.get(pk, Z)}"
        for pk in sorted(sums.keys() | contracts)
        if sums.get(pk, Z) != contracts.get(pk, Z)
    ]


def _contracts_alive() -> QuerySet[Contract]:
    """One per order at the most; that of a cancelled order stays as it was signed and asks for nothing more."""
    return Contract.objects.in_force().exclude(order__state=S.CANCELLED)


def money_is_within_what_is_due() -> Violations:
    """CON-04: a stage never gets less than nothing or more than it asks for, and is settled exactly when it is full.

    More only where the customer has paid more than the whole order is worth since a change or a cancelling; finance gives it back.
    """
    got: dict[int, Decimal] = defaultdict(Decimal)
    beyond: dict[int, Decimal] = defaultdict(Decimal)
    for due_id, order_id, amount in MoneyReceived.objects.values_list("due_id", "due__order_id", "amount"):
        got[due_id] += amount
        beyond[order_id] += amount
    for order_id, amount in PaymentDue.objects.values_list("order_id", "amount"):
        beyond[order_id] -= amount
    return [
        f"order {order_id}, due {pk}: {got[pk]} of {amount} received, settled {settled or 'never'}"
        for pk, order_id, amount, settled in PaymentDue.objects.values_list("pk", "order_id", "amount", "settled_at")
        if not 0 <= got[pk] <= amount + max(beyond[order_id], Z) or (amount and (settled is not None) != (got[pk] >= amount))
    ]


# --- quantities ---------------------------------------------------------------------------------------------------------------------

# Each is never more than the next (SHP-01, SHP-07, FIN-01); "open" is ordered less cancelled.
CHAIN = ("settled", "shipped", "noticed", "stocked", "open")


def quantities_of_lines() -> dict[int, dict[str, Decimal]]:
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line_id, kind, quantity in LineMovement.objects.values_list("line_id", "kind", "quantity"):
        sums[line_id][kind] += quantity
    for line in OrderLine.objects.filter(pk__in=sums).only("quantity"):
        sums[line.pk]["open"] = (line.quantity or Z) - sums[line.pk]["cancelled"]
        sums[line.pk]["settled"] = sums[line.pk]["delivered"] + sums[line.pk]["credited"]
    return sums


def quantities_are_in_order() -> Violations:
    """Per line returned <= delivered, delivered and credited <= shipped <= noticed <= in store <= open, invoiced <= shipped, and nothing
    below zero.
    """
    wrong = []
    for pk, of in quantities_of_lines().items():
        pairs = [*pairwise(CHAIN), ("invoiced", "shipped"), ("returned", "delivered")]
        wrong += [f"line {pk}: {of[less]} {less}, {of[more]} {more}" for less, more in pairs if of[less] > of[more]]
        wrong += [f"line {pk}: {quantity} {kind}" for kind, quantity in of.items() if quantity < 0]
    strangers = LineMovement.objects.exclude(order_id=F("line__order_id"))
    return wrong + [f"movement {row.pk}: line of order {row.line.order_id} on order {row.order_id}" for row in strangers]


def goods_in_store_are_reserved() -> Violations:
    """INV-02: what is in store for a line and has not left is reserved for it firmly."""
    rows = Reservation.objects.filter(purpose=Reservation.Purpose.LINE, closed_at=None, firm=True).values_list("reference_id")
    sums = rows.order_by("reference_id").annotate(held=Sum("quantity"), gone=Sum("used"))
    held = {pk: quantity - used for pk, quantity, used in sums}
    return [
        f"line {pk}: {of['stocked'] - of['shipped']} in store, {held.get(pk, Z)} reserved"
        for pk, of in quantities_of_lines().items()
        if of["stocked"] - of["shipped"] > held.get(pk, Z)
    ]


def cancelled_orders_hold_no_stock() -> Violations:
    """CHG-09: nothing stays reserved for an order that was cancelled, neither its goods nor components."""
    gone = dict(Order.objects.filter(state=S.CANCELLED).values_list("pk", "number"))
    rows = Reservation.objects.filter(order_id__in=gone, closed_at=None)
    return [f"{gone[row.order_id]} was cancelled: {row.left} reserved for {row.purpose} {row.reference_id}" for row in rows]


# --- obligations = clocks -----------------------------------------------------------------------------------------------------------

# A clock on the order runs exactly while the order stands in one of these states (`spec/sla.md`).
RUNS_IN: dict[str, tuple[S, ...]] = {
    "order_handling": (S.REGISTERED, S.CONFIRMED),
    "internal_order": (S.CONFIRMED,),
    "negotiation_answer": (S.NEGOTIATING,),
    "refusal_decision": (S.REFUSAL_PENDING,),
    "production_instruction": (S.EFFECTIVE,),
    "plan_breakdown": (S.INSTRUCTED,),
}


def clocks_are_obligations() -> Violations:
    """SLA-01: whoever must do something has a clock, and nobody has one for what is done."""
    wanted: dict[str, dict[int, str]] = {name: dict.fromkeys(_orders(state__in=states), "") for name, states in RUNS_IN.items()}
    wanted["enquiry_validity"] = dict.fromkeys(_orders(state__in=UNSIGNED, valid_until__isnull=False), "")
    in_force = _contracts_alive()
    wanted["our_signature"] = dict.fromkeys(in_force.filter(our_signed_at=None).values_list("order_id", flat=True), "")
    wanted["signature"] = dict.fromkeys(in_force.filter(their_signed_at=None).values_list("order_id", flat=True), "")
    off = set(ClockRule.objects.filter(active=False).values_list("name", flat=True))
    wrong = []
    for name, orders in wanted.items():
        running = set(_running(name).values_list("subject_id", flat=True))
        wrong += [f"order {pk}: no clock {name}" for pk in sorted(orders.keys() - running) if name not in off]
        wrong += [f"order {pk}: clock {name} runs for nothing" for pk in sorted(running - orders.keys())]
    complete = set(_running("shipment_notice").values_list("subject_id", flat=True))
    return wrong + [f"order {pk}: no clock shipment_notice" for pk in _orders(state=S.STOCKED) if pk not in complete | off]


def opinions_asked_have_clocks() -> Violations:
    """REV-04: every opinion that an open review waits for has its own clock, and no other; in an irregular one from the meeting on."""
    rows = Opinion.objects.filter(state=OpinionState.ASKED, review__state=ReviewState.OPEN).exclude(review__order__in=before_the_meeting())
    asked = set(rows.values_list("review__order_id", "role"))
    running = set(_running("review_opinion").values_list("subject_id", "key"))
    off = ClockRule.objects.filter(name="review_opinion", active=False).exists()
    missing = () if off else sorted(asked - running)
    return [f"order {pk}: no clock for the opinion of {role}" for pk, role in missing] + [
        f"order {pk}: clock for the opinion of {role} runs for nothing" for pk, role in sorted(running - asked)
    ]


def ended_orders_have_no_clocks() -> Violations:
    """What sales had to do for the order when it ended runs no more. What left before goes on: goods under way, services, returns and
    money have clocks of their departments (CHG-09), and those departments check them.
    """
    ended_orders = Order.objects.filter(state__in=ENDS).values("pk")
    rows = RunningClock.objects.open().filter(order_id__in=ended_orders, subject_kind__startswith="orders.")
    kinds = [kind for kind, event in EVENTS.items() if event.ends_clocks]
    ended = dict(Fact.objects.filter(kind__in=kinds, order_id__in=rows.values("order_id")).order_by("id").values_list("order_id", "at"))
    found = [row for row in rows if row.order_id not in ended or row.started_at < ended[row.order_id]]
    return [f"order {row.order_id} has ended: clock {row} still runs" for row in found]


def _orders(**state: Any) -> QuerySet[Order, int]:
    return Order.objects.filter(**state).order_by("pk").values_list("pk", flat=True)


def _running(name: str) -> QuerySet[RunningClock]:
    return RunningClock.objects.open().filter(name=name, subject_kind="orders.order")


# --- people and numbers -------------------------------------------------------------------------------------------------------------


def opinions_are_by_who_was_asked() -> Violations:
    """REV-02: an opinion is by the person of its fact, under a post that has the role at the company asked, held or lent."""
    facts = Fact.objects.filter(kind=e.OpinionWasGiven.kind()).order_by("pk").values_list("data", "person_id", "post_id")
    given = {(data["review_id"], data["role"]): (person, post) for data, person, post in facts}
    posts = {post.pk: post for post in Post.objects.select_related("department")}
    held = set(Post.history.values_list("id", "holder_id")) | set(Delegation.history.values_list("post_id", "to_id"))
    return [
        f"opinion {row.pk}: by {row.person_id} ({row.person_name}), {why}"
        for row in Opinion.objects.exclude(given_at=None)
        if (why := _against_opinion(row, *given.get((row.review_id, row.role), (None, None)), posts, held))
    ]


def _against_opinion(row: Opinion, person: int | None, post_id: int | None, posts: dict[int, Post], held: set) -> str:
    post = posts.get(post_id or 0)
    if person is None or post is None:
        return "which no fact tells"
    if person != row.person_id:
        return f"but {person} gave it"
    if post.department.company_id != row.company_id or not (covers(post.role, row.role) or post.role == Role.GENERAL_MANAGER):
        return f"as {post}, asked was {row.role} of company {row.company_id}"
    return "" if (post.pk, person) in held else f"who never held {post}"


def order_numbers_have_no_gaps() -> Violations:
    rows: dict[str, QuerySet[Any]] = {
        "DD": Order.objects.all(),
        "BJ": Quotation.objects.all(),
        "HT": Contract.objects.all(),
        "SC": ProductionInstruction.objects.all(),
    }
    return [gap for prefix, numbered in rows.items() for gap in number_gaps(prefix, numbered)]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], Violations]]]:
    return [
        ("states are what the history says", states_are_what_history_says),
        ("reviews are of the order's class", reviews_are_of_the_class),
        ("version, intake and revision count", versions_are_sane),
        ("order amounts are sums of their lines", amounts_are_sums_of_lines),
        ("payments due add up to the contract", dues_add_up_to_the_contract),
        ("money received is within what is due", money_is_within_what_is_due),
        ("quantities of lines are in order", quantities_are_in_order),
        ("goods in store for a line are reserved for it", goods_in_store_are_reserved),
        ("cancelled orders hold no stock", cancelled_orders_hold_no_stock),
        ("obligations have clocks, and only they", clocks_are_obligations),
        ("opinions asked for have clocks", opinions_asked_have_clocks),
        ("ended orders have no clocks", ended_orders_have_no_clocks),
        ("opinions are by those who were asked", opinions_are_by_who_was_asked),
        ("numbers of order, quotation, contract, instruction have no gaps", order_numbers_have_no_gaps),
    ]
