"""Why a clock ran out, said by those who answer for it: counted beside the figures, so that the causes are mended (SLA-08)."""

from __future__ import annotations

from datetime import datetime

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason, Stale
from sla.events import LatenessWasExplained
from sla.models import LateCause, RunningClock
from sla.pausing import held


def against_explaining(clock: RunningClock, at: datetime) -> Reason | None:
    """Why there is nothing to explain: it has not run out, or was cancelled and counts nowhere."""
    return None if clock.state_at(at) in ("breached", "met_late") else Reason("clock_is_not_late")


def said_of(clock: RunningClock) -> LateCause | None:
    return LateCause.objects.filter(clock=clock).first()


@act
def explain_lateness(
    *, clock: RunningClock, cause: str, note: str = "", seen: datetime | None = None, by: Actor, at: datetime
) -> LateCause:  # fmt: skip
    """Record why it ran out; what was said before is replaced, and stays in the history.

    `seen` is when that was said which the writer had before them, None of nothing. Raises NotReady, NotAllowed, and Stale where somebody
    else has said something since.
    """
    clock = held(clock, by, at)
    if (stands := said_of(clock)) and stands.at != seen:
        raise Stale(Reason("cause_said_meanwhile", who=stands.by_name, at=stands.at, cause=stands))
    if found := against_explaining(clock, at):
        raise NotReady(found)
    if cause == LateCause.Cause.OTHER and not note:
        raise NotReady(Reason("say_which_cause", field="note"))
    said = {"cause": cause, "note": note, "by_name": by.name, "at": at}
    row, _created = LateCause.objects.update_or_create(clock=clock, defaults=said)
    told = LatenessWasExplained(order_id=clock.order_id, clock_id=clock.pk, name=clock.name, cause=cause, note=note)
    publish(told, by=by, at=at, thing=clock)
    return row
