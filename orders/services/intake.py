"""Intake: register, correct, classify, confirm; take back and withdraw (INT-01, INT-02, INT-12)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.models import Unit
from core.money import line_amount
from core.numbers import next_number
from core.reasons import NotAllowed, NotReady, Reason, declare
from core.workflow import Found
from documents.links import revoke_links
from inventory.models import Item
from orders import events
from orders.guards import QUESTIONS, contract_of
from orders.models import Customer, Order, OrderClass, OrderLine, Surcharge
from orders.services.effect import release
from orders.services.pricing import FINE, price_by_rules, rules_on
from orders.services.search import index_order
from orders.workflow import UNSIGNED
from organization.calendars import work_time
from organization.finding import first_post
from organization.models import Company
from organization.roles import Role, covers

declare(
    {
        "item_discontinued": _("{item} is discontinued; successor {successor}. Kept, it makes the order irregular."),
        "item_forbidden": _("{item} may not be sold."),
        "quantity_multiple": _("Must be a multiple of {multiple}."),
        "quantity_minimum": _("At least {minimum}."),
        "not_later": _("{date} is no later end of the validity."),
    }
)


PENALTY = re.compile("罚|违约金|penalt|liquidated damages", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LineInput:
    """One line as entered. `line_no` names an existing line; without it a new number is given."""

    item: Item | None
    quantity: Decimal | None
    spec: str = ""
    wanted_date: date | None = None
    unit_price: Decimal | None = None
    line_no: int | None = None
    surcharge: Surcharge | None = None
    parent_no: int | None = None
    remark: str = ""


@act
def register_order(
    *, by: Actor, at: datetime, customer: Customer, channel: str, received_at: datetime, lines: list[LineInput], **header: Any
) -> Order:
    """Note an enquiry or order from any channel with its time of receipt (INT-01). `header` are further fields of the order.

    Raises NotAllowed when the actor is no clerk, NotReady for a time of receipt in the future or long past without a memo.
    """
    hat = next((h for h in by.hats if covers(h.role, Role.SALES_CLERK)), None)
    if hat is None:
        raise NotAllowed(Reason("not_yours", roles=str(Role.SALES_CLERK.label)))
    _check_receipt(received_at, at, hat.company_id, header.get("memo", ""))
    header.setdefault("priority", "special" if customer.foreign else "normal")
    if header.get("payment_term") is None:
        header["payment_term"] = customer.payment_term
    order = Order(
        customer=customer,
        channel=channel,
        received_at=received_at,
        created_at=at,
        currency=header.pop("currency", "") or customer.currency,
        sales_company_id=hat.company_id,
        clerk_post_id=hat.post_id,
        salesperson_post=first_post(Role.SALESPERSON, hat.company_id, at),
        order_manager_post=first_post(Role.ORDER_MANAGER, 0, at),
        product_company=_lead_company(lines),
        **header,
    )
    order.production_manager_post = first_post(Role.PRODUCTION_MANAGER, order.product_company_id, at)
    order.valid_until = _valid_from(order, at)
    order.number = next_number("DD", at)
    order.save()
    _write_lines(order, lines)
    index_order(order)
    publish(
        events.OrderWasRegistered(
            order_id=order.pk,
            number=order.number,
            channel=order.channel,
            priority=order.priority,
            received_at=received_at,
            valid_until=order.valid_until,
        ),
        by=by.using(hat),
        at=at,
        thing=order,
    )
    return order


def _check_receipt(received_at: datetime, at: datetime, company_id: int, memo: str) -> None:
    if received_at > at + timedelta(minutes=1):
        raise NotReady(Reason("future_receipt", field="received_at"))
    if received_at < work_time(company_id=company_id).add_days(at, -1) and not memo.strip():
        raise NotReady(Reason("late_receipt", field="memo"))


def _lead_company(lines: list[LineInput]) -> Company:
    """The product company of the largest line (decision 3)."""
    made = [line for line in lines if line.item and line.item.company_id]
    if not made:
        return Company.objects.filter(kind=Company.Kind.PRODUCT).order_by("pk")[0]
    largest = max(made, key=lambda line: (line.quantity or 0) * (line.unit_price or line.item.list_price or 0))  # type: ignore[union-attr]
    return largest.item.company  # type: ignore[union-attr, return-value]


@act
def edit_intake(*, order: Order, by: Actor, at: datetime, lines: list[LineInput], **header: Any) -> Order:
    """Correct the intake freely until it is confirmed (INT-12); what changed stands in the history."""
    order = Order.objects.locked(order)
    old = {name: getattr(order, name) for name in header}
    if header.get("received_at", order.received_at) != order.received_at:
        _check_receipt(header["received_at"], order.created_at, order.sales_company_id, header.get("memo", order.memo))
    for name, value in header.items():
        setattr(order, name, value)
    order.product_company = _lead_company(lines)
    order.production_manager_post = first_post(Role.PRODUCTION_MANAGER, order.product_company_id, at)
    by = order.take("edit_intake", by=by, at=at)
    before = _picture(order)
    _write_lines(order, lines)
    index_order(order)
    changes: dict[str, tuple] = {name: (str(old[name] or ""), str(value or "")) for name, value in header.items() if old[name] != value}
    if (after := _picture(order)) != before:
        changes["lines"] = (before, after)
    publish(events.OrderWasEdited(order_id=order.pk, lines=len(after)), by=by, at=at, changes=changes, thing=order)
    return order


def _picture(order: Order) -> list[str]:
    return [f"{line.line_no} {line.item or ''} {line.spec} × {line.quantity or 0:f} @ {line.wanted_date}" for line in order.lines_in_order]


def _write_lines(order: Order, lines: list[LineInput]) -> None:
    """Lines keep their key and number for life; a number that was left out is never given again."""
    kept = {line.line_no: line for line in order.lines.all()}
    following = max(order.last_line_no, *kept, 0)
    rules = rules_on(localtime(order.received_at).date(), order.customer)
    vat = order.settings.vat_percent if order.currency == "CNY" else Decimal(0)
    written: dict[int, OrderLine] = {}
    for given in lines:
        row = kept.pop(given.line_no, None) if given.line_no else None
        if row is None:
            following += 1
            row = OrderLine(order=order, line_no=following)
        _fill(row, given, rules, order.currency, vat, written)
        row.save()
        written[row.line_no] = row
    OrderLine.objects.filter(pk__in=[line.pk for line in kept.values()]).delete()
    order.last_line_no = following
    order.amount = sum((row.amount for row in written.values()), Decimal(0))
    if lines:  # else the date that the header names is kept for lines to come
        order.wanted_date = max((row.wanted_date for row in written.values() if row.wanted_date), default=None)
    order.save()


def _fill(row: OrderLine, given: LineInput, rules: list, currency: str, vat: Decimal, written: dict[int, OrderLine]) -> None:
    parent = written.get(given.parent_no or 0)
    row.kind = OrderLine.Kind.SURCHARGE if given.surcharge else OrderLine.Kind.GOODS
    row.item, row.surcharge, row.parent = given.item, given.surcharge, parent
    row.spec, row.quantity, row.wanted_date, row.remark = given.spec, given.quantity, given.wanted_date, given.remark
    row.unit = given.item.unit if given.item else Unit.objects.filter(code=given.surcharge.unit).first() if given.surcharge else None
    if row.unit is not None and given.quantity is not None:
        row.unit.fit(given.quantity)
    row.list_price = (
        _surcharge_price(given.surcharge, parent)
        if given.surcharge
        else price_by_rules(given.item, given.quantity, rules, currency=currency)
    )
    row.unit_price = given.unit_price if given.unit_price is not None else row.list_price
    row.vat_percent = vat
    row.amount = line_amount(row.quantity, row.unit_price) if row.quantity and row.unit_price is not None else Decimal(0)


def _surcharge_price(surcharge: Surcharge, parent: OrderLine | None) -> Decimal | None:
    """An amount, or a percentage of the parent line's unit price (QUO-02)."""
    if surcharge.price is not None:
        return surcharge.price
    if parent is None or parent.unit_price is None or not surcharge.percent:
        return None
    return (parent.unit_price * surcharge.percent / 100).quantize(FINE, ROUND_HALF_UP)


def known_answers(order: Order) -> dict[str, tuple[bool, str]]:
    """The four questions as far as the data answers them, with the reason (REV-01)."""
    found: dict[str, tuple[bool, str]] = {}
    lines = order.lines_in_order
    old = [f"{line.line_no} {line.item}" for line in lines if line.item and line.item.status == Item.Status.DISCONTINUED]
    if old:
        found["is_old_product"] = True, str(_("discontinued: {lines}").format(lines="、".join(old)))
    if any(PENALTY.search(text) for text in (order.memo, *(text for line in lines for text in (line.remark, line.spec)))):
        found["tight_with_penalty"] = True, str(_("penalty clause in the customer's words"))
    return found


@act
def classify(
    *, order: Order, by: Actor, at: datetime, needs_design: bool, is_old_product: bool, above_standard: bool, tight_with_penalty: bool
) -> Order:
    """Answer the four questions; one yes makes the order irregular, and the reasons are kept (REV-01)."""
    order = Order.objects.locked(order)
    answers = dict(zip(QUESTIONS, (needs_design, is_old_product, above_standard, tight_with_penalty), strict=True))
    for name, value in answers.items():
        setattr(order, name, value)
    yes = tuple(name for name, value in answers.items() if value)
    order.order_class = OrderClass.IRREGULAR if yes else OrderClass.REGULAR
    by = order.take("classify", by=by, at=at)
    publish(events.OrderWasClassified(order_id=order.pk, order_class=order.order_class, reasons=yes), by=by, at=at, thing=order)
    return order


@act
def confirm_requirements(*, order: Order, by: Actor, at: datetime) -> Order:
    """The requirements are complete and classified (INT-02)."""
    order = Order.objects.locked(order)
    by = order.take("confirm_requirements", by=by, at=at)
    assert order.wanted_date is not None, "guarded: every line has a wanted date"
    publish(events.RequirementsWereConfirmed(order_id=order.pk, wanted_date=order.wanted_date), by=by, at=at, thing=order)
    return order


@act
def confirm_as_customer(*, order: Order, by: Actor, at: datetime) -> Order:
    """The customer says that what was taken down is what they order (CUS-03, INT-15); the clerk still confirms for our side (INT-02)."""
    order = Order.objects.locked(order)
    by = order.take("confirm_as_customer", by=by, at=at)
    publish(events.CustomerConfirmedOrder(order_id=order.pk, confirmed_by=by.name or by.contact), by=by, at=at, thing=order)
    return order


@act
def answer_order(*, order: Order, by: Actor, at: datetime, note: str) -> Order:
    """The order was compared with enquiry and quotation, and the customer was told what (order_confirmation clock)."""
    order = Order.objects.locked(order)
    by = order.take("answer_order", by=by, at=at)
    publish(events.OrderWasAnswered(order_id=order.pk, note=note), by=by, at=at, thing=order)
    return order


@act
def decline_intake(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """Forbidden product, credit, not our trade: the product company's management decides on the refusal."""
    order = Order.objects.locked(order)
    by = order.take("decline_intake", by=by, at=at)
    publish(events.RefusalWasAsked(order_id=order.pk, reason=reason), by=by, at=at, thing=order)
    return order


@act
def take_back(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """Back to intake: opinions, quotation and contract of this round no longer count (INT-12)."""
    order = Order.objects.locked(order)
    order.intake += 1
    order.reviewed_date = None
    order.valid_until = _valid_from(order, at)
    by = order.take("take_back", by=by, at=at)
    end_round(order, by, at)
    fact = events.OrderWasTakenBack(order_id=order.pk, reason=reason, received_at=order.received_at, valid_until=order.valid_until)
    publish(fact, by=by, at=at, thing=order)
    return order


@act
def withdraw(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """The customer no longer wants it, before signing."""
    order = Order.objects.locked(order)
    order.ended_reason = reason
    by = order.take("withdraw", by=by, at=at)
    end_round(order, by, at)
    publish(events.OrderWasWithdrawn(order_id=order.pk, reason=reason), by=by, at=at, thing=order)
    return order


def _valid_from(order: Order, at: datetime) -> date:
    """Until when an order without a contract is good, if it is noted or begins anew at `at` (INT-17)."""
    return localtime(at).date() + timedelta(days=order.settings.enquiry_days)


@act
def extend_validity(*, order: Order, by: Actor, at: datetime, valid_until: date, reason: str) -> Order:
    """The customer needs longer: a later end of the validity, of the quotation's too where one is out (INT-17).

    Raises NotReady(not_later) for a date that is not after the one that counts.
    """
    order = Order.objects.locked(order)
    old = order.valid_until
    if valid_until < localtime(at).date() or (old and valid_until <= old):
        raise NotReady(Reason("not_later", date=valid_until, field="valid_until"))
    by = order.take("extend_validity", by=by, at=at, valid_until=valid_until)
    order.quotations.filter(counts=True, state="sent").update(valid_until=valid_until)
    fact = events.ValidityWasExtended(order_id=order.pk, valid_until=valid_until, reason=reason)
    publish(fact, by=by, at=at, changes={"valid_until": (old, valid_until)}, thing=order)
    return order


@act
def lapse(*, order_id: int, at: datetime) -> None:
    """The validity has ended: the order is withdrawn by itself, a contract that nobody signed too, unless it was extended meanwhile
    (INT-17). Where the customer has paid on it, a person decides.
    """
    order = Order.objects.locked(order_id)
    if order.state not in UNSIGNED or order.valid_until is None or order.valid_until > localtime(at).date():
        return
    if order.dues.filter(received__isnull=False).exists():
        return
    reason = str(_("Its validity ended on {date}.").format(date=order.valid_until))
    order.take("lapse", by=SYSTEM, at=at, ended_reason=reason)
    end_round(order, SYSTEM, at)
    publish(events.OrderWasWithdrawn(order_id=order.pk, reason=reason), by=SYSTEM, at=at, thing=order)


def end_round(order: Order, by: Actor, at: datetime) -> None:
    """What hung on this round of the order ends: review closed, quotation replaced, contract void, stock released."""
    for review in order.reviews.filter(counts=True):
        review.counts = False
        if review.state == "open":
            review.closed_at = at
            review.take("close_review", by=SYSTEM, at=at)
        else:
            review.save()
    for quotation in order.quotations.filter(counts=True):
        quotation.counts = False
        quotation.take("replace", by=SYSTEM, at=at)
    contract = contract_of(order)
    if contract is not None:
        contract.take("make_void", by=SYSTEM, at=at)
        revoke_links(subject=(contract._meta.label_lower, contract.pk), by=SYSTEM, at=at)
        order.dues.all().delete()
    release(order, at=at)


def check_line(item: Item | None, quantity: Decimal | None) -> Found:
    """Findings on one line beside its field, none of which stops saving a draft (INT-04)."""
    if item is None:
        return None
    found = []
    if item.status != Item.Status.ACTIVE:
        found.append(Reason("item_" + item.status, item=item.code, successor=str(item.successor or "—"), field="item"))
    if quantity is not None and item.multiple and quantity % item.multiple:
        found.append(Reason("quantity_multiple", multiple=item.multiple, field="quantity"))
    if quantity is not None and quantity < item.min_quantity:
        found.append(Reason("quantity_minimum", minimum=item.min_quantity, field="quantity"))
    return found


def against_wanted(wanted: date | None, received_at: datetime) -> Reason | None:
    """Why goods cannot be wanted by that day, if they cannot: it was over when the order came."""
    return Reason("wanted_before_receipt") if wanted and wanted < localtime(received_at).date() else None


def fit_error(item: Item, quantity: Decimal) -> str | None:
    """Why the unit refuses a quantity, if it does."""
    try:
        item.unit.fit(quantity)
    except ValidationError as refused:
        return refused.messages[0]
    return None
