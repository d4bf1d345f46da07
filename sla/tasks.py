"""What beat wakes. All truth is in the database: a lost or doubled message changes nothing."""

import logging
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from core.facts import run_due
from core.heartbeat import beat
from core.outbox import send_due
from core.questions import registered
from sla.recount import recount_due
from sla.sweep import sweep as sweep_clocks

log = logging.getLogger(__name__)


@shared_task
def sweep() -> None:
    """One tick."""
    one_round(timezone.now())


def one_round(at: datetime) -> dict[str, int | None]:
    """What a calendar moved, clocks due, reactions left behind, mail, and what else has its time, in this order; then the heartbeat, when
    the clocks were looked at.

    What fails in one part does not hold up the others. Returns how many each part handled, None for one that failed.
    """
    parts = {"due times moved": recount_due, "clocks fired": sweep_clocks, "reactions": run_due, "deliveries": send_due}
    parts |= {part.__name__: part for part in registered().get("round", ())}
    handled: dict[str, int | None] = dict.fromkeys(parts)
    for name, part in parts.items():
        try:
            handled[name] = part(at) or 0
        except Exception:
            log.exception("%s failed; the next tick tries again", name)
    if handled["clocks fired"] is not None:
        beat(at)
    return handled
