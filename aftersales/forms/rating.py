"""The customer's answer to the survey, taken down."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.forms.fields import words
from aftersales.services.rating import give_rating
from core.acts import ActForm


class RateForm(ActForm):
    service = staticmethod(give_rating)
    takes = "rating"
    consequence = _("The rating stands on the order and with the customer.")

    stars = forms.TypedChoiceField(label=_("Stars"), choices=[(n, "★" * n) for n in range(5, 0, -1)], coerce=int, widget=forms.RadioSelect)
    words = words(_("Customer's words"), required=False)
