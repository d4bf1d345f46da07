"""What happened to a clock itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.facts import Event
from sla.declare import CLOCKS

CLOCK = ("sla.runningclock", "clock_id")


@dataclass(frozen=True, kw_only=True)
class ClockWasPaused(Event):
    about = CLOCK
    text = _("“{name}” stands still: {reason}")

    clock_id: int
    name: str
    reason: str

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "name": CLOCKS[self.name].label}


@dataclass(frozen=True, kw_only=True)
class ClockWasResumed(Event):
    about = CLOCK
    text = _("“{name}” runs again, due {due_at}")

    clock_id: int
    name: str
    due_at: datetime

    def in_words(self) -> dict[str, Any]:
        return {**super().in_words(), "name": CLOCKS[self.name].label}
