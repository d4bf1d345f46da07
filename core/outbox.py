"""What leaves the database: claimed, sent with a stable key, marked; tried again later each time, parked after ten tries.

A letter (mail to a customer, with words of its own) leaves alone. What people asked to be told of is gathered: all that is due for one
addressee on one channel at one sending is one message, and its rows succeed or wait together.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, TypeAlias

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Case, F, Min, QuerySet, Value, When

from core.models import Delivery
from core.questions import ask

log = logging.getLogger(__name__)
TRIES = 10
LEASE = timedelta(minutes=10)  # longer than one message can take
GATHERED = 1000  # so many notices at the most in one message
Send: TypeAlias = Callable[[list[Delivery], datetime], None]
Place: TypeAlias = dict[str, Any]


def send_due(at: datetime, limit: int = 50) -> int:
    """Send what is due, to so many addressees at the most. Returns how many deliveries were claimed.

    Each message is leased first, so that no lock is held while the network is slow. A dead mail server costs one time-out a tick, not one
    a mail; robots are each a line of their own, and nothing holds up a clock.
    """
    taken, mail_is_dead = 0, False
    for place in _places(at, limit):
        if mail_is_dead and place["channel"] == Delivery.EMAIL:
            continue
        rows = _claim(place, at)
        taken += len(rows)
        if rows and not _send(rows, at) and place["channel"] == Delivery.EMAIL:
            mail_is_dead = True
    return taken


def _due(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(next_at__lte=at, sent_at=None, parked=False)


def _places(at: datetime, limit: int) -> list[Place]:
    """Where something is due, the oldest first; a letter is a place of its own."""
    alone = Case(When(channel=Delivery.EMAIL, person_id=None, then=F("pk")), default=Value(0))
    places = _due(at).values("channel", "person_id", "address", alone=alone)
    return list[Any](places.annotate(first=Min("pk"), since=Min("next_at")).order_by("since", "first")[:limit])


def _claim(place: Place, at: datetime) -> list[Delivery]:
    """Whoever gets the first row gets all of them: two workers make no two messages of what is one."""
    with transaction.atomic():
        rows = list(_due(at).filter(pk=place["first"]).select_for_update(skip_locked=True))
        if rows and not place["alone"]:
            same = {name: place[name] for name in ("channel", "person_id", "address")}
            rows = list(_due(at).filter(**same).order_by("pk").select_for_update()[:GATHERED])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + LEASE)
    return rows


def _by_mail(rows: list[Delivery], at: datetime) -> None:
    if rows[0].person_id is None:
        letter = rows[0]
        post(letter.address, letter.title, _body(letter, at), key=letter.key)
        return
    for address, title, body in ask("gathered", rows=rows, at=at):
        post(address, title, body, key=_one_key(rows))


def post(address: str, title: str, body: str, *, key: str) -> None:
    """One mail; its Message-ID is the same when it is tried again."""
    EmailMessage(title, body, settings.DEFAULT_FROM_EMAIL, [address], headers={"Message-ID": f"<{key}@orders>"}).send()


def _one_key(rows: list[Delivery]) -> str:
    """The same rows are the same message, also when it is tried again."""
    return hashlib.sha256(" ".join(row.key for row in rows).encode()).hexdigest()[:32]


# Another channel is one more line here (sla adds the robots): the rows, their keys and their tries stay the same.
CHANNELS: dict[str, Send] = {Delivery.EMAIL: _by_mail}


def _body(row: Delivery, at: datetime) -> str:
    """The text as it leaves: secrets are put in now, by whoever knows them, and never lie in the database."""
    return next(iter(ask("letter", delivery=row, body=row.body, at=at)), row.body)


def _send(rows: list[Delivery], at: datetime) -> bool:
    """Send one message. False when the way there is dead; what is wrong with this message or its addressee is its own misfortune."""
    these = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    try:
        CHANNELS[rows[0].channel](rows, at)
    except Exception as failed:
        log.warning("delivery %s failed: %r", rows[0].key, failed)
        wait = timedelta(minutes=2 ** (max(row.attempts for row in rows) + 1))
        these.update(attempts=F("attempts") + 1, error=repr(failed)[:500], next_at=at + wait)
        these.filter(attempts__gte=TRIES).update(parked=True)
        return not isinstance(failed, OSError) or isinstance(failed, SMTPRecipientsRefused | SMTPDataError)
    these.update(sent_at=at, next_at=None)
    return True
