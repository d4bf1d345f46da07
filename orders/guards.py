"""Why a step of an order is not open, in figures. A guard reads as the fact that must hold; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import Fact
from core.reading import remembered
from core.reasons import NotAllowed, Reason, declare
from core.workflow import guard
from organization.models import Post
from organization.roles import Role, covers, may

declare(
    {
        "missing": _("Still missing: {what}."),
        "question_open": _("Question not answered: {question}"),
        "no_reviewer": _("{company} has nobody who can give the opinion of {role}."),
        "price_missing": _("Line {line}: no price."),
        "price_below_list": _("Lines {lines} are below the price by the rules; the sales head decides."),
        "credit_exceeded": _("Credit limit {limit} exceeded by {over}; finance decides."),
        "export_undecided": _("Export papers are to be decided by sales head or documents clerk."),
        "quotation_expired": _("Quotation {number} was valid until {until}."),
        "quotation_missing": _("There is no quotation in force."),
        "customer_confirmed": _("{name} confirmed it on {at}; it has not changed since."),
        "our_signature_missing": _("Our own signature on {number} is missing."),
        "already_signed": _("Signed by {name} already."),
        "deposit_missing": _("Waits for the deposit: {received} of {due} received."),
        "all_in_stock": _("Everything is reserved from stock: fulfil from stock."),
        "not_all_in_stock": _("Line {line}: {reserved} of {quantity} reserved from stock."),
        "unpaid": _("Not paid: {missing} of {due}."),
        "still_open": _("Still open: {what}."),
        "nothing_to_decide": _("Nothing waits for a decision of yours."),
        "review_closed": _("The review is closed."),
        "contract_signed": _("The contract is signed; only a change request alters it."),
        "nothing_out": _("No signature is outstanding."),
        "paper_changed": _("What is to be signed was changed after this page was shown. Read it as it stands now, then sign."),
        "date_too_early": _("{date} is earlier than the reviewed date {reviewed}."),
        "date_needed": _("Enter an earliest date after {asked}."),
        "date_past": _("{date} has passed."),
        "line_date_past": _("Line {line}: the wanted date {date} lies before the time of receipt."),
        "before_opinions": _("{date} is earlier than what the departments offered: {earliest}."),
        "comment_needed": _("Say why in the comment."),
        "drawings_missing": _("Attach the drawings, or say that the catalogue drawing is valid."),
        "instruction_empty": _("The instruction is not issued while this is empty; write “none” where there is none."),
        "late_receipt": _("Received more than one working day ago: give a reason."),
        "future_receipt": _("The time of receipt lies in the future."),
        "wanted_before_receipt": _("This date lies before the receipt."),
        "intake_closed": _("The order is “{state}” now: nothing can be saved any more. What was typed stands below, to be copied."),
    }
)

REQUIRED = ("contact_name", "contact_phone", "delivery_address", "payment_term", "quality")
LINE_REQUIRED = ("item", "spec", "quantity", "wanted_date")
QUESTIONS = ("needs_design", "is_old_product", "above_standard", "tight_with_penalty")


def line_gap(line_no: int, field: str) -> str:
    """How a gap of a line is named."""
    return str(_("line {line}: {field}")).format(line=line_no, field=field)


def missing_requirements(order: Any) -> list[str]:
    """Required fields of the requirement confirmation that are empty (INT-02), as short names with the line's number."""
    names = [str(order._meta.get_field(name).verbose_name) for name in REQUIRED if not getattr(order, order._meta.get_field(name).attname)]
    lines = order.lines_in_order
    if not any(line.kind == "goods" for line in lines):
        names.append(str(_("at least one line")))
    for line in lines:
        fields = LINE_REQUIRED if line.kind == "goods" else ("quantity",)
        known = [line._meta.get_field(name) for name in fields]
        gaps = [str(field.verbose_name) for field in known if not getattr(line, field.attname)]
        names += [line_gap(line.line_no, gap) for gap in gaps]
    return names


@guard
def requirements_are_complete(order: Any) -> Reason | None:
    gaps = missing_requirements(order)
    return Reason("missing", what=gaps) if gaps else None


CONFIRMED, *UNDONE = "orders.CustomerConfirmedOrder", "orders.OrderWasEdited", "orders.OrderWasTakenBack"


def customers_word(order: Any, facts: Iterable[Fact] | None = None) -> Fact | None:
    """The customer's own confirmation, as long as the intake stands as they were shown it (CUS-03, INT-15).

    `facts`: the order's history, newest first, for whoever has it at hand.
    """
    found = Fact.objects.filter(order_id=order.pk, kind__in=[CONFIRMED, *UNDONE]).order_by("-pk")[:1] if facts is None else facts
    last = next((fact for fact in found if fact.kind in (CONFIRMED, *UNDONE)), None)
    return last if last is not None and last.kind == CONFIRMED else None


@guard
def customer_has_not_confirmed_it(order: Any) -> Reason | None:
    said = customers_word(order)
    return Reason("customer_confirmed", name=said.data["confirmed_by"], at=said.at) if said else None


@guard
def dates_are_possible(order: Any) -> list[Reason]:
    """Nobody can want a delivery before the order came in."""
    received = localtime(order.received_at).date()
    late = [line for line in order.lines_in_order if line.wanted_date and line.wanted_date < received]
    return [Reason("line_date_past", line=line.line_no, date=line.wanted_date) for line in late]


@guard
def questions_are_answered(order: Any) -> list[Reason]:
    return [
        Reason("question_open", question=str(order._meta.get_field(name).verbose_name))
        for name in QUESTIONS
        if getattr(order, name) is None
    ]


def required_roles(order_class: str) -> tuple[Role, ...]:
    """Who must give an opinion: REV-02 for regular, REV-03 for irregular orders."""
    regular = (Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER)
    return regular if order_class == "regular" else (*regular, Role.DESIGN_HEAD)


@guard
def reviewers_exist(order: Any) -> list[Reason]:
    held = set(Post.objects.filter(department__company=order.product_company_id, holder__isnull=False).values_list("role", flat=True))
    held_or_headed = held | ({Role.GENERAL_MANAGER} & held)
    if Role.GENERAL_MANAGER in held_or_headed:
        return []  # a role that nobody holds falls to the general manager
    return [
        Reason("no_reviewer", company=str(order.product_company), role=str(role.label))
        for role in required_roles(order.order_class)
        if role not in held
    ]


def the_asked_role(opinion: Any, by: Actor) -> Actor:
    """The opinion belongs to the role asked, at the product company; where nobody holds it, to the general manager."""
    for hat in by.hats:
        if hat.company_id == opinion.company_id and covers(hat.role, opinion.role):
            return by.using(hat)
    held = Post.objects.filter(department__company=opinion.company_id, role=opinion.role, holder__isnull=False).exists()
    stand_in = next((h for h in by.hats if h.role == Role.GENERAL_MANAGER and h.company_id == opinion.company_id), None)
    if stand_in is not None and not held:
        return by.using(stand_in)
    raise NotAllowed(Reason("not_yours", roles=opinion.get_role_display()))


@guard
def review_is_open(opinion: Any) -> Reason | None:
    return None if opinion.review.state == "open" else Reason("review_closed")


def product_management(order: Any, by: Actor) -> Actor:
    """REV-06: only the general manager or a deputy of the product company."""
    for hat in by.hats:
        if hat.role in (Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER) and hat.company_id == order.product_company_id:
            return by.using(hat)
    raise NotAllowed(Reason("not_yours", roles=[str(Role.GENERAL_MANAGER.label), str(Role.DEPUTY_MANAGER.label)]))


# --- matters that somebody decides by hand ------------------------------------------------------------------------------------------

DECIDERS: dict[str, tuple[Role, ...]] = {
    "price": (Role.SALES_HEAD,),
    "credit": (Role.FINANCE,),
    "export": (Role.SALES_HEAD, Role.DOCUMENTS_CLERK),
}


def was_decided(order: Any, kind: str, amount: Decimal) -> bool:
    """Was the matter decided in this round for at least this amount?"""
    return any(d.kind == kind and d.intake == order.intake and d.amount >= amount for d in order.decisions.all())


def _decided(order: Any, kind: str) -> bool:
    return was_decided(order, kind, order.amount)


def lines_below_list(order: Any) -> list[int]:
    return [
        line.line_no
        for line in order.lines_in_order
        if line.list_price is not None and line.unit_price is not None and line.unit_price < line.list_price
    ]


def credit_over(order: Any, amount: Decimal | None = None) -> Decimal:
    """By how much the open-account part of the order, or of an `amount` that is added to it, and what the customer owes exceed the limit; 0
    when all is paid before (REV-11)."""
    term = order.payment_term
    open_percent = sum((stage.percent for stage in term.stages.all() if stage.gate == "delivery"), Decimal(0)) if term else Decimal(0)
    if not open_percent:
        return Decimal(0)
    from orders.services.money import owed_by  # reads the same ledger as the payment guards

    over = owed_by(order.customer) + (order.amount if amount is None else amount) * open_percent / 100 - order.customer.credit_limit
    return max(over, Decimal(0))


@guard
def every_line_has_a_price(order: Any) -> list[Reason]:
    return [Reason("price_missing", line=line.line_no) for line in order.lines_in_order if line.unit_price is None]


@guard
def price_is_decided(order: Any) -> Reason | None:
    lines = lines_below_list(order)
    return Reason("price_below_list", lines=lines) if lines and not _decided(order, "price") else None


@guard
def credit_is_clear(order: Any) -> Reason | None:
    over = credit_over(order)
    return Reason("credit_exceeded", limit=order.customer.credit_limit, over=over) if over and not _decided(order, "credit") else None


@guard
def export_is_decided(order: Any) -> Reason | None:
    return Reason("export_undecided") if order.customer.foreign and not _decided(order, "export") else None


_MATTERS = {"price": price_is_decided, "credit": credit_is_clear, "export": export_is_decided}


def open_matters(order: Any) -> list[str]:
    """Kinds of decision that the order waits for."""
    return [kind for kind, each in _MATTERS.items() if each.reasons(order)]


def decider(order: Any, by: Actor) -> Actor:
    """Whoever may decide one of the matters; which one, the service checks again."""
    return may(*{role for roles in DECIDERS.values() for role in roles})(order, by)


@guard
def something_is_to_be_decided(order: Any) -> Reason | None:
    return None if open_matters(order) else Reason("nothing_to_decide")


# --- contract and money -------------------------------------------------------------------------------------------------------------


@guard
def quotation_is_valid(order: Any) -> Reason | None:
    return None if order.quotations.filter(counts=True, state="sent").exists() else Reason("quotation_missing")


@remembered
def contract_of(order: Any) -> Any:
    """The contract in force or on its way; None before it is drafted."""
    return order.contracts.in_force().first()


@guard
def we_have_signed(order: Any) -> Reason | None:
    contract = contract_of(order)
    return None if contract and contract.our_signed_at else Reason("our_signature_missing", number=contract.number if contract else "—")


@guard
def not_yet_signed_by_us(contract: Any) -> Reason | None:
    return Reason("already_signed", name=contract.our_name) if contract.our_signed_at else None


@guard
def signature_is_still_out(order: Any) -> Reason | None:
    contract = contract_of(order)
    return Reason("nothing_out") if contract is None or contract.their_signed_at else None


@guard
def contract_is_not_signed(order: Any) -> Reason | None:
    contract = contract_of(order)
    return Reason("contract_signed") if contract and contract.their_signed_at else None


@guard
def may_take_effect(order: Any) -> list[Reason]:
    """Both signatures, or our own for grade A (CON-02), and the payment condition (CON-08)."""
    return against_signatures(contract_of(order)) + list(deposit_is_in.reasons(order))


def against_signatures(contract: Any) -> list[Reason]:
    """CON-01, CON-02: which signature the contract still waits for."""
    found = []
    if contract is None or not contract.our_signed_at:
        found.append(Reason("our_signature_missing", number=contract.number if contract else "—"))
    if contract and not contract.their_signed_at and not contract.instruct_before_signature:
        found.append(Reason("missing", what=[str(_("the customer's signature"))]))
    return found


@guard
def deposit_is_in(order: Any) -> Reason | None:
    from orders.services.money import standing  # sums of the ledger, in Python

    due, received = standing(order, "effect")
    return Reason("deposit_missing", due=due, received=received) if received < due else None


@guard
def something_is_to_be_made(order: Any) -> Reason | None:
    return Reason("all_in_stock") if not everything_is_reserved.reasons(order) else None


@guard
def everything_is_reserved(order: Any) -> list[Reason]:
    from orders.services.ledger import goods_lines, quantities

    lines = goods_lines(order)
    known = quantities(order, lines)
    return [
        Reason("not_all_in_stock", line=line.line_no, reserved=known[line.pk].stocked, quantity=known[line.pk].open)
        for line in lines
        if known[line.pk].stocked < known[line.pk].open
    ]


@guard
def everything_is_paid(order: Any) -> Reason | None:
    from orders.services.money import standing

    due, received = standing(order)
    return Reason("unpaid", due=due, missing=due - received) if received < due else None


@guard
def nothing_is_open(order: Any) -> Reason | None:
    hanging = [str(item) for item in order.open_items.filter(closed_at=None)]
    contract = contract_of(order)
    if contract and not contract.their_signed_at:
        hanging.append(str(_("the signed contract")))
    return Reason("still_open", what=hanging) if hanging else None
