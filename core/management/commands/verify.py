"""Asks every department what must hold and does not (trust I2)."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from core.questions import ask

SHOWN = 20


class Command(BaseCommand):
    help = "Checks what must always hold: states, clocks, stock, money, numbers, files. Exit status 1 when anything does not."

    def handle(self, *args: Any, **options: Any) -> None:
        violations = 0
        with ExitStack() as held:
            if not connection.in_atomic_block:
                held.enter_context(transaction.atomic())
                one_picture()
            for name, find in [check for checks in ask("invariants") for check in checks]:
                found = find()
                violations += len(found)
                self.stdout.write(f"{len(found):6}  {name}")
                for each in found[:SHOWN]:
                    self.stdout.write(f"        {each}")
                if len(found) > SHOWN:
                    self.stdout.write(f"        ... {len(found) - SHOWN} more")
        self.stdout.write(f"{violations} violations")
        if violations:
            raise SystemExit(1)


def one_picture() -> None:
    """All checks look at the same moment while others go on working; SQLite does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
