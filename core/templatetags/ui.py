"""The design system as template tags: `{% load ui %}`. Each component is one partial in `templates/ui/`.

Tags take objects or dicts alike and never query: what they show is handed to them. Words about time are written here once
and repeated by `static/js/app.js`, which counts clocks down from the same sentences (`{% clock_words %}`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.reasons import plain
from core.templatetags.words import (
    COUNTING,
    WEEKDAYS,
    day_heading,
    decimal_of,
    folded,
    local,
    minutes_of,
    read,
    stopped_words,
    time_left,
)

register = template.Library()
register.filter("folded", folded)
register.filter("listed", plain)

NBSP = "\u00a0"
# state of a clock -> class of the chip, icon. Class and icon both differ, so that colour never speaks alone.
CHIPS = {
    "running": ("", "clock"),
    "warned": ("warn", "hourglass-low"),
    "breached": ("over", "alarm"),
    "paused": ("hold", "player-pause"),
    "met": ("met", "circle-check"),
    "met_late": ("metlate", "clock-exclamation"),
    "cancelled": ("hold", "circle-off"),
}


# ---------- filters: money, quantity, dates ----------
@register.filter
def money(value: Any) -> str:
    """68500 -> "68,500.00"; nothing for None, so that a hidden price leaves an empty cell."""
    number = decimal_of(value)
    return "" if number is None else f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"


@register.filter
def unit_price(value: Any) -> str:
    """Two decimals, up to four where the price has them: 76.1500 -> "76.15", 0.0835 -> "0.0835"."""
    number = decimal_of(value)
    if number is None:
        return ""
    whole, _dot, tail = f"{number:,.4f}".partition(".")
    return f"{whole}.{tail[:2]}{tail[2:].rstrip('0')}"


@register.filter
def qty(value: Any, unit: Any = None) -> str:
    """6.000 面 -> "6 面": no trailing zeros, the unit after a space that never breaks."""
    number = decimal_of(value)
    if number is None:
        return ""
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    code = unit if isinstance(unit, str) else read(unit, "code", "") if unit is not None else ""
    return f"{text}{NBSP}{code}" if code else text


def _time(value: Any, text: str, title: str = "") -> SafeString:
    iso = value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    if title:
        return format_html('<time datetime="{}" title="{}">{}</time>', iso, title, text)
    return format_html('<time datetime="{}">{}</time>', iso, text)


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-12-18, where the date is a commitment."""
    return _time(local(value), f"{local(value):%Y-%m-%d}") if value else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    """12-18, in dense places; the year is in the title."""
    return _time(local(value), f"{local(value):%m-%d}", f"{local(value):%Y-%m-%d}") if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    """周五, where people plan."""
    return str(WEEKDAYS[local(value).weekday()]) if value else ""


@register.filter
def day_week(value: date | datetime | None) -> str:
    """2026-12-18 周五"""
    return _time(local(value), f"{local(value):%Y-%m-%d} {weekday(value)}") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """11-23 10:42 in the active zone; the year and the seconds are in the title."""
    return _time(local(value), f"{local(value):%m-%d %H:%M}", f"{local(value):%Y-%m-%d %H:%M:%S}") if value else ""


@register.filter
def hhmm(value: datetime | None) -> str:
    """10:42"""
    return _time(local(value), f"{local(value):%H:%M}", f"{local(value):%Y-%m-%d %H:%M:%S}") if value else ""


@register.filter
def hours(value: timedelta) -> str:
    """Working time as 4:30; a working day has eight hours, so days are not said."""
    return "{}:{:02}".format(*divmod(minutes_of(value), 60))


@register.filter
def get(mapping: Any, key: str) -> Any:
    """Attribute or key whose name is in a variable."""
    return read(mapping, key, "")


@register.filter
def initial(name: Any) -> str:
    """What stands in the round badge of a person: the last character of a Chinese name, else the first letter."""
    text = str(name or "").strip()
    if not text:
        return "?"
    return text[-1] if "\u3400" <= text[-1] <= "\u9fff" or ord(text[-1]) > 0xFFFF else text[0].upper()


# ---------- clock chip ----------
@register.inclusion_tag("ui/clock_chip.html")
def clock_chip(clock: Any, now: datetime | None = None, label: bool = False) -> dict[str, Any]:
    """Time left of one obligation. `clock`: state, due_at, label, stopped_at, breached_at; optional warn_at, paused_at."""
    now = now or timezone.now()
    state = read(clock, "state", "running")
    state = str(getattr(state, "value", state))
    due = read(clock, "due_at")
    if state in {"running", "warned"} and due and due < now:
        state = "breached"  # the sweep has not come by yet; the reader must not be told less than the truth
    css, icon = CHIPS.get(state, CHIPS["running"])
    counting = state in COUNTING and due is not None
    words = time_left(due, now) if counting else stopped_words(clock, state, now)
    due = None if state == "paused" else due  # it moves on for as long as the clock stands still
    exact = f"{timezone.localtime(due):%Y-%m-%d %H:%M}" if due else ""
    return {
        "css": css, "icon": icon, "words": words, "due": due, "exact": exact, "state": state, "counting": counting,
        "label": read(clock, "label", "") if label else "", "warn_at": read(clock, "warn_at"),
    }  # fmt: skip


@register.inclusion_tag("ui/clock_words.html")
def clock_words(now: datetime | None = None) -> dict[str, Any]:
    """The sentences of the clocks and the server's time for app.js, once on a page."""
    marks = {"d": "{d}", "h": "{h}", "m": "{m}"}
    return {
        "now": now or timezone.now(),
        "spans": {
            "dh": _("%(d)s d %(h)s h") % marks, "d": _("%(d)s d") % marks,
            "hm": _("%(h)s h %(m)s min") % marks, "h": _("%(h)s h") % marks, "m": _("%(m)s min") % marks,
        },
        "left": _("%(span)s left") % {"span": "{span}"},
        "over": _("%(span)s overdue") % {"span": "{span}"},
    }  # fmt: skip


# ---------- small pieces ----------
@register.inclusion_tag("ui/state_chip.html")
def state_chip(label: Any, kind: str = "", icon: str = "") -> dict[str, Any]:
    """Label: kind is brand, late, soon, good, line or nothing (grey)."""
    return {"label": label, "kind": kind, "icon": icon}


@register.inclusion_tag("ui/who.html")
def who(name: Any, small: bool = False) -> dict[str, Any]:
    """Round badge with the initial; decoration beside a written name."""
    return {"name": name, "small": small}


@register.inclusion_tag("ui/note.html")
def note(text: Any, kind: str = "", icon: str = "") -> dict[str, Any]:
    """One sentence of consequence or advice; kind soon, late, good, brand or nothing."""
    icons = {"soon": "alert-triangle", "late": "alert-circle", "good": "circle-check", "brand": "info-circle"}
    return {"text": text, "kind": kind, "icon": icon or icons.get(kind, "info-circle")}


@register.inclusion_tag("ui/empty.html")
def empty(icon: str, text: Any, hint: Any = "") -> dict[str, Any]:
    """What is missing, and what comes next, when and by whom."""
    return {"icon": icon, "text": text, "hint": hint}


@register.inclusion_tag("ui/progress.html")
def progress(percent: Any, kind: str = "brand", width: int = 96, words: bool = True) -> dict[str, Any]:
    """Bar of SVG geometry; percent is cut to 0..100, kind is brand, good, soon, late or bar."""
    value = max(0, min(100, int(decimal_of(percent) or 0)))
    return {"percent": value, "kind": kind, "width": width, "words": words}


@register.inclusion_tag("ui/figures.html")
def figures(items: Iterable[Any]) -> dict[str, Any]:
    """Strip of linked figures: {label, value, base, url, kind}."""
    return {"items": items}


@register.inclusion_tag("ui/facts.html")
def facts(items: Iterable[Any], vertical: bool = False) -> dict[str, Any]:
    """List of {label, value, hint, url, strong}; vertical puts the label beside the value."""
    return {"items": items, "vertical": vertical}


@register.inclusion_tag("ui/three_dates.html")
def three_dates(wanted: Any = None, promised: Any = None, expected: Any = None) -> dict[str, Any]:
    """Wanted, promised, expected: never merged. The expected one is coloured and worded by its distance to the promise."""
    gap = (promised - expected).days if promised and expected else None
    return {"wanted": wanted, "promised": promised, "expected": expected, "gap": gap, "late": abs(gap or 0)}


@register.inclusion_tag("ui/pager.html")
def pager(next_url: str = "", first_url: str = "", text: Any = "") -> dict[str, Any]:
    """Keyset pager: onwards, and back to the first page."""
    return {"next_url": next_url, "first_url": first_url, "text": text}


@register.inclusion_tag("ui/turn.html")
def turn(text: Any, name: Any = "", other: bool = False, clock: Any = None, now: datetime | None = None) -> dict[str, Any]:
    """Whose move it is; `other` when it is not the reader's."""
    return {"text": text, "name": name, "other": other, "clock": clock, "now": now}


@register.inclusion_tag("ui/seg.html")
def seg(field: Any) -> dict[str, Any]:
    """A bound field with few choices as joined radio buttons."""
    return {"field": field}


# ---------- larger pieces ----------
@register.inclusion_tag("ui/task_row.html")
def task_row(task: Any, now: datetime | None = None) -> dict[str, Any]:
    """One obligation with its act.

    `task`: clock, hint, title, chips [{label, kind, icon}], number, url, parts [text], current, act {label, icon, url, main}, go_on (an
    address, of what stands still); with `pk` its links have names, so that the focus stays where it is when the list is drawn anew.
    """
    return {"task": task, "now": now}


@register.inclusion_tag("ui/stepper.html")
def stepper(stages: Iterable[Any]) -> dict[str, Any]:
    """Place in the process: list of {label, small, state: done/now/todo}; on phones a segmented bar."""
    rows = list(stages)
    count = len(rows)
    position = next((i for i, s in enumerate(rows, 1) if read(s, "state") == "now"), 0)
    if not position:
        position = sum(1 for s in rows if read(s, "state") == "done")
    bars = [{"x": round(i * 360 / count, 1), "w": round(360 / count - 4, 1), "state": read(s, "state", "todo")} for i, s in enumerate(rows)]
    return {
        "stages": rows, "bars": bars, "count": count, "position": position,
        "current": rows[position - 1] if position else None,
        "following": rows[position] if position < count else None,
    }  # fmt: skip


@register.inclusion_tag("ui/offers.html")
def offers(offers: Iterable[Any], only: str = "") -> dict[str, Any]:
    """Acts with name, label, icon, open, reasons, url, main, danger. `only` = "open" or "closed" shows one half."""
    rows = list(offers)
    closed = [o for o in rows if not read(o, "open")] if only != "open" else []
    return {
        "open": [o for o in rows if read(o, "open")] if only != "closed" else [],
        "closed": closed[:2],
        "more": closed[2:],
    }


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Iterable[Any], now: datetime | None = None, big: bool = False) -> dict[str, Any]:
    """Entries {at, text, hint, kind: me/ok/bad/next, url} in the given order, grouped by day; `next` entries stand under one heading."""
    today = timezone.localtime(now or timezone.now()).date()
    groups: list[dict[str, Any]] = []
    for entry in entries:
        heading = day_heading(entry, today)
        if not groups or groups[-1]["heading"] != heading:
            groups.append({"heading": heading, "entries": []})
        groups[-1]["entries"].append(entry)
    return {"groups": groups, "big": big}


# ---------- forms and lists ----------
@register.simple_tag(takes_context=True)
def act_form(context: template.Context, form: Any) -> SafeString:
    """A form as crispy lays it out, without the `<form>` tag: the page around it holds tag, token and buttons."""
    helper = getattr(form, "helper", None) or FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return render_crispy_form(form, helper=helper, context={"request": context.get("request")})


@register.inclusion_tag("ui/grid_cell.html")
def grid_cell(form: Any, name: str, css: str = "") -> dict[str, Any]:
    """One cell of the entry grid: the field as input, its errors, and `form.findings` [{field, kind, text, url, link}]."""
    field = form[name]
    attrs = {
        "class": f"in {css} {'bad' if field.errors else ''}".strip(),
        "data-cell": name,
        "aria-label": str(field.label),
        "placeholder": " ",
    }
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_e0"}
    findings = [f for f in read(form, "findings", []) if read(f, "field") == name]
    return {"widget": field.as_widget(attrs=attrs), "errors": field.errors, "field": field, "findings": findings}


@register.simple_tag(takes_context=True)
def act_page(context: template.Context) -> dict[str, Any]:
    """What `ui/act.html` shows: from `offer`, `thing`, `back` and `form.consequence` of an ActView, or from plain variables."""
    offer, form = context.get("offer"), context.get("form")
    label = context.get("label") or read(offer, "label", "") or context.get("title", "")
    reasons = context.get("reasons") or read(offer, "reasons", [])
    return {
        "title": context.get("title") or label,
        "label": label,
        "line": context.get("object_line") or context.get("thing") or "",
        "back": context.get("back_url") or context.get("back") or "",
        "icon": context.get("icon") or read(offer, "icon", ""),
        "danger": context.get("danger") or read(offer, "danger", False),
        "consequence": context.get("consequence") or read(form, "consequence", ""),
        "reasons": reasons,
        "closed": bool(reasons) or bool(context.get("closed")),
    }


@register.simple_tag
def list_rows(rows: Iterable[Any], columns: Iterable[Any]) -> SafeString:
    """The table rows of a list; the column marked `link` carries the row's address, else the first one.

    Written here because a template takes several times as long for 25 rows of 11 cells, which are most of a list page.
    """
    known = list(columns)
    marked = next((i for i, column in enumerate(known) if column.link), 0)
    heads = [format_html('<td data-label="{}"{}>', c.label, format_html(' class="{}"', c.css) if c.css else "") for c in known]
    return SafeString("".join(_list_row(row, heads, marked) for row in rows))


def _list_row(row: Any, heads: list[SafeString], marked: int) -> str:
    url = read(row, "url", "")
    parts: list[str] = [format_html('<tr class="{}">', " ".join(filter(None, ("href" if url else "", read(row, "css", "")))))]
    for i, (head, (column, value)) in enumerate(zip(heads, row["cells"], strict=True)):
        text = shown(value, column)
        cell = format_html('<a class="nw" href="{}">{}</a>', url, text) if url and i == marked else conditional_escape(folded(text))
        parts += [head, cell, "</td>"]
    parts.append("</tr>\n")
    return "".join(parts)


def shown(value: Any, column: Any) -> Any:
    """A raw value as people read it: money of money columns, other numbers without trailing zeros, dates in `<time>`."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return money(value) if read(column, "money", False) else qty(value)
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else value


@register.filter
def lang_short(code: str) -> str:
    """What stands on the language switch."""
    return {"zh-hans": "中", "zh-hant": "繁", "en": "EN"}.get(code, code[:2].upper())
