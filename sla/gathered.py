"""What leaves the house about clocks, in words: all that is due for one addressee is one message, most urgent first (SLA-09)."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.actor import SYSTEM, Actor
from core.models import Delivery
from core.outbox import post
from core.questions import answers
from organization.models import Person, actor_of
from sla.listeners import Robot
from sla.notices import entries

IN_A_MAIL, IN_A_CHAT = 50, 12
CHAT_BYTES = 2000  # WeCom takes no more; the others do


@answers("gathered")
def gathered(rows: list[Delivery], at: datetime) -> tuple[str, str, str] | None:
    """Address, subject and text of the one mail for these rows; None when there is nothing left to say, or nobody to read it."""
    person = Person.objects.filter(pk=rows[0].person_id or 0, is_active=True).exclude(email="").first()
    if person is None:
        return None
    with translation.override(person.language or settings.LANGUAGE_CODE):
        said = _said(rows, actor_of(person, at), at)
        return (person.email, _subject(said), _text(said, IN_A_MAIL, person.name)) if said else None


def mail_trial(person: Person) -> str:
    """A mail to try the server out, sent at once. Returns what is wrong, empty when the server took it."""
    if not settings.MAIL_ENABLED:
        return _("This installation sends no mail: EMAIL_URL is not set.")
    if not person.email:
        return _("Your account has no e-mail address.")
    text = _("This is a trial mail of the order management. Nothing is to be done.")
    try:
        post(person.email, _("Order management: trial mail"), text, key=f"trial-{token_hex(8)}")
    except (OSError, SMTPException) as failed:
        return f"{type(failed).__name__}: {failed}"
    return ""


def chat_message(rows: list[Delivery], robot: Robot, at: datetime) -> str:
    """The text of one message into a group; empty when there is nothing left to say. A group reads numbers and moments, no prices."""
    with translation.override(robot.language):
        said = _said(rows, SYSTEM, at)
        if not said:
            return ""
        found = (f"{_subject(said)}\n{_text(said, most)}" for most in range(IN_A_CHAT, 0, -1))
        return next((text for text in found if len(text.encode()) <= CHAT_BYTES), _subject(said))


def _said(rows: list[Delivery], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """One entry per clock, its latest step, without what has settled itself since; what is overdue first, the longest overdue on top."""
    latest: dict[int, dict[str, Any]] = {}
    for entry in entries(rows, actor, at):
        clock = entry["clock"]
        latest[clock.pk if clock else -entry["row"].pk] = entry
    said = [entry for entry in latest.values() if not _settled(entry, at)]
    return sorted(said, key=lambda entry: (not entry["late"], entry["clock"].due_at if entry["clock"] else entry["row"].at))


def _settled(entry: dict[str, Any], at: datetime) -> bool:
    """No longer needed; or a warning of what is done by now, or overdue by now (which is told as such). A breach is told though it was met
    meanwhile: it stays a breach, and the sentence says that it is done."""
    clock = entry["clock"]
    if clock is None:
        return False
    return clock.cancelled_at is not None or (not entry["late"] and (clock.stopped_at is not None or clock.due_at <= at))


def _subject(said: list[dict[str, Any]]) -> str:
    if len(said) == 1:
        return str(said[0]["said"])
    late = sum(entry["late"] for entry in said)
    if late:
        return ngettext("%(n)s notice, %(late)s overdue", "%(n)s notices, %(late)s overdue", len(said)) % {"n": len(said), "late": late}
    return ngettext("%(n)s notice", "%(n)s notices", len(said)) % {"n": len(said)}


def _text(said: list[dict[str, Any]], most: int, name: str = "") -> str:
    """Plain text, a line for each with its address; `name` for a letter to one person, who is told where to set how they are told."""
    lines = [_("Dear {name},").format(name=name), ""] if name else []
    for entry in said[:most]:
        due = " · " + _("due {time}").format(time=f"{localtime(entry['clock'].due_at):%m-%d %H:%M}") if entry["clock"] else ""
        lines.append(f"- {entry['said']}{due}")
        if url := _way(entry):
            lines.append(f"  {settings.BASE_URL}{url}")
    if (more := len(said) - most) > 0:
        lines.append(ngettext("and %(n)s more notice", "and %(n)s more notices", more) % {"n": more})
    lines += ["", f"{_('All notices:')} {settings.BASE_URL}{reverse('sla:notices')}"]
    if name:
        lines.append(f"{_('How you are told is set here:')} {settings.BASE_URL}{reverse('sla:wishes')}")
    return "\n".join(lines)


def _way(entry: dict[str, Any]) -> str:
    """The act that meets the clock, while it is still to be done; otherwise the page that the notice names."""
    if entry["task"] and entry["clock"].open:
        return str(entry["task"]["act"]["url"])
    return entry["row"].url
