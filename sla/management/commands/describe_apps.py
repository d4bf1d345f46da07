"""Writes the lower part of docs/design/<app>.md anew from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from sla.describing import FOLDER, described_apps, page


class Command(BaseCommand):
    help = "Writes lives, facts, clocks, reactions, answers and invariants of every app into docs/design, below what people wrote."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for app in described_apps():
            path = FOLDER / f"{app}.md"
            path.write_text(page(app, path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
        self.stdout.write(f"docs/design: {len(described_apps())} pages")
