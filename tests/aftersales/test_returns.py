"""Returns: applied for, checked, the costs told, answered within a day; goods come back blocked, and everything adds up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import localtime

from aftersales import services, verify
from aftersales.models import ReturnPolicy, ReturnRequest
from aftersales.services import Settled
from core.reasons import NotAllowed, NotReady, Reason, Refused
from inventory.models import PutAway, StockBalance, StockMovement
from orders.guards import nothing_is_open
from orders.services.ledger import quantities
from sla.models import RunningClock
from tests.factories.shipping import order_in_store, violations
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal
TUESDAY = date(2026, 11, 24)


def apply(order, by, wanted_of, **more):
    lines = {line.line_no: line.pk for line in order.lines.all()}
    given = {"wanted": "refund", "reason": "defect", "words": "柜体变形", "identity": "called_back", **more}
    if by.kind == "customer":
        del given["identity"]
    return services.apply_return(order=order, quantities={lines[n]: D(q) for n, q in wanted_of.items()}, by=by, at=MONDAY_9AM, **given)


def told(request, by, cause="defect", **more):
    return services.tell_costs(request=request, cause=cause, told_to="王工", by=by, at=MONDAY_9AM, **more)


def holds():
    return violations() + [wrong for _name, check in verify.invariants() for wrong in check()]


@pytest.fixture
def back(clerk_zhou, aftersales_head_liang, aftersales_ma, store_keeper_qian, inspector_wu):
    """`back(order, {1: 2})`: the goods of an agreed return are here and inspected."""

    def go(order, wanted_of, **more):
        request = apply(order, clerk_zhou, wanted_of, **more)
        told(request, aftersales_ma)
        services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
        services.arrange_collection(request=request, collect_on=TUESDAY, carrier="德邦", by=aftersales_ma, at=MONDAY_9AM)
        came = {line.pk: line.quantity for line in request.lines.all()}
        services.receive_returned(request=request, quantities=came, by=store_keeper_qian, at=MONDAY_9AM)
        findings = dict.fromkeys(came, "门板变形，机构完好")
        return services.inspect_return(request=request, findings=findings, conclusion="属实", by=inspector_wu, at=MONDAY_9AM)

    return go


def settle(request, by, **decided):
    (line,) = request.lines.all()
    return services.settle_return(request=request, decided={line.pk: Settled(**decided)}, by=by, at=MONDAY_9AM)


@pytest.mark.req("RET-01")
def test_the_customer_applies_on_their_page_and_the_head_has_a_day_to_answer(delivered, wang, aftersales_head_liang, aftersales_ma):
    order = delivered((8, "15800"))
    request = apply(order, wang(order), {1: 2})
    clock = RunningClock.objects.get(name="return_decision")
    assert (request.number[:4], request.identity, request.applied_by) == ("TH26", "link", "王工")
    assert (clock.role, clock.due_at) == ("aftersales_head", MONDAY_9AM + timedelta(days=1))
    services.ask_information(request=request, question="请拍门板照片", by=aftersales_head_liang, at=MONDAY_9AM)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM
    services.give_information(request=request, words="照片见附件", by=wang(order), at=MONDAY_9AM)
    assert RunningClock.objects.open().filter(name="return_decision").exists()
    services.refuse_return(request=request, reason="人为损坏", by=aftersales_head_liang, at=MONDAY_9AM)
    assert not RunningClock.objects.open().filter(name="return_decision").exists()
    assert ReturnRequest.objects.get().state == "refused"
    assert nothing_is_open.reasons(order) == ()
    assert holds() == []


@pytest.mark.req("RET-01")
def test_whoever_takes_it_down_says_how_the_customer_was_identified(delivered, clerk_zhou):
    order = delivered((8, "15800"))
    for given in ("", "link"):
        with pytest.raises(NotReady) as refused:
            apply(order, clerk_zhou, {1: 1}, identity=given)
        assert refused.value.reasons == (Reason("identity_missing", field="identity"),)


@pytest.mark.req("RET-01")
def test_never_more_than_was_delivered_less_what_came_back_or_is_on_its_way(delivered, clerk_zhou, back, aftersales_head_liang):
    order = delivered((8, "15800"), only={1: 5})
    field = f"q_{order.lines.get().pk}"
    apply(order, clerk_zhou, {1: 2})
    with pytest.raises(NotReady) as refused:
        apply(order, clerk_zhou, {1: 4})
    assert refused.value.reasons == (Reason("return_above_delivered", line=1, asked=D(4), available=D(3), field=field),)
    settle(back(order, {1: 1}), aftersales_head_liang, outcome="refund", granted=D(1), goods="restock")
    with pytest.raises(NotReady) as refused:
        apply(order, clerk_zhou, {1: 3})
    assert refused.value.reasons[0].figures["available"] == D(2)


@pytest.mark.req("RET-07")
def test_before_delivery_there_is_nothing_to_return(clerk_zhou):
    with pytest.raises(NotReady) as refused:
        apply(order_in_store((8, "15800"), free=True), clerk_zhou, {1: 1})
    assert refused.value.reasons == (Reason("not_delivered"),)


@pytest.mark.req("RET-03")
def test_who_pays_the_freight_follows_from_the_cause_is_told_before_and_is_in_before_anybody_drives(
    delivered, clerk_zhou, aftersales_head_liang, aftersales_ma, finance_sun
):
    order = delivered((8, "15800"))
    request = apply(order, clerk_zhou, {1: 2}, reason="not_needed", packaging_intact=True, labels_intact=True)
    with pytest.raises(NotReady) as refused:
        services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("costs_not_told"),)
    with pytest.raises(Refused) as refused:
        told(request, aftersales_ma, "not_needed")
    assert refused.value.reasons == (Reason("costs_missing", field="freight_amount"),)
    told(request, aftersales_ma, "not_needed", freight_amount=D("860"))
    services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
    with pytest.raises(Refused) as refused:
        services.arrange_collection(request=request, collect_on=TUESDAY, carrier="德邦", by=aftersales_ma, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("freight_not_prepaid"),)
    assert waiting(order) == [("return_freight", "finance")]
    paid = {"request": request, "reference": "SK2611-0009", "paid_on": MONDAY_9AM.date(), "at": MONDAY_9AM}
    with pytest.raises(NotAllowed):
        services.confirm_freight(by=aftersales_ma, **paid)
    with pytest.raises(Refused) as refused:
        services.confirm_freight(by=finance_sun, **{**paid, "reference": " ", "paid_on": TUESDAY})
    assert [reason.code for reason in refused.value.reasons] == ["freight_reference_missing", "freight_paid_in_future"]
    services.confirm_freight(by=finance_sun, **paid)
    assert waiting(order) == [("return_collection", "aftersales_engineer")]
    with pytest.raises(NotReady) as refused:
        services.confirm_freight(by=finance_sun, **paid)
    assert refused.value.reasons == (Reason("no_freight_awaited"),)
    request = services.arrange_collection(request=request, collect_on=TUESDAY, carrier="德邦", by=aftersales_ma, at=MONDAY_9AM)
    assert (request.is_ours, request.freight_amount, request.freight_confirmed_by) == (False, D("860"), finance_sun.name)
    assert holds() == []
    ReturnRequest.objects.update(freight_confirmed_at=None)
    assert len(verify.nobody_drives_before_the_freight_is_in()) == 1


@pytest.mark.req("RET-03")
def test_our_fault_our_freight(delivered, clerk_zhou, aftersales_ma):
    request = apply(delivered((8, "15800")), clerk_zhou, {1: 2}, reason="not_needed")
    with pytest.raises(Refused) as refused:
        told(request, aftersales_ma, "defect", freight_amount=D("860"))
    assert refused.value.reasons == (Reason("freight_is_ours", field="freight_amount"),)
    request = told(request, aftersales_ma, "defect")
    assert (request.is_ours, request.freight_amount) == (True, D(0))


@pytest.mark.req("RET-01", "ORG-05")
def test_conditions_are_data_and_an_exception_needs_its_reason(delivered, clerk_zhou, aftersales_head_liang, aftersales_ma):
    order = delivered((8, "15800"))
    ReturnPolicy.objects.create(company=order.sales_company, period_days=0, labels_intact=False)
    request = apply(order, clerk_zhou, {1: 1}, reason="not_needed", packaging_intact=False)
    told(request, aftersales_ma, "not_needed", freight_amount=D("860"))
    with pytest.raises(Refused) as refused:
        services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
    (reason,) = refused.value.reasons
    assert (reason.code, len(reason.figures["conditions"]), reason.figures["field"]) == ("exception_missing", 1, "exception")
    services.agree_return(request=request, exception="老客户", by=aftersales_head_liang, at=MONDAY_9AM)
    assert ReturnRequest.objects.get().exception == "老客户"


@pytest.mark.req("RET-01", "SEC-01")
def test_the_head_answers_and_nobody_else(delivered, clerk_zhou, aftersales_ma, sales_head_gu):
    request = told(apply(delivered((8, "15800")), clerk_zhou, {1: 2}), aftersales_ma)
    for other in (clerk_zhou, aftersales_ma, sales_head_gu):
        with pytest.raises(NotAllowed):
            services.agree_return(request=request, by=other, at=MONDAY_9AM)
        with pytest.raises(NotAllowed):
            services.refuse_return(request=request, reason="—", by=other, at=MONDAY_9AM)


@pytest.mark.req("RET-02", "RET-05", "SEC-01")
def test_the_store_receives_what_comes_back_and_quality_inspects_it(
    delivered, clerk_zhou, aftersales_head_liang, aftersales_ma, store_keeper_qian, inspector_wu
):
    request = told(apply(delivered((8, "15800")), clerk_zhou, {1: 2}), aftersales_ma)
    services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
    services.arrange_collection(request=request, collect_on=TUESDAY, carrier="德邦", by=aftersales_ma, at=MONDAY_9AM)
    came = {line.pk: line.quantity for line in request.lines.all()}
    for other in (aftersales_ma, aftersales_head_liang, inspector_wu):
        with pytest.raises(NotAllowed):
            services.receive_returned(request=request, quantities=came, by=other, at=MONDAY_9AM)
    services.receive_returned(request=request, quantities=came, by=store_keeper_qian, at=MONDAY_9AM)
    findings = dict.fromkeys(came, "门板变形")
    for other in (aftersales_ma, aftersales_head_liang, store_keeper_qian):
        with pytest.raises(NotAllowed):
            services.inspect_return(request=request, findings=findings, conclusion="属实", by=other, at=MONDAY_9AM)
    request = services.inspect_return(request=request, findings=findings, conclusion="属实", by=inspector_wu, at=MONDAY_9AM)
    assert (request.state, request.inspected_by) == ("inspected", inspector_wu.name)


@pytest.mark.req("RET-02", "RET-05", "FIN-05")
def test_returned_goods_are_blocked_until_it_is_decided(delivered, back, aftersales_head_liang):
    order = delivered((8, "15800"))
    request = back(order, {1: 2})
    (line,) = request.lines.all()
    balance = StockBalance.objects.get(batch=request.number)
    assert (balance.on_hand, balance.blocked, quantities(order)[line.line_id].returned) == (2, 2, 2)
    assert [reason.code for reason in nothing_is_open.reasons(order)] == ["still_open"]
    settle(request, aftersales_head_liang, outcome="refund", granted=D(2), goods="restock")
    assert PutAway.objects.get(source_kind="aftersales.returnline").quantity == 2
    assert order.open_items.filter(kind="return", closed_at=None).count() == 0
    assert holds() == []


@pytest.mark.req("RET-05")
def test_scrapped_goods_leave_the_stock_and_blocked_ones_stay(delivered, back, aftersales_head_liang):
    order = delivered((8, "15800"))
    scrapped = settle(back(order, {1: 2}), aftersales_head_liang, outcome="refund", granted=D(2), goods="scrapped")
    assert StockBalance.objects.get(batch=scrapped.number).on_hand == 0
    blocked = settle(back(order, {1: 3}), aftersales_head_liang, outcome="refund", granted=D(3), goods="blocked")
    assert StockBalance.objects.get(batch=blocked.number).blocked == 3
    assert quantities(order)[order.lines.get().pk].returned == 5
    assert holds() == []


@pytest.mark.req("RET-02", "RET-05")
@pytest.mark.parametrize(("outcome", "granted", "kept"), [("refund", 1, 1), ("repair", 3, 0), ("refusal", 0, 0)])
def test_in_full_or_part_and_the_rest_goes_back_to_the_customer(delivered, back, aftersales_head_liang, outcome, granted, kept):
    order = delivered((8, "15800"))
    goods = "blocked" if outcome == "refund" else ""
    request = settle(back(order, {1: 3}), aftersales_head_liang, outcome=outcome, granted=D(granted), goods=goods)
    assert quantities(order)[order.lines.get().pk].returned == kept
    assert StockBalance.objects.get(batch=request.number).on_hand == kept
    left = StockMovement.objects.filter(source_kind="aftersales.sentback").values_list("kind", "quantity")
    assert list(left) == [("sent_back", kept - 3)], "nobody scrapped them"
    assert holds() == []


@pytest.mark.req("RET-02")
def test_an_outcome_names_quantity_and_goods(delivered, back, aftersales_head_liang):
    request = back(delivered((8, "15800")), {1: 3})
    for decided, code in (
        ({"outcome": "refund", "granted": D(4), "goods": "restock"}, "granted_above_received"),
        ({"outcome": "refund", "granted": D(0), "goods": "restock"}, "nothing_granted"),
        ({"outcome": "exchange", "granted": D(1), "goods": ""}, "goods_undecided"),
        ({"outcome": "repair", "granted": D(1), "goods": "scrapped"}, "goods_are_the_customers"),
    ):
        with pytest.raises(Refused) as refused:
            settle(request, aftersales_head_liang, **decided)
        assert [reason.code for reason in refused.value.reasons] == [code]


@pytest.mark.req("RET-07", "FIN-05")
def test_an_exchange_makes_a_new_order_linked_both_ways(delivered, back, aftersales_head_liang, clerk_zhou):
    order = delivered((8, "15800"))
    request = settle(back(order, {1: 2}, wanted="exchange"), aftersales_head_liang, outcome="exchange", granted=D(2), goods="blocked")
    assert [reason.code for reason in nothing_is_open.reasons(order)] == ["still_open"]
    assert holds() == []
    new = services.order_exchange(request=request, by=clerk_zhou, at=MONDAY_9AM)
    assert [line.quantity for line in new.lines.all()] == [2]
    assert (new.state, new.exchanged_from.old, order.exchanges.get().new) == ("registered", order, new)
    with pytest.raises(NotReady) as refused:
        services.order_exchange(request=request, by=clerk_zhou, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("nothing_to_exchange"),)
    assert not order.open_items.filter(kind="return", closed_at=None).exists()
    assert holds() == []


@pytest.mark.req("RET-07")
def test_before_shipping_an_exchange_is_a_new_order_and_shows_the_difference(clerk_zhou, store_keeper_qian):
    order = order_in_store((8, "15800"), free=True)
    line = order.lines.get()
    with pytest.raises(NotAllowed):
        services.exchange_unshipped(order=order, quantities={line.pk: D(1)}, by=store_keeper_qian, at=MONDAY_9AM)
    with pytest.raises(NotReady) as refused:
        services.exchange_unshipped(order=order, quantities={line.pk: D(9)}, by=clerk_zhou, at=MONDAY_9AM)
    assert refused.value.reasons[0].code == "exchange_above_unshipped"
    new = services.exchange_unshipped(order=order, quantities={line.pk: D(3)}, by=clerk_zhou, at=MONDAY_9AM)
    exchange = order.exchanges.get()
    assert (exchange.new, exchange.value, new.exchanged_from) == (new, D("47400.00"), exchange)
    new.amount = D("50000.00")
    assert type(exchange)(old=order, new=new, value=exchange.value).difference == D("2600.00")


def waiting(order) -> list[tuple[str, str]]:
    open_ = RunningClock.objects.open().filter(order_id=order.pk, name__startswith="return")
    return sorted(open_.values_list("name", "role"))


@pytest.mark.req("SLA-01", "SLA-07", "RET-01", "RET-02")
def test_every_step_of_a_return_stands_on_somebodys_list(
    delivered, wang, clerk_zhou, aftersales_head_liang, aftersales_ma, store_keeper_qian, inspector_wu
):
    order = delivered((8, "15800"))
    request = apply(order, wang(order), {1: 2})
    assert waiting(order) == [("return_costs", "aftersales_engineer"), ("return_decision", "aftersales_head")]
    told(request, aftersales_ma)
    services.ask_information(request=request, question="请拍门板照片", by=aftersales_head_liang, at=MONDAY_9AM)
    assert waiting(order) == [("return_information", "sales_clerk")]
    services.give_information(request=request, words="照片见附件", by=clerk_zhou, at=MONDAY_9AM)
    assert waiting(order) == [("return_decision", "aftersales_head")], "the costs were told before"
    services.agree_return(request=request, by=aftersales_head_liang, at=MONDAY_9AM)
    assert waiting(order) == [("return_collection", "aftersales_engineer")]
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        services.arrange_collection(request=request, collect_on=day, carrier="德邦", by=aftersales_ma, at=MONDAY_9AM)
        assert waiting(order) == [("return_receipt", "store_keeper")]
        counted_from = RunningClock.objects.open().get(name="return_receipt").opens_at
        assert localtime(counted_from).date() == day, "three days to bring them, from the day on which they are fetched"
    came = {line.pk: line.quantity for line in request.lines.all()}
    services.receive_returned(request=request, quantities=came, by=store_keeper_qian, at=MONDAY_9AM)
    assert waiting(order) == [("return_inspection", "inspector")]
    services.inspect_return(request=request, findings=dict.fromkeys(came, "变形"), conclusion="属实", by=inspector_wu, at=MONDAY_9AM)
    assert waiting(order) == [("return_settling", "aftersales_head")]
    settle(request, aftersales_head_liang, outcome="refund", granted=D(2), goods="restock")
    assert waiting(order) == []


@pytest.mark.req("SLA-07", "RET-07")
def test_the_exchange_order_waits_for_the_clerk(delivered, back, aftersales_head_liang, clerk_zhou):
    order = delivered((8, "15800"))
    request = settle(back(order, {1: 2}, wanted="exchange"), aftersales_head_liang, outcome="exchange", granted=D(2), goods="blocked")
    clock = RunningClock.objects.open().get(name="exchange_order")
    assert (clock.role, clock.subject_id) == ("sales_clerk", request.pk)
    services.order_exchange(request=request, by=clerk_zhou, at=MONDAY_9AM)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM
