"""What printed forms need beside the filters of `ui`: `{% load printing %}`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import segno
from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime

from core.templatetags.ui import qty

register = template.Library()


@register.filter
def shown(value: Any) -> str:
    """A date, a moment, a quantity or a text as it stands on paper; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{localtime(value) if is_aware(value) else value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return qty(value) if isinstance(value, Decimal) else str(value)


@register.filter
def minute(value: Any) -> str:
    """11-23 08:35 beside a signature."""
    return f"{localtime(value) if is_aware(value) else value:%m-%d %H:%M}" if isinstance(value, datetime) else shown(value)


def absolute(url: str) -> str:
    """The address as a telephone reads it: with the house's own in front of a path."""
    return url if "://" in url else f"{settings.BASE_URL}{url}"


@register.simple_tag
def qr(url: str, size: int = 78) -> SafeString:
    """A square code of `size` CSS pixels that opens the page; drawn as one path, nothing is fetched."""
    rows = [bytes(row) for row in segno.make(absolute(url), error="m", micro=False).matrix]
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return format_html(
        '<svg class="qr" width="{}" height="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges"><path d="{}" fill="#000"/></svg>',
        size, size, len(rows), len(rows), path,
    )  # fmt: skip


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many stand beside each other."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
