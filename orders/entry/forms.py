"""The forms of the entry page: the order's head with the four questions, its lines, surcharges and remarks on the lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.acts import one_time_key
from core.keys import row_id
from core.reasons import Refused
from inventory.models import Item
from orders.entry.fields import DayField, PriceField, QuantityField, shown
from orders.guards import QUESTIONS
from orders.models import Channel, Customer, Order, OrderLine, PaymentTerm, Priority, Surcharge
from orders.services.intake import LineInput, fit_error
from orders.services.masters import find_items, kept_initials, plain

CURRENCIES = ("CNY", "USD", "EUR")
LARGEST_AMOUNT = 10**12
TO_THE_MINUTE = "%Y-%m-%dT%H:%M"
CHANNELS = [(value, label) for value, label in Channel.choices if value not in (Channel.EDI, Channel.API)]


class CustomerChoice(forms.Select):
    """A choice of customers that is also found by the initials of their pinyin (entry.js hands them to the search)."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        customer = getattr(option["value"], "instance", None)
        if customer is not None:
            known = {
                "find": f"{kept_initials(customer.name)} {customer.code}",
                "hint": f"{customer.grade} · {customer.payment_term} · {customer.address}",
                "contact_name": customer.contact_name,
                "contact_phone": customer.contact_phone,
            }
            option["attrs"] |= {f"data-{name}": value for name, value in known.items() if value}
        return option


class HeadForm(forms.Form):
    """What holds for the whole order. `version` and `once` as every act has them (decision 22)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)
    last_no = forms.IntegerField(widget=forms.HiddenInput, required=False)

    customer = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Customer.objects.none(),
        widget=CustomerChoice(attrs={"data-customer": "", "aria-label": _("Customer")}),
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS)
    received_at = forms.DateTimeField(
        label=_("Time of receipt"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TO_THE_MINUTE)
    )
    customer_reference = forms.CharField(label=_("Customer's contract number"), max_length=60, required=False)
    wanted_date = DayField(label=_("Wanted date"), required=False, help_text=_("For lines without a date of their own"))
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[("", _("as the customer needs it")), *Priority.choices])

    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    delivery_address = forms.CharField(label=_("Delivery address"), max_length=200, required=False)
    payment_term = forms.ModelChoiceField(
        label=_("Payment term"), queryset=PaymentTerm.objects.none(), required=False, empty_label=_("as agreed with the customer")
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=[("", _("the customer's")), *((c, c) for c in CURRENCIES)])
    quality = forms.CharField(label=_("Technical and quality requirements"), max_length=200, required=False)
    memo = forms.CharField(label=_("Customer's words"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, order: Order | None = None, at: datetime, **kwargs: Any) -> None:
        self.order = order
        kwargs["initial"] = {"once": one_time_key(), **_first_values(order, at), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.select_related("grade", "payment_term").order_by("code")  # type: ignore[attr-defined]
        self.fields["payment_term"].queryset = PaymentTerm.objects.order_by("pk")  # type: ignore[attr-defined]
        if order is not None and order.channel not in dict(CHANNELS):
            self.fields["channel"].choices = [*CHANNELS, (order.channel, order.get_channel_display())]  # type: ignore[attr-defined]
        if order is not None and order.currency not in CURRENCIES:
            self.fields["currency"].choices = [*self.fields["currency"].choices, (order.currency, order.currency)]  # type: ignore[attr-defined]
        if order is not None:
            for name in ("priority", "currency"):
                self.fields[name].choices = self.fields[name].choices[1:]  # type: ignore[attr-defined]
        self.fields["received_at"].widget.attrs["max"] = f"{localtime(at):{TO_THE_MINUTE}}"

    def clean_received_at(self) -> datetime:
        """The field knows minutes only: what was not changed keeps its seconds."""
        given, kept = self.cleaned_data["received_at"], self.order and self.order.received_at
        return kept if kept and kept.replace(second=0, microsecond=0) == given else given

    def header(self) -> dict[str, Any]:
        """What the services get; a choice left open is left to them."""
        names = ("contact_name", "contact_phone", "delivery_address", "quality", "memo", "customer_reference", "payment_term")
        found = {name: self.cleaned_data[name] for name in names}
        if found["payment_term"] is None:
            found["payment_term"] = self.cleaned_data["customer"].payment_term
        for name in ("priority", "currency"):
            if self.cleaned_data[name]:
                found[name] = self.cleaned_data[name]
        return found

    def explain(self, refused: Refused | ValidationError) -> None:
        """Put a refusal beside its field where the reason names one."""
        if isinstance(refused, ValidationError):
            self.add_error(None, refused)
            return
        for reason in refused.reasons:
            name = reason.figures.get("field")
            self.add_error(name if name in self.fields else None, str(reason))


HEADER: tuple[str, ...] = ("customer", "channel", "received_at", "customer_reference", "priority", "contact_name", "contact_phone")
HEADER += ("delivery_address", "payment_term", "currency", "quality", "memo")


def _first_values(order: Order | None, at: datetime) -> dict[str, Any]:
    if order is None:
        return {"received_at": localtime(at).replace(second=0, microsecond=0), "channel": Channel.PHONE}
    dates = {line.wanted_date for line in order.lines.all()} or {order.wanted_date}
    return {
        "version": order.version,
        "last_no": order.last_line_no,
        "wanted_date": dates.pop() if len(dates) == 1 else None,
        **{name: getattr(order, name) for name in HEADER},
    }


def name_of(model: Any, field: str) -> str:
    """What people call a field."""
    return str(model._meta.get_field(field).verbose_name)


class QuestionsForm(forms.Form):
    """The four questions, answered or not yet (REV-01)."""

    def __init__(self, *args: Any, order: Order | None = None, known: dict[str, tuple[bool, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(QUESTIONS, start=1):
            answer = getattr(order, name) if order else None
            label = f"{number}. {name_of(Order, name)}"
            field = forms.TypedChoiceField(
                label=label,
                required=False,
                empty_value=None,
                choices=[("1", _("yes")), ("0", _("no"))],
                coerce=lambda value: value == "1",
                widget=forms.RadioSelect,
            )
            if name in known:
                field.help_text = known[name][1]
            if answer is None and name in known:
                answer = known[name][0]
            field.initial = None if answer is None else "01"[answer]
            self.fields[name] = field


class LineForm(forms.Form):
    """One line of goods as it is typed. `item` becomes the Item itself; findings are put beside the fields by the view."""

    line_no = forms.IntegerField(widget=forms.HiddenInput, required=False)
    item = forms.CharField(label=_("Item"), required=False, max_length=40)
    spec = forms.CharField(label=_("Specification and technical requirements"), required=False, max_length=300)
    quantity = QuantityField(label=_("Quantity"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit_price = PriceField(label=_("Unit price"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    wanted_date = DayField(label=_("Wanted by"), required=False)

    findings: list[dict[str, Any]]
    found: Item | None = None
    blank = False

    def __init__(self, *args: Any, line: OrderLine | None = None, **kwargs: Any) -> None:
        self.findings = []
        self.line = line
        super().__init__(*args, **kwargs)
        if line is not None and line.unit_price is not None and line.unit_price == line.list_price:
            self.fields["unit_price"].widget.attrs["data-auto"] = shown(line.unit_price, 2)

    @property
    def unit_code(self) -> str:
        item = self.found or (self.line and self.line.item)
        return item.unit.code if item else ""

    def take(self, items: dict[str, Item]) -> None:
        """The masters' word on what was typed (INT-04): unknown items and too fine quantities are errors."""
        values = self.cleaned_data
        text = values.get("item") or ""
        self.blank = not self.errors and not any(values.get(name) for name in ("item", "spec", "quantity", "unit_price"))
        self.found = items.get(plain(text))
        if text and self.found is None:
            self.add_error("item", ValidationError(_("“%(text)s” is not in the item list."), params={"text": text}, code="unknown"))
        quantity, price = values.get("quantity"), values.get("unit_price")
        if self.found and quantity is not None and (refusal := fit_error(self.found, quantity)):
            self.add_error("quantity", refusal)
        if quantity is not None and price is not None and quantity * price >= LARGEST_AMOUNT:
            self.add_error("unit_price", _("Quantity times price is too large."))

    def to_input(self, *, number: int | None, wanted: Any, remark: str) -> LineInput:
        values = self.cleaned_data
        return LineInput(
            item=self.found,
            quantity=values["quantity"],
            spec=values["spec"],
            wanted_date=values["wanted_date"] or wanted,
            unit_price=values["unit_price"],
            line_no=number,
            remark=remark,
        )


def removed(form: Any) -> bool:
    """Whether the row is marked for removal. (Django's `deleted_forms` validates the whole set at each question.)"""
    return bool(getattr(form, "cleaned_data", {}).get("DELETE"))


class LineFormSet(forms.BaseFormSet):
    """The grid. `lines` are the order's lines as they stand; rows that were typed over keep their number."""

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        self.lines = {line.line_no: line for line in lines}
        super().__init__(*args, **{**kwargs, "initial": [_line_values(line) for line in lines]})

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is None:
            return kwargs
        if self.is_bound:
            number = self.data.get(f"{self.prefix}-{index}-line_no") or ""
            return {**kwargs, "line": self.lines.get(row_id(number) or 0)}
        rows = list(self.lines.values())
        return {**kwargs, "line": rows[index] if index < len(rows) else None}

    @property
    def kept(self) -> list[LineForm]:
        """Rows that are meant: neither removed nor empty."""
        return [form for form in self.forms if not removed(form) and not form.blank]

    def is_valid(self) -> bool:
        """Valid as forms and before the masters; all items are asked for at once."""
        valid = super().is_valid()
        meant = [form for form in self.forms if hasattr(form, "cleaned_data") and not removed(form)]
        items = find_items(form.cleaned_data.get("item") or "" for form in meant)
        for form in meant:
            form.take(items)
        return valid and not any(form.errors for form in meant)


def _line_values(line: OrderLine) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "item": line.item.code if line.item else "",
        "spec": line.spec,
        "quantity": shown(line.quantity),
        "unit_price": shown(line.unit_price, 2),
        "wanted_date": line.wanted_date,
    }


class ExtraForm(forms.Form):
    """What belongs to a line: a surcharge as a line of its own, or a remark."""

    line_no = forms.IntegerField(widget=forms.HiddenInput, required=False)
    parent = forms.IntegerField(label=_("Line"), required=False, min_value=1, max_value=9999)
    surcharge = forms.ModelChoiceField(
        label=_("Surcharge"), queryset=Surcharge.objects.none(), required=False, empty_label=_("remark only")
    )
    quantity = QuantityField(label=_("Quantity"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit_price = PriceField(label=_("Unit price"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    remark = forms.CharField(label=_("Remark"), required=False, max_length=200)

    findings: tuple = ()

    def __init__(self, *args: Any, choices: list[tuple[Any, str]], table: dict[int, Surcharge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["surcharge"]
        field.queryset = Surcharge.objects.all()
        field.widget.choices = choices
        field.to_python = lambda value: self._surcharge(value, table)

    @staticmethod
    def _surcharge(value: Any, table: dict[int, Surcharge]) -> Surcharge | None:
        if not value:
            return None
        found = table.get(row_id(value) or 0)
        if found is None:
            raise ValidationError(_("This surcharge is not in the table."))
        return found

    @property
    def blank(self) -> bool:
        values = getattr(self, "cleaned_data", {})
        return not self.errors and not any(values.get(name) for name in ("surcharge", "quantity", "unit_price", "remark"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("remark") or values.get("surcharge")) and not values.get("parent"):
            self.add_error("parent", _("Which line?"))
        if values.get("surcharge") and "quantity" in values and values["quantity"] is None:
            self.add_error("quantity", _("How many?"))
        if not values.get("surcharge") and (values.get("quantity") or values.get("unit_price")):
            self.add_error("surcharge", _("Which surcharge?"))
        return values


class ExtraFormSet(forms.BaseFormSet):
    """Surcharges and remarks, under the grid; rows name the line by the number that stands before it."""

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        self.table = {row.pk: row for row in Surcharge.objects.order_by("code")}
        numbers = {line.pk: line.line_no for line in lines}
        surcharges = [line for line in lines if line.kind == OrderLine.Kind.SURCHARGE]
        remarks = [line for line in lines if line.kind != OrderLine.Kind.SURCHARGE and line.remark]
        first = [{"parent": line.line_no, "remark": line.remark} for line in remarks]
        first += [{**_surcharge_values(line), "parent": numbers.get(line.parent_id or 0)} for line in surcharges]
        super().__init__(*args, **{**kwargs, "initial": first})

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        choices = [("", _("remark only")), *((row.pk, str(row)) for row in self.table.values())]
        return {**super().get_form_kwargs(index), "choices": choices, "table": self.table}

    def of_line(self, number: int) -> str:
        """The remarks on a line."""
        return "; ".join(
            f.cleaned_data["remark"] for f in self.kept if not f.cleaned_data["surcharge"] and f.cleaned_data["parent"] == number
        )[:200]

    @property
    def kept(self) -> list[ExtraForm]:
        return [form for form in self.forms if not removed(form) and not form.blank]

    def surcharges(self) -> list[LineInput]:
        rows = [(form.cleaned_data, form) for form in self.kept if form.cleaned_data["surcharge"]]
        return [
            LineInput(
                item=None,
                surcharge=values["surcharge"],
                quantity=values["quantity"],
                unit_price=values["unit_price"],
                parent_no=values["parent"],
                line_no=values["line_no"],
                remark=values["remark"],
            )
            for values, _form in rows
        ]


def _surcharge_values(line: OrderLine) -> dict[str, Any]:
    values = {"line_no": line.line_no, "surcharge": line.surcharge_id, "remark": line.remark}
    return {**values, "quantity": shown(line.quantity), "unit_price": shown(line.unit_price, 2)}


Lines: Any = forms.formset_factory(LineForm, formset=LineFormSet, extra=3, can_delete=True, max_num=500)
Extras: Any = forms.formset_factory(ExtraForm, formset=ExtraFormSet, extra=1, can_delete=True, max_num=500)
