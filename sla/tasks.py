"""What beat wakes. All truth is in the database: a lost or doubled message changes nothing."""

from celery import shared_task
from django.utils import timezone

from core.facts import run_due
from core.outbox import send_due
from sla.sweep import sweep as sweep_clocks


@shared_task
def sweep() -> None:
    """One tick: clocks that are due, reactions left behind, mail to send."""
    now = timezone.now()
    sweep_clocks(now)
    run_due(now)
    send_due(now)
