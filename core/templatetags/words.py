"""Words about time and how values are read: the plain functions behind the tags of `ui.py` (no library of its own)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"), pgettext_lazy("weekday", "Tue"), pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"), pgettext_lazy("weekday", "Fri"), pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]  # fmt: skip

LONG, SHORTENED = 160, 100
"""What people wrote at greater length is folded, in characters: its beginning is seen, the whole is a tap away."""

COUNTING = {"running", "warned", "breached"}
FAR = timedelta(hours=12)  # beyond it the moment says more than the hours left


def read(thing: Any, name: str, default: Any = None) -> Any:
    """Value of an attribute or a key; None and missing both give the default."""
    value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return default if value is None else value


def decimal_of(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def span_words(minutes: int) -> str:
    """Length of a time in the two largest units that matter: 2 小时 8 分, 25 分钟, 3 天 4 小时."""
    days, rest = divmod(minutes, 1440)
    hours, mins = divmod(rest, 60)
    if days:
        return (_("%(d)s d %(h)s h") if hours else _("%(d)s d")) % {"d": days, "h": hours}
    if hours:
        return (_("%(h)s h %(m)s min") if mins else _("%(h)s h")) % {"h": hours, "m": mins}
    return _("%(m)s min") % {"m": mins}


def minutes_of(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def time_left(due: datetime, now: datetime) -> str:
    """Words for the time between now and a due time; far ones are told by their moment."""
    left = due - now
    if left < timedelta(0):
        return _("%(span)s overdue") % {"span": span_words(minutes_of(-left))}
    there, today = timezone.localtime(due), timezone.localtime(now).date()
    if left <= FAR or there.date() == today:
        return _("%(span)s left") % {"span": span_words(minutes_of(left))}
    if there.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": f"{there:%H:%M}"}
    stamp = f"{there:%m-%d}" if there.year == timezone.localtime(now).year else f"{there:%Y-%m-%d}"
    return f"{stamp} {WEEKDAYS[there.weekday()]}"


def stopped_words(clock: Any, state: str, now: datetime) -> str:
    stopped, due = read(clock, "stopped_at"), read(clock, "due_at")
    if state == "paused":
        since = read(clock, "paused_at")
        return _("paused for %(span)s") % {"span": span_words(minutes_of(now - since))} if since else _("paused")
    if state in COUNTING:
        return _("no due time")
    if state == "cancelled":
        return _("cancelled")
    if state == "met_late":
        late = stopped - due if stopped and due else None
        return _("done %(span)s late") % {"span": span_words(minutes_of(late))} if late else _("done late")
    return _("done in time %(date)s") % {"date": f"{timezone.localtime(stopped):%m-%d}"} if stopped else _("done in time")


def day_heading(entry: Any, today: date) -> str:
    if read(entry, "kind") == "next":
        return _("What comes next")
    at = local(read(entry, "at"))
    if at is None:
        return ""
    at_day = at.date() if isinstance(at, datetime) else at
    stamp = f"{at:%m-%d}" if at_day.year == today.year else f"{at:%Y-%m-%d}"
    prefix = _("Today") + " " if at_day == today else ""
    return f"{prefix}{stamp} {WEEKDAYS[at.weekday()]}"


def folded(text: Any) -> Any:
    """Long words of people as their beginning, to be unfolded; short ones, and what is markup already, as they are."""
    if not isinstance(text, str) or hasattr(text, "__html__") or len(text) <= LONG:
        return text
    fold = '<details class="long"><summary><span class="cut">{}…</span><span class="uncut">{}</span></summary>{}</details>'
    return format_html(fold, text[:SHORTENED], _("less"), text)
