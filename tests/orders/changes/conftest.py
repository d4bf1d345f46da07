"""An order of two cabinets, and what `manage.py verify` says."""

from collections.abc import Callable

import pytest

from core.questions import ask
from demo.walk import Walk
from tests.personas import MONDAY_9AM


@pytest.fixture
def walk(db: None) -> Walk:
    found = Walk(MONDAY_9AM)
    found.register("C0003", [("GGD", 2)])
    return found


@pytest.fixture
def violations() -> Callable[[], list[str]]:
    return lambda: [text for found in ask("invariants") for _name, check in found for text in check()]
