"""What managers edit of a clock: the limit of each case, the time between the steps, who is told. Clocks started later go by it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from organization.models import Company, Department
from sla.declare import CLOCKS
from sla.forms import in_words
from sla.models import ClockRule, RunningClock
from sla.sweep import sweep
from tests.organization.test_admin import posted
from tests.sla.conftest import at, told

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-02")]


def group_rule(name: str, case: str = "") -> ClockRule:
    return ClockRule.objects.get(name=name, case=case, company=None)


def sales() -> Company:
    return Company.objects.get(code="XS")


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
    given = posted(browser.get(add)) | {"unit": "working_minutes", "amount": "30", "responsible": "owner:clerk", "company": str(sales().pk)}
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


def test_every_rule_of_the_house_can_be_saved_as_it_is(login, administrator_gao):
    """What is declared can be said by the form: each post has its words, each limit passes."""
    browser = login(administrator_gao)
    rules = list(ClockRule.objects.filter(company=None))
    assert len(rules) > 80
    for rule in rules:
        chain = {f"chain_{n}": each for n, each in enumerate(rule.chain.split())}
        answer = browser.post(change(rule), posted(browser.get(change(rule))) | {"warn_percent": "70"} | chain)
        assert answer.status_code == 302, (rule, answer.context["adminform"].form.errors)
    for kept, was in zip(ClockRule.objects.filter(company=None).order_by("pk"), sorted(rules, key=lambda rule: rule.pk), strict=True):
        same = ("unit", "amount", "opens", "responsible", "chain", "interval")
        assert [getattr(kept, name) for name in same] == [getattr(was, name) for name in same], kept


def test_every_post_of_a_clock_has_words():
    resolvers = {each for clock in CLOCKS.values() for each in (clock.responsible, *clock.chain)}
    assert [each for each in sorted(resolvers) if in_words(each) == each] == []


def test_a_companys_rule_that_would_never_count_is_refused(login, administrator_gao):
    """The clerk who issues the instruction sits in the sales company: a rule of the switchgear company would be looked up by nobody."""
    browser, add = login(administrator_gao), reverse("admin:sla_clockrule_add")
    given = posted(browser.get(add)) | {"name": "production_instruction", "unit": "working_minutes", "amount": "180"}
    given |= {"responsible": "owner:clerk", "company": str(Company.objects.get(code="KG").pk)}
    wrong = browser.post(add, given)
    assert "永远不会生效" in str(wrong.context["adminform"].form.errors["company"])
    assert browser.post(add, given | {"company": str(sales().pk)}).status_code == 302
    again = browser.post(add, given | {"company": str(sales().pk)})
    assert "name" in again.context["adminform"].form.errors, "one is enough; that one is changed"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("amount", {"amount": "0"}), ("chain", {"chain_0": "head:clerk", "chain_1": "head:clerk"}), ("warn_percent", {"warn_percent": "150"})],
)
def test_nonsense_is_refused_beside_its_field(login, administrator_gao, field, typed):
    browser, rule = login(administrator_gao), group_rule("order_confirmation")
    answer = browser.post(change(rule), posted(browser.get(change(rule))) | typed)
    assert list(answer.context["adminform"].form.errors) == [field]


def test_what_a_limit_does_not_know_is_not_kept(login, administrator_gao):
    """Neither an amount of "end of the day" nor an opening before a date that is not there."""
    browser, rule = login(administrator_gao), group_rule("order_confirmation")
    browser.post(change(rule), posted(browser.get(change(rule))) | {"unit": "end_of_day", "amount": "5", "opens": "40000"})
    rule.refresh_from_db()
    assert (rule.unit, rule.amount, rule.opens) == ("end_of_day", 0, 0)


def test_a_rule_is_found_by_what_its_clock_is_called(login, administrator_gao):
    found = login(administrator_gao).get(reverse("admin:sla_clockrule_changelist"), {"q": "生产指令"}).context["cl"].queryset
    assert "production_instruction" in {rule.name for rule in found}
    assert len(found) < 10


class TestPreview:
    @pytest.fixture
    def previewed(self, login, administrator_gao, now):
        def shown(name, **given):
            address = reverse("admin:sla_clockrule_preview", args=[group_rule(name).pk])
            return login(administrator_gao).get(address, {"company": str(sales().pk), "start": "2026-11-27T16:30"} | given)

        return shown

    @pytest.mark.parametrize("start", ["0001-01-01T09:00", "9999-12-31T09:00", "2030-10-01T09:00"])
    def test_a_start_beyond_the_calendar_is_refused(self, previewed, start):
        assert "start" in previewed("order_confirmation", start=start).context["form"].errors

    def test_a_date_that_is_over_leaves_four_working_hours_and_says_so(self, previewed):
        page = previewed("delivery_followup", anchor="2026-11-20")
        assert page.context["clock"].due_at == at("11-30 11:30")
        assert [str(day.date) for day in page.context["days"] if day.counted] == ["2026-11-27", "2026-11-30"]
        assert "4:00" in page.content.decode()

    def test_a_company_with_a_rule_of_its_own_is_pointed_to(self, previewed):
        given = {"unit": "working_minutes", "amount": 60, "responsible": "owner:clerk"}
        own = ClockRule.objects.create(name="order_confirmation", company=sales(), **given)
        assert previewed("order_confirmation").context["own"] == own

    def test_a_workshop_counts_by_its_own_hours(self, previewed):
        workshop = Department.objects.filter(company__code="KG").exclude(calendar=None).order_by("pk")[0]
        company = str(workshop.company_id)
        office = previewed("task_start", company=company, anchor="2026-11-30").context["clock"].due_at
        own = previewed("task_start", company=company, anchor="2026-11-30", department=str(workshop.pk)).context["clock"].due_at
        assert own != office
