"""The demo group stands in every test's database; its people are fixtures (tests/personas.py)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.actor import Actor
from demo.masters import load_masters
from demo.walk import Walk
from orders.models import Order
from organization import finding
from organization.calendars import forget
from organization.models import Company, Person
from tests.personas import *  # noqa: F403  every persona is a fixture
from tests.personas import MONDAY_9AM


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The masters are loaded once per test process, outside the tests' transactions."""
    with django_db_blocker.unblock():
        lift_triggers_for_flush()
        load_masters(at=MONDAY_9AM)


def lift_triggers_for_flush() -> None:
    """SQLite empties tables by DELETE, which the triggers of append-only tables refuse; PostgreSQL's TRUNCATE passes them by."""
    if connection.vendor != "sqlite":
        return
    flush = connection.ops.execute_sql_flush

    def without_triggers(statements: list[str]) -> None:
        with connection.cursor() as cursor:
            triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            try:
                flush(statements)
            finally:
                for _name, sql in triggers:
                    cursor.execute(sql)

    connection.ops.execute_sql_flush = without_triggers


@pytest.fixture(autouse=True)
def masters_again(request: pytest.FixtureRequest, _django_db_marker: None) -> None:
    """A test with transactions of its own flushes the database at its end; the next such test finds the masters again."""
    marker = request.node.get_closest_marker("django_db")
    real = {"transactional_db", "live_server"} & set(request.fixturenames)
    if (real or (marker and marker.kwargs.get("transaction"))) and not Company.objects.exists():
        load_masters(at=MONDAY_9AM)


@pytest.fixture(autouse=True)
def calendars_as_they_are() -> None:
    """What an earlier test made of a calendar was rolled back, but calendars are kept in memory for a minute."""
    forget()
    finding.forget()


@pytest.fixture
def login() -> Callable[[Actor], Client]:
    """`login(clerk_zhou)` gives a browser in which that person is logged in."""

    def logged_in(persona: Actor) -> Client:
        client = Client()
        client.force_login(Person.objects.get(pk=persona.person_id), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def order_at(db: None) -> Callable[..., Order]:
    """`order_at(OrderState.EFFECTIVE)` walks a new order there through the services (decision 24).

    `customer=` and `lines=` (item code, quantity) say whose it is, and of what.
    """

    def walked(state: str, *, customer: str = "C0003", lines: Sequence[tuple[str, int]] = (("GGD", 2),)) -> Order:
        walk = Walk(MONDAY_9AM)
        walk.register(customer, lines)
        return walk.to(state)

    return walked


@pytest.fixture
def now(time_machine: Any) -> Callable[[datetime], None]:
    """`now(at("11-23 10:00"))`: it is ten o'clock for the pages, too."""

    def it_is(moment: datetime) -> None:
        time_machine.move_to(moment, tick=False)

    it_is(MONDAY_9AM)
    return it_is
