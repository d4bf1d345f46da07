"""T2: the database killed, Redis flushed, killed and away, no beat and too many (trust.md). The full set: make proof-clocks."""

import time

import pytest

from tests.proof.figures import note, size
from tests.proof.product import Visitors

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.long, pytest.mark.django_db]
CLOCKS, KILLS, PAUSE, AWAY = size(2_000, 20_000), size(5, 5), size(1, 10), size(4, 60)
TICK = 1


@pytest.mark.req("SLA-03", "SLA-05")
def test_database_redis_and_beats_come_and_go_and_nothing_is_lost(grounds):
    promises, begun = grounds.database(), time.monotonic()
    with grounds.product(promises, tick=TICK) as product, Visitors(product.port, grounds.cookie) as visitors:
        promises.make(CLOCKS, 8 * PAUSE * 2 + AWAY + 3 * 2 * PAUSE + KILLS)
        for _ in range(KILLS):
            product.wait(PAUSE)
            grounds.postgres.kill()
            product.wait(PAUSE)
            grounds.postgres.start()
        product.wait(PAUSE)
        grounds.redis.say("FLUSHALL")
        product.wait(PAUSE)
        grounds.redis.kill()
        grounds.redis.start()
        product.wait(PAUSE)
        grounds.redis.kill()
        product.wait(AWAY)
        grounds.redis.start()
        for beats in (0, 2, 3, 1):
            product.beats(beats)
            product.wait(2 * PAUSE)
        drained = product.wait_until(lambda: not promises.open(), 180)
        restarts = {piece.name: piece.restarts for piece in product.pieces if piece.restarts}
        product.wait(1)
    kept = promises.kept()
    note(
        "T2", what="PostgreSQL killed, Redis flushed, killed, away; 0 to 3 beats", size=f"{CLOCKS:,} clocks, Redis away {AWAY} s",
        kills=KILLS + 2, lost=kept.lost, doubled=kept.doubled, wrong=kept.disordered, late=kept.late,
        seconds=round(time.monotonic() - begun), web=dict(visitors.answers),
    )  # fmt: skip
    assert drained, product.words("worker")[-3000:]
    assert (kept.lost, kept.doubled, kept.disordered) == (0, 0, 0)
    assert not restarts, f"they recover by themselves: {restarts}"
    assert set(visitors.answers) <= {"200", "503"}, (visitors.answers, visitors.bodies[:3])
    assert visitors.answers["503"], "somebody came while the database was away"


def test_control_a_promise_that_lies_in_the_broker_is_lost_with_it(grounds):
    promises, clocks = grounds.database(), 600
    with grounds.product(promises, tick=TICK, mistake="by_message") as product:
        promises.make(clocks, 6)
        for _ in range(3):
            product.wait(2.5)
            grounds.redis.kill()
            grounds.redis.start()
        product.wait_until(lambda: not promises.open(), 30)
        product.wait(8)
    kept = promises.kept()
    note("T2", control=f"promise in a message: {kept.lost:,} lost of {clocks:,} clocks")
    assert kept.lost > 0


def test_control_without_locks_and_unique_keys_three_beats_tell_people_twice(grounds):
    promises, clocks = grounds.database(), 600
    promises.forget_unique_keys()
    with grounds.product(promises, tick=TICK, mistake="unlocked") as product:
        product.beats(3)
        promises.make(clocks, 6)
        product.wait_until(lambda: not promises.open(), 30)
    kept = promises.kept()
    note("T2", control=f"no lock, no unique key: {kept.doubled:,} doubled of {clocks:,} clocks")
    assert kept.doubled > 0
