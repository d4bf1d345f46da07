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


LINK = ("documents.personallink", "link_id")


@dataclass(frozen=True, kw_only=True)
class LinkWasIssued(Event):
    about = LINK
    text = _("Customer's link ({purpose}) made for {contact}")

    link_id: int
    purpose: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class LinkWasRevoked(Event):
    about = LINK
    text = _("Customer's link ({purpose}) of {contact} revoked")

    link_id: int
    purpose: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class LinkWasUsed(Event):
    """The first time that it was opened; later ones are noted on the link."""

    about = LINK
    text = _("Customer's link ({purpose}) opened by {contact}")

    link_id: int
    purpose: str
    contact: str
