"""Mail about clocks: gathered, in the reader's language, at the hour that the reader wants, and no storm (SLA-09)."""

from datetime import time, timedelta

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from core.models import Delivery
from core.outbox import send_due
from orders import events as e
from organization.models import Person
from sla.models import RunningClock, Wish
from sla.sweep import sweep
from sla.telling import tell
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-09")]
BREACH = at("11-23 14:00")  # the order's answer is due


@pytest.fixture
def head(sales_head_gu):
    """The sales head has an address."""
    Person.objects.filter(pk=sales_head_gu.person_id).update(email="gu@example.com")
    return Person.objects.get(pk=sales_head_gu.person_id)


@pytest.fixture
def clerk(clerk_zhou):
    Person.objects.filter(pk=clerk_zhou.person_id).update(email="zhou@example.com")
    return Person.objects.get(pk=clerk_zhou.person_id)


def tick(when):
    sweep(when)
    send_due(when)


def wish(person, **more):
    return Wish.objects.update_or_create(person=person, defaults=more)[0]


def test_the_breach_is_mailed_with_the_way_to_the_act(order, head, mailoutbox):
    tick(BREACH)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["gu@example.com"], f"{order.number}：答复订单已超时")
    assert f"http://testserver/orders/{order.number}/do/answer_order/" in mail.body
    assert f"http://testserver{reverse('sla:wishes')}" in mail.body
    tick(BREACH + timedelta(seconds=30))
    assert len(mailoutbox) == 1


def test_it_is_in_the_readers_language(order, head, mailoutbox):
    Person.objects.filter(pk=head.pk).update(language="en")
    tick(BREACH)
    assert mailoutbox[0].subject == f"Answer the order of {order.number} is overdue"
    assert "Dear 顾建国," in mailoutbox[0].body
    assert "已超时" not in mailoutbox[0].body


def test_who_has_no_address_or_wants_none_is_told_on_the_page_alone(order, head, clerk_zhou, mailoutbox):
    wish(head, by_mail=False)
    tick(BREACH)
    assert not mailoutbox
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"page"}


def test_where_the_house_sends_no_mail_no_row_waits_for_it(order, head, settings):
    settings.MAIL_ENABLED = False
    tick(BREACH)
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"page"}


class TestStorms:
    def test_five_hundred_breaches_after_an_outage_are_one_mail_the_longest_overdue_first(self, many, head, order, mailoutbox):
        many(500)
        tick(at("11-27 09:00"))
        (mail,) = mailoutbox
        assert mail.subject == "500 条通知，其中 500 条已超时"
        due = [line.partition("应于 ")[2] for line in mail.body.splitlines() if "应于 " in line]
        assert len(due) == 50
        assert due == sorted(due)
        assert "另有 450 条通知" in mail.body
        assert not Delivery.objects.filter(sent_at=None).exists()

    def test_several_steps_missed_of_one_clock_are_each_recorded_and_each_person_is_told_once(self, order, head, clerk, mailoutbox, clock):
        answer = clock("order_confirmation")
        RunningClock.objects.exclude(pk=answer.pk).delete()
        RunningClock.objects.filter(pk=answer.pk).update(chain=[*answer.chain, ["general_manager", answer.company_id, None, None]])
        tick(at("11-27 09:00"))
        assert [step.name for step in answer.steps.order_by("pk")] == ["warned", "breached", "escalated 1"]
        assert [mail.to for mail in mailoutbox] == [["gu@example.com"]], "the warning came too late, the manager has no address"
        people = list(Delivery.objects.filter(channel="page").values_list("person_id", flat=True))
        assert len(people) == len(set(people)) == 2

    def test_whoever_would_hear_of_a_clock_twice_in_one_mail_hears_of_its_last_step(self, order, clerk, mailoutbox, clock):
        answer = clock("order_confirmation")
        RunningClock.objects.exclude(pk=answer.pk).delete()
        RunningClock.objects.update(chain=[])  # nobody above: the clerk is told of the breach, too
        wish(clerk, every=240)
        tick(at("11-23 12:00") + timedelta(minutes=1))
        tick(at("11-23 14:00"))
        assert not mailoutbox
        tick(at("11-23 16:00"))
        (mail,) = mailoutbox
        assert mail.subject == f"{order.number}：答复订单已超时"
        assert Delivery.objects.filter(channel="email", sent_at=None).count() == 0

    def test_every_message_costs_the_same_however_many_notices_are_in_it(self, many, head, django_assert_max_num_queries):
        many(60)
        sweep(at("11-24 09:00"))
        with django_assert_max_num_queries(16):
            send_due(at("11-24 09:00"))

    def test_an_hours_notices_are_one_mail_for_who_asked_for_that(self, register, order, head, mailoutbox):
        wish(head, every=60)
        register(MONDAY_9AM + timedelta(minutes=20))
        for minute in range(0, 61, 5):
            tick(BREACH + timedelta(minutes=1 + minute))
        (mail,) = mailoutbox
        assert mail.subject == "2 条通知，其中 2 条已超时"


class TestQuietHours:
    @pytest.mark.parametrize(
        ("start", "end", "when", "leaves"),
        [
            pytest.param(time(11), time(13), "11-23 12:00", "11-23 13:00", id="at noon"),
            pytest.param(time(11), time(7), "11-23 12:00", "11-24 07:00", id="across midnight, before it"),
            pytest.param(time(20), time(12, 30), "11-23 12:00", "11-23 12:30", id="across midnight, after it"),
            pytest.param(time(13), time(14), "11-23 12:00", "11-23 12:00", id="not yet"),
            pytest.param(time(10), time(12), "11-23 12:00", "11-23 12:00", id="just over"),
        ],
    )
    def test_a_warning_waits_for_their_end(self, order, clerk, start, end, when, leaves):
        RunningClock.objects.exclude(name="order_confirmation").delete()
        wish(clerk, quiet_from=start, quiet_until=end)
        sweep(at(when))
        assert Delivery.objects.get(channel="email").next_at == at(leaves)

    def test_what_is_overdue_comes_at_any_hour(self, order, head, mailoutbox):
        wish(head, quiet_from=time(8), quiet_until=time(7, 59))
        tick(BREACH)
        assert len(mailoutbox) == 1

    def test_a_warning_whose_work_was_done_in_the_meantime_is_not_sent(self, order, clerk, mailoutbox, happens):
        RunningClock.objects.exclude(name="order_confirmation").delete()
        wish(clerk, quiet_from=time(11), quiet_until=time(13, 30))
        tick(at("11-23 12:00"))
        happens(e.OrderWasAnswered, at("11-23 13:00"), note="ok")
        RunningClock.objects.exclude(name="order_confirmation").delete()
        tick(at("11-23 13:30"))
        assert not mailoutbox
        assert not Delivery.objects.filter(sent_at=None).exists()

    def test_a_half_span_is_refused(self, head, login, sales_head_gu):
        browser = login(sales_head_gu)
        answer = browser.post(reverse("sla:wishes"), {"every": "0", "quiet_from": "22:00", "quiet_until": ""})
        assert answer.status_code == 422
        assert "免打扰" in answer.content.decode()
        assert not Wish.objects.exists()


class TestADeadServer:
    @pytest.fixture
    def dead(self, monkeypatch):
        def send(mail, **_more):
            raise ConnectionRefusedError

        context = monkeypatch.context()
        broken = context.__enter__()
        broken.setattr(EmailMessage, "send", send)
        return lambda: context.__exit__(None, None, None)

    def test_the_rows_of_one_message_wait_and_arrive_together_under_one_name(self, many, head, dead, mailoutbox):
        many(3)
        tick(at("11-24 09:00"))
        rows = Delivery.objects.filter(channel="email")
        assert set(rows.values_list("attempts", "next_at", "sent_at")) == {(1, at("11-24 09:02"), None)}
        assert Delivery.objects.filter(channel="page").count() == 3, "the page does not wait for mail"
        dead()
        tick(at("11-24 09:02"))
        (mail,) = mailoutbox
        assert mail.subject.startswith("3 条通知")
        first = mail.extra_headers["Message-ID"]
        rows.update(sent_at=None, next_at=at("11-24 09:03"))  # its answer was lost
        tick(at("11-24 09:03"))
        assert mailoutbox[1].extra_headers["Message-ID"] == first

    def test_they_are_parked_and_an_administrator_sends_them_again(self, many, head, dead, mailoutbox, login, administrator_gao):
        many(3)
        sweep(at("11-24 09:00"))
        for day in range(12):
            send_due(at("11-24 09:00") + timedelta(days=day))
        rows = Delivery.objects.filter(channel="email")
        assert set(rows.values_list("parked", "attempts")) == {(True, 10)}
        dead()
        chosen = {"action": "send_again", "_selected_action": list(rows.values_list("pk", flat=True))}
        login(administrator_gao).post(reverse("admin:core_delivery_changelist"), chosen)
        send_due(at("12-24 09:00"))
        assert len(mailoutbox) == 1


def test_a_breach_that_was_met_meanwhile_says_so(order, head, happens, mailoutbox):
    sweep(BREACH)
    happens(e.OrderWasAnswered, at("11-23 14:05"), note="ok")
    send_due(at("11-23 14:06"))
    assert mailoutbox[0].subject == f"{order.number}：答复订单曾超时，现已完成"
    assert "/do/answer_order/" not in mailoutbox[0].body


def test_nothing_is_mailed_of_an_order_that_was_withdrawn(order, head, happens, mailoutbox):
    sweep(BREACH)
    happens(e.OrderWasWithdrawn, at("11-23 14:05"), reason="x")
    RunningClock.objects.update(stopped_at=None, cancelled_at=at("11-23 14:05"))
    send_due(at("11-23 14:06"))
    assert not mailoutbox


def test_who_has_left_gets_no_mail_any_more(order, head, mailoutbox):
    sweep(BREACH)
    Person.objects.filter(pk=head.pk).update(is_active=False)
    send_due(BREACH)
    assert not mailoutbox


def test_other_notices_are_mailed_in_their_own_words_once(head, mailoutbox):
    for _ in range(2):
        tell(head, key="x-1", title="货物损坏", body="SH1\nBcc: x@example.com", url="/x/", at=MONDAY_9AM)
    send_due(MONDAY_9AM)
    (mail,) = mailoutbox
    assert mail.subject == "货物损坏 SH1 Bcc: x@example.com", "what a customer typed is one line"
    assert "http://testserver/x/" in mail.body


class TestMyAccount:
    def test_each_chooses_for_themselves(self, login, sales_head_gu, head):
        browser = login(sales_head_gu)
        assert "gu@example.com" in browser.get(reverse("sla:wishes")).content.decode()
        browser.post(reverse("sla:wishes"), {"every": "60", "quiet_from": "22:00", "quiet_until": "07:00"})
        row = Wish.objects.get(person=head)
        assert (row.by_mail, row.every, row.quiet_from, row.quiet_until) == (False, 60, time(22), time(7))
        assert row.history.count() == 1

    def test_my_account_leads_there(self, login, sales_head_gu):
        assert reverse("sla:wishes") in login(sales_head_gu).get(reverse("second_step")).content.decode()


def test_the_sweep_asks_for_wishes_once_and_not_for_each_clock(many, head, django_assert_max_num_queries):
    many(60)
    with django_assert_max_num_queries(36):
        sweep(at("11-24 09:00"))
