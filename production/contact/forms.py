"""The acts of contact sheets as forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.acts import ActForm
from orders.models import Order
from organization.models import Department
from production.contact import services


def words(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=600, widget=forms.Textarea(attrs={"rows": 4}), **more)


class SendForm(ActForm):
    """A new sheet: the thing is an empty one, which nobody has saved yet."""

    takes = "sheet"
    consequence = _("The head of the department asked is told at once and answers until the due time.")

    asking = forms.ModelChoiceField(label=_("asking department"), queryset=Department.objects.none(), empty_label=None)
    asked = forms.ModelChoiceField(label=_("department asked"), queryset=Department.objects.none())
    due_at = forms.DateTimeField(
        label=_("answer due"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    order = forms.CharField(label=_("order number"), max_length=14, required=False, help_text=_("When it is about an order."))
    problem = words(_("problem"))
    wanted = words(_("wanted solution"))

    def prepare(self) -> None:
        departments = Department.objects.select_related("company").order_by("company_id", "pk")
        own = [hat.department_id for hat in self.actor.hats]
        self.fields["asking"].queryset = departments.filter(pk__in=own)  # type: ignore[attr-defined]
        others = departments.filter(head__isnull=False)
        self.fields["asked"].queryset = others if len(set(own)) > 1 else others.exclude(pk__in=own)  # type: ignore[attr-defined]

    def clean_order(self) -> Order | None:
        number = self.cleaned_data["order"].strip()
        if not number:
            return None
        found = Order.objects.visible_to(self.actor).filter(number__iexact=number).first()
        if found is None:
            raise ValidationError(_("There is no such order for you."))
        return found

    def perform(self, thing: Any, by: Actor, at: datetime) -> Any:
        return services.send_contact_sheet(by=by, at=at, **self.values())


class AnswerForm(ActForm):
    service, takes = services.answer_contact_sheet, "sheet"
    consequence = _("The asking department sees the answer and closes the sheet.")

    answer = words(_("answer"))


class CloseForm(ActForm):
    service, takes = services.close_contact_sheet, "sheet"

    note = forms.CharField(label=_("note at closing"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    @property
    def consequence(self) -> Any:  # type: ignore[override]
        if self.thing.state == "sent":
            return _("Nobody has answered yet. Say why no answer is needed any more.")
        return _("The matter is settled.")


SHEET_FORMS = {"answer_sheet": AnswerForm, "close_sheet": CloseForm}
