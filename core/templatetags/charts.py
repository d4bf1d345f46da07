"""Charts as SVG drawn by the server: `{% load charts %}`.

Geometry is in attributes, since the CSP forbids styles; what is drawn stands in words or figures, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from core.templatetags.words import read

register = template.Library()

WIDTH, HEIGHT, FOOT, HEAD = 272, 112, 18, 16


@register.inclusion_tag("ui/bars.html")
def bars(items: Iterable[Any], title: Any) -> dict[str, Any]:
    """Columns of {label, value, url, strong}, the tallest as high as the picture; `title` says what is counted."""
    rows = list(items)
    top, step = max([read(row, "value", 0) for row in rows] or [0]) or 1, WIDTH / (len(rows) or 1)
    columns = []
    for i, row in enumerate(rows):
        value = read(row, "value", 0)
        height = round((HEIGHT - FOOT - HEAD) * value / top, 1)
        columns.append(
            {
                "label": read(row, "label"), "value": value, "url": read(row, "url", ""), "strong": read(row, "strong", False),
                "x": round(i * step + step * 0.18, 1), "w": round(step * 0.64, 1), "mid": round((i + 0.5) * step, 1),
                "y": round(HEIGHT - FOOT - height, 1), "h": height, "over": round(HEIGHT - FOOT - height - 5, 1),
            }
        )  # fmt: skip
    return {"columns": columns, "title": title, "width": WIDTH, "height": HEIGHT, "base": HEIGHT - FOOT}


@register.inclusion_tag("ui/split.html")
def split(parts: Iterable[tuple[int, str]], whole: int, width: int = 120) -> dict[str, Any]:
    """One bar of several parts [(number, colour token)], as long as their share of `whole`. The figures stand beside it in words."""
    pieces, x = [], 0.0
    for number, colour in parts:
        w = round(width * number / (whole or 1), 1)
        if w:
            pieces.append({"x": round(x, 1), "w": w, "colour": colour})
        x += w
    return {"pieces": pieces, "width": width}
