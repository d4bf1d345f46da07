"""A quotation and the closing stand on My work until they are done (SLA-07)."""

import pytest

from aftersales.services import receive_request
from demo.walk import Walk
from orders.workflow import OrderState as S
from sla.models import RunningClock
from sla.under_way import what_is_under_way_has_its_clocks
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


def test_an_accepted_order_is_quoted_by_its_clerk():
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.ACCEPTED)
    assert "quotation" in on_my_work(walk.clerk)
    begun_before_the_release()
    walk.to(S.QUOTED)
    assert "quotation" not in on_my_work(walk.clerk)


@pytest.mark.req("FIN-05")
def test_finance_closes_an_order_when_nothing_is_open_any_more(finance_sun):
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    order = walk.to(S.INVOICED)
    assert "order_closing" in on_my_work(finance_sun, walk.at), "the money came before the goods left"
    begun_before_the_release(walk.at)
    receive_request(order=order, words="异响", contact="王工", channel="phone", by=walk.clerk, at=walk.tick())
    assert "order_closing" not in on_my_work(finance_sun, walk.at), "a service came up before it was closed"
    assert what_is_under_way_has_its_clocks() == []


@pytest.mark.req("FIN-05")
def test_a_closed_order_waits_for_nobody(finance_sun):
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CLOSED)
    clock = RunningClock.objects.get(name="order_closing")
    assert clock.stopped_at and not RunningClock.objects.open().filter(subject_kind="orders.order").exists()
