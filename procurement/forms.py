"""The acts of purchasing as forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm, ExplainingForm, one_time_key
from inventory.models import Item
from orders.models import OrderLine
from procurement import services
from procurement.models import Demand, PurchaseLine, Supplier


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MakePurchase(ExplainingForm):
    """Rows of open demand ticked, one supplier chosen, a price where none is listed; the same key twice makes one purchase order."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64)
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.order_by("code"))
    demands = forms.ModelMultipleChoiceField(queryset=Demand.objects.none(), error_messages={"required": _("Choose what is to be bought.")})
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": one_time_key(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["demands"].queryset = rows  # type: ignore[attr-defined]
        ticked = self.data.getlist("demands") if self.is_bound else []  # type: ignore[attr-defined]
        for pk in ticked:
            self.fields[f"price_{pk}"] = forms.DecimalField(
                label=_("unit cost, CNY"), required=False, max_digits=14, decimal_places=4, min_value=Decimal("0.0001")
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("once", "supplier", "remark")

    def clean(self) -> dict[str, Any]:
        """One price per item: the same for all ticked rows of it."""
        found = super().clean() or self.cleaned_data
        self.prices: dict[int, Decimal] = {}
        for demand in found.get("demands", ()):
            price = found.get(f"price_{demand.pk}")
            if price is not None and self.prices.setdefault(demand.item_id, price) != price:
                self.add_error(f"price_{demand.pk}", _("Another price stands in another row of the same item."))
        return found


class AddDemand(ActForm):
    """Material of an item without a bill of material."""

    service, takes = services.add_demand, "sheet"
    consequence = _("What is free in the group is reserved at once; the rest is open demand.")

    line = forms.ModelChoiceField(label=_("order line"), queryset=OrderLine.objects.none(), empty_label=None)
    item = forms.ModelChoiceField(label=_("component"), queryset=Item.objects.select_related("unit").order_by("code"))
    quantity = forms.DecimalField(label=_("quantity"), max_digits=14, decimal_places=3)
    needed_by = forms.DateField(label=_("needed by"), required=False, widget=day_input())

    def prepare(self) -> None:
        made = [each["line_id"] for each in self.thing.order.instruction.lines]
        field = self.fields["line"]
        field.queryset = OrderLine.objects.filter(pk__in=made).select_related("item").order_by("line_no")  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: f"{line.line_no} · {line.item}"  # type: ignore[attr-defined]
        self.fields["item"].label_from_instance = lambda item: f"{item.code} {item.name}（{item.unit}）"  # type: ignore[attr-defined]


class Approve(ActForm):
    service, takes = services.approve_purchase, "purchase"
    consequence = _("You sign this purchase order.")


class Send(ActForm):
    service, takes = services.send_purchase, "purchase"
    consequence = _("The planned arrival counts from now on; its follow-up starts.")


class RecordArrival(ActForm):
    takes = "purchase"
    consequence = _("The goods are blocked until the inspection has accepted them.")

    line = forms.ModelChoiceField(label=_("item"), queryset=PurchaseLine.objects.none(), empty_label=None)
    quantity = forms.DecimalField(label=_("quantity"), max_digits=14, decimal_places=3)
    delivery_note = forms.CharField(label=_("delivery note"), max_length=40)

    def prepare(self) -> None:
        open_ones = [line.pk for line in self.thing.lines_in_order if line.outstanding > 0]
        field = self.fields["line"]
        field.queryset = PurchaseLine.objects.filter(pk__in=open_ones).select_related("item__unit", "order").order_by("pk")  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: (  # type: ignore[attr-defined]
            f"{line.item} · {line.outstanding.normalize():f} {line.item.unit} · {line.order.number}"
        )

    def perform(self, thing: Any, by: Any, at: Any) -> Any:
        return services.record_arrival(by=by, at=at, **self.values())


class ConfirmArrivalDate(ActForm):
    """One date for each line that is still to come."""

    service, takes = services.confirm_arrival_date, "purchase"
    consequence = _("Ask the supplier for the real date; the clock of the follow-up stops.")

    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def prepare(self) -> None:
        self.lines = [line for line in self.thing.lines_in_order if line.outstanding > 0]
        for line in self.lines:
            self.fields[f"date_{line.pk}"] = forms.DateField(
                label=f"{line.item} · {line.order.number}", initial=line.promised_date, widget=day_input()
            )
        self.order_fields([*(f"date_{line.pk}" for line in self.lines), "note"])

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {"dates": {line.pk: found[f"date_{line.pk}"] for line in self.lines}, "note": found["note"]}


class Close(ActForm):
    service, takes = services.close_purchase, "purchase"


class Drop(ActForm):
    service, takes = services.drop_purchase, "purchase"
    consequence = _("Its demand is open again.")

    reason = forms.CharField(label=_("reason"), max_length=200)


PURCHASE_FORMS = {
    "approve": Approve,
    "send": Send,
    "record_arrival": RecordArrival,
    "confirm_arrival_date": ConfirmArrivalDate,
    "close": Close,
    "drop": Drop,
}
SHEET_FORMS = {"add_demand": AddDemand}
