"""An order without a contract is not good for ever (INT-17), and a promise waits for the signed form (CON-03)."""

from datetime import datetime, time, timedelta

import pytest
from django.utils.timezone import localtime

from core.actor import SYSTEM
from core.facts import run_due
from core.models import Delivery, Fact
from core.reasons import NotAllowed, NotReady
from demo.walk import Walk
from inventory.models import Reservation
from orders.models import Order, Settings
from orders.selectors import promise
from orders.services import intake
from orders.workflow import OrderState as S
from sla.models import RunningClock
from sla.sweep import sweep
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
TODAY = MONDAY_9AM.date()


def night_of(day) -> datetime:
    return datetime.combine(day, time(23), SHANGHAI)


def tick(at: datetime) -> None:
    """What the beat does: clocks, then what follows from them."""
    sweep(at)
    run_due(at)


@pytest.fixture
def walk() -> Walk:
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("S13-M-630/10", 1)])
    return walk


def clock_of(walk: Walk) -> RunningClock:
    return RunningClock.objects.open().get(order_id=walk.order.pk, name="enquiry_validity")


@pytest.mark.req("INT-17")
def test_an_enquiry_is_valid_for_the_days_of_its_sales_company(clerk_zhou):
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    assert walk.order.valid_until == TODAY + timedelta(days=30)
    Settings.objects.filter(company=walk.order.sales_company).update(enquiry_days=10)
    other = Walk(MONDAY_9AM)
    other.register("C0003", [("GGD", 2)])
    assert other.order.valid_until == TODAY + timedelta(days=10)


@pytest.mark.req("INT-17")
def test_the_clerk_is_warned_three_working_days_before(walk):
    clock = clock_of(walk)
    end = walk.order.valid_until  # a Wednesday
    assert localtime(clock.due_at).date() == end
    assert localtime(clock.warn_at).date() == end - timedelta(days=5)  # Friday: three working days before
    sweep(clock.warn_at)
    told = Delivery.objects.get(title="enquiry_validity:warned")
    assert told.person_id == walk.clerk.person_id
    assert walk.fresh().state == S.REGISTERED


@pytest.mark.req("INT-17", "INV-02")
@pytest.mark.parametrize("state", [S.REGISTERED, S.CONFIRMED, S.IN_REGULAR_REVIEW, S.ACCEPTED, S.QUOTED])
def test_at_its_end_the_order_is_withdrawn_by_itself_and_says_why(walk, state):
    if state != S.REGISTERED:
        walk.to(state)
    end = walk.fresh().valid_until
    tick(night_of(end - timedelta(days=1)))
    assert walk.fresh().state == state
    tick(night_of(end))
    order = walk.fresh()
    assert order.state == S.WITHDRAWN
    assert end.isoformat() in order.ended_reason
    assert not Reservation.objects.filter(order_id=order.pk, closed_at=None).exists()
    fact = Fact.objects.get(kind="orders.OrderWasWithdrawn", order_id=order.pk)
    assert (fact.actor_kind, fact.customer_visible) == ("system", True)
    assert not RunningClock.objects.open().filter(order_id=order.pk).exists()
    tick(night_of(end + timedelta(days=1)))
    assert Fact.objects.filter(kind="orders.OrderWasWithdrawn", order_id=order.pk).count() == 1


@pytest.mark.req("INT-17")
def test_a_quotation_that_is_out_says_how_long(walk):
    Settings.objects.filter(company=walk.order.sales_company).update(quotation_days=60)
    walk.to(S.QUOTED)
    quotation = walk.order.quotations.get(counts=True)
    assert walk.order.valid_until == quotation.valid_until == TODAY + timedelta(days=60)
    assert clock_of(walk).anchor == quotation.valid_until
    tick(night_of(TODAY + timedelta(days=31)))
    assert walk.fresh().state == S.QUOTED


@pytest.mark.req("INT-17")
def test_the_clerk_extends_it_with_a_reason(walk, salesperson_he):
    walk.to(S.QUOTED)
    old = walk.order.valid_until
    ask = {"order": walk.order, "at": walk.tick(), "reason": "客户等业主批复"}
    for wrong in (old, TODAY - timedelta(days=1)):
        with pytest.raises(NotReady) as no:
            intake.extend_validity(**ask, by=walk.clerk, valid_until=wrong)
        assert [reason.code for reason in no.value.reasons] == ["not_later"]
    with pytest.raises(NotAllowed):
        intake.extend_validity(**ask, by=salesperson_he, valid_until=old + timedelta(days=15))
    intake.extend_validity(**ask, by=walk.clerk, valid_until=old + timedelta(days=15))
    assert walk.fresh().quotations.get(counts=True).valid_until == old + timedelta(days=15)
    fact = Fact.objects.get(kind="orders.ValidityWasExtended", order_id=walk.order.pk)
    assert (fact.data["reason"], fact.changes["valid_until"][0]) == ("客户等业主批复", old.isoformat())
    tick(night_of(old))
    assert walk.fresh().state == S.QUOTED
    tick(night_of(old + timedelta(days=15)))
    assert walk.fresh().state == S.WITHDRAWN


@pytest.mark.req("INT-17")
def test_a_time_that_ran_out_while_it_was_extended_withdraws_nothing(walk):
    """The sweep has told of the end; before anybody reacts, the clerk has extended."""
    end = walk.order.valid_until
    sweep(night_of(end))
    intake.extend_validity(order=walk.order, by=walk.clerk, at=night_of(end), valid_until=end + timedelta(days=5), reason="再等几天")
    run_due(night_of(end))
    assert walk.fresh().state == S.REGISTERED


@pytest.mark.req("INT-17")
def test_a_contract_that_nobody_signs_is_withdrawn_with_the_validity(walk):
    """Day by day its date has moved (CON-03); then the offer itself is over, and with it contract, stock and what was to be paid."""
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    contract, end = walk.fresh().contracts.get(), walk.order.valid_until
    tick(night_of(end - timedelta(days=1)))
    assert walk.fresh().state == S.CONTRACTED
    assert promise(contract, night_of(end - timedelta(days=1))) > contract.promised_date
    tick(night_of(end))
    assert (walk.fresh().state, walk.order.contracts.get().state) == (S.WITHDRAWN, "void")
    assert end.isoformat() in walk.order.ended_reason
    assert not walk.order.dues.exists()
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk).exists()


@pytest.mark.req("INT-17")
def test_a_contract_that_is_out_can_be_given_longer(walk):
    walk.to(S.CONTRACTED)
    end = walk.order.valid_until
    intake.extend_validity(order=walk.order, by=walk.clerk, at=walk.tick(), valid_until=end + timedelta(days=7), reason="业主盖章排队")
    tick(night_of(end))
    assert walk.fresh().state == S.CONTRACTED


@pytest.mark.req("INT-17", "CON-02")
@pytest.mark.parametrize("customer", ["C0001", "C0003"])
def test_signed_or_in_force_the_validity_has_served(customer):
    """Grade A begins without the signed form; the others have it back."""
    walk = Walk(MONDAY_9AM)
    walk.register(customer, [("S13-M-630/10", 1)])
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    if customer == "C0003":
        walk.sign()
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk, name="enquiry_validity").exists()
    tick(night_of(walk.order.valid_until))
    assert walk.fresh().state in (S.EFFECTIVE, S.SIGNED)


@pytest.mark.req("INT-17", "CON-04")
def test_a_customer_who_has_paid_is_not_withdrawn_by_a_clock(walk):
    walk.to(S.CONTRACTED)
    walk.pay("effect")
    tick(night_of(walk.order.valid_until))
    assert walk.fresh().state == S.CONTRACTED


@pytest.mark.req("INT-17", "INT-12")
def test_taken_back_the_validity_begins_anew(walk):
    walk.to(S.CONTRACTED)
    walk.at = MONDAY_9AM + timedelta(days=7)
    intake.take_back(order=walk.order, by=walk.clerk, at=walk.at, reason="规格要改")
    assert walk.fresh().valid_until == clock_of(walk).anchor == TODAY + timedelta(days=37)


# --- the signed form ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent() -> Walk:
    """A contract of grade B, sent on Monday and signed by us."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    assert localtime(walk.order.contracts.get().sent_at).date() == TODAY
    return walk


def later(walk: Walk, days: int) -> datetime:
    return walk.at + timedelta(days=days)


@pytest.mark.req("CON-03")
def test_each_day_without_the_signed_form_moves_the_promise_by_a_day(sent):
    contract = sent.order.contracts.get()
    moved = [(promise(contract, later(sent, days)) - contract.promised_date).days for days in (0, 1, 2, 9)]
    assert moved == [0, 1, 2, 9]


@pytest.mark.req("CON-03")
def test_both_sides_see_it_before_the_form_is_back(sent, login, clerk_zhou, monkeypatch):
    contract, there = sent.order.contracts.get(), later(sent, 3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: there)
    page = login(clerk_zhou).get(sent.order.get_absolute_url())
    assert (page.context["promise"], page.context["promise_days"]) == (contract.promised_date + timedelta(days=3), 3)


@pytest.mark.req("CON-03")
def test_filed_late_the_promise_is_moved_once_and_told_to_the_customer(sent):
    sent_promise = sent.order.contracts.get().promised_date
    sent.at = later(sent, 3)
    sent.sign()
    contract = sent.fresh().contracts.get()
    assert (contract.promised_date, contract.sent_promise, contract.late_days) == (sent_promise + timedelta(days=3), sent_promise, 3)
    fact = Fact.objects.get(kind="orders.PromiseWasMoved", order_id=sent.order.pk)
    assert fact.customer_visible
    assert fact.changes["promised_date"] == [sent_promise.isoformat(), contract.promised_date.isoformat()]
    sent.at = later(sent, 4)  # the deposit takes four more days: that moves nothing
    assert promise(contract, sent.at) == contract.promised_date
    sent.pay("effect")
    order = sent.fresh()
    assert (order.state, order.promised_date, order.first_promised_date) == (S.EFFECTIVE, contract.promised_date, sent_promise)
    clock = RunningClock.objects.open().get(order_id=order.pk, name="delivery_followup")
    assert clock.anchor == contract.promised_date


@pytest.mark.req("CON-03")
def test_days_that_our_own_signature_takes_are_not_the_customers():
    """Our head signs four days late, the customer the same minute: nobody's date moves, and nobody is told that a form was late."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.CONTRACTED)
    sent_promise = walk.order.contracts.get().promised_date
    walk.at = later(walk, 4)
    assert promise(walk.order.contracts.get(), walk.at) == sent_promise
    walk.sign_for_us()
    assert promise(walk.order.contracts.get(), later(walk, 2)) == sent_promise + timedelta(days=2)
    walk.sign()
    contract = walk.fresh().contracts.get()
    assert (contract.late_days, contract.promised_date) == (0, sent_promise)
    assert not Fact.objects.filter(kind="orders.PromiseWasMoved").exists()


@pytest.mark.req("CON-03")
def test_on_the_day_it_was_sent_nothing_moves(sent):
    sent_promise = sent.order.contracts.get().promised_date
    sent.sign()
    assert sent.fresh().contracts.get().promised_date == sent_promise
    assert not Fact.objects.filter(kind="orders.PromiseWasMoved").exists()


@pytest.mark.req("CON-03", "CON-02")
def test_grade_a_signs_late_without_losing_a_day():
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("GGD", 2)])
    walk.to(S.EFFECTIVE)
    contract = walk.order.contracts.get()
    assert promise(contract, later(walk, 5)) == contract.promised_date
    walk.at = later(walk, 5)
    walk.sign()
    assert walk.fresh().promised_date == contract.promised_date
    assert Order.objects.get(pk=walk.order.pk).contracts.get().late_days == 0


def test_only_the_system_lets_an_order_lapse(walk):
    with pytest.raises(NotAllowed):
        walk.order.take("lapse", by=walk.clerk, at=walk.tick())
    assert walk.order.steps()["lapse"].permission(walk.order, SYSTEM) is SYSTEM
