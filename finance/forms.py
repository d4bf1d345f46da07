"""Acts of finance as forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from core.keys import row_id
from core.reasons import Reason
from core.templatetags.ui import qty
from finance import services
from finance.models import Payment
from finance.selectors import receivables, uninvoiced, uninvoiced_deliveries

BY_HAND = [(one.value, one.label) for one in Payment.Method if one != Payment.Method.SET_OFF]  # that follows from an exchange


class RecordPaymentForm(ActForm):
    """The thing is the order; the first open stage is proposed."""

    service = staticmethod(services.record_payment)
    takes = "order"
    consequence = _("The payment counts for the order once it is confirmed.")

    kind = forms.ChoiceField(label=_("Kind"), choices=Payment.Kind.choices)
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2)
    method = forms.ChoiceField(label=_("Method"), choices=BY_HAND)
    paid_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    bank_reference = forms.CharField(label=_("Bank reference"), max_length=60, required=False, help_text=_("Each is booked once."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def closed_by(self) -> list[Reason]:
        return services.nothing_awaited(self.thing)

    def prepare(self) -> None:
        self.fields["amount"].help_text = self.thing.currency
        first: dict[str, Any] = {"paid_on": timezone.localdate()}
        awaited = next((due for due in receivables(self.thing) if due.missing > 0), None)
        if awaited is not None:
            kind = Payment.Kind.DEPOSIT if awaited.gate == "effect" else Payment.Kind.BALANCE
            first |= {"amount": awaited.missing, "kind": kind}
        self.initial = {**first, **self.initial}


class ConfirmForm(ActForm):
    service = staticmethod(services.confirm_payment)
    takes = "payment"
    consequence = _("The money counts for the order: deposit and clearing follow by themselves.")


class ReverseForm(ActForm):
    service = staticmethod(services.reverse_payment)
    takes = "payment"
    consequence = _("What the payment had covered is due again. It cannot be undone; record a new payment instead.")

    reason = forms.CharField(label=_("Reason"), max_length=200)


class InvoiceForm(ActForm):
    """The thing is the order: its goods lines with what is shipped and not invoiced; of one delivery when the address names one."""

    service = staticmethod(services.issue_invoice)
    takes = "order"
    consequence = _("The invoice gets the next number and cannot be changed. Surcharges and services follow their goods.")

    shipment_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    remarks = forms.CharField(label=_("Remarks"), max_length=200, required=False)

    def prepare(self) -> None:
        self.rows = uninvoiced(self.thing)
        chosen = row_id(self.data.get("shipment_id") or self.initial.get("shipment_id"))
        left = uninvoiced_deliveries(self.thing).get(chosen, {}) if chosen else None
        if left is not None:
            self.rows = [row for row in self.rows if row.line.pk in left]
        for row in self.rows:
            unit, line = row.line.unit, row.line
            first = row.available if left is None else min(row.available, left[line.pk])
            self.fields[f"q_{line.pk}"] = forms.DecimalField(
                label=f"{line.line_no} · {line.item} {line.item.name if line.item else ''} {line.spec}".strip(),
                help_text=_("%(shipped)s shipped, %(invoiced)s invoiced")
                % {"shipped": qty(row.sums.shipped, unit), "invoiced": qty(row.sums.invoiced)},
                required=False,
                min_value=Decimal(0),
                max_digits=14,
                decimal_places=unit.decimals if unit else 3,
                initial=f"{first.normalize():f}" if first else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields([*(f"q_{row.line.pk}" for row in self.rows), *self.fields])

    def values(self) -> dict[str, Any]:
        given = super().values()
        quantities = {row.line.pk: given.pop(f"q_{row.line.pk}") for row in self.rows}
        return {**given, "quantities": {line_id: quantity for line_id, quantity in quantities.items() if quantity}}


class ChooseOrderForm(forms.Form):
    """Which order it is about, by its number."""

    number = forms.CharField(label=_("Order number"), max_length=20, widget=forms.TextInput(attrs={"placeholder": "DD2611-0042"}))


FORMS: dict[str, type[ActForm]] = {"confirm": ConfirmForm, "reverse": ReverseForm}
