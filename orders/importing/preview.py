"""The preview: every order and row of the sheet checked against the masters, before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import Actor
from core.acts import one_time_key
from orders.entry.findings import check_row, set_link, twin_words
from orders.importing.forms import ImportOrderForm, ImportRowForm, PreviewForm, first_row_data
from orders.models import Customer
from orders.services.import_sheet import OrderInput, Standing, first_values, standing, words_of
from orders.services.masters import find_customer, find_items
from orders.services.pricing import rules_on
from orders.sheet.findings import SheetReason

FIELD_OF_CELL = {
    "product": "item",
    "spec": "spec",
    "quantity": "quantity",
    "unit": "quantity",
    "price": "unit_price",
    "date": "wanted_date",
}
ABOUT_READING = {"price_missing", "unit_given", "text_like_formula", "currency_noted"}
"""Said by the fields themselves, or of no use to anybody who looks at them."""
FIELDS_OF_ROW, FIELDS_OF_ORDER, FIELDS_ALLOWED = 6, 8, 4800
"""A form of more fields than Django takes (settings) would be refused as a whole."""


def too_large(sheet: dict[str, Any]) -> bool:
    rows = sum(len(order["rows"]) for order in sheet["orders"])
    return rows * FIELDS_OF_ROW + len(sheet["orders"]) * FIELDS_OF_ORDER > FIELDS_ALLOWED


class Preview:
    """Forms for what would be stored, beside what is known already. `data` are the fields as corrected; None: as the sheet has them."""

    def __init__(self, sheet: dict[str, Any], token: str, data: Mapping[str, Any] | None, *, actor: Actor, at: datetime) -> None:
        self.sheet, self.actor, self.at = sheet, actor, at
        self.customers = list(Customer.objects.select_related("grade", "payment_term").order_by("code"))
        self.standing: Standing = standing(sheet)
        self.data = self._first_data() if data is None else data
        self.head = PreviewForm(initial={"sheet": token, "once": one_time_key()})
        self.orders = [self._order(index, order) for index, order in enumerate(sheet["orders"])]
        self._check()

    def _first_data(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for index, order in enumerate(self.sheet["orders"]):
            customer = find_customer(order["customer"], self.customers)
            values = {**first_values(order), "customer": str(customer.pk) if customer else ""}
            found |= {f"o{index}-{name}": value for name, value in values.items()}
            begun = any(row["number"] in self.standing.known for row in order["rows"])  # the rest of an order in the house is no new one
            for row in order["rows"]:
                found |= first_row_data(row, take=not begun)
        return found

    def _order(self, index: int, order: dict[str, Any]) -> ImportOrderForm:
        rows = [ImportRowForm(self.data, row=row) for row in order["rows"] if row["number"] not in self.standing.known]
        form = ImportOrderForm(self.data, index=index, order=order, customers=self.customers, rows=rows)
        form.known = [(row, self.standing.known[row["number"]]) for row in order["rows"] if row["number"] in self.standing.known]  # type: ignore[attr-defined]
        form.words = words_of(order)  # type: ignore[attr-defined]
        return form

    def _check(self) -> None:
        for form in self.orders:
            form.full_clean()
        rows = [row for form in self.orders for row in form.rows]
        for row in rows:
            row.full_clean()
        items = find_items(row.cleaned_data.get("item") or "" for row in rows)
        day = localtime(self.at).date()
        rules: dict[int, list] = {}
        for form in self.orders:
            customer = form.chosen
            if customer is not None and customer.grade_id not in rules:
                rules[customer.grade_id] = rules_on(day, customer)
            for row in form.rows:
                row.take_item(items)
                currency = form.cleaned_data.get("currency") or "CNY"
                masters = check_row(row, row.found, row.cleaned_data, rules.get(customer.grade_id, []) if customer else [], currency)
                row.findings = [*sheet_findings(row), *masters]
            form.twins = self._twins(form)

    def _twins(self, form: ImportOrderForm) -> list[dict[str, Any]]:
        """Customers that are meant perhaps, and orders of late that are like this one."""
        found: list[dict[str, Any]] = []
        if form.rows and form.chosen is None:
            name = form.add_prefix("customer")
            found = [{"kind": "soon", "text": _("Is it"), "url": set_link(name, c.pk), "link": c.name} for c in form.near]
        if not form.rows or form.chosen is None:
            return found
        lines = [(row.found.pk, row.cleaned_data.get("quantity")) for row in form.rows if row.found]
        return twin_words(self.actor, form.chosen, form.cleaned_data.get("customer_reference") or "", lines, self.at, None)

    @cached_property
    def taken(self) -> list[ImportOrderForm]:
        return [form for form in self.orders if form.taken]

    @property
    def wrong(self) -> int:
        """How many orders cannot be taken as they stand."""
        return sum(1 for form in self.orders if form.wrong)

    @property
    def findings(self) -> list[str]:
        return [f"{ref}: {SheetReason(code, **figures)}" for ref, code, figures in self.sheet["findings"]]

    @property
    def ignored(self) -> list[str]:
        why = {"total": _("a total"), "note": _("a note"), "head": _("column names"), "blank": _("empty")}
        return [_("Row {number}: {why}").format(number=number, why=why[reason]) for number, reason, _text in self.sheet["ignored"]]

    def inputs(self) -> list[OrderInput]:
        """What is to be stored; only when nothing is wrong."""
        found = []
        for form in self.taken:
            values = dict(form.cleaned_data)
            customer = values.pop("customer")
            if not values["priority"]:
                del values["priority"]
            rows = [row for row in form.rows if row.taken]
            keys = [(self.standing.keys[row.row["number"]], row.row["content"]) for row in rows]
            found.append(
                OrderInput(customer=customer, header={**values, "memo": form.words}, lines=[row.to_input() for row in rows], rows=keys)  # type: ignore[attr-defined]
            )
        return found


def sheet_findings(form: ImportRowForm) -> list[dict[str, Any]]:
    """What the sheet's reader says about the row, each with its cell, beside the field that it concerns."""
    row = form.row
    field_of = {row["refs"][name]: field for name, field in FIELD_OF_CELL.items()}
    found = []
    for ref, code, figures in row["findings"]:
        if code in ABOUT_READING:
            continue
        field = field_of.get(ref, "spec")
        found.append({"field": field, "kind": "soon", "text": f"{ref}: {SheetReason(code, **figures)}"})
    unit, item = row["values"].get("unit"), form.found
    if unit and item is not None and unit != item.unit.code:
        text = _("The sheet counts in {unit}, the item list in {known}.").format(unit=unit, known=item.unit.code)
        found.append({"field": "quantity", "kind": "soon", "text": f"{row['refs']['unit']}: {text}"})
    return found
