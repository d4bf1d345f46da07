"""The store keeper's form, made for a tablet in the store."""

from __future__ import annotations

import re
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from inventory.services import put_away

LARGE = {"class": "form-control-lg"}


class PutAwayForm(ActForm):
    service: ClassVar = put_away
    takes = "put_away"
    consequence = _("The goods become free stock, or stay reserved for the order line that they were made for.")

    location = forms.CharField(label=_("location"), max_length=30, widget=forms.TextInput(attrs={**LARGE, "autofocus": True}))
    batch = forms.CharField(label=_("batch"), max_length=60, required=False, widget=forms.TextInput(attrs=LARGE))
    serials = forms.CharField(
        label=_("serial numbers"),
        required=False,
        widget=forms.Textarea(attrs={**LARGE, "rows": 3}),
        help_text=_("One for every piece, separated by blanks or lines; leave empty when the pieces have none."),
    )

    def prepare(self) -> None:
        self.fields["batch"].initial = self.thing.balance.batch

    def clean_serials(self) -> list[str]:
        return [each for each in re.split(r"[\s,;，；、]+", self.cleaned_data["serials"]) if each]
