"""One clock on a page of its own: why it is due when it is, whom it told, and standing still for the customer."""

import pytest
from django.urls import reverse

from orders import events as e
from organization.finding import head_of, owner
from organization.models import Company
from sla.declare import Clock, working_hours
from sla.explain import walk
from sla.models import ClockRule, RunningClock
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
