"""Forms of quality, made for a tablet at the inspection table."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from quality import services
from quality.models import Inspection, Nonconformity

LARGE = {"class": "form-control-lg"}
NUMBER = {**LARGE, "inputmode": "decimal", "autocomplete": "off"}


def _quantity(label: Any, **attrs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=3, min_value=0, widget=forms.TextInput(attrs={**NUMBER, **attrs}))


class FinishForm(ActForm):
    service: ClassVar = services.finish_inspection
    takes = "inspection"
    consequence = _("Accepted goods go to the store keeper; rejected ones stay blocked until it is decided what becomes of them.")

    accepted = _quantity(_("accepted quantity"), autofocus=True)
    rejected = _quantity(_("rejected quantity"))
    findings = forms.CharField(
        label=_("findings"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={**LARGE, "rows": 3}),
        help_text=_("Needed when anything is rejected."),
    )

    def prepare(self) -> None:
        self.fields["rejected"].initial = 0


class RouteForm(ActForm):
    service: ClassVar = services.route_nonconformity
    takes = "nonconformity"
    consequence = _("The person named sees the problem; the goods stay blocked.")

    addressee = forms.ChoiceField(label=_("pass to"), choices=[(role.value, role.label) for role in Nonconformity.ADDRESSEES])
    note = forms.CharField(label=_("note"), max_length=300, required=False, widget=forms.Textarea(attrs={**LARGE, "rows": 3}))


class DecideForm(ActForm):
    service: ClassVar = services.decide_nonconformity
    takes = "nonconformity"
    consequence = _(
        "Rework: another inspection afterwards. Concession: to the store keeper as it is. Return and scrap: out of stock at once."
    )

    disposition = forms.ChoiceField(label=_("decision"), choices=Nonconformity.Disposition.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("reason"), max_length=300, widget=forms.Textarea(attrs={**LARGE, "rows": 3}))

    def prepare(self) -> None:
        if self.thing.inspection.source_kind != Inspection.Source.ARRIVAL:
            rest = [(value, label) for value, label in Nonconformity.Disposition.choices if value != Nonconformity.Disposition.RETURN]
            self.fields["disposition"].choices = rest  # type: ignore[attr-defined]


class ReworkForm(ActForm):
    service: ClassVar = services.finish_rework
    takes = "nonconformity"
    consequence = _("The goods come back to the inspection queue under a new number.")
