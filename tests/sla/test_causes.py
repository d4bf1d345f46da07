"""Whoever answers for a clock that ran out says why, on its page (SLA-08)."""

import pytest
from django.urls import reverse

from core.models import Fact
from core.reasons import NotAllowed, NotReady
from orders import events as e
from sla.causes import explain_lateness
from sla.events import LatenessWasExplained
from sla.models import LateCause
from sla.pausing import pause_clock
from sla.sweep import sweep
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-08")]


@pytest.fixture
def late(order, clock):
    """The answer to the order, due on Monday at 14:00, has run out."""
    sweep(at("11-23 14:00"))
    return clock("order_confirmation")


def test_the_clerk_explains_her_clock_and_her_head_puts_it_right(late, clerk_zhou, sales_head_gu):
    first = explain_lateness(clock=late, cause="not_seen", by=clerk_zhou, at=at("11-23 15:00"))
    explain_lateness(clock=late, cause="away", note="午后外出", seen=first.at, by=sales_head_gu, at=at("11-23 16:00"))
    said = LateCause.objects.get()
    assert (said.clock_id, said.cause, said.note, said.by_name) == (late.pk, "away", "午后外出", "顾建国")
    told = Fact.objects.filter(kind="sla.LatenessWasExplained").order_by("pk")
    assert [fact.data["cause"] for fact in told] == ["not_seen", "away"], "what was said first stays in the history"


def test_managers_answer_for_it_too(late, group_manager_lin, sales_manager_jiang):
    seen = None
    for by in (group_manager_lin, sales_manager_jiang):
        said = explain_lateness(clock=late, cause="answer", seen=seen, by=by, at=at("11-23 15:00"))
        assert said.by_name == by.name
        seen = said.at


def test_it_may_be_said_after_it_was_done(late, happens, clock, clerk_zhou):
    happens(e.OrderWasAnswered, at("11-23 14:05"), note="ok")
    explain_lateness(clock=clock("order_confirmation"), cause="too_much", by=clerk_zhou, at=at("11-23 15:00"))
    assert LateCause.objects.get().clock.state_at(at("11-23 15:00")) == "met_late", "it stays late"


def test_what_is_in_time_or_stands_still_has_nothing_to_explain(order, clock, clerk_zhou):
    with pytest.raises(NotReady) as refused:
        explain_lateness(clock=clock("order_confirmation"), cause="away", by=clerk_zhou, at=at("11-23 13:59"))
    assert [reason.code for reason in refused.value.reasons] == ["clock_is_not_late"]


def test_another_cause_is_said_in_words(late, clerk_zhou):
    with pytest.raises(NotReady) as refused:
        explain_lateness(clock=late, cause="other", by=clerk_zhou, at=at("11-23 15:00"))
    assert refused.value.reasons[0].figures == {"field": "note"}


def test_nobody_explains_what_others_answer_for(late, clerk_lin, buyer_luo):
    for stranger in (clerk_lin, buyer_luo):
        with pytest.raises(NotAllowed):
            explain_lateness(clock=late, cause="away", by=stranger, at=at("11-23 15:00"))
    assert not LateCause.objects.exists()


def test_the_page_offers_it_once_it_is_late_and_shows_it_then(late, now, login, clerk_zhou, clerk_lin):
    now(at("11-23 15:00"))
    page, act = reverse("sla:clock", args=[late.pk]), reverse("sla:clock_act", args=[late.pk, "explain"])
    browser = login(clerk_zhou)
    assert browser.get(page).context["offer"]["url"] == act
    form = browser.get(act).context["form"]
    given = {"once": form["once"].initial, "cause": "other", "note": ""}
    again = browser.post(act, given)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["note"])
    assert browser.post(act, given | {"note": "打印机坏了"})["Location"] == page
    assert "其他原因 · 打印机坏了 — 周敏" in browser.get(page).content.decode()


def test_what_her_head_has_put_right_is_not_overwritten_from_a_page_opened_before(late, now, login, clerk_zhou, sales_head_gu):
    now(at("11-23 15:00"))
    act, browser = reverse("sla:clock_act", args=[late.pk, "explain"]), login(clerk_zhou)
    old = browser.get(act).context["form"].initial | {"cause": "not_seen", "note": ""}
    explain_lateness(clock=late, cause="customer", note="等图", by=sales_head_gu, at=at("11-23 15:10"))
    refused = browser.post(act, old)
    assert refused.status_code == 409
    assert "顾建国 在 11-23 15:10 填写：等客户 · 等图" in refused.content.decode()
    assert LateCause.objects.get().cause == "customer"
    form = refused.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert sent["cause"] == "not_seen", "what she chose is still there"
    assert browser.post(act, sent).status_code == 302, "in full knowledge she may"
    assert LateCause.objects.get().cause == "not_seen"


def test_who_opens_it_again_finds_what_was_said_and_puts_it_right(late, now, login, clerk_zhou):
    now(at("11-23 15:00"))
    explain_lateness(clock=late, cause="away", note="外出", by=clerk_zhou, at=at("11-23 14:59"))
    browser, act = login(clerk_zhou), reverse("sla:clock_act", args=[late.pk, "explain"])
    assert browser.get(late.get_absolute_url()).context["offer"]["label"] == "更正原因"
    page = browser.get(act)
    assert "更正原因" in page.content.decode()
    form = page.context["form"]
    assert (form["cause"].value(), form["note"].value()) == ("away", "外出")
    after = browser.post(act, form.initial | {"cause": "too_much"}, follow=True).content.decode()
    assert "已完成：更正原因" in after
    assert LateCause.objects.get().cause == "too_much"


@pytest.mark.parametrize(("note", "words"), [("", "等客户"), ("周五才回", "等客户 · 周五才回")])
def test_the_history_says_cause_and_note_apart(late, clerk_zhou, note, words):
    explain_lateness(clock=late, cause="customer", note=note, by=clerk_zhou, at=at("11-23 15:00"))
    told = LatenessWasExplained.of(Fact.objects.get(kind="sla.LatenessWasExplained"))
    assert str(told.text).format(**told.in_words()) == f"“答复订单”超时：{words}"


def test_what_cannot_be_done_to_the_clock_now_is_not_offered(order, clock, now, login, clerk_zhou):
    now(at("11-23 10:00"))
    one = clock("order_confirmation")
    assert login(clerk_zhou).get(reverse("sla:clock", args=[one.pk])).context["offer"] is None
    asked = login(clerk_zhou).get(reverse("sla:clock_act", args=[one.pk, "explain"]))
    assert [reason.code for reason in asked.context["reasons"]] == ["clock_is_not_late"]
    with pytest.raises(NotReady):
        pause_clock(clock=one, reason="x", by=clerk_zhou, at=at("11-23 10:00"))
