"""T1: kill -9 of workers, beat and web while clocks come due (trust.md). The full set: make proof-clocks."""

import random
import time

import pytest

from tests.proof.figures import FULL, note, size
from tests.proof.product import Product, Visitors
from tests.proof.promises import STEPS, Promises

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.long, pytest.mark.django_db]
CLOCKS, KILLS, SECONDS = size(10_000, 100_000), size(40, 200), size(25, 600)
TICK = 1
# Most often what works for a program dies (True), as when memory runs out; sometimes the program with all of it, as when a container dies.
VICTIMS = {("worker", True): 14, ("web", True): 2, ("worker", False): 2, ("beat", False): 2, ("web", False): 1}


def storm(product: Product, promises: Promises, clocks: int, kills: int, seconds: float, victims: dict[tuple[str, bool], int]) -> int:
    """Kills at random moments of the time in which clocks come due; returns how many. Waits until nothing is due any more."""
    promises.make(clocks, seconds)
    begun, killed, dice = time.monotonic(), 0, random.Random(7)
    for moment in sorted(dice.uniform(1, seconds) for _ in range(kills)):
        product.wait(begun + moment - time.monotonic())
        ((kind, only_a_child),) = dice.choices(list(victims), list(victims.values()))
        victim = dice.choice(product.of(kind))
        if not (only_a_child and victim.kill_child(dice)):
            victim.kill()
        killed += 1
    product.wait_until(lambda: not promises.open(), seconds + 240)
    return killed


@pytest.mark.req("SLA-03", "SLA-05")
def test_whatever_is_killed_every_step_is_taken_once_and_soon(grounds):
    promises, begun = grounds.database(), time.monotonic()
    with grounds.product(promises, tick=TICK) as product, Visitors(product.port, grounds.cookie) as visitors:
        killed = storm(product, promises, CLOCKS, KILLS, SECONDS, VICTIMS)
        outage = round(product.longest, 2)
    kept = promises.kept()
    note(
        "T1", what="kill -9 of workers, beat and web while clocks come due", size=f"{CLOCKS:,} clocks, {len(STEPS)} steps each",
        kills=killed, lost=kept.lost, doubled=kept.doubled, wrong=kept.disordered, late=kept.late, allowed=round(2 * TICK + outage, 2),
        seconds=round(time.monotonic() - begun), web=dict(visitors.answers),
    )  # fmt: skip
    assert killed == KILLS
    assert (kept.lost, kept.doubled, kept.disordered) == (0, 0, 0)
    assert not visitors.bodies, visitors.bodies[:3]
    # On a machine of its own: two ticks, and the longest time in which no worker worked or no beat beat.
    assert kept.late <= 2 * TICK + outage or not FULL


def test_control_a_claim_committed_before_its_effect_loses_steps(grounds):
    """The same storm must find what is wrong when something is: otherwise the test above proves nothing."""
    promises, clocks = grounds.database(), 4000
    with grounds.product(promises, tick=TICK, mistake="claim_first") as product:
        storm(product, promises, clocks, 12, 5, {("worker", True): 1})
    kept = promises.kept()
    note("T1", control=f"claim committed before its effect: {kept.lost:,} lost of {clocks:,} clocks")
    assert kept.lost > 0
