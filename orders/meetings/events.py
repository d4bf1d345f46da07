"""What happens to a review meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class OfMeeting:
    """What every fact about a meeting says."""

    about: ClassVar[tuple[str, str]] = ("orders.meeting", "meeting_id")
    meeting_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class MeetingWasCalled(OfMeeting, Event):
    text = _("Review meeting {number} called for {meeting_date} {begins}, {place}")
    meeting_date: date
    begins: str
    place: str
    irregular: bool


@dataclass(frozen=True, kw_only=True)
class MeetingWasMoved(OfMeeting, Event):
    text = _("Review meeting {number} moved to {meeting_date} {begins}, {place}: {reason}")
    meeting_date: date
    begins: str
    place: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PapersWereSent(OfMeeting, Event):
    """All that had not been sent before; `roles` are the reviewers that got them."""

    text = _("Papers of the meeting sent to {roles}")
    meeting_date: date
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PaperWasRead(OfMeeting, Event):
    text = _("Papers of the meeting read: {role}")
    role: str


@dataclass(frozen=True, kw_only=True)
class PaperWasAnswered(OfMeeting, Event):
    text = _("Papers of the meeting answered: {role}, {possible_date}. {estimate}")
    money = ("provisional_price",)
    role: str
    possible_date: date
    estimate: str
    provisional_price: Decimal | None


@dataclass(frozen=True, kw_only=True)
class PaperWasMissed(OfMeeting, Event):
    """The meeting was held without this reviewer's answer."""

    text = _("Papers of the meeting not answered: {role}. {reason}")
    role: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MeetingWasHeld(OfMeeting, Event):
    """`roles` are those whose opinion the order still waits for: their clocks start with the meeting."""

    text = _("Review meeting {number} held: purchase {purchase_days} days, production {production_days} days, final date {final_date}")
    tone = "ok"
    final_date: date
    purchase_days: int
    production_days: int
    roles: tuple[str, ...]
