"""What must hold of kept files (trust I2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.files.storage import default_storage

from core.questions import answers
from documents.models import StoredFile


def files_are_their_hashes() -> list[str]:
    """Every kept file is there and has the bytes that its row says."""
    return [f"file {row.pk} {row.path}: {why}" for row in StoredFile.objects.iterator() if (why := _against(row))]


def _against(row: StoredFile) -> str:
    try:
        with default_storage.open(row.path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "is gone"
    return "" if digest == row.sha256 else f"has the hash {digest}, not {row.sha256}"


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [("kept files have their hashes", files_are_their_hashes)]
