"""What customers do on their pages: ask for a change, for service, for a return; rate; say what became of a delivery (CUS-03).

A form names its service and is filled in once (one-time key); who may and when, the service says, and its reasons stand on the form.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import services as aftersales
from aftersales.forms.fields import PapersField, known
from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.models.service import Channel
from aftersales.selectors import UNDER_WAY, returnable
from core.actor import Actor
from core.templatetags.ui import qty
from documents.forms import AttachmentField
from orders.changes import register_change
from orders.models import ChangeRequest, Order
from portal.answers import ANSWERS, ConfirmOrder
from portal.things import ThingForm, words
from shipping import services as shipping
from shipping.models import Shipment


def count(row: Any, most: Decimal, **more: Any) -> forms.DecimalField:
    """How many of a line; `row` is an order line."""
    return forms.DecimalField(
        label=f"{row.item.code if row.item else ''} {row.spec}".strip(),
        min_value=Decimal(0), max_value=most, max_digits=14, decimal_places=row.unit.decimals if row.unit else 3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
        error_messages={"max_value": _("At most %(quantity)s.") % {"quantity": qty(most, row.unit)}, "min_value": _("Not less than zero.")},
        **more,
    )  # fmt: skip


class AskChange(ThingForm):
    title, icon = _("Ask for a change"), "git-pull-request"
    explained: Any = _("Your order stays as it is until you have agreed to what the change means for date and price.")
    done = _("We have received your wish and answer with what it means for date and price.")
    words = words(_("What should be different?"))
    upload = AttachmentField(label=_("Drawing or letter"), required=False)

    def prepare(self) -> None:
        earlier = ", ".join(each.number for each in self.thing.changes.open().order_by("pk"))
        if earlier:  # sent once more from the page before, it would be a second one
            self.explained = _("Your wish %(numbers)s has arrived and is under way. Is this a further one?") % {"numbers": earlier}
            label = _("This is a further wish, beside %(numbers)s.") % {"numbers": earlier}
            self.fields["further"] = forms.BooleanField(label=label)

    def perform(self, thing: Order, by: Actor, at: datetime) -> None:
        given = {"words": self.cleaned_data["words"], "channel": ChangeRequest.Channel.PORTAL, "uploads": self.uploads}
        register_change(order=thing, asked_by=by.name, by=by, at=at, **given)


class AskService(ThingForm):
    title, icon = _("Repair or complaint"), "tool"
    done = _("We have received it and call you back.")
    kind = forms.ChoiceField(
        label=_("What is it about?"), widget=forms.RadioSelect, choices=ServiceRequest.Kind.choices[:2], initial="service"
    )
    words = words(_("What has happened?"))
    contact = forms.CharField(label=_("How we reach you"), max_length=80)
    upload = AttachmentField(label=_("Picture"), required=False)

    def prepare(self) -> None:
        self.initial.setdefault("contact", " ".join(filter(None, [self.actor.name, self.actor.contact])))

    def perform(self, thing: Order, by: Actor, at: datetime) -> None:
        given = {name: self.cleaned_data[name] for name in ("kind", "words", "contact")}
        aftersales.receive_request(order=thing, channel=Channel.PORTAL, uploads=self.uploads, by=by, at=at, **given)


class AskReturn(ThingForm):
    title, icon = _("Send goods back"), "truck-return"
    done = _("We have received your application and answer it.")
    wanted = forms.ChoiceField(label=_("What do you want?"), widget=forms.RadioSelect, choices=ReturnRequest.Wanted.choices)
    reason = forms.ChoiceField(label=_("Why?"), choices=ReturnRequest.Cause.choices)
    words = words(_("What is wrong?"))
    packaging_intact = known(_("Is the packaging intact?"))
    labels_intact = known(_("Are labels and nameplates intact?"))
    upload = AttachmentField(label=_("Picture"), required=False)

    def prepare(self) -> None:
        earlier = ReturnRequest.objects.filter(order=self.thing, state__in=UNDER_WAY).order_by("pk")
        if numbers := ", ".join(each.number for each in earlier):  # sent once more from the page before, it would be a second one
            self.explained = self.closed = _("Your return %(numbers)s has arrived and is under way.") % {"numbers": numbers}
            label = _("These are further goods, not those of %(numbers)s.") % {"numbers": numbers}
            self.fields["further"] = forms.BooleanField(label=label)
        self.rows = [row for row in returnable(self.thing) if row.available > 0]
        for row in self.rows:
            self.fields[f"q_{row.line.pk}"] = count(row.line, row.available, required=False, help_text=qty(row.available, row.line.unit))
        self.order_fields(["wanted", *(f"q_{row.line.pk}" for row in self.rows)])
        for name in ("reason", "packaging_intact", "labels_intact"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def perform(self, thing: Order, by: Actor, at: datetime) -> None:
        given = {name: self.cleaned_data[name] for name in ("wanted", "reason", "words", "packaging_intact", "labels_intact")}
        counted = {row.line.pk: self.cleaned_data.get(f"q_{row.line.pk}") or Decimal(0) for row in self.rows}
        aftersales.apply_return(order=thing, quantities=counted, uploads=self.uploads, by=by, at=at, **given)


class GiveInformation(ThingForm):
    """`thing` is the return."""

    title, icon = _("More about your return"), "file-plus"
    closed: Any = _("Nothing is asked about this return at this moment.")
    done = _("Thank you. We answer your return with it.")
    words = words(_("Your answer"))
    packaging_intact = known(_("Is the packaging intact?"))
    labels_intact = known(_("Are labels and nameplates intact?"))
    papers = PapersField(label=_("Pictures, papers"), help_text=_("Several at once; a phone offers its camera."))

    def prepare(self) -> None:
        row: ReturnRequest = self.thing
        self.explained = _("Return %(number)s, we ask: %(question)s") % {"number": row.number, "question": row.question}
        for name in ("packaging_intact", "labels_intact"):
            self.fields[name].widget.attrs["class"] = "form-select"
            if getattr(row, name) is not None:  # said already
                del self.fields[name]

    def perform(self, thing: ReturnRequest, by: Actor, at: datetime) -> None:
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("once", "papers")}
        aftersales.give_information(request=thing, uploads=self.cleaned_data["papers"], by=by, at=at, **given)


class Rate(ThingForm):
    title, icon = _("Rate us"), "star"
    done = _("Thank you for your rating.")
    stars = forms.TypedChoiceField(
        label=_("How was it?"), coerce=int, widget=forms.RadioSelect, choices=[(n, "★" * n + "☆" * (5 - n)) for n in range(5, 0, -1)]
    )
    words = words(_("What was good, what should be better?"), required=False)

    def perform(self, thing: Order, by: Actor, at: datetime) -> None:
        aftersales.rate(order=thing, stars=self.cleaned_data["stars"], words=self.cleaned_data["words"], by=by, at=at)


class ConfirmReceipt(ThingForm):
    title, icon = _("Confirm receipt"), "package-import"
    done = _("Thank you. The receipt is noted.")
    signed_by = forms.CharField(label=_("Received by"), max_length=40)
    condition = forms.ChoiceField(
        label=_("In what condition?"), widget=forms.RadioSelect, choices=Shipment.Condition.said(), initial="sound"
    )
    note = forms.CharField(label=_("What is missing or damaged?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.initial.setdefault("signed_by", self.actor.name)
        self.rows = list(self.thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))
        for row in self.rows:
            unit = row.line.unit
            sent = _("sent: %(quantity)s") % {"quantity": qty(row.quantity, unit)}
            self.fields[f"q_{row.pk}"] = count(row.line, row.quantity, initial=qty(row.quantity).replace(",", ""), help_text=sent)
        self.order_fields(["signed_by", *(f"q_{row.pk}" for row in self.rows)])

    def perform(self, thing: Shipment, by: Actor, at: datetime) -> None:
        given = {name: self.cleaned_data[name] for name in ("signed_by", "condition", "note")}
        received = {row.pk: self.cleaned_data[f"q_{row.pk}"] for row in self.rows}
        shipping.confirm_receipt(shipment=thing, received=received, by=by, at=at, **given)


class NotReceived(ThingForm):
    title, icon = pgettext_lazy("customer", "Not received"), "map-pin-question"
    done = _("We trace the delivery and tell you where it is.")
    words = words(_("What do you know?"))

    def perform(self, thing: Shipment, by: Actor, at: datetime) -> None:
        shipping.report_not_received(shipment=thing, words=self.cleaned_data["words"], by=by, at=at)


class ReportDamage(ThingForm):
    title, icon = pgettext_lazy("customer", "Report damage"), "alert-triangle"
    done = _("We have received your report and look after it at once.")
    words = words(_("What is damaged?"))
    upload = AttachmentField(label=_("Picture"), required=False)

    def perform(self, thing: Shipment, by: Actor, at: datetime) -> None:
        shipping.report_damage(shipment=thing, words=self.cleaned_data["words"], uploads=self.uploads, by=by, at=at)


ORDER_ACTS: dict[str, type[ThingForm]] = {
    "confirm": ConfirmOrder,
    "change": AskChange,
    "service": AskService,
    "return": AskReturn,
    "rate": Rate,
}
DELIVERY_ACTS: dict[str, type[ThingForm]] = {"receipt": ConfirmReceipt, "not-received": NotReceived, "damage": ReportDamage}
ALL_ACTS: dict[str, type[ThingForm]] = {**ORDER_ACTS, **DELIVERY_ACTS, "information": GiveInformation}
DONE = {name: form.done for name, form in ALL_ACTS.items()} | {f"answer-{name}": form.done for name, form in ANSWERS.items()}


def open_acts(order: Order, actor: Actor) -> list[dict[str, Any]]:
    """The tiles of the order's page: which are open now. The service asks again."""
    goods = returnable(order)
    change = order.offer("register_change", actor)
    rated = Rating.objects.filter(order=order)
    is_open = {
        "confirm": ConfirmOrder.is_open(order, actor),
        "change": change is not None and change.open,
        "service": any(row.delivered for row in goods) or order.shipments.filter(dispatched_at__isnull=False).exists(),
        "return": any(row.available > 0 for row in goods),
        "rate": rated.filter(rated_at=None).exists() or (not rated.exists() and any(row.delivered for row in goods)),
    }
    tiles = [{"name": name, "title": form.title, "icon": form.icon, "open": is_open[name]} for name, form in ORDER_ACTS.items()]
    return [tile for tile in tiles if tile["open"] or tile["name"] != "confirm"]  # once, at the beginning
