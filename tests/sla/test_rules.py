"""What managers edit of a clock: the limit of each case, the time between the steps, who is told. Clocks started later go by it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sla.models import ClockRule, RunningClock
from sla.sweep import sweep
from tests.organization.test_admin import posted
from tests.sla.conftest import at, told

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-02")]


def group_rule(name: str, case: str = "") -> ClockRule:
    return ClockRule.objects.get(name=name, case=case, company=None)


def change(rule: ClockRule) -> str:
    return reverse("admin:sla_clockrule_change", args=[rule.pk])


def test_the_limit_of_urgent_orders_is_a_rule_of_its_own(login, administrator_gao, register):
    rule = group_rule("order_handling", "urgent")
    browser = login(administrator_gao)
    browser.post(change(rule), posted(browser.get(change(rule))) | {"amount": "60"})
    urgent, normal = register(at("11-23 09:00"), priority="urgent"), register(at("11-23 09:00"))
    handling = RunningClock.objects.filter(name="order_handling")
    assert handling.get(subject_id=urgent.pk).due_at == at("11-23 10:00")
    assert handling.get(subject_id=normal.pk).due_at == at("11-24 09:00")
    assert "特急" in str(handling.get(subject_id=urgent.pk).rule)


def test_the_steps_of_the_chain_come_at_the_interval_that_a_manager_set(register, sales_manager_jiang):
    ClockRule.objects.filter(name="order_confirmation").update(interval=30, chain="head:clerk general_manager@sales group_manager@group")
    register(at("11-23 09:00"))
    RunningClock.objects.exclude(name="order_confirmation").delete()
    clock = RunningClock.objects.get()
    assert clock.due_at == at("11-23 14:00")
    sweep(at("11-23 14:29"))
    assert [name for name, _person in told(clock)] == ["warned", "breached"]
    sweep(at("11-23 14:30"))
    assert told(clock)[-1] == ("escalated 1", sales_manager_jiang.person_id)
    clock.refresh_from_db()
    assert clock.next_at == clock.due_at + timedelta(hours=1)


def test_a_clock_that_hangs_on_a_date_is_not_given_hours_nor_another_a_date(login, administrator_gao, happens):
    """Either would fail in the act that starts the clock, before somebody who cannot mend it."""
    browser = login(administrator_gao)
    for rule, unit in ((group_rule("delivery_followup"), "working_minutes"), (group_rule("order_confirmation"), "days_before")):
        answer = browser.post(change(rule), posted(browser.get(change(rule))) | {"unit": unit})
        assert "unit" in answer.context["adminform"].form.errors
    assert group_rule("order_confirmation").unit == "working_minutes"


@pytest.mark.parametrize(("field", "typed"), [("amount", "99999999"), ("interval", "2147483647")])
def test_a_limit_beyond_a_year_is_a_slip_of_the_pen(login, administrator_gao, field, typed):
    """It would lead beyond the last working day that the calendar knows: in the act that starts the clock, or in the sweep."""
    browser, rule = login(administrator_gao), group_rule("order_confirmation")
    answer = browser.post(change(rule), posted(browser.get(change(rule))) | {field: typed})
    assert field in answer.context["adminform"].form.errors


def test_a_case_belongs_to_its_clock(login, administrator_gao):
    browser = login(administrator_gao)
    add = reverse("admin:sla_clockrule_add")
    given = posted(browser.get(add)) | {"unit": "working_minutes", "amount": "30", "responsible": "owner:clerk", "company": "1"}
    wrong = browser.post(add, given | {"name": "order_confirmation", "case": "urgent"})
    assert "case" in wrong.context["adminform"].form.errors
    assert browser.post(add, given | {"name": "order_handling", "case": "urgent"}).status_code == 302
    assert ClockRule.objects.filter(name="order_handling", case="urgent").count() == 2


def test_the_preview_says_who_would_be_told_when(login, administrator_gao):
    rule = group_rule("production_instruction")
    page = login(administrator_gao).get(
        reverse("admin:sla_clockrule_preview", args=[rule.pk]), {"company": "1", "start": "2026-11-23T09:00"}
    )
    moments = [step["at"] for step in page.context["steps"]]
    assert moments == [at("11-23 12:00"), at("11-23 14:00"), at("11-24 09:00")]
    assert "总经理 · 销售公司" in page.content.decode()


def test_a_release_that_brings_a_case_brings_its_rule(register):
    """A worker of the new release meets rules of the old one: the missing row is made, not missed."""
    ClockRule.objects.filter(case="urgent").delete()
    order = register(at("11-23 09:00"), priority="urgent")
    assert RunningClock.objects.get(name="order_handling", subject_id=order.pk).due_at == at("11-23 11:00")
