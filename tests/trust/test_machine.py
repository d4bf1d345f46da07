"""I1: anybody does anything in any order while time goes by, and what must hold of the business holds after every step.

`MACHINE=long` runs 20,000 steps instead of the quick set.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from core.facts import run_due
from core.models import Fact
from core.reasons import Refused
from demo.walk import ROAD, TimeIsUp, Walk
from orders.models import Order
from orders.workflow import ENDS
from orders.workflow import OrderState as S
from organization.calendars import forget
from organization.models import Person, actor_of
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.trust.player import Player, violations

pytestmark = pytest.mark.django_db
LONG = os.environ.get("MACHINE") == "long"
EXAMPLES, STEPS = (400, 50) if LONG else (14, 40)
TRIES = 4  # in a row, so that most steps are acts
SEEDS = st.integers(0, 2**32 - 1)
GOODS = (("GGD", 2), ("PZ30", 5), ("S13-M-630/10", 2), ("KYN28A-12", 1), ("XL-21", 3))
STARTS = (S.REGISTERED, S.IN_REGULAR_REVIEW, S.CONTRACTED, S.EFFECTIVE, S.PLANNED, S.STOCKED, S.SHIPPING, S.INVOICED)


@pytest.fixture(scope="module")
def group(django_db_setup: None, django_db_blocker: Any) -> Iterator[Player]:
    """Orders of all ages, everybody of the group; the machine's own deeds are rolled back after each example."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        for nth, state in enumerate(STARTS):
            walk = Walk(MONDAY_9AM)
            walk.register(f"C000{1 + nth % 3}", [GOODS[nth % len(GOODS)], GOODS[(nth + 1) % len(GOODS)]])
            walk.to(state)
        people = [actor_of(person, MONDAY_9AM) for person in Person.objects.filter(posts__isnull=False).distinct().order_by("pk")]
        yield Player(people)
        transaction.set_rollback(True)


class Business(RuleBasedStateMachine):
    """Each step draws one number; everything follows from it, so that a failure can be played again."""

    player: Player

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = MONDAY_9AM + timedelta(days=30)
        self.count = 0
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def dice(self, seed: int) -> Random:
        """Hypothesis likes the number nought; the place in the story makes it another one each time."""
        self.count += 1
        return Random(f"{seed} {self.count}")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @rule(seed=SEEDS)
    def somebody_tries_something(self, seed: int) -> None:
        for nth in range(TRIES):
            before = Fact.objects.count()
            self.at += timedelta(minutes=7)
            told = self.player.try_something(self.dice(seed + nth), self.at)
            if told.endswith(": done"):
                self.all_holds(told)
            else:
                assert Fact.objects.count() == before, f"refused, and yet something happened: {told}"

    @rule(seed=SEEDS)
    def an_order_goes_its_way(self, seed: int) -> None:
        """By the people whose turn it is, as far as the next state."""
        dice = self.dice(seed)
        open_orders = list(Order.objects.exclude(state__in=ENDS).order_by("pk"))
        if not open_orders:
            return
        walk = Walk(self.at)
        walk.order = dice.choice(open_orders)
        if walk.order.state not in (*ROAD, S.EFFECTIVE):
            return
        # Somebody was there before and made it another story: the walk is a player here, not the product.
        with suppress(Refused, ValidationError, ObjectDoesNotExist, LookupError, StopIteration, TimeIsUp):
            walk.onward()
        self.at = max(self.at, walk.at)
        self.all_holds(f"{walk.order} went on")

    @rule(seed=SEEDS)
    def a_customer_asks(self, seed: int) -> None:
        dice = self.dice(seed)
        walk = Walk(self.at)
        walk.register(f"C000{dice.randint(1, 6)}", dice.sample(GOODS, dice.randint(1, 3)), days=dice.choice((5, 40)))
        self.at = walk.at
        self.all_holds("registered")

    @rule(seed=SEEDS)
    def time_goes_by(self, seed: int) -> None:
        self.at += timedelta(hours=self.dice(seed).choice((1, 5, 30, 200)))
        sweep(self.at)
        run_due(self.at)
        self.all_holds("time went by")

    def all_holds(self, after: str) -> None:
        found = violations()
        assert not found, f"after “{after}”: {found}"


@pytest.mark.long
@pytest.mark.req("SEC-01", "SEC-02", "INV-01", "SHP-07", "FIN-04", "SLA-01")
def test_whatever_anybody_does_what_must_hold_holds(group: Player):
    Business.player = group
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Business,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=checks,
            derandomize=not LONG,
            database=None,
            phases=[Phase.explicit, Phase.generate] + ([Phase.shrink] if LONG else []),
        ),
    )
