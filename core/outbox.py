"""What leaves the database: claimed, sent with a stable key, marked; tried again later each time, parked after ten tries."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from core.models import Delivery

log = logging.getLogger(__name__)
TRIES = 10


def send_due(at: datetime, limit: int = 100) -> int:
    """Send what is due. A delivery is leased for five minutes first, so that no lock is held while the network is slow."""
    with transaction.atomic():
        due = Delivery.objects.filter(next_at__lte=at, sent_at=None, parked=False).order_by("next_at")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + timedelta(minutes=5))
    for row in rows:
        _send(row, at)
    return len(rows)


def _send(row: Delivery, at: datetime) -> None:
    try:
        EmailMessage(row.title, row.body, settings.DEFAULT_FROM_EMAIL, [row.address], headers={"Message-ID": f"<{row.key}@orders>"}).send()
    except Exception as problem:
        log.warning("delivery %s failed: %r", row.key, problem)
        row.attempts += 1
        row.parked = row.attempts >= TRIES
        row.error = repr(problem)[:500]
        row.next_at = at + timedelta(minutes=2**row.attempts)
    else:
        row.sent_at = at
    row.save(update_fields=["attempts", "parked", "error", "next_at", "sent_at"])
