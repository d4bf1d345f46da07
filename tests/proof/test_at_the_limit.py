"""T4: the answer and the expiry within 25 ms of each other: late and told once, or in time and nobody told."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from core.actor import SYSTEM
from core.facts import act, publish
from core.models import Delivery
from orders import events as e
from sla import engine
from sla.models import RunningClock
from sla.sweep import sweep
from tests.proof.figures import note, size
from tests.sla.conftest import at

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.django_db(transaction=True)]
PAIRS = size(60, 2000)
LATER = at("12-31 09:00")


@act
def answer(order_id: int, when: datetime) -> None:
    publish(e.OrderWasAnswered(order_id=order_id, note=""), by=SYSTEM, at=when)


def race(number: int, many: Callable) -> Counter[str]:
    """Clerk and sweep at once, for each clock; how many ended as what."""
    many(number)
    RunningClock.objects.update(next_step="breached", next_at=F("due_at"), warned_at=F("warn_at"))
    pairs = list(RunningClock.objects.order_by("due_at").values_list("subject_id", "due_at"))
    dice, together = random.Random(7), Barrier(2)

    def at_once(do: Callable[[int, datetime], Any]) -> None:
        try:
            for subject_id, due_at in pairs:
                together.wait(60)
                time.sleep(dice.choice([0, 0, 0.001, 0.003]))
                do(subject_id, due_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        clerk = pool.submit(at_once, lambda pk, due_at: answer(pk, due_at + timedelta(milliseconds=dice.uniform(-25, 25))))
        sweeper = pool.submit(at_once, lambda pk, due_at: sweep(due_at))
        assert [clerk.result(), sweeper.result()] == [None, None]
    sweep(LATER)
    return Counter(outcome(clock) for clock in RunningClock.objects.prefetch_related("steps"))


def outcome(clock: RunningClock) -> str:
    """met, met_late, or "contradictory" when state, steps and notices do not tell the same."""
    state, steps = clock.state_at(LATER), [step.name for step in clock.steps.all()]
    notices = Delivery.objects.filter(channel=Delivery.PAGE, key__startswith=f"clock-{clock.pk}-").count()
    in_time = state == "met" and clock.stopped_at < clock.due_at
    told = (state, steps, notices) == ("met_late", ["breached"], 1)
    one_of_them = (in_time and (steps, notices) == ([], 0)) or told
    return state if one_of_them and clock.next_at is None else "contradictory"


@pytest.mark.req("SLA-03", "SLA-05")
def test_finished_in_the_moment_in_which_it_expires_there_is_one_outcome(many):
    begun, outcomes = time.monotonic(), race(PAIRS, many)
    note(
        "T4", what="finish against expiry within 50 ms",
        size=f"{PAIRS:,} pairs, {outcomes['met']:,} in time, {outcomes['met_late']:,} late",
        wrong=outcomes["contradictory"], seconds=round(time.monotonic() - begun),
    )  # fmt: skip
    assert outcomes["contradictory"] == 0
    assert min(outcomes["met"], outcomes["met_late"]) > 0


def test_control_a_finish_that_writes_back_what_it_read_contradicts_the_sweep(many, monkeypatch):
    def stop(rows: Any, at: datetime, *_more: Any) -> None:
        for row in list(rows):
            time.sleep(0.01)
            row.stopped_at, row.next_at = at, None
            row.breached_at = row.due_at if row.due_at <= at else row.breached_at
            row.save()

    monkeypatch.setattr(engine, "_stop", stop)
    wrong = race(40, many)["contradictory"]
    note("T4", control=f"a finish without lock: {wrong} of 40 pairs contradictory")
    assert wrong
