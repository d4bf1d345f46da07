"""The clocks of a thing on its page: `{% load clocks %}` and `{% clocks_of thing now %}`, the same everywhere (SLA-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model, Q

from sla import work
from sla.models import RunningClock

register = template.Library()

IN_VIEW = 5
"""So many that run are seen at once; the others and those that have ended are folded away."""


@register.inclusion_tag("sla/clocks_of.html")
def clocks_of(thing: Any, now: datetime, names: str = "", linked: bool = True, damage_id: int | None = None) -> dict[str, Any]:
    """What runs on this thing, most urgent first, and what has ended, each with the way to its own page.

    `names` (separated by blanks) picks those of a larger thing that belong to this page; `linked=False` for readers who see this page and
    not the thing itself; `damage_id` where a damage is decided on this page. One query; what is no row of a table has no clocks.
    """
    if not isinstance(thing, Model) or thing.pk is None:
        return {}
    beside = Q(subject_kind="shipping.damage", subject_id=damage_id) if damage_id else None
    return _shown(*work.of_thing(thing, names.split(), beside), now, linked)


@register.inclusion_tag("sla/clocks_of.html")
def clocks_of_order(order_id: int, running: list[RunningClock], now: datetime) -> dict[str, Any]:
    """The clocks of all departments on an order: those that run, as the page knows them already, and the latest that have ended."""
    return _shown(running, work.ended_of_order(order_id), now, True)


def _shown(running: list[RunningClock], ended: list[RunningClock], now: datetime, linked: bool) -> dict[str, Any]:
    rows, folded = ([(clock, work.chip(clock, now)) for clock in some] for some in (running, ended))
    return {"rows": rows[:IN_VIEW], "more": rows[IN_VIEW:], "folded": folded, "linked": linked, "now": now}
