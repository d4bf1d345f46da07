"""Geometry of the small charts; the templates only write it down as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from reports.compliance import TARGET, Tally

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 200, 34, 20, 24
SPARK = 72, 22
BAR = 72


def trend(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rates (None: nothing due) as a line with gaps; points are dicts with `rate`, `label`, `url`, `tally` and get `x`, `y`."""
    rates = [point["rate"] for point in points if point["rate"] is not None]
    low = int(min([*rates, TARGET - 5]) // 5 * 5)
    step = (WIDTH - LEFT - 40) / max(len(points) - 1, 1)

    def height(rate: Decimal | int) -> float:
        return round(TOP + float(100 - rate) / (100 - low) * (HEIGHT - TOP - BOTTOM), 1)

    drawn = [{**p, "x": round(LEFT + 8 + i * step, 1), "y": None if p["rate"] is None else height(p["rate"])} for i, p in enumerate(points)]
    runs = [list(some) for there, some in groupby(drawn, key=lambda p: p["y"] is not None) if there]
    every = next(step for step in (5, 10, 25) if (100 - low) / step <= 5)
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - 4, "foot": HEIGHT - 6,
        "points": drawn,
        "lines": [" ".join(f"{p['x']},{p['y']}" for p in run) for run in runs],
        "ticks": [{"rate": rate, "y": height(rate)} for rate in range(100, low - 1, -every)],
        "target": {"rate": TARGET, "y": height(TARGET)},
    }  # fmt: skip


def spark(rates: Sequence[Decimal | None]) -> dict[str, Any] | None:
    """The last months of one clock as a line, from its worst to its best; nothing where there is nothing to see."""
    known = [(i, rate) for i, rate in enumerate(rates) if rate is not None]
    if len(known) < 2:
        return None
    low, high = min(rate for _i, rate in known), max(rate for _i, rate in known)
    span = max(high - low, Decimal(5))
    width, height = SPARK
    step = (width - 8) / (len(rates) - 1)
    dots = [(round(4 + i * step, 1), round(height - 4 - float((rate - low) / span) * (height - 8), 1)) for i, rate in known]
    return {
        "line": " ".join(f"{x},{y}" for x, y in dots),
        "x": dots[-1][0],
        "y": dots[-1][1],
        "said": ", ".join(f"{rate}" for _i, rate in known),
    }


def split(tally: Tally) -> dict[str, Any]:
    """Met, met late and open late as shares of a bar; what is there at all is at least two points wide."""
    parts = [(css, number) for css, number in (("bar", tally.met), ("soon-line", tally.met_late), ("late", tally.open_late)) if number]
    room = BAR - 2 * len(parts)
    x, pieces = 0.0, []
    for css, number in parts:
        width = round(2 + room * number / tally.due, 1)
        pieces.append({"css": css, "x": round(x, 1), "width": max(width - 1, 1)})
        x += width
    return {"pieces": pieces, "tally": tally}
