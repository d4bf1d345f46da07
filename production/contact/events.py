"""What happens to contact sheets, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.facts import Event

SHEET = ("production.contactsheet", "sheet_id")


@dataclass(frozen=True, kw_only=True)
class ContactSheetWasSent(Event):
    """`sent_at` and `due_at` are whole minutes: the clock counts the minutes between them."""

    text = _("Contact sheet {number}: {asking} asks {asked} until {due_at}. {problem}")
    about = SHEET
    sheet_id: int
    number: str
    asking: str
    asked: str
    problem: str
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContactSheetWasAnswered(Event):
    text = _("Contact sheet {number} answered by {asked}: {answer}")
    tone = "ok"
    about = SHEET
    sheet_id: int
    number: str
    asked: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ContactSheetWasClosed(Event):
    text = _("Contact sheet {number} closed. {note}")
    about = SHEET
    sheet_id: int
    number: str
    note: str
