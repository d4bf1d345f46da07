"""Orders before the contract, and changes of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from demo import walk_changes
from demo.walk import Walk
from orders.guards import contract_of
from orders.models import Opinion
from orders.services import intake, review
from orders.services.change import outcome
from orders.services.ledger import goods_lines
from orders.services.shortage import record_shortage
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from orders.workflow.change import ChangeState as C
from organization.roles import Role
from shipping import services as shipping
from shipping.models import Shipment
from tests.races.stories.base import DAY, MADE, Story, after, at
from tests.races.stories.goods import first_task_runs

# --- before the contract ------------------------------------------------------------------------------------------------------------


def classified(walk: Walk) -> None:
    answers = dict.fromkeys(("needs_design", "is_old_product", "above_standard", "tight_with_penalty"), False)
    intake.classify(order=walk.order, by=walk.clerk, at=walk.tick(), **answers)


def irregular(walk: Walk) -> Any:
    walk.register("C0003", MADE)
    walk.confirm(needs_design=True)
    walk.open_review()
    return walk.fresh()


def papers_out(walk: Walk) -> Any:
    irregular(walk)
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    return meeting


def meeting_day(walk: Walk) -> Any:
    meeting = papers_out(walk)
    walk.answer_papers(meeting)
    while localtime(walk.at).date() < meeting.day:
        walk.rest(timedelta(hours=1))
    return meeting


def negotiating(walk: Walk) -> Any:
    at(S.IN_REGULAR_REVIEW)(walk)
    later = {"earliest_date": walk.order.wanted_date + 7 * DAY, "comment": "装配线满载"}
    walk.opinions(Verdict.LATER, **later)
    return walk.fresh()


def refusal(walk: Walk) -> Any:
    negotiating(walk)
    review.ask_refusal(order=walk.order, by=walk.clerk, at=walk.tick(), reason="客户不能延期")
    return walk.fresh()


def dear(walk: Walk) -> Any:
    """Below the price by the rules; the sales head has not decided on it."""
    walk.register("C0003", [("GGD", 2, Decimal(100))])
    return walk.to(S.ACCEPTED)


def first_opinion(walk: Walk) -> Any:
    return Opinion.objects.filter(review__order=walk.order).order_by("pk").first()


def contract(walk: Walk) -> Any:
    return contract_of(walk.fresh())


def our_signature(walk: Walk) -> None:
    walk.sign_for_us()


# --- changes ------------------------------------------------------------------------------------------------------------------------


def changed(until: str) -> Story:
    """The customer wants one more: up to this state of the change."""
    return after(at(S.PLANNED), lambda walk: walk_changes.change(walk, klass=2, until=until))


def answered(walk: Walk) -> Any:
    """The customer agrees to what the change means."""
    change = changed(C.AWAITING_CUSTOMER)(walk)
    day = change.reviewed_date
    return outcome.record_answer(change=change, agrees=True, answered_by="王工", promised_date=day, by=walk.clerk, at=walk.tick())


def agreement(walk: Walk) -> Any:
    change = answered(walk)
    return outcome.draft_agreement(change=change, by=walk.clerk, at=walk.tick())


def agreement_signed_by_us(walk: Walk) -> Any:
    return outcome.sign_agreement_for_us(agreement=agreement(walk), by=walk.sales(Role.SALES_HEAD), at=walk.tick())


def all_decided(walk: Walk) -> Any:
    change = answered(walk)
    walk_changes.decide(walk, change)
    walk_changes.agree(walk, change)
    return type(change).objects.get(pk=change.pk)


def circulated(walk: Walk) -> Any:
    change = changed(C.NOTICED)(walk)
    walk_changes.onward(walk, change)
    return change.signoffs.order_by("pk").first()


def one_forgotten(walk: Walk) -> Any:
    """The notice goes round, not to everybody."""
    change = changed(C.NOTICED)(walk)
    role = outcome.signers_touched(change)[:1]
    return outcome.circulate(change=change, roles=role, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


def all_signed(walk: Walk) -> Any:
    change = circulated(walk).change
    for row in change.signoffs.order_by("pk"):
        outcome.sign_for_change(signoff=row, by=walk_changes.whoever(walk, row.role, row.company_id), at=walk.tick())
    return type(change).objects.get(pk=change.pk)


def on_the_road_and_changed(walk: Walk) -> Shipment:
    """A part is on the road when the customer wants it otherwise."""
    at(S.STOCKED)(walk)
    shipment = walk.ship({1: Decimal(1)})
    walk_changes.ask(walk)
    return Shipment.objects.get(pk=shipment.pk)


def called_back(walk: Walk) -> Shipment:
    return shipping.ask_recall(shipment=on_the_road_and_changed(walk), words="客户改配置", by=walk.clerk, at=walk.tick())


def turned_round(walk: Walk) -> Shipment:
    shipment, by, moment = called_back(walk), walk.who(Role.TRANSPORT_HEAD), walk.tick()
    return shipping.turn_round(shipment=shipment, answer="司机已掉头", back_on=localtime(moment).date(), by=by, at=moment)


def touched(walk: Walk, kind: str) -> Any:
    """A row of the change: work that has begun."""
    after(at(S.PLANNED), first_task_runs)(walk)
    change = walk_changes.change(walk, until=C.IN_REVIEW, klass=2)
    return change.items.filter(kind__contains=kind).order_by("pk").first()


def called_off(walk: Walk) -> Any:
    at(S.PLANNED)(walk)
    return walk_changes.ask_cancel(walk)


def ready_to_end(walk: Walk) -> Any:
    change = called_off(walk)
    walk_changes.decide(walk, change)
    outcome.agree_charge(change=change, charge=Decimal(0), charge_note="王工来电同意", by=walk.clerk, at=walk.tick())
    return walk.fresh()


def short_of_a_part(walk: Walk) -> Any:
    at(S.PLANNED)(walk)
    line = goods_lines(walk.order)[0]
    manager = walk.holder(walk.order.order_manager_post)
    return record_shortage(
        order=walk.order, line=line, item=line.item, quantity=Decimal(1), cause="库存柜体压坏", by=manager, at=walk.tick()
    )
