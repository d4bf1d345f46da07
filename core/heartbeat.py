"""The pulse of the sweep: written by every round, read by /readyz, the admin's first page and the worker's health check (SLA-05)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from core.models import Heartbeat

SWEEP = "sla.sweep"
TICKS = 3  # so many may be missed before anybody is told; config/health.py counts the same


class Pulse(NamedTuple):
    """When the sweep last ran (None: never), and whether that is too long ago."""

    at: datetime | None
    late: bool


def beat(at: datetime) -> None:
    """The sweep has run at `at`."""
    Heartbeat.objects.bulk_create([Heartbeat(name=SWEEP, at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["at"])


def pulse(at: datetime) -> Pulse:
    """How the sweep's pulse stands at `at`: late when nothing was felt for more than three ticks."""
    last = Heartbeat.objects.filter(name=SWEEP).values_list("at", flat=True).first()
    return Pulse(last, last is None or at - last > TICKS * timedelta(seconds=settings.SWEEP_SECONDS))
