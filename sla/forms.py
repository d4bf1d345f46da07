"""What is asked of a clock: why it stands still, and when it would be due."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.acts import ExplainingForm, one_time_key
from organization.models import Company
from sla.explain import needs_date
from sla.models import ClockRule


class ResumeForm(ExplainingForm):
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"once": one_time_key()})
        self.helper = FormHelper()
        self.helper.form_tag = False


class PauseForm(ResumeForm):
    reason = forms.CharField(label=_("What the customer is waited for"), max_length=200)


class PreviewForm(forms.Form):
    """A start to try a rule with; the date where the clock hangs on one."""

    company = forms.ModelChoiceField(label=_("Calendar of"), queryset=Company.objects.order_by("pk"))
    start = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    anchor = forms.DateField(label=_("The date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, rule: ClockRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule.company_id:
            self.fields["company"].queryset = Company.objects.filter(pk=rule.company_id)  # type: ignore[attr-defined]
        if not needs_date(rule):
            del self.fields["anchor"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if needs_date(self.rule) and not values.get("anchor") and "anchor" not in self.errors:
            raise ValidationError({"anchor": _("This clock hangs on a date: say which.")})
        return values
