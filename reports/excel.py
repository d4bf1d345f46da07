"""The figures of the page as a workbook: the headline, the tables, and the clocks that they were counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.lists import EXPORT_ROWS, Column, workbook
from reports.records import COLUMNS, records, remarked

if TYPE_CHECKING:
    from reports.clock_page import Page

TALLIES = [
    Column("due", gettext_lazy("Came due"), lambda row: row["tally"].due),
    Column("met", gettext_lazy("Met in time"), lambda row: row["tally"].met),
    Column("met_late", gettext_lazy("Met late"), lambda row: row["tally"].met_late),
    Column("open_late", gettext_lazy("Open, late"), lambda row: row["tally"].open_late),
    Column("rate", gettext_lazy("On time %"), lambda row: row["rate"]),
    Column("worst", gettext_lazy("Worst"), lambda row: row["worst"]),
]


def _named(label: Any, *more: tuple[Any, str]) -> list[Column]:
    return [_read(label, "label"), *(_read(*each) for each in more)]


def _read(label: Any, name: str) -> Column:
    return Column(name, label, lambda row: row[name])


def _at(place: int, label: Any) -> Column:
    return Column(str(place), label, lambda row: row[place])


def compliance_workbook(
    page: Page, *, headline: list[Any], clocks: list[Any], places: list[Any], persons: list[Any], apart: list[Any], causes: list[Any],
    months: list[Any],
) -> HttpResponse:  # fmt: skip
    """Exactly what the page shows, and at most EXPORT_ROWS of the clocks behind it."""
    chosen: list[tuple[Any, Any]] = [(_("From"), page.period.first), (_("To"), page.last)]
    chosen += [(field.label, _shown(field)) for field in page.choice if field.name not in ("period", "since", "until")]
    chosen += [(_("On time %"), page.figures.total.rate)]
    figures = [*((*each, "") for each in chosen), *((row["label"], row["value"], row["base"]) for row in headline[1:])]
    figures += [(row["label"], row["number"], "") for row in apart]
    pair = [_at(0, _("Figure")), _at(1, _("Value")), _at(2, _("Remark"))]
    behind = records(remarked(page.clocks.order_by("due_at", "pk"))[:EXPORT_ROWS], page.chart, page.actor, page.at)
    return workbook(
        [
            (_("Figures"), pair, figures),
            (_("Clocks"), [*_named(_("Clock"), (_("Time allowed"), "limit"), (_("Responsible"), "who")), *TALLIES], clocks),
            (_("Departments"), [*_named(_("Department")), *TALLIES], places),
            (_("Persons"), [*_named(_("Person"), (_("Department"), "place")), *TALLIES], persons),
            (_("Causes of lateness"), [_read(_("Cause of lateness"), "label"), _read(_("Number late"), "number")], causes),
            (_("Months"), [*_named(_("Month")), *TALLIES[:-1]], months),
            (_("Records"), COLUMNS, behind),
        ],
        f"clock-compliance-{page.period}",
    )


def _shown(field: Any) -> str:
    """A choice by its words."""
    value = field.form.cleaned_data.get(field.name)
    return str(dict(field.field.choices)["" if value is None else value])
