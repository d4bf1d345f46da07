"""Why a step of a change request is not open, in figures. A guard reads as the fact that must hold; it changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.questions import ask
from core.reading import remembered
from core.reasons import Reason, declare
from core.workflow import guard
from orders.guards import not_yet_signed_by_us, the_asked_role
from organization.roles import RIGHTS, Scope, covers

__all__ = ["not_yet_signed_by_us"]

declare(
    {
        "all_shipped": _("Everything has been shipped and stays shipped: nothing is left to cancel. Goods come back by a return."),
        "line_shipped": _("Line {line}: {shipped} shipped already, it takes no change below that. Goods come back by a return."),
        "line_partly_shipped": _(
            "Line {line}: {shipped} shipped already as it was. Take the rest off this line and add a new line as it is wanted now."
        ),
        "change_not_for_cancelling": _("This request cancels the order; it is carried out with “Cancel the order”."),
        "change_no_cancelling": _("This request changes the order, it does not cancel it."),
        "change_says_nothing": _("Enter first what changes: quantities, specifications, dates."),
        "change_leaves_nothing": _("Nothing would be left of the order. Register that the customer cancels it instead."),
        "change_other_runs": _("Change {number} of this order is under way; finish it first."),
        "change_price_missing": _("Line {line}: no price for the change."),
        "change_price_unconfirmed": _("Class 3: the price is still to be confirmed for every line that changes."),
        "change_credit_open": _("The new amount exceeds the credit limit; finance has not decided yet."),
        "change_credit_refused": _("The new amount exceeds the credit limit, and {name} has refused it."),
        "change_everybody_asked": _("Every department that may sign for it has the notice."),
        "change_answer_missing": _("The customer has not agreed to date and price yet."),
        "change_nothing_to_ask": _("Neither date nor price changes: there is nothing that the customer would have to agree to."),
        "change_answered": _("The customer has answered already."),
        "change_infeasible": _("The re-review gave no date: the change cannot be made as wanted."),
        "change_nobody_asked": _("Name at least one department."),
        "change_from_stock": _("Line {line}: the order was taken wholly from stock, nobody makes more for it; register a new order."),
        "change_rows_open": _("Still to be decided: {rows}."),
        "change_agreement_missing": _("The supplementary agreement is still to be drafted."),
        "change_agreement_there": _("The supplementary agreement {number} is there already."),
        "change_agreement_unsigned": _("The supplementary agreement {number} is not signed by both sides."),
        "change_circulated": _("The notice has been circulated already."),
        "change_not_circulated": _("The production manager has not circulated the notice yet."),
        "change_noticed": _("The notice is out; decisions stand."),
        "change_over": _("The change request is over."),
        "change_order_moved": _("The order is “{state}”: it takes no change any more."),
        "change_no_hold": _("Only work can be stopped."),
        "change_lower_class": _("The impact makes class {proposed} necessary; only the sales head may lower it, with a reason."),
        "change_reason_needed": _("Say why."),
        "change_unknown_option": _("This is none of the possible decisions."),
        "cancel_asked": _("{number} asks for the cancelling already."),
        "cancel_not_asked": _("Register first that the customer cancels: it lists what hangs on the order."),
        "cancel_rows_open": _("Nothing may be left dangling; still to be decided: {rows}."),
        "cancel_charge_open": _("The charge has not been agreed with the customer yet."),
        "cancel_charge_high": _("A charge of {charge} is more than the goods that are cancelled are worth, {worth} with VAT."),
        "cancel_notice_open": _("Line {line}: {quantity} is noticed and is to go out; dispatch it or decide otherwise first."),
    }
)

HOLDABLE = ("production.plantask",)


def unshipped(order: Any) -> Decimal:
    """Open goods quantity of the order that has not left, over all lines."""
    from orders.services.ledger import goods_lines, quantities

    known = quantities(order, goods_lines(order))
    return sum((max(of.open - of.shipped, Decimal(0)) for of in known.values()), Decimal(0))


def recall_first(order: Any, lines: frozenset[int] | None = None) -> list[Reason]:
    """CHG-10: goods under way are called back before their lines (all without any) change; whoever ships them says what is still open."""
    return [reason for found in ask("recall_first", order=order, lines=lines) for reason in found]


@guard
def is_a_change(change: Any) -> Reason | None:
    return None if change.kind == "change" else Reason("change_not_for_cancelling")


@guard
def is_a_cancelling(change: Any) -> Reason | None:
    return None if change.kind == "cancel" else Reason("change_no_cancelling")


@guard
def something_changes(change: Any) -> Reason | None:
    return None if change.wanted else Reason("change_says_nothing")


@guard
def the_order_still_takes_it(change: Any) -> list[Reason]:
    """CHG-10, looked at again at every stage: the order may have moved, goods may have been shipped meanwhile."""
    from orders.services.change.wanted import against_shipped, more_than_from_stock
    from orders.workflow import AFTER_SIGNING

    if change.order.state not in AFTER_SIGNING:
        return [Reason("change_order_moved", state=str(change.order.get_state_display()))]
    return against_shipped(change) + more_than_from_stock(change)


@guard
def no_other_change_runs(change: Any) -> list[Reason]:
    """Two changes of one order would be made from the same revision."""
    from orders.workflow.change import UNDER_WAY

    others = change.order.changes.filter(state__in=UNDER_WAY).exclude(pk=change.pk)
    return [Reason("change_other_runs", number=other.number) for other in others]


@guard
def every_price_is_known(change: Any) -> list[Reason]:
    from orders.services.change.wanted import lines_without_price

    return [Reason("change_price_missing", line=name) for name in lines_without_price(change)]


@guard
def the_price_is_confirmed(change: Any) -> Reason | None:
    """CHG-04: another structure has no price by itself; somebody says that it stays or what it becomes."""
    return Reason("change_price_unconfirmed") if change.change_class == 3 and change.priced_at is None else None


@guard
def credit_is_clear_for_it(change: Any) -> list[Reason]:
    """REV-11, against the new amount."""
    from orders.services.change.credit import against_credit

    return against_credit(change)


@guard
def the_customer_has_agreed(change: Any) -> Reason | None:
    """CHG-03: from class 2 on the customer agrees to date and price before anything is noticed, to another price in any class."""
    return Reason("change_answer_missing") if change.asks_customer and change.answered_at is None else None


@guard
def the_customer_is_asked(change: Any) -> Reason | None:
    return None if change.asks_customer else Reason("change_nothing_to_ask")


@guard
def the_customer_is_not_bound(change: Any) -> Reason | None:
    return Reason("change_answered") if change.answered_at is not None else None


@guard
def every_row_is_decided(change: Any) -> Reason | None:
    """CHG-05: nothing follows a change by itself; each thing touched is decided by its department."""
    rows = [item.title for item in change.items.filter(state="open")]
    return Reason("change_rows_open", rows=rows) if rows else None


def agreement_of(change: Any) -> Any:
    """The supplementary agreement in force or on its way."""
    return change.agreements.exclude(state="void").first()


@guard
def there_is_no_agreement(change: Any) -> Reason | None:
    found = agreement_of(change)
    return Reason("change_agreement_there", number=found.number) if found else None


def agreement_is_due(change: Any) -> bool:
    """A supplementary agreement is needed, and nothing but the clerk keeps it from being drafted."""
    draft = change.steps()["draft_agreement"]
    return change.needs_agreement and change.state in draft.sources and not any(guard.reasons(change) for guard in draft.guards)


@guard
def the_agreement_is_drafted(change: Any) -> Reason | None:
    """CHG-04: nobody pays another sum than the one that both sides signed."""
    return Reason("change_agreement_missing") if change.needs_agreement and agreement_of(change) is None else None


@guard
def the_agreement_is_signed(change: Any) -> Reason | None:
    found = agreement_of(change)
    return Reason("change_agreement_unsigned", number=found.number) if found and found.state != "signed" else None


@guard
def is_not_circulated_yet(change: Any) -> Reason | None:
    return Reason("change_circulated") if change.circulated_at else None


@guard
def somebody_is_not_asked(change: Any) -> Reason | None:
    from orders.services.change.outcome import SIGNERS

    return None if change.signoffs.count() < len(SIGNERS) else Reason("change_everybody_asked")


@guard
def is_circulated(change: Any) -> Reason | None:
    return None if change.circulated_at else Reason("change_not_circulated")


# --- rows, signatures, agreement ----------------------------------------------------------------------------------------------------


def the_asked_department(thing: Any, by: Actor) -> Actor:
    """The role asked at the company asked or for the whole group, or its head; where nobody holds the role, the general manager."""
    for hat in by.hats:
        if covers(hat.role, thing.role) and RIGHTS[hat.role].sees.get(thing.scope_kind) == Scope.GROUP:
            return by.using(hat)
    return the_asked_role(thing, by)


@guard
def the_change_is_open(item: Any) -> Reason | None:
    from orders.workflow.change import OVER

    return Reason("change_over") if item.change.state in OVER else None


@guard
def the_change_is_not_noticed(item: Any) -> Reason | None:
    from orders.workflow.change import OVER

    return Reason("change_noticed") if item.change.state in (*OVER, "noticed") else None


@guard
def work_on_it_can_stop(item: Any) -> Reason | None:
    return None if item.kind in HOLDABLE or item.hold else Reason("change_no_hold")


@guard
def signed_by_us(agreement: Any) -> Reason | None:
    return None if agreement.our_signed_at else Reason("our_signature_missing", number=agreement.number)


# --- cancelling (CHG-09) ------------------------------------------------------------------------------------------------------------


@remembered
def open_changes(order: Any) -> list[Any]:
    """Requests that are neither applied nor refused, the oldest first."""
    return list(order.changes.open().order_by("pk"))


def cancelling_of(order: Any) -> Any:
    """The open request to cancel the order; None when nobody asked."""
    return next((change for change in open_changes(order) if (change.kind, change.state) == ("cancel", "received")), None)


@guard
def nobody_cancels_yet(order: Any) -> Reason | None:
    found = cancelling_of(order)
    return Reason("cancel_asked", number=found.number) if found else None


@guard
def nothing_dangles(order: Any) -> list[Reason]:
    """Every thing that hangs on the order is decided, the charge is agreed, and no noticed goods stand between store and customer."""
    change = cancelling_of(order)
    if change is None:
        return [Reason("cancel_not_asked")]
    rows = [item.title for item in change.items.filter(state="open")]
    found = [Reason("cancel_rows_open", rows=rows)] if rows else []
    if change.charge is None:
        found.append(Reason("cancel_charge_open"))
    found += recall_first(order)
    if not found and unshipped(order) <= 0:
        found.append(Reason("all_shipped"))
    if not found:
        found += charge_too_high(change, change.charge)
    return found + _goods_to_go_out(order, change)


def charge_too_high(change: Any, charge: Decimal, *, all_may_come_back: bool = False) -> list[Reason]:
    """CHG-09: nobody pays more for goods that they do not get than for the goods.

    When it is agreed, goods on the road may still turn round; it is looked at again when the order is cancelled.
    """
    from orders.services.change.cancel import worth_of_rest

    worth = worth_of_rest(change.order, all_may_come_back=all_may_come_back)
    return [Reason("cancel_charge_high", charge=charge, worth=worth, field="charge")] if charge > worth else []


def _goods_to_go_out(order: Any, change: Any) -> list[Reason]:
    """A shipment that is decided to go out all the same must have gone before the order ends."""
    from orders.services.ledger import goods_lines, quantities

    if not change.items.filter(kind="shipping.shipment").exclude(decision__in=["", "cancel"]).exists():
        return []
    lines = goods_lines(order)
    known = quantities(order, lines)
    return [
        Reason("cancel_notice_open", line=line.line_no, quantity=known[line.pk].noticed - known[line.pk].shipped)
        for line in lines
        if known[line.pk].noticed > known[line.pk].shipped
    ]
