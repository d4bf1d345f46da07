"""One clock on a page of its own: why it is due when it is, whom it told, and standing still for the customer."""

import pytest
from django.urls import reverse

from core.reasons import NotAllowed, Reason
from orders import events as e
from organization.finding import head_of, owner
from organization.models import Company
from sla.declare import Clock, working_hours
from sla.explain import walk
from sla.models import ClockRule, RunningClock
from sla.pausing import pause_clock
from sla.sweep import sweep
from tests.sla.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday(declare, happens, clock):
    """Four working hours of the clerk's from Friday at three; the wait can be the customer's."""
    declare(
        Clock(
            name="t", label="等客户答复", starts=e.ContractTookEffect, met_by=e.InstructionWasIssued, limit=working_hours(4),
            responsible=owner("clerk"), chain=(head_of("clerk"),), pausable=True,
        )
    )  # fmt: skip
    happens(e.ContractTookEffect, at("11-27 15:00"), contract_id=1, promised_date=None, to_be_made=True)
    RunningClock.objects.exclude(name="t").delete()
    return clock("t")


@pytest.mark.req("SLA-02", "SLA-04")
def test_the_walk_says_day_by_day_what_counts(friday):
    days = walk(friday)
    assert [(day.date.day, day.off, day.spans, str(day.counted), str(day.total)) for day in days] == [
        (27, None, ["15:00-17:00"], "2:00:00", "2:00:00"),
        (28, "", [], "0:00:00", "2:00:00"),
        (29, "", [], "0:00:00", "2:00:00"),
        (30, None, ["08:00-10:00"], "2:00:00", "4:00:00"),
    ]
    assert friday.due_at == at("11-30 10:00")


@pytest.mark.req("SLA-02")
def test_a_manager_sees_beforehand_when_a_rule_would_be_due_and_why(login, administrator_gao):
    rule = ClockRule.objects.get(name="customer_receipt", company=None)
    page = login(administrator_gao).get(
        reverse("admin:sla_clockrule_preview", args=[rule.pk]), {"company": rule_company().pk, "start": "2026-09-30T10:00"}
    )
    assert page.context["clock"].due_at == at("10-10 10:00"), "three working days over the National Day holiday"
    assert "国庆" in page.content.decode()


@pytest.mark.req("SLA-02")
def test_a_rule_before_a_date_asks_for_the_date(login, administrator_gao):
    rule = ClockRule.objects.get(name="delivery_followup", company=None)
    address, given = reverse("admin:sla_clockrule_preview", args=[rule.pk]), {"company": rule_company().pk, "start": "2026-11-23T09:00"}
    browser = login(administrator_gao)
    assert "anchor" in browser.get(address, given).context["form"].errors
    clock = browser.get(address, given | {"anchor": "2026-12-18"}).context["clock"]
    assert (clock.opens_at, clock.due_at) == (at("12-15 08:00"), at("12-16 17:00"))


def rule_company():
    return Company.objects.get(code="XS")


@pytest.mark.req("SLA-06", "SLA-07")
def test_the_clerk_lets_it_stand_still_and_go_on_in_the_browser(friday, login, clerk_zhou, now):
    now(at("11-27 16:00"))
    client = login(clerk_zhou)
    page = client.get(friday.get_absolute_url())
    pause = reverse("sla:clock_act", args=[friday.pk, "pause"])
    assert pause in page.content.decode()
    once = client.get(pause).context["form"]["once"].value()
    assert client.post(pause, {"once": once, "reason": ""}).status_code == 422
    assert client.post(pause, {"once": once, "reason": "客户出差"}).status_code == 302
    friday.refresh_from_db()
    assert friday.paused_at == at("11-27 16:00")
    now(at("12-01 09:00"))
    client = login(clerk_zhou)
    page = client.get(friday.get_absolute_url())
    assert "客户出差" in page.content.decode()
    resume = reverse("sla:clock_act", args=[friday.pk, "resume"])
    assert client.post(resume, {"once": "another"}).status_code == 302
    friday.refresh_from_db()
    assert friday.due_at == at("12-01 12:00")


@pytest.mark.req("SLA-06")
def test_why_it_cannot_stand_still_any_more_is_said(friday, login, clerk_zhou, now):
    sweep(at("11-30 10:00"))
    now(at("11-30 10:00"))
    answer = login(clerk_zhou).post(reverse("sla:clock_act", args=[friday.pk, "pause"]), {"once": "o", "reason": "客户"})
    assert answer.status_code == 422
    assert "超时" in answer.content.decode()


@pytest.mark.req("SLA-06")
def test_what_cannot_stand_still_or_go_on_says_so_when_it_is_opened(friday, happens, login, clerk_zhou, now):
    now(at("11-27 16:00"))
    browser = login(clerk_zhou)
    resume = browser.get(reverse("sla:clock_act", args=[friday.pk, "resume"]))
    assert [reason.code for reason in resume.context["reasons"]] == ["clock_runs_already"]
    assert "disabled" in resume.content.decode()
    happens(e.InstructionWasIssued, at("11-27 16:00"), instruction_id=1, number="SC1", due_date=None, complete_set=False)
    ended = browser.get(reverse("sla:clock_act", args=[friday.pk, "pause"]))
    assert [reason.code for reason in ended.context["reasons"]] == ["clock_has_ended"]


@pytest.mark.req("SLA-06")
def test_the_page_says_who_may_let_it_stand_still_or_that_nobody_can(friday, order, login, clerk_zhou, sales_head_gu, now, happens):
    now(at("11-27 16:00"))
    assert "只有周敏及其上级可以暂停计时" in login(sales_head_gu).get(friday.get_absolute_url()).content.decode()
    happens(e.RefusalWasAsked, at("11-27 16:00"), reason="x")
    ours = RunningClock.objects.get(name="refusal_decision")
    assert "等的是我方而不是客户" in login(clerk_zhou).get(ours.get_absolute_url()).content.decode()


@pytest.mark.req("SLA-03")
def test_who_is_told_next_and_when_stands_on_the_page(friday, login, clerk_zhou, sales_head_gu, now):
    now(at("11-27 15:10"))
    coming = login(clerk_zhou).get(friday.get_absolute_url()).context["coming"]
    assert [(step["who"], step["at"]) for step in coming] == [
        (clerk_zhou.name, at("11-30 09:00")), (sales_head_gu.name, at("11-30 10:00")),
    ]  # fmt: skip
    sweep(at("11-30 09:00"))
    now(at("11-30 09:00"))
    coming = login(clerk_zhou).get(friday.get_absolute_url()).context["coming"]
    assert [step["who"] for step in coming] == [sales_head_gu.name], "who was warned is not told again"
    RunningClock.objects.filter(pk=friday.pk).update(chain=[])
    page = login(clerk_zhou).get(friday.get_absolute_url())
    assert [step["who"] for step in page.context["coming"]] == [clerk_zhou.name], "nobody stands above: the breach comes to the clerk"
    assert "没有上级" in page.content.decode()


@pytest.mark.req("SLA-03")
def test_of_what_was_done_in_time_nobody_had_to_be_told(friday, happens, login, clerk_zhou, now):
    now(at("11-27 16:00"))
    happens(e.InstructionWasIssued, at("11-27 16:00"), instruction_id=1, number="SC1", due_date=None, complete_set=False)
    page = login(clerk_zhou).get(friday.get_absolute_url())
    assert "无需通知任何人" in page.content.decode()
    assert page.context["coming"] == []


def test_a_warning_that_an_outage_swallowed_is_not_said_to_have_been_given(friday, login, clerk_zhou, now):
    now(at("11-30 15:00"))
    sweep(at("11-30 15:00"))
    texts = [str(step["text"]) for step in login(clerk_zhou).get(friday.get_absolute_url()).context["steps"]]
    assert texts == ["未再提醒：已经超时", "已超时，通知"]


@pytest.mark.req("SLA-02")
def test_the_cells_of_the_walk_add_up_and_an_end_at_the_opening_is_said(friday, login, clerk_zhou, now):
    friday.opens_at, friday.due_at = at("11-27 15:00").replace(second=40), at("11-30 10:00").replace(second=40)
    assert [str(day.counted) for day in walk(friday)] == ["2:00:00", "0:00:00", "0:00:00", "2:00:00"]
    RunningClock.objects.filter(pk=friday.pk).update(due_at=at("11-30 08:00"))
    now(at("11-27 16:00"))
    page = login(clerk_zhou).get(friday.get_absolute_url())
    assert [day.only_opens for day in page.context["days"]] == [False, False, False, True]
    assert "当天上班即到期" in page.content.decode()


@pytest.mark.req("SLA-06")
def test_another_clerk_is_told_whose_clock_it_is_and_not_that_her_own_role_may(friday, login, clerk_zhou, clerk_lin, now):
    now(at("11-27 16:00"))
    refused = login(clerk_lin).get(reverse("sla:clock_act", args=[friday.pk, "pause"]))
    assert refused.status_code == 403
    assert "仅限周敏及其上级办理" in refused.content.decode()
    with pytest.raises(NotAllowed) as why:
        pause_clock(clock=friday, reason="客户", by=clerk_lin, at=at("11-27 16:00"))
    assert why.value.reasons == (Reason("not_answered_by_you", who=clerk_zhou.name),)


@pytest.mark.req("SLA-07")
def test_the_act_is_offered_to_those_alone_who_may_do_it(order, login, clerk_zhou, clerk_lin, sales_head_gu, controller_shen, now):
    now(at("11-23 10:00"))
    page = RunningClock.objects.get(name="order_confirmation").get_absolute_url()
    way = f"/orders/{order.number}/do/answer_order/"
    offered = {who: way in login(who).get(page).content.decode() for who in (clerk_zhou, clerk_lin, sales_head_gu, controller_shen)}
    assert list(offered.values()) == [True, True, True, False], "the other clerk may take the step as well"


@pytest.mark.req("SLA-06")
def test_who_comes_second_finds_no_button_but_the_way_back_to_the_clock(friday, login, clerk_zhou, now):
    now(at("11-27 16:00"))
    browser, pause = login(clerk_zhou), reverse("sla:clock_act", args=[friday.pk, "pause"])
    browser.post(pause, {"once": "first", "reason": "客户出差"})
    second = browser.post(pause, {"once": "second", "reason": "客户出差"})
    text = second.content.decode()
    assert (second.status_code, [reason.code for reason in second.context["reasons"]]) == (422, ["clock_stands_already"])
    assert text.count("已经暂停") == 1
    assert 'type="submit" data-key-main' not in text
    assert f'class="btn" href="{friday.get_absolute_url()}"' in text


@pytest.mark.req("SLA-08")
def test_who_did_it_stands_on_the_page(friday, happens, login, clerk_zhou, now):
    now(at("11-27 16:00"))
    happens(e.InstructionWasIssued, at("11-27 16:00"), instruction_id=1, number="SC1", due_date=None, complete_set=False)
    RunningClock.objects.filter(pk=friday.pk).update(met_by_id=clerk_zhou.person_id)
    facts = login(clerk_zhou).get(friday.get_absolute_url()).context["facts"]
    assert clerk_zhou.name in [fact["value"] for fact in facts if str(fact["label"]) == "办理人"]
