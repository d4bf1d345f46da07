"""What happened to a clock itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.facts import Event
from sla.declare import CLOCKS
from sla.models import LateCause

CLOCK = ("sla.runningclock", "clock_id")


def _label(name: str) -> Any:
    """History outlives the kinds of clocks: one that no release knows any more is called by its name."""
    return CLOCKS[name].label if name in CLOCKS else name


@dataclass(frozen=True, kw_only=True)
class ClockWasPaused(Event):
    about = CLOCK
    text = _("“{name}” stands still: {reason}")

    clock_id: int
    name: str
    reason: str

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "name": _label(self.name)}


@dataclass(frozen=True, kw_only=True)
class LatenessWasExplained(Event):
    about = CLOCK
    text = _("“{name}” was late: {cause}")

    clock_id: int
    name: str
    cause: str
    note: str

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "name": _label(self.name), "cause": LateCause(cause=self.cause, note=self.note)}


@dataclass(frozen=True, kw_only=True)
class ClockWasResumed(Event):
    about = CLOCK
    text = _("“{name}” runs again, due {due_at}")

    clock_id: int
    name: str
    due_at: datetime

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "name": _label(self.name)}
