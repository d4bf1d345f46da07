"""Compiles locale/*/LC_MESSAGES/*.po without gettext."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Writes the .mo file beside each .po file that is newer than it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_one(source)


def compile_one(source: Path) -> None:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    unfinished = target.with_suffix(".mo.new")  # a server that starts meanwhile never reads half a file
    polib.pofile(str(source)).save_as_mofile(str(unfinished))
    unfinished.replace(target)
