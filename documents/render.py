"""HTML to PDF. The only module that knows WeasyPrint, which is loaded at the first print: it needs Pango from the system.

Nothing is fetched but our own print assets; what else is asked for, or a character that no font has, fails the job (trust 9).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import ImageFile

from core.reasons import Reason

from .reasons import PrintingFailed, PrintingUnavailable

MAX_HTML = 4_000_000  # characters; 60 lines have about 40,000
ASSETS = Path(settings.BASE_DIR) / "static" / "print"
FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
SCHEME = "print:"
CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
# The house font first; fonts of the system only for what it lacks, such as 𠮷.
_FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Serif CJK SC", "DejaVu Sans")
_SYSTEM_FONTS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texmf/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "/opt/homebrew/share/fonts",
)  # fmt: skip
_lock = threading.Lock()


def house_fonts() -> list[Path]:
    """Static TTFs of Noto Sans SC; variable or sliced fonts print garbage although their text reads right."""
    return sorted(FONTS.glob("NotoSansSC*.ttf"))


def font_config() -> Path:
    """The private fontconfig file, written anew when it says something else."""
    folder = Path(settings.VAR_DIR) / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    path, wanted = folder / "fonts.conf", _font_config_text(folder)
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        draft = folder / f"fonts.{os.getpid()}.{threading.get_ident()}.tmp"
        draft.write_text(wanted, encoding="utf-8")
        draft.replace(path)
    return path


def _font_config_text(folder: Path) -> str:
    places = "".join(f"<dir>{escape(str(each))}</dir>\n" for each in (FONTS, *(["WINDOWSFONTDIR"] if os.name == "nt" else _SYSTEM_FONTS)))
    families = "".join(f"<family>{each}</family>" for each in _FAMILIES)
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"{places}<cachedir>{escape(str(folder / 'cache'))}</cachedir>\n"
        "<selectfont><rejectfont><glob>*tabler-icons*</glob></rejectfont></selectfont>\n"
        f'<alias binding="strong"><family>sans-serif</family><prefer>{families}</prefer></alias>\n</fontconfig>\n'
    )


@cache
def _weasyprint() -> Any:
    """The library, loaded once with our fonts; raises OSError when Pango is not there."""
    with _lock:
        os.environ["FONTCONFIG_FILE"] = str(font_config())
        patience = ImageFile.LOAD_TRUNCATED_IMAGES
        try:
            import weasyprint
        finally:  # it tells Pillow to accept torn pictures, in the whole process: uploads would no longer be checked
            ImageFile.LOAD_TRUNCATED_IMAGES = patience

        return weasyprint


def printing_available() -> str | None:
    """Nothing when printing works, else what is missing, in a sentence."""
    if not house_fonts():
        return _("the fonts are missing; run “make assets”.")
    try:
        _weasyprint()
    except (OSError, ImportError) as problem:
        return _("the Pango library is missing; install libpango-1.0-0 and libpangoft2-1.0-0 ({problem}).").format(
            problem=str(problem).splitlines()[0][:120] if str(problem) else type(problem).__name__
        )
    return None


def pdf(html: str) -> bytes:
    """The page as PDF; raises PrintingUnavailable or PrintingFailed. Slow (0.1 s a page): never inside a transaction."""
    if (missing := printing_available()) is not None:
        raise PrintingUnavailable(Reason("printing_missing", what=missing))
    if len(html) > MAX_HTML:
        mega = (Decimal(len(html)) / 1_000_000).quantize(Decimal("0.1"))
        raise PrintingFailed(Reason("printing_too_long", size=mega, limit=MAX_HTML // 1_000_000))
    fetcher = _fetcher()
    with _problems() as problems:
        made = _weasyprint().HTML(string=html, url_fetcher=fetcher).write_pdf(presentational_hints=True)  # widths of columns
    if fetcher.refused:
        raise PrintingFailed(Reason("printing_refused", addresses=sorted(fetcher.refused)))
    if problems.characters:
        raise PrintingFailed(Reason("printing_glyphs", characters=sorted(problems.characters)))
    if problems.errors:
        raise PrintingFailed(Reason("printing_problem", problem=problems.errors[0][:200]))
    return made


def asset(url: str) -> Path | None:
    """The file behind `print:NAME`; nothing for every other address, and for names with folders."""
    name = url.removeprefix(SCHEME)
    path = ASSETS / name
    known = url.startswith(SCHEME) and path.parent == ASSETS and path.suffix in CONTENT_TYPES
    return path if known and path.is_file() and not path.is_symlink() else None


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):
        """No network, no files of the machine: print assets by name. What it refused is remembered, and the job fails."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=[])
            self.refused: set[str] = set()

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            path = asset(url)
            if path is None:
                self.refused.add(url[:120])
                raise ValueError("only print assets are fetched")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": CONTENT_TYPES[path.suffix]})

    return OnlyOurs()


class _Problems(logging.Handler):
    """Hears what WeasyPrint logs in this thread: a missing glyph is only a warning there, and a wrong paper here."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread_id = threading.get_ident()
        self.characters: set[str] = set()
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self.thread_id:
            return
        if isinstance(record.msg, str) and record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.characters.add(f"{record.args[0]} U+{ord(str(record.args[0])):04X}")
        elif record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())


@contextmanager
def _problems() -> Iterator[_Problems]:
    hear = _Problems()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(hear)
    try:
        yield hear
    finally:
        logger.removeHandler(hear)
