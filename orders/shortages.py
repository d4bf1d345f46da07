"""Forms and pages of shortages (INV-06)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.acts import ActForm, ActView
from orders.acts import day
from orders.models import Order, Shortage
from orders.services.shortage import decide_shortage


class DecideShortage(ActForm):
    service, takes = decide_shortage, "shortage"
    consequence = _("The customer sees the decision and what they were told. Substituting and cancelling need a change request besides.")

    outcome = forms.ChoiceField(label=_("outcome"), choices=Shortage.Outcome.choices, widget=forms.RadioSelect)
    new_date = day(label=_("new date"), required=False, help_text=_("For a delay."))
    told = forms.CharField(label=_("what the customer was told"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    note = forms.CharField(
        label=_("note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Stays in the house.")
    )


SHORTAGE_ACTS: dict[str, type[ActForm]] = {"decide": DecideShortage}


class ShortageAct(ActView):
    model = Shortage
    lookup = "pk"
    forms = SHORTAGE_ACTS

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.thing.order_id)  # the order before its rows, in every act
        return super().perform(request, form)


@require_safe
def shortage(request: HttpRequest, ref: int) -> HttpResponse:
    """A shortage lives on its order's page."""
    one = get_object_or_404(Shortage.objects.visible_to(request.actor).select_related("order"), pk=ref)  # type: ignore[attr-defined]
    return HttpResponseRedirect(one.get_absolute_url())
