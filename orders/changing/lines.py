"""The two forms of a change request that have a row for every line: what changes, and at which prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import qty
from inventory.models import Item
from orders.changing.forms import CHANGE_ACTS, ChangeForm, day
from orders.services.change import classify, register
from orders.services.change.wanted import HEADER, LineAfter, lines_after

NEW_ROWS = 2
SMALL = {"class": "in", "autocomplete": "off"}
NUMBER = {**SMALL, "inputmode": "decimal"}


def number(label: Any, places: int, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=places,
        min_value=0,
        required=False,
        localize=False,
        widget=forms.TextInput(attrs={**NUMBER, "aria-label": str(label)}),
        **kwargs,
    )


def words(label: Any, length: int, rows: int = 1) -> forms.CharField:
    attrs = {**SMALL, "aria-label": str(label), "placeholder": str(label)}
    widget = forms.Textarea(attrs={**attrs, "rows": rows}) if rows > 1 else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


class Describe(ChangeForm):
    """Quantities are the line's new open quantity; 0 takes the line away. New lines name a model."""

    service = register.describe_change
    consequence = _("What it touches is listed from this: plan, purchases, reservations, goods in store, notices, invoices.")
    date = day(label=_("New delivery date wanted"), required=False)
    delivery_address = forms.CharField(label=_("delivery address"), max_length=200)
    contact_name = forms.CharField(label=_("contact"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("phone"), max_length=40, required=False)

    def prepare(self) -> None:
        order, wanted = self.thing.order, self.thing.wanted
        self.rows = lines_after(order, {"lines": wanted.get("lines", {})})
        for row in self.rows:
            pk = row.line.pk  # type: ignore[union-attr]
            self.fields[f"quantity_{pk}"] = number(_("Quantity"), 3, initial=qty(row.quantity).replace(",", ""))
            self.fields[f"spec_{pk}"] = words(_("Requirements"), 300, rows=2)
            self.initial.setdefault(f"spec_{pk}", row.spec)
            self.fields[f"structural_{pk}"] = forms.BooleanField(
                label=_("structure or main component"), required=False, initial=row.structural
            )
        new = wanted.get("new_lines", [])
        for n in range(NEW_ROWS):
            known = new[n] if n < len(new) else {}
            item = Item.objects.filter(pk=known.get("item_id", 0)).first()
            self.fields[f"item_{n}"] = words(_("Model"), 60)
            self.fields[f"quantity_new_{n}"] = number(_("Quantity"), 3)
            self.fields[f"spec_new_{n}"] = words(_("Requirements"), 300, rows=2)
            for name, value in (
                (f"item_{n}", item and item.code),
                (f"quantity_new_{n}", known.get("quantity")),
                (f"spec_new_{n}", known.get("spec")),
            ):
                self.initial.setdefault(name, value or "")
        for name in HEADER:
            self.initial.setdefault(name, wanted.get("header", {}).get(name, getattr(order, name)))
        self.initial.setdefault("date", wanted.get("date") or order.promised_date or order.wanted_date)
        self.helper.layout = Layout("version", "once", "date")

    def table(self) -> list[dict[str, Any]]:
        return [
            {"row": row, **{name: self[f"{name}_{row.line.pk}"] for name in ("quantity", "spec", "structural")}}  # type: ignore[union-attr]
            for row in self.rows
        ]

    def new_rows(self) -> list[dict[str, Any]]:
        return [{"item": self[f"item_{n}"], "quantity": self[f"quantity_new_{n}"], "spec": self[f"spec_new_{n}"]} for n in range(NEW_ROWS)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        self.found_items: dict[int, Item] = {}
        for n in range(NEW_ROWS):
            code, quantity = (found.get(f"item_{n}") or "").strip(), found.get(f"quantity_new_{n}")
            if not code:
                continue
            item = Item.objects.select_related("unit").filter(code__iexact=code).exclude(status=Item.Status.FORBIDDEN).first()
            if item is None:
                self.add_error(f"item_{n}", _("There is no such model."))
            elif not quantity:
                self.add_error(f"quantity_new_{n}", _("Enter a quantity."))
            else:
                self.found_items[n] = item
                self._fit(item.unit, quantity, f"quantity_new_{n}")
        for row in self.rows:
            quantity = found.get(f"quantity_{row.line.pk}")  # type: ignore[union-attr]
            if quantity is not None and row.line is not None and row.line.unit is not None:
                self._fit(row.line.unit, quantity, f"quantity_{row.line.pk}")
        return found

    def _fit(self, unit: Any, quantity: Decimal, field: str) -> None:
        try:
            unit.fit(quantity)
        except ValidationError as finer:
            self.add_error(field, finer)

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        lines = {str(row.line.pk): self._edit(row, found) for row in self.rows if row.line is not None}
        new = [
            {"item_id": item.pk, "quantity": found[f"quantity_new_{n}"], "spec": found[f"spec_new_{n}"]}
            for n, item in self.found_items.items()
        ]
        header = {name: found[name] for name in HEADER}
        return {
            "wanted": {"lines": lines, "new_lines": new, "date": found["date"].isoformat() if found["date"] else None, "header": header}
        }

    def _edit(self, row: LineAfter, found: dict[str, Any]) -> dict[str, Any]:
        pk, kept = row.line.pk, self.thing.wanted.get("lines", {}).get(str(row.line.pk), {})  # type: ignore[union-attr]
        quantity = found.get(f"quantity_{pk}")
        return {
            **({"unit_price": kept["unit_price"]} if "unit_price" in kept else {}),
            "quantity": str(row.before if quantity is None else quantity),
            "spec": found[f"spec_{pk}"],
            "structural": found[f"structural_{pk}"],
        }


class EnterPrices(ChangeForm):
    service = classify.enter_prices
    consequence = _("Unit prices with VAT. What has been shipped keeps its price; below the price by the rules the sales head decides.")

    def prepare(self) -> None:
        self.rows = []
        must = {key for key, _row in classify.to_be_priced(self.thing)}
        for key, row in classify.keyed(self.thing):
            if row.known.shipped or not row.quantity:
                continue
            name = f"price_{key.replace(' ', '_')}"
            self.fields[name] = number(_("Unit price"), 4)
            self.fields[name].required = key in must
            said = None if key in must and self.thing.priced_at is None else row.unit_price
            self.initial.setdefault(name, "" if said is None else f"{said.normalize():f}")
            self.rows.append((row, key, name))
        self.helper.layout = Layout("version", "once")

    def table(self) -> list[dict[str, Any]]:
        return [{"row": row, "price": self[name]} for row, _key, name in self.rows]

    def values(self) -> dict[str, Any]:
        given = {key: self.cleaned_data[name] for _row, key, name in self.rows}
        return {"prices": {key: price for key, price in given.items() if price is not None}}


CHANGE_ACTS |= {"describe": Describe, "enter_prices": EnterPrices}
