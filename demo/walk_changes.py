"""Changes and cancellings of a walked order, by the people whose turn it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import Actor
from demo.walk import Walk
from orders.models import ChangeRequest, Order
from orders.services.change import apply, cancel, classify, items, outcome, register
from orders.services.change.credit import credit_row
from orders.services.ledger import goods_lines, quantities
from orders.workflow.change import ChangeState as C
from organization.finding import first_post
from organization.models import actor_of
from organization.roles import Role
from shipping import services as shipping
from shipping.models import Shipment

WORDS = "一期负荷加大，柜子再加一面，交期最好不变。"


def quantity(walk: Walk, line_no: int, new: int) -> dict[str, Any]:
    """A request's `wanted`: one line has another open quantity."""
    line = walk.order.lines.get(line_no=line_no)
    return {"lines": {str(line.pk): {"quantity": str(new)}}}


def one_more(walk: Walk) -> dict[str, Any]:
    line = goods_lines(walk.order)[0]
    return quantity(walk, line.line_no, int(quantities(walk.order)[line.pk].open) + 1)


def whoever(walk: Walk, role: str, company_id: int) -> Actor:
    """Who holds the role at the company, else its general manager."""
    post = first_post(Role(role), company_id, walk.at) or first_post(Role.GENERAL_MANAGER, company_id, walk.at)
    assert post is not None and post.holder is not None
    return actor_of(post.holder, walk.at)


def ask(walk: Walk, wanted: dict[str, Any] | None = None, words: str = WORDS) -> ChangeRequest:
    """The clerk notes it while the customer is on the phone."""
    return register.register_change(
        order=walk.fresh(), words=words, channel="phone", asked_by="王工", by=walk.clerk, at=walk.tick(), wanted=wanted or one_more(walk)
    )


def decide(walk: Walk, change: ChangeRequest, **other: str) -> None:
    """Every row by its department: the first option, or what `other` says of its kind (dots as underscores)."""
    for item in change.items.order_by("pk"):
        decision = other.get(item.kind.replace(".", "_"), item.options[0][0])
        items.decide_item(item=item, decision=decision, by=whoever(walk, item.role, item.company_id), at=walk.tick())


def change(
    walk: Walk, wanted: dict[str, Any] | None = None, *, klass: int | None = None, until: str = C.APPLIED, words: str = WORDS
) -> ChangeRequest:
    """A change from the customer's call to its end, or up to a state."""
    found = ask(walk, wanted, words)
    for _step in range(12):
        found = ChangeRequest.objects.get(pk=found.pk)
        if found.state == until:
            break
        onward(walk, found, klass)
    assert found.state == until, f"{found} stands in {found.state}, not in {until}"
    walk.fresh()
    return found


def onward(walk: Walk, found: ChangeRequest, klass: int | None = None) -> None:
    manager, clerk = walk.holder(walk.order.order_manager_post), walk.clerk
    if found.state == C.RECEIVED:
        classify.classify_change(change=found, change_class=klass or found.proposed_class or 1, by=clerk, at=walk.tick())
    elif found.state == C.IN_REVIEW:
        walk.opinions()
    elif found.answered_at is None and found.asks_customer:
        prices(walk, found)
        release_credit(walk, found)
        day = found.reviewed_date
        outcome.record_answer(change=found, agrees=True, answered_by="王工", promised_date=day, by=clerk, at=walk.tick())
    elif found.state in (C.CLASSIFIED, C.AWAITING_CUSTOMER):
        decide(walk, found)
        agree(walk, found)
        outcome.issue_notice(change=found, by=manager, at=walk.tick())
    elif found.circulated_at is None:
        roles = outcome.signers_touched(found)
        outcome.circulate(change=found, roles=roles, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
    else:
        for signoff in found.signoffs.filter(state="asked"):
            outcome.sign_for_change(signoff=signoff, by=whoever(walk, signoff.role, signoff.company_id), at=walk.tick())
        apply.apply_change(change=found, by=manager, at=walk.tick())


def prices(walk: Walk, found: ChangeRequest) -> None:
    """New lines without a price by the rules get one; of class 3 every price is confirmed."""
    missing = {key: Decimal(1000) for key, row in classify.keyed(found) if row.line is None and row.unit_price is None}
    if found.priced_at is None:
        missing |= {key: row.unit_price or Decimal(1000) for key, row in classify.to_be_priced(found)}
    if missing or (found.change_class == 3 and found.priced_at is None):
        classify.enter_prices(change=found, prices=missing, by=walk.clerk, at=walk.tick())


def release_credit(walk: Walk, found: ChangeRequest) -> None:
    """Beyond the limit finance releases it, before the customer is bound."""
    row = credit_row(found)
    if row is not None and row.state == "open":
        items.decide_item(item=row, decision="release", by=whoever(walk, row.role, row.company_id), at=walk.tick())


def agree(walk: Walk, found: ChangeRequest) -> None:
    """The supplementary agreement, where one is needed, drafted and signed by both sides."""
    found = ChangeRequest.objects.get(pk=found.pk)
    if not found.needs_agreement or found.agreements.exists():
        return
    agreement = outcome.draft_agreement(change=found, by=walk.clerk, at=walk.tick())
    outcome.sign_agreement_for_us(agreement=agreement, by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    outcome.sign_agreement_for_customer(agreement=agreement, signatory="王工", by=walk.clerk, at=walk.tick())


def ask_cancel(walk: Walk) -> ChangeRequest:
    return register.register_cancelling(
        order=walk.fresh(), words="项目停了，订单取消。", channel="phone", asked_by="王工", by=walk.clerk, at=walk.tick()
    )


def answer_recalls(walk: Walk, *, turns_round: bool = False) -> None:
    """Transport answers what is called back; what turns round is in the house again at once, inspected and put away."""
    by = walk.who(Role.TRANSPORT_HEAD)
    for shipment in Shipment.objects.filter(order=walk.order).being_called_back().order_by("pk"):
        if not turns_round:
            shipping.answer_in_vain(shipment=shipment, answer="司机已到现场，正在卸货", by=by, at=walk.tick())
            continue
        day = localtime(walk.tick()).date()
        shipping.turn_round(shipment=shipment, answer="司机已掉头", back_on=day, by=by, at=walk.at)
        shipping.take_back_in(shipment=shipment, by=walk.who(Role.STORE_KEEPER, shipment.company_id), at=walk.tick())


def cancel_order(walk: Walk, charge: Decimal = Decimal(0), **other: str) -> Order:
    """The customer cancels: rows decided, charge agreed, ended by the sales head."""
    found = ask_cancel(walk)
    answer_recalls(walk)
    decide(walk, found, **other)
    outcome.agree_charge(change=found, charge=charge, charge_note="王工来电同意", by=walk.clerk, at=walk.tick())
    cancel.cancel_order(order=walk.order, reason="客户项目停建", by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    return walk.fresh()
