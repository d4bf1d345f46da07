"""What is done with a shipment until it leaves, as forms; lines become fields of their own, so that a refusal stands beside it."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from core.templatetags.ui import qty
from orders.models import Order
from organization.calendars import work_time
from shipping import services
from shipping.models import Shipment, ShipmentLine
from shipping.selectors import standings

DAY = {"type": "date"}
MOMENT = {"type": "datetime-local"}
_BESIDE = re.compile(r"^(?P<text>.+?)[\s×x*]+(?P<quantity>\d+(?:\.\d{1,3})?)\s*(?P<unit>\D{0,8})$")


class PackingField(forms.CharField):
    """One thing per row, such as "柜门钥匙 12 把"; a row without a number is one piece. Cleans to (text, quantity, unit)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Packed beside: handles, keys, papers"))
        kwargs.setdefault("help_text", _("One per row, with number and unit."))
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[tuple[str, Decimal, str]]:  # type: ignore[override]
        found = []
        for row in str(super().clean(value) or "").splitlines():
            if not row.strip():
                continue
            match = _BESIDE.match(row.strip())
            text, quantity, unit = (match["text"], Decimal(match["quantity"]), match["unit"]) if match else (row, Decimal(1), "")
            if len(text) > 120 or quantity > 10**6 or quantity <= 0:
                raise ValidationError(_("“%(row)s” cannot be read."), params={"row": row[:40]})
            found.append((text.strip(), quantity, unit.strip()))
        return found


def moment_field(label: Any, **kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        **kwargs,
    )


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **kwargs)


def named(each: ShipmentLine) -> str:
    """A line of a shipment as a label: number, item, how much."""
    line = each.line
    return f"{line.line_no} · {line.item} {line.item.name if line.item else ''}: {qty(each.quantity, line.unit)}"


def tick(each: ShipmentLine, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=named(each), help_text=help_text)


class NoticeForm(ActForm):
    """The thing is the order: its lines with what is in store, prefilled."""

    service = staticmethod(services.issue_notice)
    takes = "order"
    consequence = _("Store and transport are told. Finance clears it, or it is cleared at once when no money is missing.")

    planned_on = day_field(_("Planned dispatch"))
    wanted_at = moment_field(_("Wanted arrival"), required=False)
    place = forms.CharField(label=_("Place of delivery"), max_length=200)
    contact_name = forms.CharField(label=_("Received by"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    packing = PackingField()
    remarks = forms.CharField(label=_("Remarks"), max_length=300, required=False)

    def prepare(self) -> None:
        order = self.thing
        self.rows = standings(order)
        for row in self.rows:
            unit = row.line.unit
            self.fields[f"q_{row.line.pk}"] = forms.DecimalField(
                label=f"{row.line.line_no} · {row.line.item} {row.line.item.name if row.line.item else ''} {row.line.spec}".strip(),
                help_text=_("%(available)s in store and not yet noticed; %(open)s ordered, %(noticed)s noticed")
                % {"available": qty(row.available, unit), "open": qty(row.sums.open), "noticed": qty(row.sums.noticed)},
                required=False,
                min_value=Decimal(0),
                max_digits=14,
                decimal_places=unit.decimals if unit else 3,
                initial=f"{row.available.normalize():f}" if row.available else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields([*(f"q_{row.line.pk}" for row in self.rows), *self.fields])
        first = {"place": order.delivery_address, "contact_name": order.contact_name, "contact_phone": order.contact_phone}
        first["planned_on"] = leaves_on(order, all(row.sums.stocked >= row.sums.open for row in self.rows), timezone.now())
        self.initial = {**first, **self.initial}

    def values(self) -> dict[str, Any]:
        given = super().values()
        quantities = {row.line.pk: given.pop(f"q_{row.line.pk}") for row in self.rows}
        return {**given, "quantities": {line_id: quantity for line_id, quantity in quantities.items() if quantity}}


def leaves_on(order: Order, complete: bool, at: datetime) -> date:
    """The dispatch date proposed: the promised one for all that is left, the next working day for a part that goes ahead (SHP-01)."""
    work = work_time(company_id=order.product_company_id)
    soon = localtime(work.add_days(at, 1)).date()
    return max(order.promised_date, localtime(at).date()) if complete and order.promised_date else soon


class ClearForm(ActForm):
    service = staticmethod(services.clear_shipment)
    takes = "shipment"
    consequence = _("The store may pick and the goods may leave.")


class PickForm(ActForm):
    """Every line is checked off, with its batch or serials and the boxes it lies in."""

    service = staticmethod(services.pick_shipment)
    takes = "shipment"
    consequence = _("Check off every line. A second person verifies before dispatch.")

    packing = PackingField()

    def prepare(self) -> None:
        self.lines = list(self.thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))
        for each in self.lines:
            self.fields[f"ok_{each.pk}"] = tick(each, each.line.spec)
            self.fields[f"batch_{each.pk}"] = forms.CharField(label=_("Batch or serials"), max_length=120, required=False)
            self.fields[f"boxes_{each.pk}"] = forms.CharField(label=_("Boxes, such as 2-5/6"), max_length=40, required=False)
        self.order_fields([*(name for name in self.fields if name != "packing"), "packing"])
        self.initial = {"packing": "\n".join(str(each) for each in self.thing.packing.order_by("pk")), **self.initial}

    def values(self) -> dict[str, Any]:
        given = super().values()
        ticked = [each.pk for each in self.lines if given[f"ok_{each.pk}"]]
        return {"packing": given["packing"], "picked": {pk: (given[f"batch_{pk}"], given[f"boxes_{pk}"]) for pk in ticked}}


class VerifyForm(ActForm):
    """The second person looks at every line as it was picked."""

    service = staticmethod(services.verify_shipment)
    takes = "shipment"
    consequence = _("Compare number and boxes of every line with the packed goods. Transport may then send it off.")

    def prepare(self) -> None:
        self.lines = list(self.thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))
        for each in self.lines:
            self.fields[f"ok_{each.pk}"] = tick(each, "  ".join(filter(None, [each.batch, each.boxes])))

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {"checked": [each.pk for each in self.lines if given[f"ok_{each.pk}"]]}


class DispatchForm(ActForm):
    service = staticmethod(services.dispatch_shipment)
    takes = "shipment"
    consequence = _("The goods leave the stock, the delivery note gets its number, and the customer is told.")

    carriage = forms.ChoiceField(label=_("Goes with"), choices=Shipment.Carriage.choices, widget=forms.RadioSelect)
    vehicle = forms.CharField(label=_("Vehicle"), max_length=30, required=False)
    driver = forms.CharField(label=_("Driver"), max_length=40, required=False)
    driver_phone = forms.CharField(label=_("Driver's phone"), max_length=40, required=False)
    carrier_name = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    carrier_reason = forms.CharField(label=_("Why not our own vehicle"), max_length=200, required=False)
    arrives_at = moment_field(_("Estimated arrival"))
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40, required=False)
    freight_cost = forms.DecimalField(label=_("Freight, CNY"), max_digits=14, decimal_places=2, min_value=0, required=False)

    def prepare(self) -> None:
        expected = timezone.localtime(services.usual_arrival(self.thing, timezone.now()))
        self.initial = {"carriage": Shipment.Carriage.OWN, "arrives_at": expected.replace(second=0, microsecond=0), **self.initial}


class CancelForm(ActForm):
    service = staticmethod(services.cancel_shipment)
    takes = "shipment"
    consequence = _("The goods stay reserved for the order and can be noticed again.")

    reason = forms.CharField(label=_("Reason"), max_length=200)
