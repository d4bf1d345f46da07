"""An administrator sees whether the clocks are looked at, and does a round by hand when they are not (SLA-05)."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.urls import reverse

from config import health
from core.facts import run_due
from core.heartbeat import beat
from core.models import Delivery, Fact, Heartbeat, Reaction
from sla import tasks
from sla.models import RunningClock, Step
from tests.sla.conftest import at

pytestmark = pytest.mark.django_db
TICK = timedelta(seconds=settings.SWEEP_SECONDS)


# the heartbeat at /readyz


@pytest.mark.req("SLA-05")
def test_readyz_says_when_the_clocks_were_last_looked_at(client, now):
    assert client.get("/readyz").json() == {"ready": True, "sweep": {"at": None, "late": True}}
    beat(at("11-23 10:00"))
    now(at("11-23 10:00") + 3 * TICK)
    assert client.get("/readyz").json() == {"ready": True, "sweep": {"at": "2026-11-23T02:00:00Z", "late": False}}
    now(at("11-23 10:00") + 3 * TICK + timedelta(seconds=1))
    answer = client.get("/readyz")
    assert answer.json()["sweep"]["late"]
    assert answer.status_code == 200, "a web server serves as well when nobody sweeps"


def away(*_args, **_kwargs):
    raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.req("SLA-05")
def test_while_the_database_is_away_everybody_is_asked_to_come_back(client, clerk_zhou, login, monkeypatch):
    clerk = login(clerk_zhou)
    clerk.raise_request_exception = False
    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", away)
        ready, page = client.get("/readyz"), clerk.get("/")
    assert (ready.status_code, ready.json(), ready["Retry-After"]) == (503, {"ready": False}, "15")
    assert (page.status_code, page["Retry-After"]) == (503, "15")
    assert "503" in page.content.decode()
    assert clerk.get("/").status_code == 200


def test_an_error_of_ours_is_still_one(clerk_zhou, login, monkeypatch):
    clerk = login(clerk_zhou)
    clerk.raise_request_exception = False

    def broken(*_args):
        raise RuntimeError("ours")

    monkeypatch.setattr("core.middleware.RefusalMiddleware.process_exception", broken)
    monkeypatch.setattr("organization.middleware.actor_of", broken)
    assert clerk.get("/").status_code == 500


# the worker's health check


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.req("SLA-05")
def test_a_worker_is_unhealthy_when_nobody_looks_at_the_clocks():
    known = connection.settings_dict
    url = f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    assert not health.sweeps(url, 30), "it never ran"
    beat(datetime.now(UTC) - timedelta(seconds=80))
    assert health.sweeps(url, 30)
    assert not health.sweeps(url, 20)
    assert not health.sweeps(url.replace(known["NAME"], "nowhere"), 30)
    asked = subprocess.run(
        [sys.executable, "config/health.py", "sweep"], cwd=settings.BASE_DIR, env={"DATABASE_URL": url, "SWEEP_SECONDS": "10"}, check=False
    )
    assert asked.returncode == 1


# the admin's first page


@pytest.mark.req("SLA-05")
def test_the_admin_sees_what_does_not_run_and_is_led_to_it(order, login, administrator_gao, manager_fang, now):
    beat(at("11-23 08:00"))
    Delivery.objects.create(key="m-1", channel="email", title="gave up", at=at("11-23 08:00"), parked=True, attempts=10)
    Delivery.objects.create(key="m-2", channel="email", title="on its way", at=at("11-23 08:00"), next_at=at("11-23 08:00"), attempts=2)
    Reaction.objects.create(fact=Fact.objects.earliest("pk"), handler="no.such", next_at=at("11-23 08:30"), attempts=3)
    RunningClock.objects.filter(name="order_confirmation").update(attempts=1)
    browser = login(administrator_gao)
    signs = browser.get(reverse("admin:index")).context["machinery"]
    assert [(sign.text, sign.bad) for sign in signs] == [("2026-11-23 08:00:00", True), ("1", True), ("1", True), ("1", True)]
    for sign in signs[1:]:
        listed = browser.get(sign.url)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == 1, sign.url
    assert browser.get(signs[0].url).status_code == 200
    of_one_company = login(manager_fang).get(reverse("admin:index")).content.decode()
    assert "machinery" not in of_one_company, "these lists are not for them"


def test_the_box_is_quiet_when_all_runs(login, administrator_gao, now):
    beat(at("11-23 09:00"))
    assert not any(sign.bad for sign in login(administrator_gao).get(reverse("admin:index")).context["machinery"])


# a round by hand


@pytest.mark.req("SLA-05")
def test_a_round_by_hand_does_what_the_worker_does_and_says_so(many, now, capsys, mailoutbox):
    many(3)
    Delivery.objects.create(key="m-1", channel="email", address="p@example.com", title="t", at=at("11-23 09:00"), next_at=at("11-23 09:00"))
    now(at("11-23 13:00"))
    call_command("sweep")
    assert capsys.readouterr().out.startswith("due times moved 0, clocks fired 3, reactions 0, deliveries 1")
    assert (Step.objects.count(), len(mailoutbox)) == (3, 1)
    assert Heartbeat.objects.get().at == at("11-23 13:00")
    call_command("sweep")
    said = capsys.readouterr().out
    assert said.startswith("due times moved 0, clocks fired 0, reactions 0, deliveries 0"), "a doubled beat changes nothing"
    assert Step.objects.count() == 3


def test_a_round_of_which_a_part_fails_ends_with_an_error(monkeypatch, capsys):
    monkeypatch.setattr(tasks, "send_due", away)
    with pytest.raises(CommandError, match="part failed"):
        call_command("sweep")
    assert "deliveries FAILED" in capsys.readouterr().out


# after an outage


@pytest.mark.req("SLA-05")
def test_a_reaction_that_still_fails_after_an_outage_waits_from_now_on(order, settings):
    settings.REACTIONS_RAISE = False
    row = Reaction.objects.create(fact=Fact.objects.earliest("pk"), handler="no.such", next_at=at("11-23 09:00"))
    thursday = at("11-26 09:00")
    assert [run_due(thursday), run_due(thursday), run_due(thursday + timedelta(seconds=29))] == [1, 0, 0], "not again at every tick"
    row.refresh_from_db()
    assert (row.attempts, row.next_at) == (1, thursday + timedelta(seconds=30))
