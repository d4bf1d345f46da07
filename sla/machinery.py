"""What the admin's first page says of the machinery: does the sweep run, what was given up, what fails (SLA-05)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.heartbeat import pulse
from core.models import Delivery, Reaction
from core.questions import answers
from sla.models import RunningClock


class Sign(NamedTuple):
    """One line: what it is, how it stands, where the rows are, whether somebody must look."""

    label: str
    text: str
    url: str
    bad: bool


@answers("machinery")
def signs(at: datetime) -> list[Sign]:
    """The signs at `at`, for those who keep everything; each leads to the list of exactly those rows."""
    swept = pulse(at)
    parked = Delivery.objects.filter(parked=True)
    reactions = Reaction.objects.filter(attempts__gt=0, done_at=None)
    clocks = RunningClock.objects.filter(attempts__gt=0, next_at__isnull=False)
    counted = (
        (_("Deliveries given up"), parked, "core_delivery", "parked__exact=1"),
        (_("Reactions that fail"), reactions, "core_reaction", "attempts__gt=0&done_at__isnull=1"),
        (_("Clocks that fail"), clocks, "sla_runningclock", "attempts__gt=0&next_at__isnull=0"),
    )
    last = f"{localtime(swept.at):%Y-%m-%d %H:%M:%S}" if swept.at else _("never")
    found = [Sign(_("The clocks were last looked at"), last, reverse("admin:core_heartbeat_changelist"), swept.late)]
    for label, rows, name, query in counted:
        number = rows.count()
        found.append(Sign(label, str(number), f"{reverse(f'admin:{name}_changelist')}?{query}", number > 0))
    return found
