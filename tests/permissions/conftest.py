"""One world per module: built once in a transaction that is rolled back at the end; each test works in a savepoint of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.template import engines

from documents import render
from organization import middleware
from organization.calendars import forget
from organization.models import actor_of
from sla import context
from tests.permissions.world import World, build
from tests.personas import MONDAY_9AM

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
def quick_pages(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Thousands of questions: the frame around the pages is asked for elsewhere, and a person's session and posts are read once."""
    known = cache(lambda person: actor_of(person, MONDAY_9AM))
    engine = engines["django"].engine
    # The engine keeps its processors: to replace one where it is defined would, in a worker's first page, replace it for good.
    others = [given for given in engine.template_context_processors if given is not context.shell]
    monkeypatch.setattr(engine, "template_context_processors", (*others, lambda request: {"now": request.now}))
    monkeypatch.setattr(middleware, "actor_of", lambda person, at: known(person))
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
