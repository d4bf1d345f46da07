"""Calling goods back on their way, as forms (CHG-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from shipping import services
from shipping.forms.shipment import day_field


def words(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AskRecallForm(ActForm):
    service = staticmethod(services.ask_recall)
    takes = "shipment"
    consequence = _(
        "Transport calls the driver or the carrier at once. Until the goods are back they count as shipped."
    )
    words = words(_("Why they are to come back"))

    def prepare(self) -> None:
        change = self.thing.order.changes.open().order_by("-pk").first()
        if change is not None:
            self.initial.setdefault("words", f"{change.number} {change.words}"[:300])


class TurnRoundForm(ActForm):
    service = staticmethod(services.turn_round)
    takes = "shipment"
    consequence = _(
        "The goods come back: the store takes them in, quality looks at them. No receipt is asked of the customer."
    )
    answer = words(_("Who was called, and what was agreed"))
    back_on = day_field(_("Back in the house on"))

    def prepare(self) -> None:
        self.initial.setdefault("back_on", localtime(timezone.now()).date() + timedelta(days=1))


class InVainForm(ActForm):
    service = staticmethod(services.answer_in_vain)
    takes = "shipment"
    consequence = _("The goods go on to the customer; only a return brings them back.")
    answer = words(_("Who was called, and why it cannot turn round"))


class TakeBackInForm(ActForm):
    service = staticmethod(services.take_back_in)
    takes = "shipment"
    consequence = _(
        "All of these goods are here again, blocked until quality has looked at them. The order counts them as not shipped."
    )
