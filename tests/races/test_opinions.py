"""C1: two heads decide at once. Real rows, real locks, real threads, and a control run that shows what the lock is for.

RACE_ROUNDS says how many rounds (100 unless told; the long set takes 500).
"""

import os
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from core.models import Fact
from core.reasons import NotReady
from demo.walk import Walk
from orders.models import Opinion, Order
from orders.services import review
from orders.workflow import OrderState, Verdict
from organization.roles import Role
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-04")]
ROUNDS = int(os.environ.get("RACE_ROUNDS", "100"))


def together(*acts: Callable[[], Any]) -> list[Any]:
    """All start at the same moment, each on a connection of its own; what each returned or raised."""
    start, got = Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        try:
            start.wait(20)
            got[n] = acts[n]()
        except Exception as problem:
            got[n] = problem
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def in_review() -> Walk:
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 1)])
    walk.to(OrderState.IN_REGULAR_REVIEW)
    return walk


def give(walk: Walk, opinion: Opinion) -> Callable[[], Any]:
    by, at = walk.product(Role(opinion.role)), walk.tick()
    return lambda: review.give_opinion(opinion=opinion, by=by, at=at, verdict=Verdict.FEASIBLE)


def facts(order: Order, kind: str) -> int:
    return Fact.objects.filter(order_id=order.pk, kind=f"orders.{kind}").count()


def last_two(walk: Walk) -> list[Any]:
    one, two = Opinion.objects.filter(review__order=walk.order).order_by("pk")
    return together(give(walk, one), give(walk, two))


def is_decided(order: Order) -> bool:
    """Both opinions stand, the review was concluded once, no clock for an opinion runs on."""
    given = Opinion.objects.filter(review__order=order, state="given").count()
    clocks = RunningClock.objects.open().filter(order_id=order.pk, name="review_opinion").count()
    passed, said = facts(order, "ReviewWasPassed"), facts(order, "OpinionWasGiven")
    return (Order.objects.get(pk=order.pk).state, given, said, passed, clocks) == (OrderState.ACCEPTED, 2, 2, 1, 0)


def test_the_last_two_opinions_at_once_conclude_the_review_once():
    failed = []
    for _round in range(ROUNDS):
        walk = in_review()
        got = last_two(walk)
        if any(isinstance(each, Exception) for each in got) or not is_decided(walk.order):
            failed.append((walk.order.number, got))
    assert failed == []


def test_the_same_opinion_given_twice_at_once_stands_once():
    """The second finds the review closed, and is told so."""
    for _round in range(max(ROUNDS // 4, 5)):
        walk = in_review()
        one, two = Opinion.objects.filter(review__order=walk.order).order_by("pk")
        give(walk, one)()
        got = together(give(walk, two), give(walk, two))
        refused = [each for each in got if isinstance(each, NotReady)]
        assert [type(each) for each in got if each not in refused] == [Opinion], got
        assert [reason.code for each in refused for reason in each.reasons] == ["review_closed"]
        assert is_decided(walk.order)


def test_without_the_lock_a_review_is_lost(monkeypatch):
    """The control run: each sees the other's opinion as still asked for, and nobody concludes; the proof above would notice."""
    lost = 0
    for _round in range(max(ROUNDS // 5, 10)):
        walk = in_review()
        with monkeypatch.context() as patch:
            patch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self.all())
            last_two(walk)
        lost += not is_decided(walk.order)
    assert lost > 0
