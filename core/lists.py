"""One way to list things: filters in the address, keyset pages (no count, no offset), the same columns on the page and in Excel."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views import View

from core.keys import row_id

PAGE = 25
EXPORT_ROWS = 20000
MOMENT_WIDTH = 17  # of 2026-11-23 09:00 in characters; the writer reckons with a date alone, and Excel would show ####


@dataclass(frozen=True)
class Column:
    """A column: its value for the page and for Excel; `money` ones vanish for people without prices."""

    name: str
    label: Any
    value: Callable[[Any], Any]
    css: str = ""
    money: bool = False
    link: bool = False
    sheet_only: bool = False  # for pivots and reckoning in Excel; the page has no room for it


class ListPage(View):
    """`model.objects.visible_to(actor)`, filtered, newest first. `?before=<id>` is the next page, `?export=xlsx` the whole."""

    title: ClassVar[Any]
    model: ClassVar[Any]
    columns: ClassVar[list[Column]]
    filterset: ClassVar[type[django_filters.FilterSet] | None] = None
    related: ClassVar[tuple[str, ...]] = ()
    empty: ClassVar[Any] = ""
    template: ClassVar[str] = "ui/list.html"
    sees_money: ClassVar[Any] = staticmethod(lambda actor: True)

    def rows(self, request: HttpRequest) -> Any:
        """What this person may see; lists with a view of their own narrow it."""
        return self.model.objects.visible_to(request.actor)  # type: ignore[attr-defined]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.rows(request).select_related(*self.related).order_by("-pk")
        form = None
        if self.filterset is not None:
            chosen = self.filterset(request.GET, queryset=found, request=request)
            found, form = chosen.qs.order_by("-pk"), chosen.form
        columns = [c for c in self.columns if not c.money or type(self).sees_money(request.actor)]  # type: ignore[attr-defined]
        if request.GET.get("export") == "xlsx":
            return excel(str(self.title), columns, self.dressed(request, found[:EXPORT_ROWS]), self.file_name(request))
        columns = [c for c in columns if not c.sheet_only]
        before = row_id(request.GET.get("before"))
        page = found.filter(pk__lt=before) if before else found
        things = list(page[: PAGE + 1])
        more = len(things) > PAGE
        things = self.dressed(request, things[:PAGE])
        context = {
            "title": self.title,
            "columns": columns,
            "rows": [{"cells": [(c, c.value(t)) for c in columns], "url": t.get_absolute_url(), "thing": t} for t in things],
            "form": form,
            "empty": self.empty,
            "first_url": self._url(request, before=None) if before else "",
            "next_url": self._url(request, before=things[-1].pk) if more else "",
            "export_url": self._url(request, export="xlsx", before=None),
            **self.more(request),
        }
        return render(request, self.template, context)

    def dressed(self, request: HttpRequest, things: Any) -> Any:
        """The rows with what their columns need beside them, read for all at once; each keeps `pk` and `get_absolute_url()`."""
        return things

    def file_name(self, request: HttpRequest) -> str:
        """What the workbook is, and of which day, without its ending: orders-list-2026-11-23."""
        match = request.resolver_match
        name = match.view_name.replace(":", "-").replace("_", "-") if match else "list"
        return f"{name}-{localtime(request.now):%Y-%m-%d}"  # type: ignore[attr-defined]

    def more(self, request: HttpRequest) -> dict[str, Any]:
        """More for the page's head, such as `new_url` and `new_label`."""
        return {}

    def _url(self, request: HttpRequest, **changes: Any) -> str:
        query = request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"?{query.urlencode()}"


def excel(title: str, columns: list[Column], rows: Any, name: str) -> HttpResponse:
    """The same columns as a workbook of one sheet."""
    return workbook([(title, columns, rows)], name)


def workbook(sheets: Iterable[tuple[str, list[Column], Any]], name: str) -> HttpResponse:
    """Sheets of (title, columns, rows) in a file of this name; texts stay texts, so that no cell becomes a formula (trust 10)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        shapes = {Decimal: "#,##0.00##", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in shapes.items()}
        for title, columns, rows in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.write_row(0, 0, [str(c.label) for c in columns], head)
            timed: set[int] = set()
            for y, row in enumerate(rows, 1):
                for x, column in enumerate(columns):
                    value = column.value(row)
                    _cell(sheet, y, x, value, formats)
                    if isinstance(value, datetime):
                        timed.add(x)
            for x in timed:
                sheet.set_column(x, x, MOMENT_WIDTH)  # at least; below, a longer head widens it
            sheet.autofit()
            sheet.freeze_panes(1, 0)
    answer = HttpResponse(buffer.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def _cell(sheet: Any, y: int, x: int, value: Any, formats: dict) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(y, x, float(value), formats[Decimal])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(y, x, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(y, x, localtime(value).replace(tzinfo=None), formats[datetime])  # Excel knows no zones: as the house reads it
    elif isinstance(value, date):
        sheet.write_datetime(y, x, value, formats[date])
    else:
        sheet.write_string(y, x, "" if value is None else str(value))
