"""What the departments' checks of their clocks share (trust I2)."""

from __future__ import annotations

from collections.abc import Iterable

from sla.models import ClockRule, RunningClock


def clocks_against(name: str, waiting: Iterable[int]) -> list[str]:
    """SLA-01: the clock runs on each of these things, by id, and on no other; a clock that a manager has switched off is missed nowhere."""
    running, wanted = set(RunningClock.objects.open().filter(name=name).values_list("subject_id", flat=True)), set(waiting)
    missed = set() if ClockRule.objects.filter(name=name, active=False).exists() else wanted - running
    return [f"{pk}: no clock {name}" for pk in sorted(missed)] + [f"{pk}: clock {name} runs for nothing" for pk in sorted(running - wanted)]
