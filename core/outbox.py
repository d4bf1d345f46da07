"""What leaves the database: claimed, sent with a stable key, marked; tried again later each time, parked after ten tries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from core.models import Delivery
from core.questions import ask

log = logging.getLogger(__name__)
TRIES = 10
LEASE = timedelta(minutes=10)  # longer than so many mails can take, each at the server's time-out


def send_due(at: datetime, limit: int = 20) -> int:
    """Send what is due. A delivery is leased first, so that no lock is held while the network is slow. Returns how many were claimed.

    After a failure the rest waits for the next tick: a dead mail server costs one time-out a tick, not one a mail, and holds up no clock.
    """
    with transaction.atomic():
        due = Delivery.objects.filter(next_at__lte=at, sent_at=None, parked=False).order_by("next_at", "pk")
        rows = list(due.select_for_update(skip_locked=True)[:limit])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + LEASE)
    for n, row in enumerate(rows, 1):
        if not _send(row, at):
            Delivery.objects.filter(pk__in=[each.pk for each in rows[n:]]).update(next_at=at)
            break
    return len(rows)


def _by_mail(row: Delivery, body: str) -> None:
    EmailMessage(row.title, body, settings.DEFAULT_FROM_EMAIL, [row.address], headers={"Message-ID": f"<{row.key}@orders>"}).send()


# Another channel (a text message, a messenger) is one more line here: the rows, their keys and their tries stay the same.
CHANNELS: dict[str, Callable[[Delivery, str], None]] = {Delivery.EMAIL: _by_mail}


def _body(row: Delivery, at: datetime) -> str:
    """The text as it leaves: secrets are put in now, by whoever knows them, and never lie in the database."""
    return next(iter(ask("letter", delivery=row, body=row.body, at=at)), row.body)


def _send(row: Delivery, at: datetime) -> bool:
    try:
        CHANNELS[row.channel](row, _body(row, at))
    except Exception as problem:
        log.warning("delivery %s failed: %r", row.key, problem)
        row.attempts += 1
        row.parked = row.attempts >= TRIES
        row.error = repr(problem)[:500]
        row.next_at = at + timedelta(minutes=2**row.attempts)
    else:
        row.sent_at = at
    row.save(update_fields=["attempts", "parked", "error", "next_at", "sent_at"])
    return row.sent_at is not None
