"""An exchange is set off: nobody pays twice for what they gave back; only what the new order does not ask for is paid back."""

from decimal import Decimal

import pytest

from aftersales import services as aftersales
from core.models import Delivery, Fact
from core.reasons import NotReady, Reason
from demo import walk_after, walk_changes
from demo.simulate.life import date_lines
from demo.walk import Walk
from finance import refunds, services
from finance.models import Payment, Refund
from finance.set_off import set_off
from orders.guards import nothing_is_open
from orders.services import intake
from orders.services.intake import LineInput
from orders.services.ledger import goods_lines
from orders.services.money import standing
from orders.workflow import OrderState as S
from portal.page import timeline
from sla.models import RunningClock
from tests.factories.shipping import violations
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("RET-07")]


@pytest.fixture
def exchanged(db):
    """`exchanged(back=1, sent=2)`: of a paid order so many came back to be exchanged; the exchange order, at intake, asks for so many."""

    def go(*, back: int, sent: int) -> tuple[Walk, Walk]:
        old = Walk(MONDAY_9AM)
        old.register("C0003", [("GGD", 2)])
        old.to(S.INVOICED)
        old.pay()
        request = walk_after.take_back(old, walk_after.apply(old, {1: Decimal(back)}, wanted="exchange"), outcome="exchange")
        new = Walk(old.at)
        new.order = aftersales.order_exchange(request=request, by=old.clerk, at=new.tick())
        date_lines(new)
        if sent != back:
            (line,) = goods_lines(new.fresh())
            row = LineInput(item=line.item, quantity=Decimal(sent), spec=line.spec, line_no=1, wanted_date=line.wanted_date)
            intake.edit_intake(order=new.order, by=new.clerk, at=new.tick(), lines=[row])
        return old, new

    return go


def signed(walk: Walk) -> None:
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    if walk.fresh().state == S.CONTRACTED:
        walk.sign()


def refused(act) -> list[str]:
    with pytest.raises(NotReady) as why:
        act()
    return [reason.code for reason in why.value.reasons]


def test_an_exchange_of_equal_value_leaves_nothing_to_pay_and_nothing_to_refund(exchanged, finance_sun):
    old, new = exchanged(back=1, sent=1)
    kept = Refund.objects.get()
    assert (kept.state, kept.waits_for_exchange) == ("agreed", True)
    assert refused(lambda: pay(kept, finance_sun, old)) == ["refund_kept"]
    assert not RunningClock.objects.filter(name="refund").exists()
    assert any("换货订单" in row["text"] for row in timeline(old.order))
    signed(new)
    kept.refresh_from_db()
    due, got = standing(new.fresh())
    assert (kept.state, kept.set_off, due, got) == ("paid", kept.amount, kept.amount, kept.amount)
    assert new.order.state not in (S.CONTRACTED, S.SIGNED), "the deposit is in, so the contract is in force"
    assert nothing_is_open.reasons(old.fresh()) == ()
    assert not RunningClock.objects.filter(name="refund").exists()
    assert not Delivery.objects.filter(key__startswith="customer-refunded").exists(), "no mail promises money that does not come"
    assert set_off(new=new.order, at=new.tick()) is None, "once"
    assert violations() == []


def test_what_is_dearer_is_due(exchanged):
    _old, new = exchanged(back=1, sent=2)
    signed(new)
    kept, (due, got) = Refund.objects.get(), standing(new.fresh())
    assert (kept.state, got, due) == ("paid", kept.amount, new.order.amount)
    assert due - got == kept.amount, "two at the price of one are given back for"
    assert violations() == []


def test_what_is_cheaper_is_refunded_within_two_days(exchanged, finance_sun):
    old, new = exchanged(back=2, sent=1)
    signed(new)
    row = Refund.objects.get()
    due, got = standing(new.fresh())
    assert (row.state, row.set_off, row.payable, got) == ("agreed", due, row.amount - due, due)
    assert RunningClock.objects.open().get(name="refund").subject_id == row.pk
    assert Fact.objects.get(kind="finance.RefundWasAgreed").money == {"amount": str(row.payable)}
    pay(row, finance_sun, new)
    assert Fact.objects.get(kind="finance.RefundWasPaid").money == {"amount": str(row.payable)}
    assert nothing_is_open.reasons(old.fresh()) == ()
    assert violations() == []


def test_an_exchange_order_that_comes_to_nothing_gives_the_money_back(exchanged, finance_sun):
    old, new = exchanged(back=1, sent=1)
    intake.withdraw(order=new.fresh(), by=new.clerk, at=new.tick(), reason="客户不换了")
    row = Refund.objects.get()
    assert (row.set_off, row.payable, row.waits_for_exchange) == (0, row.amount, False)
    pay(row, finance_sun, new)
    assert nothing_is_open.reasons(old.fresh()) == ()
    assert violations() == []


def test_a_cancelled_exchange_order_refunds_what_was_set_off(exchanged):
    _old, new = exchanged(back=1, sent=1)
    signed(new)
    walk_changes.cancel_order(new)
    back = Refund.objects.get(order=new.order)
    (share,) = back.shares.select_related("payment")
    assert share.payment.method == Payment.Method.SET_OFF
    assert violations() == []


def test_what_is_set_off_cannot_be_reversed_like_money(exchanged, finance_sun):
    _old, new = exchanged(back=1, sent=1)
    signed(new)
    payment = Payment.objects.get(method=Payment.Method.SET_OFF)
    with pytest.raises(NotReady) as why:
        services.reverse_payment(payment=payment, reason="—", by=finance_sun, at=new.tick())
    assert why.value.reasons == (Reason("payment_set_off"),)


def pay(row: Refund, by, walk: Walk) -> None:
    at = walk.tick()
    refunds.pay_refund(refund=row, method="transfer", paid_on=MONDAY_9AM.date(), bank_reference="TK-1", by=by, at=at)


def test_verify_finds_a_set_off_that_nobody_paid(exchanged):
    _old, new = exchanged(back=1, sent=1)
    signed(new)
    Refund.objects.update(set_off=Decimal(1))
    assert any("set off" in wrong for wrong in violations())
