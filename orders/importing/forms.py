"""The forms of the import: the file, then one form per order and one per row of the preview, filled with what was understood."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from core.keys import row_id
from inventory.models import Item
from orders.entry.fields import DayField, PriceField, QuantityField, shown
from orders.entry.forms import CURRENCIES, LARGEST_AMOUNT
from orders.models import Customer, Priority
from orders.services.intake import LineInput, fit_error
from orders.services.masters import find_customer, near_customers, plain

MANY_CUSTOMERS = 200


class UploadForm(forms.Form):
    """The sheet as a file."""

    file = forms.FileField(
        label=_("Order sheet (.xlsx)"),
        help_text=_("The column names are looked for; title, notes and totals may stay. Nothing is stored before you confirm."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class PreviewForm(forms.Form):
    """What travels with the preview: the parsed sheet, signed, and the one-time key."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)


class Quiet(forms.Form):
    """A form whose errors do not matter while it is left out."""

    taken = True

    def full_clean(self) -> None:
        super().full_clean()
        if not self.taken:
            self._errors = ErrorDict()


class ImportRowForm(Quiet):
    """One row of the sheet as a line; corrected here or left out."""

    take = forms.BooleanField(label=_("Take"), required=False)
    item = forms.CharField(label=_("Item"), max_length=100)
    spec = forms.CharField(label=_("Specification and technical requirements"), required=False, max_length=300)
    quantity = QuantityField(label=_("Quantity"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit_price = PriceField(label=_("Unit price"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    wanted_date = DayField(label=_("Wanted by"), required=False)

    def __init__(self, data: Any, *, row: dict[str, Any]) -> None:
        self.row = row
        self.found: Item | None = None
        self.findings: list[dict[str, Any]] = []
        super().__init__(data, prefix=row_prefix(row))
        self.taken = bool(self.data.get(self.add_prefix("take")))

    @property
    def unit_code(self) -> str:
        return self.found.unit.code if self.found else self.row["values"].get("unit", "")

    def take_item(self, items: dict[str, Item]) -> None:
        """The masters' word on the row (INT-04)."""
        if not self.is_bound or not hasattr(self, "cleaned_data"):
            return
        values = self.cleaned_data
        text = values.get("item") or ""
        self.found = items.get(plain(text))
        if not self.taken:
            return
        if text and self.found is None:
            self.add_error("item", ValidationError(_("“%(text)s” is not in the item list."), params={"text": text}, code="unknown"))
        quantity, price = values.get("quantity"), values.get("unit_price")
        if self.found and quantity is not None and (refusal := fit_error(self.found, quantity)):
            self.add_error("quantity", refusal)
        if quantity is not None and price is not None and quantity * price >= LARGEST_AMOUNT:
            self.add_error("unit_price", _("Quantity times price is too large."))

    def to_input(self) -> LineInput:
        values = self.cleaned_data
        return LineInput(
            item=self.found,
            quantity=values["quantity"],
            spec=values["spec"],
            wanted_date=values["wanted_date"],
            unit_price=values["unit_price"],
            remark=self.row["texts"].get("remarks", "").replace("\n", " ")[:200],
        )


class ImportOrderForm(Quiet):
    """One order of the sheet: the customer it was recognised as, and what holds for all its rows."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    customer_reference = forms.CharField(label=_("Customer's contract number"), max_length=60, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    delivery_address = forms.CharField(label=_("Delivery address"), max_length=200, required=False)
    quality = forms.CharField(label=_("Technical and quality requirements"), max_length=200, required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[("", _("as the customer needs it")), *Priority.choices])

    def __init__(self, data: Any, *, index: int, order: dict[str, Any], customers: list[Customer], rows: list[ImportRowForm]) -> None:
        self.order, self.rows, self.number = order, rows, index + 1
        self.twins: list[dict[str, Any]] = []
        super().__init__(data, prefix=f"o{index}")
        self.taken = any(row.taken for row in rows)
        self.table = {customer.pk: customer for customer in customers}
        self.near = near_customers(order["customer"], customers)
        offered = customers if len(customers) <= MANY_CUSTOMERS else self._few(customers)
        field: Any = self.fields["customer"]
        field.to_python = self._customer
        field.widget.choices = [("", "—"), *((customer.pk, customer.name) for customer in offered)]
        named = [order["currency"]] if order["currency"] and order["currency"] not in CURRENCIES else []
        self.fields["currency"].choices = [("", "—"), *((code, code) for code in (*CURRENCIES, *named))]  # type: ignore[attr-defined]

    def _few(self, customers: list[Customer]) -> list[Customer]:
        chosen = self.table.get(row_id(self.data.get(self.add_prefix("customer"))) or 0)
        own = find_customer(self.order["customer"], customers)
        return list(dict.fromkeys(each for each in (chosen, own, *near_customers(self.order["customer"], customers, 20)) if each))

    def _customer(self, value: Any) -> Customer | None:
        if not value:
            return None
        found = self.table.get(row_id(value) or 0)
        if found is None:
            raise ValidationError(_("Choose the customer from the list."))
        return found

    @property
    def chosen(self) -> Customer | None:
        return self.cleaned_data.get("customer") if hasattr(self, "cleaned_data") else None

    @property
    def wrong(self) -> bool:
        """Whether it cannot be taken as it stands."""
        return bool(self.taken and (self.errors or any(row.errors for row in self.rows)))

    def amount(self) -> Decimal | None:
        """Sum of the rows taken; None while one has no price."""
        values = [row.cleaned_data for row in self.rows if row.taken and hasattr(row, "cleaned_data")]
        if any(v.get("quantity") is None or v.get("unit_price") is None for v in values):
            return None
        return sum((v["quantity"] * v["unit_price"] for v in values), Decimal(0))


def row_prefix(row: dict[str, Any]) -> str:
    return f"r{row['number']}"


def first_row_data(row: dict[str, Any], *, take: bool) -> dict[str, str]:
    """The fields of a row as the sheet has them: what was understood, else what stands there."""
    values, texts = row["values"], row["texts"]
    given = {
        "item": values.get("product", texts.get("product", "")),
        "spec": texts.get("spec", ""),
        "quantity": values.get("quantity", texts.get("quantity", "")),
        "unit_price": shown(Decimal(values["price"]), 2) if "price" in values else _unread(row, "price"),
        "wanted_date": values.get("date", _unread(row, "date")),
        **({"take": "on"} if take else {}),
    }
    return {f"{row_prefix(row)}-{name}": value for name, value in given.items()}


def _unread(row: dict[str, Any], name: str) -> str:
    """The text of a cell that could not be read, to be corrected; nothing where nothing is meant by it."""
    codes = {code for ref, code, _figures in row["findings"] if ref == row["refs"][name]}
    return "" if f"{name}_missing" in codes else row["texts"].get(name, "")
