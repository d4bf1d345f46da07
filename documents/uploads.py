"""What may come in: ending, real content, size, pixels. Pictures are drawn anew, so that nothing hidden in them is kept (trust 10)."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import filetype
from django.core.files.base import File
from PIL import Image, ImageOps

from core.reasons import NotReady, Reason

from . import reasons  # noqa: F401  the sentences

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
NAME_LENGTH = 150
PICTURES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
_OOXML = "application/vnd.openxmlformats-officedocument."
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "docx": f"{_OOXML}wordprocessingml.document",
    "dwg": "image/vnd.dwg",
    "dxf": "image/vnd.dxf",
    "zip": "application/zip",
    "txt": "text/plain",
}
_MAGIC = {"pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg", "webp": "webp"}
_DWG = re.compile(rb"AC10\d\d")
_DXF = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s*999\s*\n[^\n]*\n)*\s*0\s*\n\s*SECTION\s*\n")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-z]|#!|%!|\{\\rtf)", re.IGNORECASE)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class CheckedUpload:
    """An upload that passed, as it will be kept."""

    name: str
    content: bytes
    content_type: str


def check_upload(upload: Any) -> CheckedUpload:
    """The upload as it may be kept; raises NotReady with one `file_refused_...` reason."""
    if isinstance(upload, CheckedUpload):
        return upload
    name, ending = clean_name(str(upload.name or ""))
    if ending not in CONTENT_TYPES:
        raise NotReady(Reason("file_refused_type", ending=ending, allowed=" ".join(CONTENT_TYPES)))
    content = _read(upload, name)
    if not _LOOKS_LIKE.get(ending, _by_magic(ending))(content):
        raise NotReady(Reason("file_refused_content", name=name, ending=ending))
    if ending in PICTURES:
        content = redrawn(content, PICTURES[ending], name=name, ending=ending)
    return CheckedUpload(name, content, CONTENT_TYPES[ending])


def clean_name(name: str) -> tuple[str, str]:
    """Name without folders and invisible signs (they can make `exe.pdf` out of `fdp.exe`), and its ending in small letters."""
    shown = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if unicodedata.category(c)[0] != "C").strip()
    suffix = PurePosixPath(shown).suffix
    return shown[: len(shown) - len(suffix)][: NAME_LENGTH - len(suffix)] + suffix, suffix[1:].lower()


def _read(upload: File, name: str) -> bytes:
    size = upload.size
    if size <= MAX_BYTES:  # the declared size may lie: never read more than one byte beyond
        upload.seek(0)
        content = upload.read(MAX_BYTES + 1)
        size = len(content)
    if size > MAX_BYTES:
        mega = Decimal(size) / (1024 * 1024)
        raise NotReady(Reason("file_refused_size", size=mega.quantize(Decimal("0.1")), limit=MAX_BYTES // (1024 * 1024)))
    if not content:
        raise NotReady(Reason("file_refused_empty", name=name))
    return content


def _by_magic(ending: str) -> Callable[[bytes], bool]:
    def found(content: bytes) -> bool:
        kind = filetype.guess(content[:8192])
        return kind is not None and kind.extension == _MAGIC.get(ending)

    return found


def _is_pdf(content: bytes) -> bool:
    """A PDF from its first byte, which is not an archive for other programs at the same time."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:] and not zipfile.is_zipfile(io.BytesIO(content))


def _names(content: bytes) -> set[str]:
    """Names in an archive that starts with its first byte; empty when it is none."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return set()


def _office(part: str) -> Callable[[bytes], bool]:
    def found(content: bytes) -> bool:
        names = _names(content)
        return {"[Content_Types].xml", part} <= names and not any("vbaproject" in each.lower() for each in names)

    return found


def _is_dxf(content: bytes) -> bool:
    return content.startswith(b"AutoCAD Binary DXF\r\n\x1a\x00") or bool(_DXF.match(content.replace(b"\r\n", b"\n")[:20_000]))


def _is_text(content: bytes) -> bool:
    """Text in UTF-8 or GB 18030 without control characters, which no browser or shell would take for a page or a program."""
    if _MARKUP.match(content) or _NOT_TEXT.search(content) or content.startswith(b"MZ") or filetype.guess(content[:8192]):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_LOOKS_LIKE: dict[str, Callable[[bytes], bool]] = {
    "pdf": _is_pdf,
    "xlsx": _office("xl/workbook.xml"),
    "docx": _office("word/document.xml"),
    "zip": lambda content: bool(_names(content)),
    "dwg": lambda content: bool(_DWG.match(content)),
    "dxf": _is_dxf,
    "txt": _is_text,
}


def redrawn(content: bytes, picture_format: str, *, name: str, ending: str) -> bytes:
    """The picture alone, turned as its EXIF said: no EXIF, no comments, no second file behind its end."""
    try:
        with Image.open(io.BytesIO(content), formats=[picture_format]) as picture:
            _refuse_many_pixels(picture.width * picture.height)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotReady(Reason("file_refused_pixels", size="> 89", limit=MAX_PIXELS // 1_000_000)) from None
    except (OSError, SyntaxError, ValueError) as problem:
        raise NotReady(Reason("file_refused_content", name=name, ending=ending)) from problem
    upright.info = {key: upright.info[key] for key in ("transparency", "icc_profile") if key in upright.info}
    if picture_format == "JPEG" and upright.mode not in {"L", "RGB"}:
        upright = upright.convert("RGB")
    kept = io.BytesIO()
    upright.save(kept, picture_format, **({"quality": 92} if picture_format != "PNG" else {"optimize": False}))
    return kept.getvalue()


def _refuse_many_pixels(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise NotReady(Reason("file_refused_pixels", size=pixels // 1_000_000, limit=MAX_PIXELS // 1_000_000))
