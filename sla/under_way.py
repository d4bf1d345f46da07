"""What is under way has its clocks (SLA-01): departments say from their rows which facts put things where they are.

A question `under_way` gives, by the name of a clock, the facts that would start it now. `manage.py verify` compares them with the clocks
that run, and `start_missing` starts what does not: the clocks that a new release brings for what began before it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.facts import Event, act
from core.questions import answers, ask
from sla.declare import CLOCKS
from sla.engine import start
from sla.models import RunningClock
from sla.verify import clocks_against


def under_way() -> dict[str, list[Event]]:
    """Clock -> the facts that would start it now, of all departments."""
    return {name: facts for found in ask("under_way") for name, facts in found.items()}


def what_is_under_way_has_its_clocks() -> list[str]:
    """Every hand-over that waits stands on somebody's My work, and nothing else does (SLA-07)."""
    return [
        found
        for name, facts in under_way().items()
        for found in clocks_against(name, {CLOCKS[name].subject(fact)[1] for fact in facts if CLOCKS[name].when(fact)})
    ]


@act
def start_missing(*, at: datetime) -> int:
    """Start every clock that should run and does not, counted from now. Returns how many."""
    before = RunningClock.objects.count()
    for name, facts in under_way().items():
        running = set(RunningClock.objects.open().filter(name=name).values_list("subject_id", flat=True))
        for fact in facts:
            if CLOCKS[name].subject(fact)[1] not in running and CLOCKS[name].when(fact):
                start([CLOCKS[name]], fact, at)
    return RunningClock.objects.count() - before


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [("what is under way has its clocks", what_is_under_way_has_its_clocks)]
