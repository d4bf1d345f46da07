"""What happened to documents."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class FileWasAttached(Event):
    about = ("documents.attachment", "attachment_id")
    text = _("File attached: {name}")

    order_id: int | None
    attachment_id: int
    name: str
