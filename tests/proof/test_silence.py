"""T3: everything off for three days while thousands of clocks come due; then one round."""

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from core.models import Delivery
from sla import sweep as sweeping
from sla.models import RunningClock, Step
from sla.tasks import one_round
from tests.personas import MONDAY_9AM
from tests.proof.figures import note, size
from tests.proof.promises import STEPS

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
CLOCKS = size(300, 5000)
THURSDAY = MONDAY_9AM + timedelta(hours=72)


class Found(NamedTuple):
    lost: int
    doubled: int
    disordered: int
    seconds: float


@pytest.fixture
def due(many):
    """Clocks whose warning, breach and first escalation have all come due within a day."""

    def made(number: int) -> None:
        one = RunningClock.objects.get(name="order_confirmation")
        one.chain = [*one.chain, ["general_manager", one.company_id, None, None]]
        one.save()
        many(number, every=timedelta(hours=24) / number)

    return made


def drained(number: int) -> Found:
    """What one round on Thursday at nine makes of what came due since Monday."""
    begun = time.monotonic()
    one_round(THURSDAY)
    seconds = round(time.monotonic() - begun, 1)
    taken: dict[int, list[str]] = {}
    for clock_id, name in Step.objects.order_by("pk").values_list("clock_id", "name"):
        taken.setdefault(clock_id, []).append(name)
    different = sum(len(set(names)) for names in taken.values())
    doubled = sum(len(names) for names in taken.values()) - different
    return Found(number * len(STEPS) - different, doubled, sum(tuple(names) != STEPS for names in taken.values()), seconds)


@pytest.mark.req("SLA-05")
def test_after_three_days_of_silence_one_round_takes_each_step_once_and_in_order(due):
    due(CLOCKS)
    found = drained(CLOCKS)
    note(
        "T3", what="all off for 72 h, then one round", size=f"{CLOCKS:,} clocks, {len(STEPS)} steps each",
        lost=found.lost, doubled=found.doubled, wrong=found.disordered, seconds=found.seconds,
    )  # fmt: skip
    assert found[:3] == (0, 0, 0)
    assert found.seconds <= 60
    assert one_round(THURSDAY)["clocks fired"] == 0
    told = Delivery.objects.filter(channel=Delivery.PAGE, key__endswith="-escalated 1")
    assert told.count() == CLOCKS, "each clock's last step has told somebody, once"


def test_control_a_round_that_looks_at_the_last_tick_only_misses_what_came_before(due, monkeypatch):
    def claim(at: datetime, batch: int, known: Any) -> int:
        with transaction.atomic():
            rows = list(RunningClock.objects.filter(next_at__lte=at, next_at__gt=at - timedelta(seconds=30))[:batch])
            sweeping._fire(rows, at, known)
        return len(rows)

    monkeypatch.setattr(sweeping, "_claim", claim)
    due(100)
    lost = drained(100).lost
    note("T3", control=f"looks at the last tick only: {lost} lost of 100 clocks")
    assert lost
