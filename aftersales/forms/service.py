"""Forms of service requests; the head fills them in on a phone."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales import services
from aftersales.forms.fields import WithPapers, words
from aftersales.models import Channel, ServiceRequest
from core.acts import ActForm
from core.questions import ask
from core.reasons import Reason
from orders.models import LineMovement

Kind = ServiceRequest.Kind


class ReceiveForm(WithPapers):
    """The thing is the order."""

    service = staticmethod(services.receive_request)
    takes = "order"
    consequence = _("The request gets its number; it is to be with after-sales within 60 minutes.")

    kind = forms.ChoiceField(label=_("Kind"), choices=[(one.value, one.label) for one in (Kind.SERVICE, Kind.COMPLAINT)])
    channel = forms.ChoiceField(label=_("Channel"), choices=[(one.value, one.label) for one in Channel if one != Channel.PORTAL])
    words = words(_("Customer's words"), rows=4, length=2000)
    contact = forms.CharField(label=_("Contact and phone"), max_length=80)
    shipment = forms.TypedChoiceField(label=_("Delivery"), required=False, coerce=int, empty_value=None)

    field_order = ["kind", "channel", "words", "contact", "shipment", "uploads"]

    def closed_by(self) -> list[Reason]:
        return services.nothing_shipped(self.thing)

    def prepare(self) -> None:
        self.initial.setdefault("contact", f"{self.thing.contact_name} {self.thing.contact_phone}".strip())
        rows = LineMovement.objects.filter(order=self.thing, kind=LineMovement.Kind.SHIPPED, source_kind="shipping.shipment")
        ids = list(rows.order_by("source_id").values_list("source_id", flat=True).distinct())
        names = {key: each for found in ask("things", kind="shipping.shipment", ids=ids, actor=self.actor) for key, each in found.items()}
        self.fields["shipment"].choices = [("", "—"), *((pk, names[pk]["title"]) for pk in ids if pk in names)]  # type: ignore[attr-defined]


class HandOverForm(WithPapers):
    service = staticmethod(services.hand_over_service)
    takes = "service"
    consequence = _("After-sales has the form and the papers; its head contacts the customer within 2 hours.")


class ContactForm(ActForm):
    service = staticmethod(services.contact_customer)
    takes = "service"
    consequence = _("The customer knows that we are at it.")

    note = words(_("With whom, and what was said"))


class SolutionForm(WithPapers):
    service = staticmethod(services.record_solution)
    takes = "service"
    consequence = _("The customer reads the solution, not its cost. Record it again when they want it otherwise.")

    solution = words(_("Solution"), rows=4, length=1000)
    cost = forms.DecimalField(
        label=_("Cost of the solution, CNY"), max_digits=14, decimal_places=2, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    told_to = forms.CharField(label=_("Who at the customer was told"), max_length=80)

    field_order = ["solution", "cost", "told_to", "uploads"]

    def prepare(self) -> None:
        self.initial = {"solution": self.thing.solution, "told_to": self.thing.told_to or self.thing.contact, **self.initial}


class FinishForm(ActForm):
    service = staticmethod(services.finish_service)
    takes = "service"
    consequence = _("The customer is asked whether they agree that it is closed.")


class CloseForm(ActForm):
    service = staticmethod(services.close_service)
    takes = "service"
    consequence = _("The request is closed, and the customer is asked for a rating.")

    agreed_by = forms.CharField(label=_("Who at the customer agreed"), max_length=80)

    def prepare(self) -> None:
        self.initial.setdefault("agreed_by", self.thing.told_to)
