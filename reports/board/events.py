"""What happens to the links of boards, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.facts import Event

LINK = ("reports.boardlink", "link_id")


@dataclass(frozen=True, kw_only=True)
class BoardLinkWasIssued(Event):
    text = _("Link to the board of {company} issued for the screen {place}")
    about = LINK
    link_id: int
    company: str
    place: str


@dataclass(frozen=True, kw_only=True)
class BoardLinkWasRevoked(Event):
    text = _("Link to the board of {company} for the screen {place} taken back")
    about = LINK
    link_id: int
    company: str
    place: str
