"""What reports answers to the questions of the house: navigation, and where one's own late clocks stand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from organization.roles import RIGHTS


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    """For everybody who has clocks; those who lead see more than their own there."""
    if not any(RIGHTS[role].sees for role in actor.roles):
        return None
    return [{"section": "manage", "title": _("Clock compliance"), "url": reverse("reports:clocks"), "icon": "clock-check", "position": 40}]


@answers("own_lateness")
def own_lateness(actor: Actor) -> str:
    """The address of this person's late clocks of the month, each of which can be explained (SLA-08)."""
    return reverse("reports:clock_records") + "?" + urlencode({"figure": "late", "person": actor.person_id})
