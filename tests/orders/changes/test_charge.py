"""What a cancelling costs: the charge has a limit and its tax, and is seen before it is decided, with what is still to come (CHG-09)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.reasons import NotReady
from demo import walk_changes as walks
from orders.impact import Impact
from orders.models import OrderLine
from orders.services.change import outcome, register
from orders.services.change.cancel import worth_of_rest
from orders.services.deal import line_tax
from orders.services.money import standing
from orders.workflow import OrderState
from organization.roles import Role


def agreed(walk, request, charge):
    return outcome.agree_charge(change=request, charge=charge, charge_note="王总书面同意", by=walk.clerk, at=walk.tick())


@pytest.mark.req("CHG-09")
def test_no_charge_is_higher_than_the_goods_that_are_cancelled_are_worth(walk):
    walk.to(OrderState.INSTRUCTED)
    request, worth = walks.ask_cancel(walk), walk.order.amount
    with pytest.raises(NotReady) as refused:
        agreed(walk, request, worth + Decimal("0.01"))
    (reason,) = refused.value.reasons
    assert (reason.code, reason.figures["worth"], reason.figures["field"]) == ("cancel_charge_high", worth, "charge")
    assert agreed(walk, request, worth).charge == worth


@pytest.mark.req("CHG-09")
def test_what_has_left_is_not_worth_a_charge(walk):
    walk.to(OrderState.STOCKED)
    before = worth_of_rest(walk.order)
    walk.receive(walk.ship({1: Decimal(1)}))
    assert worth_of_rest(walk.fresh()) == before / 2


@pytest.mark.req("CHG-09")
def test_the_vat_is_inside_the_charge_as_in_every_price(walk):
    walk.to(OrderState.INSTRUCTED)
    walks.cancel_order(walk, charge=Decimal(1130))
    line = walk.order.lines.get(kind=OrderLine.Kind.SERVICE, unit_price=1130)
    assert (line.amount, line_tax(line)) == (1130, 130)


@pytest.mark.req("CHG-09")
def test_who_cancels_sees_charge_and_refund_before_deciding(walk, login, sales_head_gu):
    walk.to(OrderState.INSTRUCTED)
    received = standing(walk.order)[1]
    request = walks.ask_cancel(walk)
    walks.decide(walk, request)
    agreed(walk, request, Decimal(5000))
    page = login(sales_head_gu).get(reverse("orders:act", args=[walk.order.number, "cancel"]))
    told = page.context["foreseen"]
    assert (told["charge"], told["total"], told["refund"]) == (5000, 5000, received - 5000)
    assert f"{received - 5000:,.2f}" in page.text
    assert "王总书面同意" in page.text


@pytest.mark.req("CHG-09")
def test_purchases_that_are_still_to_come_are_listed_with_their_value_for_who_sees_costs(walk, login, monkeypatch):
    walk.to(OrderState.INSTRUCTED)
    of = {"options": (("keep", "转库存"),), "role": "buyer", "company_id": walk.order.product_company_id, "effect": "", "touches": 2}
    row = Impact(kind="orders.order", reference=walk.order.pk, title="断路器 × 8", now="", to_come=Decimal("16320.00"), **of)
    monkeypatch.setattr(register, "ask", lambda *args, **kwargs: [[row]])
    request = walks.ask_cancel(walk)
    assert request.items.get().to_come == Decimal("16320.00")
    assert "16,320.00" in login(general_manager(walk)).get(request.get_absolute_url()).text
    assert "16,320.00" not in login(walk.clerk).get(request.get_absolute_url()).text


def general_manager(walk):
    return walk.product(Role.GENERAL_MANAGER)
