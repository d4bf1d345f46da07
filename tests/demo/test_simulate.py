"""The demo group at work for some weeks: every invariant holds, something is left to do, and the same seed gives the same lives."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from core.models import Fact
from demo import simulate
from demo.simulate import Summary
from orders.models import Order
from orders.workflow import ENDS
from orders.workflow import OrderState as S
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
NOTED = ("number", "state", "version", "amount", "customer__code")


def played(**given: int) -> Summary:
    return simulate.simulate(end=MONDAY_9AM, **given)


def verified() -> str:
    said = StringIO()
    call_command("verify", stdout=said)
    return said.getvalue().splitlines()[-1]


@pytest.mark.req("SLA-03", "SEC-02")
def test_six_orders_leave_no_violation_and_something_to_do():
    summary = played(orders=6, seed=7, weeks=7)
    assert verified() == "0 violations"
    assert Order.objects.count() == sum(summary.states.values()) == 6
    assert summary.states[S.CLOSED] and Order.objects.exclude(state__in=ENDS).exists()
    assert RunningClock.objects.open().exists() and summary.clocks["met"]
    assert not Fact.objects.filter(at__gt=MONDAY_9AM).exists()


def test_the_same_seed_gives_the_same_lives():
    seen = []
    for _time in range(2):
        with transaction.atomic():
            played(orders=2, seed=3, weeks=2)
            seen.append((list(Order.objects.values_list(*NOTED)), list(Fact.objects.order_by("pk").values_list("kind", "at"))))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("story", "states"),
    [
        ("refused", {S.REFUSED}),
        ("withdrawn", {S.WITHDRAWN}),
        ("overruled", {S.CLOSED}),
        ("taken back", {S.CLOSED}),
        ("old", {S.CLOSED}),
        ("rework", {S.CLOSED}),
        ("partial", {S.CLOSED}),
    ],
)
def test_every_detour_ends_well(story, states, monkeypatch):
    monkeypatch.setattr(simulate, "STORIES", {story: 1})
    summary = simulate.simulate(orders=1, seed=5, end=MONDAY_9AM + timedelta(weeks=16), weeks=20)
    assert set(summary.states) == states
    assert verified() == "0 violations"
