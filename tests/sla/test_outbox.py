"""Mail leaves at least once, under a stable key; a dead server stops nothing (SLA-09)."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage

from core.models import Delivery
from core.outbox import send_due
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails():
    rows = [
        Delivery(key=f"m-{n}", channel="email", address=f"p{n}@example.com", title=f"t{n}", at=MONDAY_9AM, next_at=MONDAY_9AM)
        for n in range(3)
    ]
    return Delivery.objects.bulk_create(rows)


@pytest.fixture
def dead(monkeypatch):
    tried = []

    def send(mail, **_more):
        tried.append(mail.to[0])
        raise ConnectionRefusedError

    def kill():
        monkeypatch.setattr(EmailMessage, "send", send)
        return tried

    return kill


def test_each_mail_is_sent_once_under_its_key(mails, mailoutbox):
    assert send_due(MONDAY_9AM) == 3
    assert send_due(MONDAY_9AM + timedelta(days=1)) == 0
    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [f"<m-{n}@orders>" for n in range(3)]


@pytest.mark.req("SLA-09")
def test_a_dead_server_costs_one_attempt_a_tick_and_everything_arrives_later(mails, dead, monkeypatch, mailoutbox):
    with monkeypatch.context():
        tried = dead()
        send_due(MONDAY_9AM)
        assert tried == ["p0@example.com"]
        send_due(MONDAY_9AM + timedelta(seconds=30))
        assert tried == ["p0@example.com", "p1@example.com"]
    monkeypatch.undo()
    send_due(MONDAY_9AM + timedelta(hours=1))
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"p{n}@example.com" for n in range(3)]


@pytest.mark.req("SLA-09")
def test_an_address_that_the_server_refuses_holds_up_no_other(mails, monkeypatch, mailoutbox):
    send = EmailMessage.send

    def refuses_one(mail, **more):
        if mail.to == ["p0@example.com"]:
            raise SMTPRecipientsRefused({"p0@example.com": (550, b"no such user")})
        return send(mail, **more)

    monkeypatch.setattr(EmailMessage, "send", refuses_one)
    send_due(MONDAY_9AM)
    assert [mail.to[0] for mail in mailoutbox] == ["p1@example.com", "p2@example.com"]
    assert "no such user" in Delivery.objects.get(key="m-0").error


@pytest.mark.req("SLA-09")
def test_a_mail_that_cannot_be_written_holds_up_no_other(mails, mailoutbox):
    Delivery.objects.filter(key="m-0").update(title="a\nBcc: everybody@example.com")
    send_due(MONDAY_9AM)
    assert [mail.to[0] for mail in mailoutbox] == ["p1@example.com", "p2@example.com"]


@pytest.mark.req("SLA-09")
def test_after_ten_tries_it_is_parked_for_an_administrator(mails, dead):
    Delivery.objects.exclude(pk=mails[0].pk).delete()
    tried, now = dead(), MONDAY_9AM
    for _ in range(12):
        send_due(now)
        now += timedelta(days=1)
    row = Delivery.objects.get()
    assert (len(tried), row.parked, row.attempts) == (10, True, 10)
    assert "ConnectionRefusedError" in row.error


@pytest.mark.req("SLA-09")
def test_what_a_worker_was_sending_when_it_died_is_sent_after_its_lease(mails, monkeypatch, mailoutbox):
    def dies(*_args, **_kwargs):
        raise SystemExit

    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr(EmailMessage, "send", dies)
        send_due(MONDAY_9AM)
    assert send_due(MONDAY_9AM + timedelta(minutes=9)) == 2, "the others were not in its hands"
    assert send_due(MONDAY_9AM + timedelta(minutes=10)) == 1
    assert len(mailoutbox) == 3


def test_notices_on_the_page_are_never_mailed(db, mailoutbox):
    Delivery.objects.create(key="clock-1-breached", channel="page", person_id=1, title="t", at=MONDAY_9AM, sent_at=MONDAY_9AM)
    assert send_due(MONDAY_9AM) == 0
