"""Classified, priced and, from class 2 on, reviewed again inside the change; the order does not move (CHG-02..05, states.md)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders import events
from orders.models import ChangeRequest, Order, Review
from orders.services.change.classes import proposed
from orders.services.change.register import difference, hold, list_credit, list_impact
from orders.services.change.wanted import LineAfter, lines_after
from orders.services.pricing import price_by_rules, rules_on
from orders.services.review import ask_opinions, earliest_of
from orders.workflow import Verdict
from orders.workflow.change import ChangeState
from organization.finding import head_of, recipient, seat
from organization.roles import Role, has_role
from sla.telling import tell

CLASS = ChangeRequest.Class


@act
def classify_change(*, change: ChangeRequest, by: Actor, at: datetime, change_class: int, reason: str = "") -> ChangeRequest:
    """Settle the class; from class 2 on the re-review opens in the same act (CHG-02..05).

    Lower than proposed is for the sales head alone, and with a reason: NotReady(change_lower_class), NotReady(change_reason_needed).
    """
    change = hold(change)
    rows = list_impact(change)
    least = proposed(change, rows)
    if change_class < least and not has_role(by, Role.SALES_HEAD):
        raise NotReady(Reason("change_lower_class", proposed=least, field="change_class"))
    if change_class < least and not reason.strip():
        raise NotReady(Reason("change_reason_needed", field="reason"))
    by = change.take(
        "classify",
        by=by,
        at=at,
        change_class=change_class,
        proposed_class=least,
        class_reason=reason.strip(),
        base_revision=change.order.revision,
    )
    fact = events.ChangeWasClassified(
        order_id=change.order_id,
        change_id=change.pk,
        number=change.number,
        klass=change_class,
        reason=change.class_reason,
        roles=change.undecided_roles,
        asks_customer=change_class == CLASS.MINOR and change.asks_customer,
    )
    publish(fact, by=by, at=at)
    if change_class >= CLASS.PLAN:
        _open_review(change, by, at)
    return change


def _open_review(change: ChangeRequest, by: Actor, at: datetime) -> None:
    """CHG-03: production and material control; CHG-04: the technical department, too. The head of the receiver's department is told."""
    order = change.order
    change.take("open_review", by=SYSTEM, at=at)
    wanted = change.wanted.get("date")
    asked = date.fromisoformat(wanted) if wanted else order.promised_date or order.wanted_date
    assert asked is not None, "signed orders have one"
    order_class = "irregular" if change.change_class == CLASS.STRUCTURE else "regular"
    review, roles = ask_opinions(order, order_class=order_class, asked_date=asked, at=at, change=change)
    fact = events.ChangeReviewWasOpened(
        order_id=order.pk, change_id=change.pk, number=change.number, review_id=review.pk, asked_date=asked, roles=roles
    )
    publish(fact, by=by, at=at)
    _tell_head(change, at)


def _tell_head(change: ChangeRequest, at: datetime) -> None:
    above = seat(head_of("receiver"), change)
    head, _path = recipient(above, at, set()) if above else (None, [])
    if head is None:
        return
    text = _("{change}: the change of {order} affects the delivery date").format(change=change.number, order=change.order.number)
    tell(head, key=f"change-{change.pk}-told", title=text, url=change.get_absolute_url(), order_id=change.order_id, at=at)
    told = events.DepartmentWasTold(order_id=change.order_id, change_id=change.pk, number=change.number, name=head.name)
    publish(told, by=SYSTEM, at=at)


def conclude_review(review: Review, at: datetime) -> None:
    """The last opinion is in: the date that all departments can keep is offered to the customer (CHG-03).

    Where there is none, nothing can be offered: the clerk agrees another wish with the customer, which is entered and classified
    anew, or the change is refused (states.md: negotiation or refusal, as of an order).
    """
    change = hold(review.change)  # type: ignore[arg-type]
    opinions = list(review.opinions.all())
    feasible = all(each.verdict == Verdict.FEASIBLE for each in opinions)
    review.outcome, review.closed_at = ("passed" if feasible else "negotiate"), at
    review.take("close_review", by=SYSTEM, at=at)
    impossible = any(each.verdict == Verdict.INFEASIBLE and each.earliest_date is None for each in opinions)
    if impossible:
        change.take("find_impossible", by=SYSTEM, at=at, change_class=None, class_reason="")
        nothing = events.ChangeWasFoundImpossible(order_id=change.order_id, change_id=change.pk, number=change.number)
        publish(nothing, by=SYSTEM, at=at)
        return
    change.take("conclude_review", by=SYSTEM, at=at, reviewed_date=earliest_of(opinions))
    fact = events.ChangeReviewWasConcluded(
        order_id=change.order_id, change_id=change.pk, number=change.number, reviewed_date=change.reviewed_date
    )
    publish(fact, by=SYSTEM, at=at)


@act
def enter_prices(*, change: ChangeRequest, by: Actor, at: datetime, prices: dict[str, Decimal]) -> ChangeRequest:
    """Unit prices with VAT of what the change touches, by line id or "new <n>" (CHG-04). What has been shipped keeps its price.

    Below the price by the rules is for the sales head: NotReady(price_below_list). Of class 3 no line that changes keeps its price in
    silence: NotReady(change_price_missing). The credit is checked anew against the new amount (REV-11).
    """
    change = hold(change)
    order = change.order
    silent = [Reason("change_price_missing", line=row.name) for key, row in to_be_priced(change) if key not in prices]
    if silent:
        raise NotReady(*silent)
    low = [name for name, key, price in _below_rules(order, change, prices, at) if not has_role(by, Role.SALES_HEAD)]
    if low:
        raise NotReady(Reason("price_below_list", lines=low))
    by = change.take("enter_prices", by=by, at=at)
    wanted = {"lines": {}, "new_lines": [], **change.wanted}
    for row in lines_after(order, change.wanted):
        price = prices.get(str(row.line.pk)) if row.line else None
        if price is not None and not row.known.shipped and price != row.unit_price:
            wanted["lines"] = {**wanted["lines"], str(row.line.pk): {**wanted["lines"].get(str(row.line.pk), {}), "unit_price": str(price)}}  # type: ignore[union-attr]
    wanted["new_lines"] = [
        {**one, "unit_price": str(prices[f"new {n}"])} if f"new {n}" in prices else one for n, one in enumerate(wanted["new_lines"], 1)
    ]
    change.wanted = {name: value for name, value in wanted.items() if value}
    change.price_difference, change.priced_at = difference(change), at
    change.save()
    list_credit(change)
    classified = change.state == ChangeState.CLASSIFIED
    asked = change.state != ChangeState.RECEIVED and Role.FINANCE in change.undecided_roles  # before its class nobody is asked
    fact = events.ChangePricesWereEntered(
        order_id=order.pk,
        change_id=change.pk,
        number=change.number,
        difference=change.price_difference or Decimal(0),
        roles=(Role.FINANCE,) if asked else (),
        klass=(change.change_class or 0) if classified else 0,
        asks_customer=classified and change.asks_customer,
    )
    publish(fact, by=by, at=at)
    return change


def to_be_priced(change: ChangeRequest) -> list[tuple[str, LineAfter]]:
    """Key ("<line id>" or "new <n>") and line of everything that changes and whose price must be said: of class 3 all that has not left."""
    if (change.change_class or change.proposed_class or CLASS.MINOR) < CLASS.STRUCTURE:
        return []
    return [(key, row) for key, row in keyed(change) if row.touched and row.quantity and not row.known.shipped]


def keyed(change: ChangeRequest) -> list[tuple[str, LineAfter]]:
    """Every line of the order after the change with the key that its price is entered by."""
    found, new = [], 0
    for row in lines_after(change.order, change.wanted):
        new += row.line is None
        found.append((str(row.line.pk) if row.line else f"new {new}", row))
    return found


def _below_rules(order: Order, change: ChangeRequest, prices: dict[str, Decimal], at: datetime) -> list[tuple[str, str, Decimal]]:
    rules = rules_on(localtime(at).date(), order.customer)
    found = []
    for key, row in keyed(change):
        price = prices.get(key)
        by_rules = price_by_rules(row.item, row.quantity, rules, currency=order.currency)
        floor = by_rules if row.line is None or row.line.unit_price is None else min(by_rules or Decimal(0), row.line.unit_price)
        if price is not None and floor is not None and price < floor:
            found.append((row.name, key, price))
    return found
