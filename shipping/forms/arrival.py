"""What is done with a delivery on arrival, as forms: each line counted, not received, damaged, and what becomes of what was missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from documents.forms import AttachmentField
from shipping import services
from shipping.forms.shipment import day_field, moment_field, named
from shipping.models import Shipment


class ReceiptForm(ActForm):
    """Every line with what was sent; whoever counts changes only what is missing."""

    service = staticmethod(services.confirm_receipt)
    takes = "shipment"
    consequence = _("What was received counts as delivered. What is missing stays open until it is found, sent again or credited.")

    signed_by = forms.CharField(label=_("Receipt signed by"), max_length=40)
    received_at = moment_field(_("Received at"))
    condition = forms.ChoiceField(label=_("Condition"), choices=Shipment.Condition.said(), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Damaged or missing"), max_length=300, required=False)
    scan = AttachmentField(label=_("Scan of the signed receipt"), required=False)

    def prepare(self) -> None:
        self.lines = list(self.thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))
        for each in self.lines:
            unit = each.line.unit
            self.fields[f"r_{each.pk}"] = forms.DecimalField(
                label=named(each),
                help_text=_("counted by the customer"),
                min_value=Decimal(0),
                max_digits=14,
                decimal_places=unit.decimals if unit else 3,
                initial=f"{each.quantity.normalize():f}",
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields([*(f"r_{each.pk}" for each in self.lines), *self.fields])
        now = timezone.localtime().replace(second=0, microsecond=0)
        self.initial = {
            "signed_by": self.thing.contact_name,
            "received_at": now,
            "condition": Shipment.Condition.SOUND,
            **self.initial,
        }

    def values(self) -> dict[str, Any]:
        given = super().values()
        received = {each.pk: given.pop(f"r_{each.pk}") for each in self.lines}
        return {**given, "received": received}


class NotReceivedForm(ActForm):
    service = staticmethod(services.report_not_received)
    takes = "shipment"
    consequence = _("Transport traces the delivery and answers; the answer goes to the customer.")

    words = forms.CharField(label=_("What the customer says"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DamageForm(ActForm):
    service = staticmethod(services.report_damage)
    takes = "shipment"
    consequence = _("After-sales, transport and the freight auditor are told at once.")

    words = forms.CharField(label=_("What is damaged"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    photo = AttachmentField(label=_("Picture"), required=False)

    def values(self) -> dict[str, Any]:
        given = super().values()
        photo = given.pop("photo")
        return {**given, "uploads": [photo] if photo else []}


class FindForm(ActForm):
    service = staticmethod(services.find_shortage)
    takes = "shortage"
    consequence = _("The goods count as delivered.")

    note = forms.CharField(label=_("Where they were"), max_length=300)


class ResendForm(ActForm):
    service = staticmethod(services.resend_shortage)
    takes = "shortage"
    consequence = _("The goods are reserved in store and a follow-up shipment is noticed for them.")

    planned_on = day_field(_("Planned dispatch"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def prepare(self) -> None:
        self.initial = {"planned_on": timezone.localdate(), **self.initial}


class CreditForm(ActForm):
    service = staticmethod(services.credit_shortage)
    takes = "shortage"
    consequence = _("The order wants so much less and finance does not charge it. This cannot be taken back.")

    note = forms.CharField(label=_("What was agreed with the customer"), max_length=300)
