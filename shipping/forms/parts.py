"""Shipping with parts missing, as forms (SHP-06)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from core.templatetags.ui import qty
from orders.models import OrderLine
from organization.models import Department
from shipping import services
from shipping.forms.shipment import day_field
from shipping.models import Shipment


class MissingForm(ActForm):
    service = staticmethod(services.record_missing)
    takes = "shipment"
    consequence = _("Nothing is picked or leaves before the customer has agreed. The order stays open until the part has gone after.")

    text = forms.CharField(label=_("Missing part"), max_length=120)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=14, decimal_places=3, min_value=Decimal("0.001"))
    unit = forms.CharField(label=_("Unit"), max_length=8, required=False)
    line = forms.ModelChoiceField(OrderLine.objects.none(), label=_("Goods of this line"), required=False)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Followed up by"))
    expected_on = day_field(_("Expected on"))

    def prepare(self) -> None:
        line: Any = self.fields["line"]
        department: Any = self.fields["department"]
        goods = {each.line_id: each.quantity for each in self.thing.lines.filter(replaces=False)}
        line.queryset = OrderLine.objects.filter(pk__in=goods).select_related("item", "unit").order_by("line_no")
        line.label_from_instance = lambda row: f"{row.line_no} · {row.item} × {qty(goods[row.pk], row.unit)}"
        line.empty_label = str(_("beside the goods"))
        line.help_text = _("So many fewer of this line go with this shipment; the follow-up shipment brings them.")
        department.queryset = Department.objects.filter(company=self.thing.company_id).select_related("company").order_by("pk")
        self.initial = {"quantity": 1, **self.initial}


class ConsentForm(ActForm):
    service = staticmethod(services.record_consent)
    takes = "shipment"
    consequence = _("It may go without these parts.")

    agreed_by = forms.CharField(label=_("Who agreed for the customer"), max_length=40)
    how = forms.ChoiceField(label=_("How"), choices=Shipment.Told.ours(), widget=forms.RadioSelect)

    def prepare(self) -> None:
        parts = "；".join(str(part) for part in self.thing.missing_parts.unanswered().order_by("pk"))
        self.fields["agreed_by"].help_text = _("Goes without: {parts}").format(parts=parts)
        self.initial = {"agreed_by": self.thing.contact_name, "how": Shipment.Told.PHONE, **self.initial}


class PartArrivedForm(ActForm):
    service = staticmethod(services.part_arrived)
    takes = "part"
    consequence = _(
        "What has not left yet takes it along, packed and checked once more; else order management makes the follow-up shipment."
    )


class FollowUpForm(ActForm):
    """Everything that has come goes."""

    service = staticmethod(services.issue_follow_up)
    takes = "shipment"
    consequence = _("Store and transport are told of a follow-up shipment with everything that has come.")

    planned_on = day_field(_("Planned dispatch"))
    remarks = forms.CharField(label=_("Remarks"), max_length=300, required=False)

    def prepare(self) -> None:
        self.initial = {"planned_on": timezone.localdate(), **self.initial}
