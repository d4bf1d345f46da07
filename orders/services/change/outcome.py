"""The customer's answer, the supplementary agreement, the notice and who signs for it, the refusal (CHG-02..04)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from documents.links import end_later, revoke_links
from orders import events
from orders.change_guards import charge_too_high
from orders.guards import contract_of
from orders.models import ChangeRequest, ChangeSignoff, OpenItem, OrderLine, SupplementaryAgreement
from orders.services.change.credit import against_credit
from orders.services.change.register import difference, hold
from orders.services.change.wanted import to_wanted
from orders.services.open_items import close_item
from orders.workflow.change import SignoffState
from organization.roles import HEADS, Role

# Whose head may be asked to sign, and where: at one of the order's two companies, or anywhere in the group.
SIGNERS: dict[str, str] = {
    Role.PLANNER: "product",
    Role.MATERIAL_CONTROLLER: "product",
    Role.WORKSHOP_HEAD: "product",
    Role.DESIGN_HEAD: "product",
    Role.PURCHASING_HEAD: "product",
    Role.QUALITY_HEAD: "product",
    Role.STORE_HEAD: "product",
    Role.PACKER: "product",
    Role.TRANSPORT_HEAD: "group",
    Role.AFTERSALES_HEAD: "sales",
    Role.FINANCE_HEAD: "sales",
}


@act
def record_answer(
    *, change: ChangeRequest, by: Actor, at: datetime, agrees: bool, answered_by: str, promised_date: date | None = None, answer: str = ""
) -> ChangeRequest:
    """What the customer says to date and price (CHG-03). A no ends the change; a yes binds both until it is applied.

    Raises NotReady(change_infeasible) when the review gave no date, date_too_early before the reviewed one, and for a yes to an amount
    beyond the credit limit that finance has not released change_credit_open or change_credit_refused (REV-11).
    """
    change = hold(change)
    if agrees:
        if against := against_credit(change):
            raise NotReady(*against)
        promised_date = _agreed_date(change, promised_date, at)
        agreed = {"promised_date": promised_date, "price_difference": difference(change)}
        by = change.take("record_answer", by=by, at=at, answer=answer.strip(), answered_by=answered_by.strip(), answered_at=at, **agreed)
        fact = events.ChangeWasAnswered(
            order_id=change.order_id,
            change_id=change.pk,
            number=change.number,
            promised_date=promised_date,
            answered_by=answered_by,
        )
        publish(fact, by=by, at=at)
        return change
    if not answer.strip():
        raise NotReady(Reason("change_reason_needed", field="answer"))
    by = change.take("record_answer", by=by, at=at, answer=answer.strip(), answered_by=answered_by.strip())
    change.take("drop", by=SYSTEM, at=at)
    _end(change, answer.strip(), by, at)
    return change


def _agreed_date(change: ChangeRequest, promised: date | None, at: datetime) -> date:
    """Of class 1 only the price was asked: the date that is promised stays."""
    if change.change_class == ChangeRequest.Class.MINOR:
        return change.order.promised_date or contract_of(change.order).promised_date
    if change.reviewed_date is None:
        raise NotReady(Reason("change_infeasible", field="agrees"))
    if promised is None or promised < change.reviewed_date:
        raise NotReady(Reason("date_too_early", date=promised or "—", reviewed=change.reviewed_date, field="promised_date"))
    if promised < localtime(at).date():
        raise NotReady(Reason("date_past", date=promised, field="promised_date"))
    return promised


# --- supplementary agreement (D38) --------------------------------------------------------------------------------------------------


@act
def draft_agreement(*, change: ChangeRequest, by: Actor, at: datetime, terms: str = "") -> SupplementaryAgreement:
    """Put the new amount and date into an agreement that supplements the contract (CHG-04)."""
    change = hold(change)
    by = change.take("draft_agreement", by=by, at=at)
    order, contract = change.order, contract_of(change.order)
    more = difference(change)
    assert more is not None, "every price is known"
    promised = change.promised_date or order.promised_date or contract.promised_date
    agreement = SupplementaryAgreement.objects.create(
        order=order,
        change=change,
        contract_number=contract.number,
        amount=order.amount + more,
        difference=more,
        promised_date=promised,
        terms=terms.strip(),
        drafted_at=at,
        number=next_number("BC", at),
    )
    fact = events.AgreementWasDrafted(
        order_id=order.pk, change_id=change.pk, number=change.number, agreement=agreement.number, difference=more
    )
    publish(fact, by=by, at=at)
    return agreement


@act
def sign_agreement_for_us(*, agreement: SupplementaryAgreement, by: Actor, at: datetime) -> SupplementaryAgreement:
    """Our side signs by its authorised post (CON-01)."""
    change = hold(agreement.change)
    agreement = SupplementaryAgreement.objects.locked(agreement)
    by = agreement.take("sign_for_us", by=by, at=at, our_name=by.name, our_signed_at=at)
    _signed(change, agreement, by, at, by.name, ours=True)
    return agreement


@act
def sign_agreement_for_customer(
    *, agreement: SupplementaryAgreement, by: Actor, at: datetime, signatory: str, scan_id: int | None = None, **proof: Any
) -> SupplementaryAgreement:
    """File the customer's signature: the scan of the paper that the clerk checked, or what they signed by link (`orders.services.signing`),
    with `proof` of it: position, drawn signature, hash of the PDF.
    """
    change = hold(agreement.change)
    agreement = SupplementaryAgreement.objects.locked(agreement)
    by = agreement.take("sign_for_customer", by=by, at=at, their_name=signatory.strip(), their_signed_at=at, scan_id=scan_id, **proof)
    end_later((agreement._meta.label_lower, agreement.pk), at=at, days=change.order.settings.link_days)
    _signed(change, agreement, by, at, signatory, ours=False)
    return agreement


def _signed(change: ChangeRequest, agreement: SupplementaryAgreement, by: Actor, at: datetime, name: str, *, ours: bool) -> None:
    fact = events.AgreementWasSigned(order_id=change.order_id, change_id=change.pk, agreement=agreement.number, name=name, ours=ours)
    publish(fact, by=by, at=at)


# --- the notice (D07) ---------------------------------------------------------------------------------------------------------------


@act
def issue_notice(*, change: ChangeRequest, by: Actor, at: datetime) -> ChangeRequest:
    """Contract order management issues the change notice to the production manager (CHG-02, CHG-05)."""
    change = hold(change)
    values = {"noticed_at": at, "noticed_by": by.name, "price_difference": difference(change)}
    by = change.take("issue_notice", by=by, at=at, **values)
    change.notice_number = next_number("GG", at)
    change.save(update_fields=["notice_number"])
    publish(events.ChangeNoticeWasIssued(order_id=change.order_id, change_id=change.pk, number=change.notice_number), by=by, at=at)
    return change


def signers_touched(change: ChangeRequest) -> list[str]:
    """The heads of the departments that the change touches, as the production manager is proposed them; quality always.

    What the production manager decides (a task), planning and a workshop carry out; transport goes to the new place, to the new
    person, on the new day; after-sales where the order has services of theirs.
    """
    roles = set(change.items.values_list("role", flat=True))
    if Role.PRODUCTION_MANAGER in roles:
        roles |= {Role.WORKSHOP_HEAD, Role.PLANNER}
    wanted = to_wanted(change)
    if wanted.header or wanted.date:  # where to, to whom, when
        roles.add(Role.TRANSPORT_HEAD)
    if wanted.touched_lines or wanted.new_lines:  # what is packed
        roles.add(Role.PACKER)
    if change.order.lines.filter(kind=OrderLine.Kind.SERVICE).exists():  # what is installed or commissioned, and where
        roles.add(Role.AFTERSALES_HEAD)
    return [role for role in SIGNERS if role == Role.QUALITY_HEAD or role in roles or HEADS.get(role, frozenset()) & roles]


@act
def circulate(*, change: ChangeRequest, by: Actor, at: datetime, roles: Iterable[str]) -> ChangeRequest:
    """The production manager hands the notice to the departments concerned; each head signs for it within 2 h (CHG-02)."""
    change = hold(change)
    asked = [role for role in SIGNERS if role in set(roles)]
    if not asked:
        raise NotReady(Reason("change_nobody_asked", field="roles"))
    by = change.take("circulate", by=by, at=at, circulated_at=at)
    _ask_to_sign(change, asked, at)
    fact = events.ChangeWasCirculated(order_id=change.order_id, change_id=change.pk, number=change.notice_number, roles=tuple(asked))
    publish(fact, by=by, at=at)
    return change


def _ask_to_sign(change: ChangeRequest, roles: list[str], at: datetime) -> None:
    product = change.order.product_company_id
    companies = {"product": product, "sales": change.order.sales_company_id, "group": product}
    ChangeSignoff.objects.bulk_create(
        [ChangeSignoff(change=change, role=role, company_id=companies[SIGNERS[role]], asked_at=at) for role in roles]
    )


def not_asked_yet(change: ChangeRequest) -> list[str]:
    """The heads who may be asked to sign and have not got the notice."""
    asked = set(change.signoffs.values_list("role", flat=True))
    return [role for role in SIGNERS if role not in asked]


@act
def add_departments(*, change: ChangeRequest, by: Actor, at: datetime, roles: Iterable[str]) -> ChangeRequest:
    """A department was forgotten: the notice goes to it, too, and its head has 2 h from now (CHG-02)."""
    change = hold(change)
    added = [role for role in not_asked_yet(change) if role in set(roles)]
    by = change.take("add_departments", by=by, at=at)
    if not added:
        raise NotReady(Reason("change_nobody_asked", field="roles"))
    _ask_to_sign(change, added, at)
    fact = events.DepartmentsWereAdded(
        order_id=change.order_id,
        change_id=change.pk,
        number=change.notice_number,
        roles=tuple(added),
    )
    publish(fact, by=by, at=at)
    return change


@act
def sign_for_change(*, signoff: ChangeSignoff, by: Actor, at: datetime) -> ChangeSignoff:
    """A head signs that the department has the change."""
    change = hold(signoff.change)
    signoff = ChangeSignoff.objects.locked(signoff)
    by = signoff.take("sign_for", by=by, at=at, signed_by=by.name, signed_at=at)
    fact = events.ChangeWasSignedFor(
        order_id=change.order_id, change_id=change.pk, number=change.notice_number, role=signoff.role, name=by.name
    )
    publish(fact, by=by, at=at)
    return signoff


def still_asked(change: ChangeRequest) -> list[str]:
    return list(change.signoffs.filter(state=SignoffState.ASKED).values_list("role", flat=True))


# --- the end ------------------------------------------------------------------------------------------------------------------------


@act
def refuse_change(*, change: ChangeRequest, by: Actor, at: datetime, reason: str) -> ChangeRequest:
    """The change is not made, or the cancelling is taken back; the customer sees why."""
    change = hold(change)
    by = change.take("refuse_change", by=by, at=at)
    _end(change, reason.strip(), by, at)
    return change


def _end(change: ChangeRequest, reason: str, by: Actor, at: datetime) -> None:
    change.refusal, change.ended_at = reason, at
    change.save(update_fields=["refusal", "ended_at"])
    end_papers(change, at)
    close_open_item(change, at)
    fact = events.ChangeWasRefused(
        order_id=change.order_id, change_id=change.pk, number=change.number, reason=reason, kind_of_change=change.kind
    )
    publish(fact, by=by, at=at)


def end_papers(change: ChangeRequest, at: datetime) -> None:
    """What nobody needs any more: an open re-review, an agreement that will not be applied."""
    for review in change.reviews.filter(state="open"):
        review.outcome, review.closed_at = "ended", at
        review.take("close_review", by=SYSTEM, at=at)
        fact = events.ChangeReviewWasEnded(order_id=change.order_id, change_id=change.pk, number=change.number)
        publish(fact, by=SYSTEM, at=at)
    for agreement in change.agreements.exclude(state="void"):
        agreement.take("make_void", by=SYSTEM, at=at)
        revoke_links(subject=(agreement._meta.label_lower, agreement.pk), by=SYSTEM, at=at)


def close_open_item(change: ChangeRequest, at: datetime) -> None:
    close_item(order=change.order, kind=OpenItem.Kind.CHANGE, reference=change.number, at=at)


@act
def agree_charge(*, change: ChangeRequest, by: Actor, at: datetime, charge: Decimal, charge_note: str) -> ChangeRequest:
    """The charge for the cancelling, as agreed with the customer: how much, who agreed, how (CHG-09); VAT included.

    Raises NotReady(cancel_charge_high) above what the customer would have paid for the goods themselves.
    """
    change = hold(change)
    if against := charge_too_high(change, charge, all_may_come_back=True):
        raise NotReady(*against)
    by = change.take("agree_charge", by=by, at=at, charge=charge, charge_note=charge_note.strip())
    fact = events.ChargeWasAgreed(
        order_id=change.order_id, change_id=change.pk, number=change.number, note=change.charge_note, charge=charge
    )
    publish(fact, by=by, at=at)
    return change
