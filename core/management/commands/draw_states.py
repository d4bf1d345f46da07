"""Writes docs/states anew from the code."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.drawing import state_pages

FOLDER = settings.BASE_DIR / "docs/states"


class Command(BaseCommand):
    help = "Draws the life of every thing (docs/states) from its steps: source, target, label, who, guards."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        pages = state_pages()
        FOLDER.mkdir(parents=True, exist_ok=True)
        for stale in set(FOLDER.glob("*.md")) - {FOLDER / name for name in pages}:
            stale.unlink()
        for name, text in pages.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"docs/states: {len(pages)} pages")
