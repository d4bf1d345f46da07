"""What a text can be found by (decision 21): itself, its words and tokens, pairs of Chinese characters, initials of its pinyin."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

HAN = r"〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
TOKEN = re.compile(f"[^\\W_{HAN}]+")
LETTERS_WITHOUT_MARK = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def search_texts(text: str) -> set[str]:
    """Every lower-cased text under which `text` is kept for search by prefix; empty for a blank text.

    "杭州恒达" gives itself, 杭州, 州恒, 恒达 and hzhd; "SGHB-2026-1187" gives itself, sghb, 2026 and 1187. Full-width letters
    count as plain ones, Latin letters with marks are kept both with and without (Ødegård, odegard). Use the same on what is typed.
    """
    whole = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    found = {whole, *whole.split()}
    for form in {whole, _without_marks(whole)}:
        found.update(TOKEN.findall(form))
    for run in HAN_RUN.findall(whole):
        found.update({run, *map("".join, pairwise(run))})
    found.add(initials(whole))
    return found - {""}


def initials(text: str) -> str:
    """Initials of the pinyin of the whole text, Latin letters and digits between them kept: "苏州ABC柜" -> "szabcg"; "" without Chinese.

    Words decide the reading where a character has several (重庆 is cq, 重量 is zl). A character without a known reading is left out.
    """
    from pypinyin import Style, lazy_pinyin  # large dictionaries: loaded by those who search or save only

    if not HAN_RUN.search(text):
        return ""
    letters = lazy_pinyin(text, style=Style.FIRST_LETTER, errors=lambda other: "".join(TOKEN.findall(other)))
    return "".join(letters).lower()


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).translate(LETTERS_WITHOUT_MARK)
    return "".join(char for char in plain if not unicodedata.combining(char))
