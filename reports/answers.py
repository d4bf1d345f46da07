"""What reports answers to the questions of the house: navigation, and where one's own late clocks stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from organization.roles import RIGHTS
from reports.chart import Chart
from reports.compliance import LATE, UNSAID, counted
from reports.periods import Named, named


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    """For everybody who has clocks; those who lead see more than their own there."""
    if not any(RIGHTS[role].sees for role in actor.roles):
        return None
    return [{"section": "manage", "title": _("Clock compliance"), "url": reverse("reports:clocks"), "icon": "clock-check", "position": 40}]


@answers("own_lateness")
def own_lateness(actor: Actor, at: datetime) -> dict[str, Any]:
    """How many of this person's late clocks of the month nobody has explained, and the address that lists just these (SLA-08).

    Four queries, whatever stands there: My work asks every minute.
    """
    month = named(Named.THIS_MONTH, at)
    mine = counted(month.start, month.end, at).filter(Chart(at).of_person(actor.person_id or 0), LATE, late_cause=None)
    chosen = {"figure": "late", "cause": UNSAID, "person": actor.person_id}
    return {"number": mine.count(), "url": f"{reverse('reports:clock_records')}?{urlencode(chosen)}"}
