"""Everybody reads the product in Chinese: no text of ours is left in English."""

import shutil

import polib
import pytest
from django.conf import settings

from core.management.commands import collect_translations


def test_every_collected_text_has_a_chinese_one():
    path = settings.BASE_DIR / collect_translations.PO
    assert path.exists(), f"{collect_translations.PO} is missing"
    assert collect_translations.untranslated(path) == []


def test_a_text_left_in_english_would_be_found(tmp_path):
    file = polib.POFile()
    file.append(polib.POEntry(msgid="Order", msgstr="订单"))
    file.append(polib.POEntry(msgid="Invoice"))
    file.append(polib.POEntry(msgid="Guess", msgstr="猜", flags=["fuzzy"]))
    file.save(str(tmp_path / "django.po"))
    assert collect_translations.untranslated(tmp_path / "django.po") == ["untranslated: Invoice", "fuzzy: Guess"]


@pytest.mark.skipif(not shutil.which("xgettext"), reason="xgettext is not installed (Debian: gettext)")
def test_every_text_of_code_and_templates_is_in_the_file():
    assert collect_translations.missing() == []
