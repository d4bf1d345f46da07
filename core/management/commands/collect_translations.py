"""Collects every translatable text into locale/zh_Hans; with --check says what the committed file lacks."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.test.utils import override_settings

LOCALE = "zh_Hans"
PO = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
# Not ours, not shown to anybody, or made here.
LEFT_OUT = ["tests", "bench", "assets", "docs", "static", "var", "node_modules", ".*"]


class Command(BaseCommand):
    help = "Runs makemessages for Chinese (needs xgettext)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a text is missing or untranslated")
        parser.add_argument("--fill-from", nargs="*", default=[], metavar="PO", help="take Chinese texts that are lacking from these files")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            collect(settings.BASE_DIR)
            fill(settings.BASE_DIR / PO, [Path(name) for name in options["fill_from"]])
            lacking = untranslated(settings.BASE_DIR / PO)
            self.stdout.write("\n".join([*lacking, f"translations: {len(lacking)} texts lack a Chinese one"]))
            return
        wrong = [*untranslated(settings.BASE_DIR / PO), *(missing() if shutil.which("xgettext") else [])]
        if not shutil.which("xgettext"):
            self.stdout.write("translations: xgettext is not here, so whether texts are missing from the file was not checked")
        if wrong:
            raise CommandError("Translations: " + "\n  ".join(["", *wrong]))


def collect(root: Path) -> None:
    """makemessages for the tree at `root`; it works in the current folder, so stay there no longer than it does."""
    before = Path.cwd()
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    os.chdir(root)
    try:
        with override_settings(LOCALE_PATHS=[root / "locale"]):
            how = {"no_obsolete": True, "no_wrap": True, "add_location": "file", "verbosity": 0}
            call_command("makemessages", locale=[LOCALE], ignore_patterns=LEFT_OUT, **how)
    finally:
        os.chdir(before)


def fill(path: Path, sources: list[Path]) -> None:
    """Gives entries that lack a Chinese text the one that another file has for them."""
    if not sources:
        return
    known = {key(entry): entry for source in sources for entry in polib.pofile(str(source)) if entry.translated()}
    file = polib.pofile(str(path), wrapwidth=0)
    for entry in file:
        if (entry.fuzzy or not entry.translated()) and (found := known.get(key(entry))):
            entry.msgstr, entry.msgstr_plural = found.msgstr, found.msgstr_plural
            entry.flags = [each for each in entry.flags if each != "fuzzy"]
            entry.previous_msgid = entry.previous_msgctxt = entry.previous_msgid_plural = None
    file.save()


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def untranslated(path: Path) -> list[str]:
    """Entries of the file without a Chinese text, or with one that gettext only guessed."""
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []
    return [f"{'fuzzy' if entry.fuzzy else 'untranslated'}: {entry.msgid}" for entry in entries if entry.fuzzy or not entry.translated()]


def missing() -> list[str]:
    """Texts of the code and the templates that the committed file does not hold, found in a copy of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(settings.BASE_DIR, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        collect(copy)
        collected = {key(entry) for entry in polib.pofile(str(copy / PO)) if not entry.obsolete} if (copy / PO).exists() else set()
    committed_file = settings.BASE_DIR / PO
    committed = {key(entry) for entry in polib.pofile(str(committed_file))} if committed_file.exists() else set()
    return [f"missing: {text}" for _, text, _ in sorted(collected - committed)]
