"""Goods under way are called back before their order changes or ends; they come back through the store and quality (CHG-10)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils.timezone import localtime

from core.actor import Actor
from core.questions import ask
from core.reasons import NotAllowed, NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from finance.models import Invoice
from inventory.models import Reservation, StockBalance
from orders.services.change import cancel, outcome
from orders.services.ledger import quantities
from orders.workflow import OrderState
from organization.roles import Role
from shipping import services
from shipping.models import Shipment
from sla.models import RunningClock
from tests.factories.work import both_on_the_road

pytestmark = [pytest.mark.django_db, pytest.mark.req("CHG-10")]


@pytest.fixture
def walk() -> Walk:
    return both_on_the_road()


@pytest.fixture
def violations() -> Callable[[], list[str]]:
    return lambda: [text for found in ask("invariants") for _name, check in found for text in check()]


@pytest.fixture
def driver_boss(walk) -> Actor:
    return walk.who(Role.TRANSPORT_HEAD)


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def the_goods(walk):
    return quantities(walk.fresh())[walk.order.lines.get(line_no=1).pk]


def agree(walk, request) -> None:
    walks.decide(walk, request)
    outcome.agree_charge(change=request, charge=D(300), charge_note="王工来电同意", by=walk.clerk, at=walk.tick())


def end(walk) -> None:
    cancel.cancel_order(order=walk.order, reason="项目停建", by=walk.sales(Role.SALES_HEAD), at=walk.tick())


def clocks(shipment) -> set[str]:
    rows = RunningClock.objects.open().filter(subject_kind="shipping.shipment", subject_id=shipment.pk)
    return set(rows.values_list("name", flat=True))


@pytest.mark.req("CHG-09", "SHP-07", "INV-01")
def test_all_is_on_the_road_the_customer_cancels_and_everything_comes_home(walk, driver_boss, violations):
    shipment = Shipment.objects.get()
    request = walks.ask_cancel(walk)
    assert "recall" in clocks(shipment), "asked by itself, and transport has a clock"
    agree(walk, request)
    with pytest.raises(NotReady) as refused:
        end(walk)
    assert codes(refused) == ["recall_runs"]
    back_on = localtime(walk.at).date() + timedelta(days=1)
    services.turn_round(shipment=shipment, answer="司机已掉头", back_on=back_on, by=driver_boss, at=walk.tick())
    assert clocks(shipment) == {"recalled_goods"}, "nobody asks the customer for a receipt any more"
    with pytest.raises(NotReady) as refused:
        end(walk)
    assert codes(refused) == ["recall_comes_back"]
    services.take_back_in(shipment=shipment, by=walk.who(Role.STORE_KEEPER, shipment.company_id), at=walk.tick())
    of = the_goods(walk)
    assert (of.shipped, of.noticed, of.stocked) == (0, 0, 0)
    assert StockBalance.objects.filter(item__code="GGD", blocked=2).exists(), "until quality has looked at them"
    assert violations() == []
    end(walk)
    walk.inspect()
    walk.put_away()
    assert (walk.fresh().state, the_goods(walk).open, the_goods(walk).stocked) == (OrderState.CANCELLED, 0, 0)
    assert sum(row.free for row in StockBalance.objects.filter(item__code="GGD")) == 2
    assert not Reservation.objects.filter(order_id=walk.order.pk, closed_at=None).exists()
    assert violations() == []


def test_what_came_back_and_is_still_wanted_goes_out_again(walk, violations):
    shipment = Shipment.objects.get()
    request = walks.ask(walk, {"header": {"contact_name": "李工"}})
    services.ask_recall(shipment=shipment, words="换人收货", by=walk.clerk, at=walk.tick())
    walks.answer_recalls(walk, turns_round=True)
    outcome.refuse_change(change=request, reason="客户又不改了", by=walk.clerk, at=walk.tick())
    walk.inspect()
    walk.put_away()
    walk.receive(walk.ship())
    assert walk.fresh().state == OrderState.DELIVERED
    assert violations() == []


@pytest.mark.req("CHG-09")
def test_where_nothing_can_turn_round_there_is_nothing_left_to_cancel(walk, violations):
    agree(walk, walks.ask_cancel(walk))
    walks.answer_recalls(walk)
    with pytest.raises(NotReady) as refused:
        end(walk)
    assert codes(refused) == ["all_shipped"]
    assert violations() == []


def test_a_cancelling_taken_back_lets_the_lorry_drive_on(walk, violations):
    shipment = Shipment.objects.get()
    request = walks.ask_cancel(walk)
    outcome.refuse_change(change=request, reason="客户又要了", by=walk.clerk, at=walk.tick())
    assert "recall" not in clocks(shipment)
    assert "customer_receipt" in clocks(shipment)
    walk.receive(shipment)
    assert violations() == []


def test_sales_calls_back_for_a_change_and_only_transport_turns_the_lorry_round(walk, driver_boss):
    shipment, day = Shipment.objects.get(), localtime(walk.at).date() + timedelta(days=9)
    with pytest.raises(NotReady) as refused:
        services.ask_recall(shipment=shipment, words="客户来电", by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["recall_for_no_change"]
    with pytest.raises(NotReady) as refused:
        services.turn_round(shipment=shipment, answer="已掉头", back_on=day, by=driver_boss, at=walk.tick())
    assert codes(refused) == ["recall_not_asked"]
    walks.ask_cancel(walk)
    with pytest.raises(NotAllowed):
        services.turn_round(shipment=shipment, answer="已掉头", back_on=day, by=walk.clerk, at=walk.tick())


@pytest.mark.req("FIN-01")
def test_an_invoice_of_goods_that_came_back_is_credited(walk, violations):
    walk.invoice()
    walks.ask_cancel(walk)
    walks.answer_recalls(walk, turns_round=True)
    note = Invoice.objects.exclude(corrects=None).get()
    assert (note.gross, the_goods(walk).invoiced) == (-note.corrects.gross, 0)
    assert violations() == []


def test_the_page_of_the_cancelling_leads_to_recall_and_return(walk, client):
    shipment = Shipment.objects.get()
    request = walks.ask_cancel(walk)
    client.force_login(walk.order.clerk_post.holder, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(request.get_absolute_url()).content.decode()
    assert shipment.get_absolute_url() in page
    assert f"/orders/{walk.order.number}/do/apply_return/" in page
    walks.answer_recalls(walk)
    assert "司机已到现场" in client.get(request.get_absolute_url()).content.decode()


def test_goods_that_are_being_traced_are_not_called_back_and_it_is_said_at_once(walk, client):
    shipment = Shipment.objects.get()
    services.report_not_received(shipment=shipment, words="没有收到", by=walk.clerk, at=walk.tick())
    request = walks.ask(walk, {"header": {"delivery_address": "合肥新站区"}})
    with pytest.raises(NotReady) as refused:
        services.ask_recall(shipment=shipment, words="客户来电", by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["trace_runs"]
    client.force_login(walk.order.clerk_post.holder, backend="django.contrib.auth.backends.ModelBackend")
    (left,) = client.get(request.get_absolute_url()).context["left"]
    assert (left["ask"], len(left["reasons"])) == (None, 1)
