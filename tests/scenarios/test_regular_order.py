"""Stories of whole orders, through the services: each reads like the day of the people who carry it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.models import Fact, Reaction
from core.reasons import NotAllowed, NotReady
from demo.walk import Walk
from finance import services as finance
from inventory.models import Reservation, StockBalance
from orders.guards import contract_of
from orders.models import Order
from orders.services import deal, intake, money, progress, review
from orders.services.ledger import goods_lines, quantities
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.roles import Role
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


@pytest.fixture
def walk() -> Walk:
    return Walk(MONDAY_9AM)


@pytest.mark.req("INT-01", "INT-02", "REV-02", "QUO-01", "CON-01", "CON-04", "INS-01", "PLN-01", "EXE-10", "FIN-05")
def test_a_regular_order_goes_from_enquiry_to_closed(walk):
    walk.register("C0003", [("GGD", 2), ("PZ30", 5)])
    order = walk.to(S.CLOSED)
    known = quantities(order)
    for line in goods_lines(order):
        q = known[line.pk]
        assert q.ordered == q.stocked == q.noticed == q.shipped == q.delivered == q.invoiced
    assert money.standing(order) == (order.amount, order.amount)
    assert not Reaction.objects.filter(done_at=None).exists()
    assert not RunningClock.objects.open().filter(order_id=order.pk).exists()


@pytest.mark.req("INV-07", "INV-02")
def test_an_order_wholly_in_stock_needs_no_production(walk):
    walk.register("C0003", [("S13-M-630/10", 2)])
    walk.to(S.ACCEPTED)
    assert [(r.quantity, r.firm) for r in Reservation.objects.filter(order_id=walk.order.pk)] == [(Decimal(2), False)]
    walk.to(S.EFFECTIVE)
    assert [(r.quantity, r.firm) for r in Reservation.objects.filter(order_id=walk.order.pk)] == [(Decimal(2), True)]
    with pytest.raises(NotReady) as refused:
        walk.instruct()
    assert codes(refused) == ["all_in_stock"]
    walk.from_stock()
    assert walk.fresh().state == S.STOCKED
    walk.to(S.CLOSED)
    assert not hasattr(walk.order, "instruction")
    assert StockBalance.objects.get(item__code="S13-M-630/10").on_hand == 1


@pytest.mark.req("SHP-07", "SHP-01", "INV-02")
def test_what_is_in_stock_ships_while_the_rest_is_made(walk):
    """Thirty transformers lie in store and leave first; the order itself stays in production."""
    walk.register("C0001", [("KYN28A-12", 2), ("LZZBJ9-10", 30)])
    walk.to(S.PLANNED)
    first = walk.ship({2: Decimal(30)})
    walk.buy()
    walk.work()
    assert walk.fresh().state == S.IN_PRODUCTION
    walk.receive(first)
    switchgear, transformers = goods_lines(walk.order)
    known = quantities(walk.order)
    assert (known[transformers.pk].delivered, known[switchgear.pk].shipped) == (Decimal(30), Decimal(0))
    assert walk.fresh().state == S.IN_PRODUCTION
    walk.hand_over()
    assert walk.fresh().state == S.SHIPPING
    walk.to(S.CLOSED)
    assert walk.order.shipments.count() == 2


@pytest.mark.req("SHP-01", "SHP-07")
def test_nothing_is_noticed_twice_or_beyond_the_store(walk):
    walk.register("C0001", [("LZZBJ9-10", 30)])
    walk.to(S.STOCKED)
    with pytest.raises(NotReady):
        walk.ship({1: Decimal(31)})
    walk.ship({1: Decimal(20)})
    with pytest.raises(NotReady):
        walk.ship({1: Decimal(11)})
    walk.ship({1: Decimal(10)})
    assert walk.fresh().state == S.SHIPPING


@pytest.mark.req("INS-02", "CON-04")
def test_no_instruction_after_the_deposit_was_reversed(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    walk.sign()
    assert walk.fresh().state == S.SIGNED
    payment = walk.pay("effect")
    assert walk.fresh().state == S.EFFECTIVE
    finance.reverse_payment(payment=payment, reason="退票", by=walk.sales(Role.FINANCE), at=walk.tick())
    with pytest.raises(NotReady) as refused:
        walk.instruct()
    (reason,) = refused.value.reasons
    assert (reason.code, reason.figures["received"]) == ("deposit_missing", Decimal(0))
    walk.pay("effect")
    walk.instruct()
    assert walk.fresh().state == S.INSTRUCTED


@pytest.mark.req("INS-01")
def test_an_instruction_with_something_empty_is_refused(walk):
    walk.register("C0001", [("GGD", 2)])
    walk.to(S.EFFECTIVE)
    given = {"tolerance": "无", "packing": " ", "special_terms": "无", "drawing_revision": "A"}
    issue = {"order": walk.order, "by": walk.clerk, "at": walk.tick()}
    with pytest.raises(NotReady) as refused:
        progress.issue_instruction(**issue, **given, catalogue_drawing=True)
    assert [(r.code, r.figures["field"]) for r in refused.value.reasons] == [("instruction_empty", "packing")]
    with pytest.raises(NotReady) as refused:
        progress.issue_instruction(**issue, **{**given, "packing": "木箱"})
    assert codes(refused) == ["drawings_missing"]
    assert RunningClock.objects.open().filter(order_id=walk.order.pk, name="production_instruction").exists()
    walk.instruct()
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk, name="production_instruction").exists()


@pytest.mark.req("CON-02")
def test_grade_a_is_instructed_before_the_signed_form_is_back(walk):
    walk.register("C0001", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    assert walk.fresh().state == S.EFFECTIVE
    assert contract_of(walk.order).grade == "A"
    walk.instruct()
    assert RunningClock.objects.open().filter(order_id=walk.order.pk, name="signature").exists()
    walk.sign()
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk, name="signature").exists()
    assert walk.fresh().state == S.INSTRUCTED


@pytest.mark.req("CON-02", "CON-01")
def test_grade_b_needs_the_signed_form(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    with pytest.raises(NotReady) as refused:
        walk.sign()
    assert codes(refused) == ["our_signature_missing"]
    walk.sign_for_us()
    assert walk.fresh().state == S.CONTRACTED


@pytest.mark.req("REV-01", "REV-04")
def test_one_yes_makes_it_irregular_and_the_technical_head_is_asked(walk):
    walk.register("C0002", [("XGN2-12", 5)])
    walk.confirm()
    assert walk.fresh().order_class == "irregular"
    walk.open_review()
    assert walk.fresh().state == S.IN_IRREGULAR_REVIEW
    roles = set(walk.order.reviews.get().opinions.values_list("role", flat=True))
    assert roles == {Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER, Role.DESIGN_HEAD}


@pytest.mark.req("REV-04")
def test_a_later_date_leads_to_negotiation_and_back_to_review(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.IN_REGULAR_REVIEW)
    later = walk.order.wanted_date + timedelta(days=7)
    walk.opinions(Verdict.LATER, earliest_date=later, comment="装配线满载")
    assert walk.fresh().state == S.NEGOTIATING
    for day, code in ((MONDAY_9AM.date() - timedelta(days=1), "date_past"), (later - timedelta(days=1), "before_opinions")):
        with pytest.raises(NotReady) as refused:
            review.propose_date(order=walk.order, by=walk.clerk, at=walk.tick(), wanted_date=day, note="口误")
        assert codes(refused) == [code]
    review.propose_date(order=walk.order, by=walk.clerk, at=walk.tick(), wanted_date=later, note="李经理电话同意")
    walk.opinions()
    assert (walk.fresh().state, walk.order.reviewed_date) == (S.ACCEPTED, later)


@pytest.mark.req("INT-02")
def test_nobody_wants_delivery_before_the_order_came_in(walk):
    walk.register("C0003", [("GGD", 2)], days=-5)
    with pytest.raises(NotReady) as refused:
        walk.confirm()
    assert codes(refused) == ["line_date_past"]
    assert walk.fresh().state == S.REGISTERED


@pytest.mark.req("REV-04")
def test_an_opinion_may_be_amended_until_the_last_one_is_in(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.IN_REGULAR_REVIEW)
    first, second = walk.order.reviews.get().opinions.order_by("pk")
    say = {"by": walk.product(Role(first.role)), "opinion": first}
    review.give_opinion(**say, at=walk.tick(), verdict=Verdict.INFEASIBLE, comment="缺料")
    review.give_opinion(**say, at=walk.tick(), verdict=Verdict.FEASIBLE)
    review.give_opinion(opinion=second, by=walk.product(Role(second.role)), at=walk.tick(), verdict=Verdict.FEASIBLE)
    assert walk.fresh().state == S.ACCEPTED
    with pytest.raises(NotReady) as refused:
        review.give_opinion(**say, at=walk.tick(), verdict=Verdict.INFEASIBLE, comment="又缺料")
    assert codes(refused) == ["review_closed"]


@pytest.mark.req("REV-10")
def test_nobody_promises_an_earlier_date_than_the_reviewed_one(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.QUOTED)
    early = {"promised_date": walk.order.reviewed_date - timedelta(days=1), "delivery_text": "送到"}
    with pytest.raises(NotReady) as refused:
        deal.draft_contract(order=walk.order, by=walk.clerk, at=walk.tick(), **early)
    assert codes(refused) == ["date_too_early"]
    padded = walk.order.reviewed_date + timedelta(days=3)
    deal.draft_contract(order=walk.order, by=walk.clerk, at=walk.tick(), promised_date=padded, delivery_text="送到")
    walk.take_effect()
    assert (walk.fresh().promised_date, walk.order.reviewed_date) == (padded, padded - timedelta(days=3))


@pytest.mark.req("INT-12", "INV-02")
def test_taken_back_to_intake_the_round_no_longer_counts(walk):
    walk.register("C0003", [("S13-M-630/10", 1)])
    walk.to(S.CONTRACTED)
    intake.take_back(order=walk.order, by=walk.clerk, at=walk.tick(), reason="规格要改")
    assert walk.fresh().state == S.REGISTERED
    assert not Reservation.objects.filter(order_id=walk.order.pk, closed_at=None).exists()
    assert not walk.order.quotations.filter(counts=True).exists()
    assert not walk.order.reviews.filter(counts=True).exists()
    assert contract_of(walk.order) is None
    walk.to(S.CLOSED)


@pytest.mark.req("INT-12")
def test_after_signing_nothing_is_taken_back(walk):
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    walk.sign()
    with pytest.raises(NotReady) as refused:
        intake.take_back(order=walk.order, by=walk.clerk, at=walk.tick(), reason="改")
    assert codes(refused) == ["wrong_state"]


@pytest.mark.req("FIN-05")
def test_an_order_is_not_closed_before_it_is_paid(walk):
    walk.register("C0001", [("LZZBJ9-10", 30)])
    walk.to(S.INVOICED)
    with pytest.raises(NotReady) as refused:
        progress.close(order=walk.order, by=walk.sales(Role.FINANCE), at=walk.tick())
    assert set(codes(refused)) == {"unpaid", "still_open"}
    with pytest.raises(NotAllowed):
        progress.close(order=walk.order, by=walk.clerk, at=walk.tick())


@pytest.mark.req("FUP-01")
def test_progress_is_checked_before_the_promised_date(walk):
    walk.register("C0001", [("GGD", 2)])
    walk.to(S.INSTRUCTED)
    clock = RunningClock.objects.open().get(order_id=walk.order.pk, name="delivery_followup")
    assert clock.due_at.date() < walk.order.promised_date
    assert clock.opens_at < clock.due_at
    manager = walk.holder(walk.order.order_manager_post)
    progress.record_follow_up(
        order=walk.order, by=manager, at=walk.tick(), verdict="at_risk", expected_date=walk.order.promised_date, note="断路器未到"
    )
    clock.refresh_from_db()
    assert clock.stopped_at is not None
    assert walk.fresh().first_promised_date == walk.order.promised_date


@pytest.mark.req("SEC-02", "FUP-04")
def test_everything_that_happened_stands_in_the_history(walk):
    walk.register("C0003", [("GGD", 1)])
    walk.to(S.CLOSED)
    kinds = list(Fact.objects.filter(order_id=walk.order.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds[0] == "orders.OrderWasRegistered"
    assert kinds[-1] == "orders.OrderWasClosed"
    for kind in (
        "orders.ContractTookEffect",
        "orders.InstructionWasIssued",
        "quality.InspectionWasFinished",
        "shipping.ShipmentWasDispatched",
    ):
        assert kind in kinds
    assert Order.objects.get(pk=walk.order.pk).state == S.CLOSED
