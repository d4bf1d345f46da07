"""A month's figures as they were issued."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.lists import Column
from reports.chart import Chart
from reports.compliance import TARGET, late_words
from reports.issuing import issued_to
from reports.periods import month_of
from sla.declare import CLOCKS

PAGE = 60
COLUMNS = [
    Column("month", _("Month"), lambda row: f"{row.month:%Y-%m}"),
    Column("whose", _("Whose"), lambda row: row.department or row.company),
    Column("due", _("Came due"), lambda row: row.total["due"], css="r"),
    Column("met", _("Met in time"), lambda row: row.total["met"], css="r"),
    Column("met_late", _("Met late"), lambda row: row.total["met_late"], css="r"),
    Column("open_late", _("Open, late"), lambda row: row.total["open_late"], css="r"),
    Column("rate", _("On time %"), lambda row: row.total["rate"], css="r"),
    Column("issued_at", _("Frozen at"), lambda row: row.issued_at, css="nw"),
]


@require_GET
def issued_list(request: HttpRequest) -> HttpResponse:
    """Every month that was issued to the departments that the reader leads."""
    reach = Chart(request.now).reach(request.actor)  # type: ignore[attr-defined]
    page = Paginator(issued_to(reach), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Issued months"),
        "columns": COLUMNS,
        "rows": [{"cells": [(c, c.value(row)) for c in COLUMNS], "url": row.get_absolute_url()} for row in page],
        "empty": _("No month has been issued yet. The figures of a month are issued after its end."),
        "first_url": "?" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "ui/list.html", context)


@require_GET
def issued(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen figures, and the way to the same choice as it stands today."""
    row = get_object_or_404(issued_to(Chart(request.now).reach(request.actor)), pk=pk)  # type: ignore[attr-defined]
    period = month_of(row.month)
    chosen = f"department={row.department_id}" if row.department_id else f"company={row.company_id}"
    today = f"{reverse('reports:clocks')}?period=dates&since={period.first}&until={period.last}&{chosen}"
    total = row.total
    median, worst = (total[name] for name in ("median_late_minutes", "worst_open_minutes"))

    def words(text: Any, minutes: int | None) -> str:
        return "" if minutes is None else str(text % {"span": late_words(minutes)})

    rate = "–" if total["rate"] is None else f"{total['rate']}%"
    strip = [
        {"label": _("On time"), "value": rate, "base": _("target %(rate)s%%") % {"rate": TARGET}},
        {"label": _("Came due"), "value": total["due"]},
        {"label": _("Met in time"), "value": total["met"]},
        {"label": _("Met late"), "value": total["met_late"], "base": words(_("median %(span)s"), median)},
        {"label": _("Open, late"), "value": total["open_late"], "base": words(_("worst %(span)s"), worst)},
        {"label": _("Escalated"), "value": total["escalated"]},
    ]  # fmt: skip
    clocks = [{**each, "label": CLOCKS[each["name"]].label if each["name"] in CLOCKS else each["name"]} for each in row.figures["clocks"]]
    return render(request, "reports/issued.html", {"row": row, "strip": strip, "clocks": clocks, "today_url": today})
