"""What we ask customers and they answer on a page of its own (CUS-03): the order as taken down, a change, missing parts, a service done.

Each shows what the answer is about; the answer counts only while that still stands as it was shown.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales import services as aftersales
from aftersales.models import ServiceRequest
from aftersales.workflow import ServiceState
from core.actor import Actor
from core.reasons import NotReady, Reason, Refused, Stale, declare
from core.templatetags.ui import money, qty
from orders.changing.compare import differences, of_change
from orders.models import ChangeRequest, Order
from orders.services import intake
from orders.services.change.classify import difference
from orders.services.change.credit import against_credit
from orders.services.change.outcome import record_answer
from orders.services.ledger import goods_lines
from orders.workflow.change import ChangeState
from portal.things import ThingForm
from shipping import services as shipping
from shipping.models import Shipment
from shipping.workflow import IN_HOUSE

declare(
    {
        "shown_changed": gettext_lazy("It was changed after this page was shown. Read it as it stands now, then answer."),
        "answer_not_asked": gettext_lazy("Your answer is not waited for at this moment."),
    }
)
Rows = list[tuple[Any, str, str]]


class AnswerForm(ThingForm):
    """`step` is the thing's own step, `told` what is shown: (what, before, now)."""

    step: ClassVar[str]
    closed: Any = gettext_lazy("Your answer is not waited for at this moment.")

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def prepare(self) -> None:
        self.told = self.facts(self.thing)
        self.initial["shown"] = fingerprint(self.told)

    @classmethod
    def is_open(cls, thing: Any, actor: Actor) -> bool:
        offer = thing.offer(cls.step, actor)
        return offer is not None and offer.open

    @classmethod
    def of(cls, order: Order) -> QuerySet[Any]:
        """All such things of the order, so that a page that was answered says so."""
        raise NotImplementedError

    @classmethod
    def waiting(cls, order: Order) -> QuerySet[Any]:
        """Those that may wait for an answer; `is_open` decides."""
        raise NotImplementedError

    def facts(self, thing: Any) -> Rows:
        raise NotImplementedError

    def answer(self, thing: Any, by: Actor, at: datetime) -> None:
        raise NotImplementedError

    def perform(self, thing: Any, by: Actor, at: datetime) -> None:
        """Raises Stale(shown_changed) where something else stands there now, NotReady(answer_not_asked) where nothing is asked any more."""
        order = Order.objects.locked(thing.pk if isinstance(thing, Order) else thing.order_id)
        if isinstance(thing, Order):
            thing = order
        else:
            thing = type(thing).objects.locked(thing)
            thing.order = order
        if not self.is_open(thing, by):
            raise NotReady(Reason("answer_not_asked"))
        if fingerprint(self.facts(thing)) != self.cleaned_data["shown"]:
            raise Stale(Reason("shown_changed"))
        self.answer(thing, by, at)

    def explain(self, refused: Refused | Any) -> None:
        super().explain(refused)
        if self.stale:  # shown anew, and to be agreed to anew
            self.thing = type(self.thing).objects.get(pk=self.thing.pk)
            self.told = self.facts(self.thing)
            self.data = {name: value for name, value in self.data.items() if name != "agreed"} | {"shown": fingerprint(self.told)}


def fingerprint(rows: Rows) -> str:
    return hashlib.sha256("\n".join("|".join(map(str, row)) for row in rows).encode()).hexdigest()


class ConfirmOrder(AnswerForm):
    """`thing` is the order."""

    step, title, icon = "confirm_as_customer", gettext_lazy("Confirm the order"), "clipboard-check"
    explained: Any = gettext_lazy(
        "This is how we took your order down. Where something is wrong, call your sales clerk before you confirm."
    )
    closed: Any = gettext_lazy("There is nothing to confirm: it is confirmed already, not complete yet, or further on.")
    done = gettext_lazy("Thank you. Your confirmation is noted; we check date and feasibility.")
    agreed = forms.BooleanField(label=gettext_lazy("This is what we order."))

    def facts(self, thing: Order) -> Rows:
        rows: Rows = [
            (_("your number"), "", thing.customer_reference),
            (_("Contact"), "", f"{thing.contact_name} {thing.contact_phone}".strip()),
            (_("Delivery address"), "", thing.delivery_address),
            (_("technical and quality requirements"), "", thing.quality),
        ]
        for line in goods_lines(thing):
            name = f"{line.item.code} {line.spec}" if line.item else line.spec
            wanted = f" · {line.wanted_date.isoformat()}" if line.wanted_date else ""
            rows.append((name, "", f"{qty(line.quantity, line.unit)}{wanted}"))
        return [row for row in rows if row[2]]

    def answer(self, thing: Order, by: Actor, at: datetime) -> None:
        intake.confirm_as_customer(order=thing, by=by, at=at)


class AnswerChange(AnswerForm):
    """`thing` is the change: yes or no to its date and price (CHG-03)."""

    step, title, icon = "record_answer", gettext_lazy("Answer on the change"), "user-check"
    done = gettext_lazy("Thank you. Your answer on the change is noted.")
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Do you agree to this date and price?"),
        choices=[("1", gettext_lazy("Yes, we agree")), ("0", gettext_lazy("No, leave the order as it is"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    answer_words = forms.CharField(
        label=gettext_lazy("What you want to say about it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        super().prepare()
        self.explained = _("You asked: “%(words)s”. A yes binds both sides to what stands here; a no ends the change.") % {
            "words": self.thing.words
        }

    @classmethod
    def of(cls, order: Order) -> QuerySet[ChangeRequest]:
        return order.changes.filter(kind=ChangeRequest.Kind.CHANGE)

    @classmethod
    def waiting(cls, order: Order) -> QuerySet[ChangeRequest]:
        return cls.of(order).filter(state=ChangeState.AWAITING_CUSTOMER, answered_at=None).exclude(reviewed_date=None)

    @classmethod
    def is_open(cls, thing: ChangeRequest, actor: Actor) -> bool:
        return thing.reviewed_date is not None and super().is_open(thing, actor) and not against_credit(thing)

    def facts(self, thing: ChangeRequest) -> Rows:
        found = differences(*of_change(thing), prices=True)
        rows: Rows = [(f"{row.place} · {row.field}", row.before, row.after or "—") for row in found if row.differs]
        more = difference(thing)
        if more is not None:
            rows.append((_("Price difference"), "", f"{'+' if more > 0 else ''}{money(more)} {thing.order.currency}"))
        if thing.reviewed_date:
            rows.append((_("Delivery date with this change"), "", thing.reviewed_date.isoformat()))
        return rows

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("agrees") is False and not given.get("answer_words", "").strip():
            self.add_error("answer_words", _("Say why not."))
        return given

    def answer(self, thing: ChangeRequest, by: Actor, at: datetime) -> None:
        said = {"agrees": self.cleaned_data["agrees"], "answer": self.cleaned_data["answer_words"]}
        record_answer(change=thing, answered_by=(by.name or by.contact)[:40], promised_date=thing.reviewed_date, by=by, at=at, **said)


class AgreeToMissing(AnswerForm):
    """`thing` is a shipment that is to leave without something (SHP-06)."""

    step, title, icon = "record_consent", gettext_lazy("Agree that parts follow"), "heart-handshake"
    explained: Any = gettext_lazy("The delivery can leave now, without what stands here; it follows. Where you want to wait, call us.")
    done = gettext_lazy("Thank you. The delivery leaves, and what is missing follows.")
    agreed = forms.BooleanField(label=gettext_lazy("We agree that the delivery leaves without it."))

    @classmethod
    def of(cls, order: Order) -> QuerySet[Shipment]:
        return Shipment.objects.filter(order=order)

    @classmethod
    def waiting(cls, order: Order) -> QuerySet[Shipment]:
        return cls.of(order).filter(state__in=IN_HOUSE, missing_parts__consent_at=None, missing_parts__isnull=False).distinct()

    def facts(self, thing: Shipment) -> Rows:
        parts = thing.missing_parts.unanswered().order_by("pk")
        return [(str(part), "", _("expected %(day)s") % {"day": part.expected_on.isoformat()}) for part in parts]

    def answer(self, thing: Shipment, by: Actor, at: datetime) -> None:
        shipping.record_consent(shipment=thing, agreed_by=(by.name or by.contact)[:40], how=Shipment.Told.PORTAL, by=by, at=at)


class AgreeServiceIsDone(AnswerForm):
    """`thing` is a service request whose work is done (SVC-02)."""

    step, title, icon = "close", gettext_lazy("Confirm that it is done"), "lock-check"
    explained: Any = gettext_lazy("Our work on your request is done. Where something is not right, call us; the request stays open.")
    done = gettext_lazy("Thank you. Your request is closed.")
    agreed = forms.BooleanField(label=gettext_lazy("It is done to our satisfaction."))

    @classmethod
    def of(cls, order: Order) -> QuerySet[ServiceRequest]:
        return ServiceRequest.objects.filter(order=order)

    @classmethod
    def waiting(cls, order: Order) -> QuerySet[ServiceRequest]:
        return cls.of(order).filter(state=ServiceState.SOLVED)

    def facts(self, thing: ServiceRequest) -> Rows:
        return [(_("You told us"), "", thing.words), (_("Our solution"), "", thing.solution)]

    def answer(self, thing: ServiceRequest, by: Actor, at: datetime) -> None:
        aftersales.close_service(service=thing, by=by, at=at)


ANSWERS: dict[str, type[AnswerForm]] = {"change": AnswerChange, "missing": AgreeToMissing, "service": AgreeServiceIsDone}


def asked(order: Order, actor: Actor) -> list[dict[str, Any]]:
    """What waits for the customer's answer now, for the top of their page."""
    found = []
    for name, form in ANSWERS.items():
        for thing in form.waiting(order).order_by("pk"):
            thing.order = order
            if form.is_open(thing, actor):
                found.append({"what": name, "pk": thing.pk, "number": str(thing), "title": form.title, "icon": form.icon})
    return found
