"""After an upgrade: starts the clocks that the release brought for what is under way already."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from sla.under_way import start_missing


class Command(BaseCommand):
    help = "Starts clocks that should run and do not, counted from now; run again it starts nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{start_missing(at=now())} clocks started")
