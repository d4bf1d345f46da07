"""Orders of several kinds hold every invariant, and each corruption made behind the services' back is found by the right one."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from core.facts import EVENTS
from core.questions import ask
from demo.walk import Walk
from finance import services as finance
from orders import verify
from orders.models import Order
from orders.services import intake, review
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.models import Person
from organization.roles import Role
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02")]


def found() -> dict[str, list[str]]:
    """Violations by name of the check, those without any left out."""
    return {check.__name__: wrong for checks in ask("invariants") for _name, check in checks if (wrong := check())}


def walked(state: str, customer: str = "C0003", lines: tuple = (("GGD", 2),)) -> Walk:
    walk = Walk(MONDAY_9AM)
    walk.register(customer, lines)
    if state != S.REGISTERED:
        walk.to(state)
    return walk


def test_every_fact_of_orders_leads_to_a_state_or_leaves_it():
    told = {event for kind, event in EVENTS.items() if kind.startswith("orders.")}
    assert told == {*verify.LEADS_TO, verify.SIGNED, *verify.STAYS}
    assert len(told) == len(verify.LEADS_TO) + 1 + len(verify.STAYS)
    reached = {state for states in verify.LEADS_TO.values() for state in states} | {S.SIGNED}
    assert reached == set(S)


def test_wherever_an_order_stands_everything_holds():
    walk = walked(S.REGISTERED)
    states = [S.REGISTERED]
    while walk.fresh().state != S.CLOSED:
        assert found() == {}, walk.order.state
        walk.onward()
        states.append(walk.fresh().state)
    assert found() == {}
    assert len(set(states)) >= 12


def test_orders_off_the_straight_road_hold_too():
    irregular = walked(S.IN_IRREGULAR_REVIEW, "C0002", (("XGN2-12", 5),))
    assert found() == {}
    irregular.meet()
    irregular.opinions(Verdict.LATER, earliest_date=irregular.order.wanted_date + timedelta(days=9), comment="图纸")
    assert (irregular.fresh().state, found()) == (S.NEGOTIATING, {})
    review.ask_refusal(order=irregular.order, by=irregular.clerk, at=irregular.tick(), reason="客户不同意")
    assert found() == {}
    manager = irregular.product(Role.GENERAL_MANAGER)
    review.approve_refusal(order=irregular.order, by=manager, at=irregular.tick(), reason="同意")
    back = walked(S.CONTRACTED, lines=(("S13-M-630/10", 1),))
    intake.take_back(order=back.order, by=back.clerk, at=back.tick(), reason="规格要改")
    assert found() == {}
    back.to(S.QUOTED)
    intake.withdraw(order=back.order, by=back.clerk, at=back.tick(), reason="项目取消")
    early = walked(S.INSTRUCTED, "C0001")
    early.sign()
    paid = walked(S.CONTRACTED)
    paid.sign_for_us()
    paid.sign()
    payment = paid.pay("effect")
    finance.reverse_payment(payment=payment, reason="退票", by=paid.sales(Role.FINANCE), at=paid.tick())
    stock = walked(S.CLOSED, lines=(("S13-M-630/10", 1),))
    assert {irregular.fresh().state, back.fresh().state, stock.fresh().state} == {S.REFUSED, S.WITHDRAWN, S.CLOSED}
    assert found() == {}


# What somebody does to the database by hand -> the checks that find it. {o} is the order's id.
CORRUPTIONS = {
    "a state moved": (
        S.CLOSED, "UPDATE orders_order SET state = 'invoiced' WHERE id = {o}",
        {"states_are_what_history_says", "what_is_under_way_has_its_clocks"},
    ),
    "a state moved on": (
        S.EFFECTIVE, "UPDATE orders_order SET state = 'instructed' WHERE id = {o}",
        {"states_are_what_history_says", "clocks_are_obligations"},
    ),
    "the class turned over": (
        S.IN_REGULAR_REVIEW, "UPDATE orders_order SET order_class = 'irregular' WHERE id = {o}", {"reviews_are_of_the_class"},
    ),
    "a version set back": (S.CLOSED, "UPDATE orders_order SET version = 3 WHERE id = {o}", {"versions_are_sane"}),
    "an intake too many": (S.QUOTED, "UPDATE orders_order SET intake = 1 WHERE id = {o}", {"versions_are_sane"}),
    "a revision lost": (S.CONTRACTED, "DELETE FROM orders_orderrevision WHERE order_id = {o}", {"versions_are_sane"}),
    "a cheaper line": (S.QUOTED, "UPDATE orders_orderline SET amount = amount - 1 WHERE order_id = {o}", {"amounts_are_sums_of_lines"}),
    "a dearer contract": (
        S.CONTRACTED, "UPDATE orders_contract SET amount = amount + 1 WHERE order_id = {o}",
        {"amounts_are_sums_of_lines", "dues_add_up_to_the_contract"},
    ),
    "a due forgiven": (
        S.CONTRACTED, "UPDATE orders_paymentdue SET amount = amount - 5 WHERE order_id = {o} AND position = 2",
        {"dues_add_up_to_the_contract"},
    ),
    "money out of nothing": (
        S.EFFECTIVE, "UPDATE orders_moneyreceived SET amount = amount + 1 WHERE due_id IN "
        "(SELECT id FROM orders_paymentdue WHERE order_id = {o})",
        {"money_is_within_what_is_due", "money_received_is_confirmed"},
    ),
    "a due settled by word": (
        S.EFFECTIVE, "UPDATE orders_paymentdue SET settled_at = NULL WHERE order_id = {o}", {"money_is_within_what_is_due"},
    ),
    "delivered above shipped": (
        S.DELIVERED, "UPDATE orders_linemovement SET quantity = quantity + 1000 WHERE order_id = {o} AND kind = 'delivered'",
        {"quantities_are_in_order"},
    ),
    "put in store by hand": (
        S.STOCKED, "UPDATE orders_linemovement SET quantity = quantity + 1000 WHERE order_id = {o} AND kind = 'stocked'",
        {"quantities_are_in_order", "goods_in_store_are_reserved"},
    ),
    "a clock stopped": (
        S.EFFECTIVE, "UPDATE sla_runningclock SET cancelled_at = started_at WHERE order_id = {o} AND name = 'production_instruction'",
        {"clocks_are_obligations"},
    ),
    "a clock set going again": (
        S.CLOSED, "UPDATE sla_runningclock SET stopped_at = NULL WHERE order_id = {o} AND name = 'plan_breakdown'",
        {"clocks_are_obligations", "ended_orders_have_no_clocks"},
    ),
    "the plan's clock gone": (
        S.INSTRUCTED, "UPDATE sla_runningclock SET cancelled_at = started_at WHERE order_id = {o} AND name = 'plan_breakdown'",
        {"clocks_are_obligations"},
    ),
    "the notice's clock gone": (
        S.STOCKED, "UPDATE sla_runningclock SET cancelled_at = started_at WHERE order_id = {o} AND name = 'shipment_notice'",
        {"clocks_are_obligations"},
    ),
    "an opinion's clock gone": (
        S.IN_REGULAR_REVIEW,
        "UPDATE sla_runningclock SET stopped_at = started_at "
        "WHERE order_id = {o} AND name = 'review_opinion' AND key = 'production_manager'",
        {"opinions_asked_have_clocks"},
    ),
    "an opinion given by word": (
        S.IN_REGULAR_REVIEW,
        "UPDATE orders_opinion SET state = 'given' WHERE role = 'production_manager' AND review_id IN "
        "(SELECT id FROM orders_review WHERE order_id = {o})",
        {"opinions_asked_have_clocks"},
    ),
    "a contract number left out": (
        S.CONTRACTED, "UPDATE orders_contract SET number = 'HT2611-0005' WHERE order_id = {o}", {"order_numbers_have_no_gaps"},
    ),
    "a counter set back": (S.INSTRUCTED, "UPDATE core_counter SET last = 0 WHERE series = 'SC2611'", {"order_numbers_have_no_gaps"}),
}  # fmt: skip


@pytest.mark.parametrize("state", sorted({state for state, _sql, _checks in CORRUPTIONS.values()}))
def test_what_somebody_does_by_hand_is_found(state):
    walk = walked(state)
    assert found() == {}
    for name, (where, statement, checks) in CORRUPTIONS.items():
        if where == state:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(o=walk.order.pk))
                assert set(found()) == checks, name
                transaction.set_rollback(True)


def test_an_opinion_put_into_another_mouth_is_found():
    walk = walked(S.ACCEPTED)
    stranger = Person.objects.get(username="zhoumin")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_opinion SET person_id = %s WHERE role = 'production_manager'", [stranger.pk])
    assert set(found()) == {"opinions_are_by_who_was_asked"}
    assert "gave it" in found()["opinions_are_by_who_was_asked"][0]
    assert Order.objects.get() == walk.order
