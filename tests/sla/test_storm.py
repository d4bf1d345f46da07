"""Clocks under kill -9, after three days of silence, and finished in the moment in which they expire (trust T1, T3, T4).

By hand, long: T1_CLOCKS=100000 T1_KILLS=200 T3_CLOCKS=5000 T4_PAIRS=2000 TEST_DATABASE_URL=... pytest tests/sla/test_storm.py
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from core.actor import SYSTEM
from core.facts import act, publish
from core.models import Delivery
from orders import events as e
from sla.models import RunningClock, Step
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

T1_CLOCKS = int(os.environ.get("T1_CLOCKS", 10_000))
T1_KILLS = int(os.environ.get("T1_KILLS", 40))
T3_CLOCKS = int(os.environ.get("T3_CLOCKS", 300))
T4_PAIRS = int(os.environ.get("T4_PAIRS", 60))
LATER = at("12-08 09:00")  # every step of every clock has come due
STEPS = ("warned", "breached", "escalated 1")

transactional = pytest.mark.django_db(transaction=True)


def storm(clocks: int, kills: int, tmp_path, **more) -> dict:
    """Run the storm over what is due, in processes of its own, and return its figures and what its workers complained of."""
    known = connection.settings_dict
    host = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
    env = {**os.environ, "DEBUG": "1", "VAR_DIR": str(tmp_path), "DATABASE_URL": f"postgresql://{host}/{known['NAME']}"}
    given = {"at": LATER.isoformat(), "workers": 3, "kills": kills, "steps": clocks * len(STEPS), "batch": 50, "seed": 7, **more}
    done = subprocess.run(
        [sys.executable, "-m", "tests.sla.storm", json.dumps(given)],
        cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=900, check=True,
    )  # fmt: skip
    return {**json.loads(done.stdout.splitlines()[-1]), "complaints": done.stderr}


@pytest.fixture
def due(many, order):
    """`due(1000)`: so many clocks whose warning, breach and first escalation have all come due."""

    def made(number: int, within: timedelta = timedelta(hours=3)) -> None:
        one = RunningClock.objects.get(name="order_confirmation")
        one.chain = [*one.chain, ["general_manager", one.company_id, None, None]]
        one.save()
        many(number, every=within / number)

    return made


@pytest.mark.postgres
@transactional
@pytest.mark.req("SLA-03", "SLA-05")
def test_under_forty_kills_every_step_is_taken_exactly_once(due, tmp_path):
    due(T1_CLOCKS)
    figures = storm(T1_CLOCKS, T1_KILLS, tmp_path)
    print(f"\nT1: {T1_CLOCKS} clocks, {len(STEPS)} steps each: {figures}")
    assert figures["killed"] == T1_KILLS
    assert not figures["complaints"], "nothing was tried twice, nothing fell back to one by one"
    assert not RunningClock.objects.exclude(next_at=None).exists()
    steps = Counter(Step.objects.values_list("clock_id", "name"))
    assert Counter(name for _clock, name in steps) == dict.fromkeys(STEPS, T1_CLOCKS), "none lost"
    assert set(steps.values()) == {1}, "none doubled"
    # the warning came after the breach: recorded, not sent
    keys = sorted(Delivery.objects.values_list("key", flat=True))
    assert keys == sorted(f"clock-{clock}-{name}" for clock, name in steps if name != "warned")
    assert not RunningClock.objects.filter(breached_at=None).exists()


@pytest.mark.postgres
@transactional
def test_control_a_claim_committed_before_its_effect_loses_steps(due, tmp_path):
    """The same storm must find what is wrong when something is: otherwise the test above proves nothing."""
    clocks = 2000
    due(clocks)
    figures = storm(clocks, 15, tmp_path, control=True)
    lost = clocks * len(STEPS) - Step.objects.count()
    print(f"\nT1 control: {lost} of {clocks * len(STEPS)} steps lost: {figures}")
    assert lost > 0


@pytest.mark.django_db
@pytest.mark.req("SLA-05")
def test_after_three_days_of_silence_one_sweep_takes_each_step_once_and_in_order(due):
    """T3: what should have been warned of, breached and escalated on Monday, Tuesday and Wednesday, is on Thursday at nine."""
    due(T3_CLOCKS, within=timedelta(hours=24))
    begun, thursday = time.monotonic(), MONDAY_9AM + timedelta(hours=72)
    sweep(thursday)
    print(f"\nT3: {T3_CLOCKS} clocks drained in {time.monotonic() - begun:.1f} s")
    assert time.monotonic() - begun < 60
    taken: dict[int, list[str]] = {}
    for clock_id, name in Step.objects.order_by("pk").values_list("clock_id", "name"):
        taken.setdefault(clock_id, []).append(name)
    assert len(taken) == T3_CLOCKS
    assert set(map(tuple, taken.values())) == {STEPS}
    assert sweep(thursday) == 0
    assert Delivery.objects.count() == 2 * T3_CLOCKS


@pytest.mark.postgres
@transactional
@pytest.mark.req("SLA-03", "SLA-05")
def test_finished_in_the_moment_in_which_it_expires_there_is_one_outcome(many):
    """T4: an answer within 25 ms before or after the limit, while the sweep runs. Late and told once, or in time and nobody told."""
    many(T4_PAIRS)
    RunningClock.objects.update(next_step="breached", next_at=F("due_at"), warned_at=F("warn_at"))
    pairs = list(RunningClock.objects.order_by("due_at").values_list("subject_id", "due_at"))
    dice, together = random.Random(7), Barrier(2)

    @act
    def answer(order_id: int, when: datetime) -> None:
        publish(e.OrderWasAnswered(order_id=order_id, note=""), by=SYSTEM, at=when)

    def at_once(do: Callable[[int, datetime], None]) -> None:
        for subject_id, due_at in pairs:
            together.wait(60)
            time.sleep(dice.choice([0, 0, 0.001, 0.003]))
            do(subject_id, due_at)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        clerk = pool.submit(at_once, lambda pk, due_at: answer(pk, due_at + timedelta(milliseconds=dice.uniform(-25, 25))))
        sweeper = pool.submit(at_once, lambda pk, due_at: sweep(due_at))
        assert [clerk.result(), sweeper.result()] == [None, None]
    sweep(LATER)
    outcomes: Counter[str] = Counter()
    for clock in RunningClock.objects.prefetch_related("steps"):
        outcome = clock.state_at(LATER)
        steps = [step.name for step in clock.steps.all()]
        notices = Delivery.objects.filter(key__startswith=f"clock-{clock.pk}-").count()
        assert (outcome, steps, notices) in (("met", [], 0), ("met_late", ["breached"], 1))
        assert clock.next_at is None
        assert outcome == "met_late" or clock.stopped_at < clock.due_at
        outcomes[outcome] += 1
    print(f"\nT4: {dict(outcomes)}")
    assert min(outcomes["met"], outcomes["met_late"]) > 0
