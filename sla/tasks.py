"""What beat wakes. All truth is in the database: a lost or doubled message changes nothing."""

import logging

from celery import shared_task
from django.utils import timezone

from core.facts import run_due
from core.outbox import send_due
from sla.recount import recount_due
from sla.sweep import sweep as sweep_clocks

log = logging.getLogger(__name__)


@shared_task
def sweep() -> None:
    """One tick: what a calendar moved, clocks due, reactions left behind, mail. What fails in one does not hold up the others."""
    now = timezone.now()
    for part in (recount_due, sweep_clocks, run_due, send_due):
        try:
            part(now)
        except Exception:
            log.exception("%s failed; the next tick tries again", part.__name__)
