"""What is done on the way and about deliveries in trouble, as forms: arrival moved, customer told, traced, cause found, claimed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from core.templatetags.ui import money
from shipping import services
from shipping.forms.shipment import moment_field
from shipping.models import Claim, Damage, Shipment, Trace


def words_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def amount_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, min_value=Decimal("0.01"))


class MoveArrivalForm(ActForm):
    service = staticmethod(services.move_arrival)
    takes = "shipment"
    consequence = _("The customer sees the new time and the reason.")

    arrives_at = moment_field(_("Estimated arrival"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def prepare(self) -> None:
        if self.thing.arrives_at:
            self.initial = {"arrives_at": timezone.localtime(self.thing.arrives_at), **self.initial}


class CarrierReceiptForm(ActForm):
    service = staticmethod(services.record_carrier_receipt)
    takes = "shipment"
    consequence = _("The sales clerk tells the customer today.")

    signed_by = forms.CharField(label=_("Signed for the carrier by"), max_length=40)


class TellForm(ActForm):
    service = staticmethod(services.tell_customer)
    takes = "shipment"

    whom = forms.CharField(label=_("Who was told"), max_length=40)
    how = forms.ChoiceField(label=_("How"), choices=Shipment.Told.ours(), widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.initial = {"whom": self.thing.contact_name, "how": Shipment.Told.PHONE, **self.initial}


class AnswerTraceForm(ActForm):
    service = staticmethod(services.answer_trace)
    takes = "trace"
    consequence = _("The customer sees the answer. Lost goods are missing from then on, line by line.")

    result = forms.ChoiceField(label=_("Result"), choices=Trace.Result.choices, widget=forms.RadioSelect)
    answer = words_field(_("Answer to the customer"))
    arrives_at = moment_field(_("Estimated arrival, unless it is lost"), required=False)


class SayCauseForm(ActForm):
    service = staticmethod(services.say_cause)
    takes = "damage"

    words = words_field(_("What the cause may be"))


class EstablishCauseForm(ActForm):
    service = staticmethod(services.establish_cause)
    takes = "damage"
    consequence = _("What carrier or supplier have caused can be claimed from them.")

    cause = forms.ChoiceField(label=_("Cause"), choices=Damage.Cause.choices, widget=forms.RadioSelect)
    finding = words_field(_("How it came about"))
    measure = words_field(_("What is done against it"))


class RaiseClaimForm(ActForm):
    """On the shipment; a damage of it may be named."""

    service = staticmethod(services.raise_claim)
    takes = "shipment"
    consequence = _("The order stays open until the claim is settled or dropped.")

    against = forms.ChoiceField(label=_("Claimed from"), choices=Claim.Against.choices, widget=forms.RadioSelect)
    against_name = forms.CharField(label=_("Their name"), max_length=60)
    amount = amount_field(_("Amount claimed, CNY"))
    reason = words_field(_("What for"))
    damage = forms.ModelChoiceField(Damage.objects.none(), label=_("Damage"), required=False)

    def prepare(self) -> None:
        damage: Any = self.fields["damage"]
        damage.queryset = self.thing.damages.order_by("pk")
        damage.label_from_instance = lambda row: row.words
        if not damage.queryset:
            del self.fields["damage"]
        self.initial = {"against": Claim.Against.CARRIER, "against_name": self.thing.carrier_name, **self.initial}


class AgreeClaimForm(ActForm):
    service = staticmethod(services.agree_claim)
    takes = "claim"

    agreed_amount = amount_field(_("Amount agreed, CNY"))
    agreed_with = forms.CharField(label=_("Agreed with"), max_length=40)

    def prepare(self) -> None:
        self.fields["agreed_amount"].help_text = _("claimed: {amount}").format(amount=money(self.thing.amount))


class SettleClaimForm(ActForm):
    service = staticmethod(services.settle_claim)
    takes = "claim"
    consequence = _("The claim is over and no longer keeps the order open.")

    how = forms.CharField(label=_("How it was settled"), help_text=_("paid, or taken off a freight bill"), max_length=200)


class DropClaimForm(ActForm):
    service = staticmethod(services.drop_claim)
    takes = "claim"
    consequence = _("The claim is over and no longer keeps the order open.")

    why = forms.CharField(label=_("Why it is dropped"), max_length=200)
