"""Paying a refund, as a form."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from finance import refunds
from finance.forms import BY_HAND


class PayRefundForm(ActForm):
    service = staticmethod(refunds.pay_refund)
    takes = "refund"
    consequence = _("The customer is told that the refund is paid. It cannot be undone.")

    method = forms.ChoiceField(label=_("Method"), choices=BY_HAND)
    paid_on = forms.DateField(label=_("Paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    bank_reference = forms.CharField(label=_("Bank reference"), max_length=60)

    def prepare(self) -> None:
        first = self.thing.shares.select_related("payment").first()
        self.initial = {"paid_on": timezone.localdate(), "method": first.payment.method if first else "", **self.initial}


FORMS: dict[str, type[ActForm]] = {"pay": PayRefundForm}
