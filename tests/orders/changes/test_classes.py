"""The three roads of a change, and its end without one (CHG-02, CHG-03, CHG-04)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import Delivery
from core.reasons import NotAllowed, NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from documents.registry import FORMS
from orders.guards import contract_of
from orders.models import ChangeRequest, Contract
from orders.services.change import apply, classify, outcome
from orders.workflow import OrderState, Verdict
from organization.roles import Role
from sla.models import RunningClock
from sla.under_way import what_is_under_way_has_its_clocks
from tests.personas import MONDAY_9AM

ADDRESS = {"header": {"delivery_address": "合肥新站区"}}


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def open_clocks(order) -> set[tuple[str, str]]:
    return set(RunningClock.objects.open().filter(order_id=order.pk, name__startswith="change").values_list("name", "key"))


@pytest.mark.req("CHG-02")
def test_a_minor_change_goes_round_as_a_notice_and_every_department_signs(
    walk, order_manager_yan, production_manager_lu, quality_head_yuan
):
    order = walk.to(OrderState.EFFECTIVE)
    change = walks.change(walk, ADDRESS, until="classified")
    assert (change.change_class, change.reviews.count()) == (1, 0)
    assert open_clocks(order) == {("change_response", "")}
    walks.decide(walk, change)
    change = outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    assert change.notice_number.startswith("GG")
    assert open_clocks(order) == {("change_circulation", "")}
    with pytest.raises(NotReady) as refused:
        apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_not_circulated"]
    roles = [Role.QUALITY_HEAD, Role.PURCHASING_HEAD]
    outcome.circulate(change=change, roles=roles, by=production_manager_lu, at=walk.tick())
    assert open_clocks(order) == {("change_signoff", Role.QUALITY_HEAD), ("change_signoff", Role.PURCHASING_HEAD)}
    asked = change.signoffs.get(role=Role.QUALITY_HEAD)
    outcome.sign_for_change(signoff=asked, by=quality_head_yuan, at=walk.tick())
    assert open_clocks(order) == {("change_signoff", Role.PURCHASING_HEAD)}
    apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())
    assert walk.fresh().delivery_address == "合肥新站区"
    assert walk.order.revision == 2


@pytest.mark.req("CHG-03")
def test_a_change_of_the_plan_is_told_the_head_reviewed_and_asked_of_the_customer(walk, sales_head_gu, order_manager_yan):
    order = walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    assert set(change.reviews.get().opinions.values_list("role", flat=True)) == {Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER}
    assert walk.fresh().state == OrderState.INSTRUCTED, "the order stays where it is"
    assert Delivery.objects.filter(person_id=sales_head_gu.person_id, url=change.get_absolute_url()).exists()
    assert ("change_response", "") not in open_clocks(order)
    assert RunningClock.objects.open().filter(name="review_opinion", subject_id=order.pk).count() == 2
    walk.opinions()
    change.refresh_from_db()
    assert (change.state, change.reviewed_date) == ("awaiting_customer", walk.order.promised_date)
    walks.decide(walk, change)
    with pytest.raises(NotReady) as refused:
        outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_answer_missing", "change_agreement_missing"]
    outcome.record_answer(change=change, agrees=True, answered_by="王工", promised_date=change.reviewed_date, by=walk.clerk, at=walk.tick())
    walks.agree(walk, change)
    assert outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick()).state == "noticed"


@pytest.mark.req("CHG-03")
def test_the_customer_is_offered_the_date_that_all_departments_can_keep(walk):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    later = walk.order.promised_date + timedelta(days=6)
    walk.opinions(Verdict.LATER, earliest_date=later, comment="缺断路器 1 台")
    change.refresh_from_db()
    assert change.reviewed_date == later
    yes = {"change": change, "agrees": True, "answered_by": "王工", "by": walk.clerk}
    with pytest.raises(NotReady) as refused:
        outcome.record_answer(promised_date=later - timedelta(days=1), at=walk.tick(), **yes)
    assert codes(refused) == ["date_too_early"]
    outcome.record_answer(promised_date=later, at=walk.tick(), **yes)
    walks.onward(walk, ChangeRequest.objects.get(pk=change.pk))
    for _step in range(2):
        walks.onward(walk, ChangeRequest.objects.get(pk=change.pk))
    assert (walk.fresh().promised_date, walk.order.reviewed_date, walk.order.instruction.due_date) == (later, later, later)
    assert walk.order.first_promised_date != later, "the first promise is kept for the figures"


@pytest.mark.req("CHG-03", "CHG-04", "CHG-02")
def test_not_even_a_minor_change_gets_another_price_without_the_customer(walk, order_manager_yan, violations):
    """Another colour, and 5,000 more for each cabinet: class 1, but nobody pays a sum that they did not agree to and sign."""
    order = walk.to(OrderState.INSTRUCTED)
    line, amount = order.lines.get(line_no=1), order.amount
    change = walks.change(walk, {"lines": {str(line.pk): {"spec": "门板颜色 RAL7032"}}}, until="classified")
    assert (change.change_class, change.asks_customer, waits_for(order, "change_response")) == (1, False, True)
    with pytest.raises(NotReady) as refused:
        outcome.record_answer(change=change, agrees=True, answered_by="王工", by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["change_nothing_to_ask"]
    classify.enter_prices(change=change, prices={str(line.pk): line.unit_price + 5000}, by=walk.clerk, at=walk.tick())
    change.refresh_from_db()
    assert (waits_for(order, "answer_on_change"), waits_for(order, "notice_of_change")) == (True, False)
    walks.decide(walk, change)
    with pytest.raises(NotReady) as refused:
        outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_answer_missing", "change_agreement_missing"]
    change = outcome.record_answer(change=change, agrees=True, answered_by="王工", by=walk.clerk, at=walk.tick())
    assert (change.promised_date, waits_for(order, "notice_of_change")) == (order.promised_date, True)
    walks.agree(walk, change)
    while change.state != "applied":
        walks.onward(walk, change)
        change = ChangeRequest.objects.get(pk=change.pk)
    assert walk.fresh().amount == amount + 10000
    assert contract_of(order).their_signed_at == change.agreements.get().their_signed_at
    assert violations() == []


@pytest.mark.req("CHG-03")
def test_a_customer_who_declines_ends_the_change_and_the_order_stays_as_it_was(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="awaiting_customer")
    outcome.record_answer(change=change, agrees=False, answered_by="王工", answer="太贵", by=walk.clerk, at=walk.tick())
    change.refresh_from_db()
    assert (change.state, change.refusal, walk.fresh().revision) == ("refused", "太贵", 1)
    assert not walk.order.open_items.filter(closed_at=None).exists()
    assert violations() == []


@pytest.mark.req("CHG-04")
def test_structure_is_reviewed_in_full_and_supplemented_before_it_is_applied(walk, violations, order_manager_yan):
    walk.to(OrderState.INSTRUCTED)
    line = walk.order.lines.get(line_no=1)
    price = line.unit_price
    structure = {"lines": {str(line.pk): {"structural": True, "spec": "母线改 4000A", "quantity": "2"}}}
    change = walks.change(walk, structure, until="in_review")
    assert set(change.reviews.get().opinions.values_list("role", flat=True)) == {
        Role.PRODUCTION_MANAGER,
        Role.MATERIAL_CONTROLLER,
        Role.DESIGN_HEAD,
    }
    walk.opinions()
    classify.enter_prices(change=change, prices={str(line.pk): price + 5000}, by=walk.clerk, at=walk.tick())
    walks.onward(walk, ChangeRequest.objects.get(pk=change.pk))
    change.refresh_from_db()
    assert (change.price_difference, change.needs_agreement) == (Decimal(10000), True)
    walks.decide(walk, change)
    with pytest.raises(NotReady) as refused:
        outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_agreement_missing"]
    assert waits_for(walk.order, "agreement_drafting") and what_is_under_way_has_its_clocks() == []
    agreement = outcome.draft_agreement(change=change, terms="铜排随价", by=walk.clerk, at=walk.tick())
    assert not waits_for(walk.order, "agreement_drafting") and what_is_under_way_has_its_clocks() == []
    assert FORMS["D38"].build(agreement)["difference_amount"] == Decimal(10000)
    outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    outcome.circulate(change=change, roles=[Role.QUALITY_HEAD], by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
    with pytest.raises(NotReady) as refused:
        apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_agreement_unsigned"]
    outcome.sign_agreement_for_us(agreement=agreement, by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    outcome.sign_agreement_for_customer(agreement=agreement, signatory="王总", by=walk.clerk, at=walk.tick())
    apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())
    contract = Contract.objects.in_force().get(order=walk.order)
    assert (contract.their_name, contract.amount) == ("王总", walk.fresh().amount)
    assert walk.order.instruction.lines[0]["spec"] == "母线改 4000A"
    assert violations() == []


@pytest.mark.req("CHG-04")
def test_a_price_below_the_rules_is_for_the_sales_head(walk, sales_head_gu):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="awaiting_customer")
    line = walk.order.lines.get(line_no=1)
    low = {str(line.pk): line.unit_price - 1}
    with pytest.raises(NotReady) as refused:
        classify.enter_prices(change=change, prices=low, by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["price_below_list"]
    classify.enter_prices(change=change, prices=low, by=sales_head_gu, at=walk.tick())
    change.refresh_from_db()
    assert change.price_difference == line.unit_price - 3


@pytest.mark.req("CHG-02")
def test_a_change_that_is_refused_leaves_no_clock_and_no_opinion_behind(walk, violations):
    order = walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    outcome.refuse_change(change=change, reason="结构不允许", by=walk.clerk, at=walk.tick())
    assert open_clocks(order) == set()
    assert not RunningClock.objects.open().filter(name="review_opinion", order_id=order.pk).exists()
    assert violations() == []


@pytest.mark.req("CHG-02")
def test_the_notice_says_what_changes_and_what_becomes_of_what_and_no_price(walk):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="noticed")
    sheet = FORMS["D07"].build(change)
    assert sheet["number"] == change.notice_number
    assert [(row["before"], row["after"]) for row in sheet["changes"]] == [("2\xa0面", "3\xa0面")]
    assert len(sheet["decisions"]) == change.items.count() > 0
    assert str(walk.order.amount) not in str(sheet)


@pytest.mark.django_db
@pytest.mark.req("CHG-04", "CON-02", "SLA-01")
def test_signing_the_agreement_brings_in_the_signature_that_a_good_customer_still_owed(violations):
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("KYN28A-12", 2)])
    order = walk.to(OrderState.EFFECTIVE)
    assert contract_of(order).their_signed_at is None
    line = walk.order.lines.get(line_no=1)
    walks.change(walk, {"lines": {str(line.pk): {"structural": True, "spec": "母线改 4000A", "quantity": "3"}}}, klass=3)
    assert contract_of(walk.fresh()).their_signed_at is not None
    assert not RunningClock.objects.open().filter(order_id=order.pk, name="signature").exists()
    assert violations() == []


def waits_for(order, name: str) -> bool:
    return RunningClock.objects.open().filter(order_id=order.pk, name=name).exists()


@pytest.mark.django_db
@pytest.mark.req("SLA-01", "SLA-07", "CHG-03")
def test_every_step_of_a_change_waits_on_somebody(walk, violations):
    order = walk.to(OrderState.EFFECTIVE)
    change = walks.change(walk, klass=2, until="awaiting_customer")
    for waiting, done in (("answer_on_change", "notice_of_change"), ("notice_of_change", "applying_of_change")):
        assert (waits_for(order, waiting), waits_for(order, done)) == (True, False)
        walks.onward(walk, change)
        change.refresh_from_db()
    while change.state != "applied":
        walks.onward(walk, change)
        change.refresh_from_db()
    names = ("answer_on_change", "agreement_signature", "notice_of_change", "applying_of_change")
    assert not any(waits_for(order, name) for name in names)
    assert violations() == []


@pytest.mark.req("CHG-02")
def test_a_department_that_was_forgotten_gets_the_notice_while_it_goes_round(walk, login, production_manager_lu, quality_head_yuan):
    order = walk.to(OrderState.EFFECTIVE)
    change = walks.change(walk, ADDRESS, until="noticed")
    with pytest.raises(NotReady) as refused:
        outcome.add_departments(change=change, roles=[Role.STORE_HEAD], by=production_manager_lu, at=walk.tick())
    assert codes(refused) == ["change_not_circulated"]
    outcome.circulate(change=change, roles=[Role.QUALITY_HEAD], by=production_manager_lu, at=walk.tick())
    first = RunningClock.objects.get(name="change_signoff", order_id=order.pk)
    with pytest.raises(NotReady) as refused:
        outcome.add_departments(change=change, roles=[Role.QUALITY_HEAD], by=production_manager_lu, at=walk.tick())
    assert codes(refused) == ["change_nobody_asked"], "it has the notice"
    browser, address = login(production_manager_lu), reverse("orders:change_act", args=[change.number, "add_departments"])
    form = browser.get(address).context["form"]
    assert Role.QUALITY_HEAD not in dict(form.fields["roles"].choices)
    given = {"version": form.initial["version"], "once": form.initial["once"], "roles": [Role.STORE_HEAD]}
    assert browser.post(address, given).status_code == 302
    assert open_clocks(order) == {("change_signoff", Role.QUALITY_HEAD), ("change_signoff", Role.STORE_HEAD)}
    assert RunningClock.objects.get(pk=first.pk).due_at == first.due_at, "who had it keeps the time"
    with pytest.raises(NotAllowed):
        outcome.add_departments(change=change, roles=[Role.PURCHASING_HEAD], by=quality_head_yuan, at=walk.tick())
    outcome.add_departments(change=change, roles=outcome.not_asked_yet(change), by=production_manager_lu, at=walk.tick())
    with pytest.raises(NotReady) as refused:
        outcome.add_departments(change=change, roles=[Role.STORE_HEAD], by=production_manager_lu, at=walk.tick())
    assert codes(refused) == ["change_everybody_asked"]
