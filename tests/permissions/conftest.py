"""One world per module: built once in a transaction that is rolled back at the end; each test works in a savepoint of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from documents import render
from organization.calendars import forget
from sla import context
from tests.permissions.world import World, build

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(scope="module")
def world_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(render, "pdf", lambda html: PDF)
            world = build().with_print()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(world_of_module: World) -> Iterator[None]:
    """What `django_db` does elsewhere (a transaction for the test) is a savepoint here: closing the connection would end the world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(db: None, world_of_module: World) -> World:
    return world_of_module


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may print is asked here, not how it looks."""
    monkeypatch.setattr(render, "pdf", lambda html: PDF)
    monkeypatch.setattr(render, "printing_available", lambda: None)


@pytest.fixture
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame around the pages (navigation, counts) is asked for in its own tests; among refusals it only takes time."""
    monkeypatch.setattr(context, "shell", lambda request: {})
