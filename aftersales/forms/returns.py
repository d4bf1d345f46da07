"""Forms of returns, from the application to what becomes of the goods."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales import services
from aftersales.forms.fields import WithPapers, day, known, quantity, today, words
from aftersales.models import ReturnLine, ReturnRequest
from aftersales.selectors import returnable, unshipped
from aftersales.services import Settled
from core.acts import ActForm
from core.templatetags.ui import qty

Identity, Outcome, Goods = ReturnRequest.Identity, ReturnLine.Outcome, ReturnLine.Goods


def named(line: Any) -> str:
    """An order line as a label."""
    return f"{line.line_no} · {line.item.code} {line.item.name}"


def shown(number: Decimal) -> str | None:
    return f"{number.normalize():f}" if number else None


class ApplyForm(WithPapers):
    """The thing is the order."""

    service = staticmethod(services.apply_return)
    takes = "order"
    consequence = _("The head of after-sales answers within one working day; before that nothing is agreed.")

    wanted = forms.ChoiceField(label=_("What the customer wants"), choices=ReturnRequest.Wanted.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=ReturnRequest.Cause.choices)
    words = words(_("Customer's words"), length=2000, required=False)
    identity = forms.ChoiceField(
        label=_("How the customer's identity was checked"),
        choices=[("", "—"), *((one.value, one.label) for one in Identity if one != Identity.LINK)],
    )
    packaging_intact = known(_("Packaging intact?"))
    labels_intact = known(_("Labels and nameplates intact?"))

    def prepare(self) -> None:
        self.rows = [row for row in returnable(self.thing) if row.delivered]
        for row in self.rows:
            unit = row.line.unit
            self.fields[f"q_{row.line.pk}"] = quantity(
                named(row.line),
                decimals=unit.decimals if unit else 3,
                required=False,
                help_text=_("%(delivered)s delivered, %(available)s can be given back")
                % {"delivered": qty(row.delivered, unit), "available": qty(row.available)},
            )
        self.order_fields([*(f"q_{row.line.pk}" for row in self.rows), *(name for name in self.fields if name != "uploads"), "uploads"])

    def values(self) -> dict[str, Any]:
        given = super().values()
        quantities = {row.line.pk: given.pop(f"q_{row.line.pk}") for row in self.rows}
        return {**given, "quantities": {pk: number for pk, number in quantities.items() if number}}


class ExchangeForm(ActForm):
    """The thing is the order: its goods that have not left the house."""

    service = staticmethod(services.exchange_unshipped)
    takes = "order"
    consequence = _("A new order stands at intake, linked both ways. Take the old goods out of this order with a change, or cancel it.")

    def prepare(self) -> None:
        self.rows = unshipped(self.thing)
        for row in self.rows:
            unit = row.line.unit
            self.fields[f"q_{row.line.pk}"] = quantity(
                named(row.line),
                decimals=unit.decimals if unit else 3,
                required=False,
                help_text=_("%(quantity)s have not left the house") % {"quantity": qty(row.available, unit)},
            )

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {"quantities": {row.line.pk: given[f"q_{row.line.pk}"] or Decimal(0) for row in self.rows}}


class ReturnForm(ActForm):
    takes = "request"

    @property
    def lines(self) -> list[ReturnLine]:
        return list(self.thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))


class TellCostsForm(ReturnForm):
    service = staticmethod(services.tell_costs)
    consequence = _("Our fault: our freight. The customer's: they pay it both ways, beforehand. They are told before anything is agreed.")

    cause = forms.ChoiceField(label=_("Cause found"), choices=ReturnRequest.Cause.choices)
    freight_amount = forms.DecimalField(
        label=_("Freight both ways, paid by the customer"),
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=_("Only when the cause is the customer's."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    told_to = forms.CharField(label=_("Who at the customer was told"), max_length=80)

    def prepare(self) -> None:
        self.initial = {"cause": self.thing.found_cause, "told_to": self.thing.costs_told_to, **self.initial}


class AgreeForm(ReturnForm):
    service = staticmethod(services.agree_return)
    consequence = _("The customer is told; now the collection is arranged.")

    exception = words(_("Agreed in spite of the conditions because"), length=300, required=False)


class AskForm(ReturnForm):
    service = staticmethod(services.ask_information)
    consequence = _("The customer reads the question.")

    question = words(_("What is still to be known"), length=300)


class GiveForm(WithPapers, ReturnForm):
    service = staticmethod(services.give_information)
    consequence = _("The head of after-sales answers within one working day.")

    words = words(_("What the customer says"), length=2000)
    packaging_intact = known(_("Packaging intact?"))
    labels_intact = known(_("Labels and nameplates intact?"))

    field_order = ["words", "packaging_intact", "labels_intact", "uploads"]


class RefuseForm(ReturnForm):
    service = staticmethod(services.refuse_return)
    consequence = _("The return ends here; the customer reads the reason.")

    reason = words(_("Reason"), length=300)


class FreightForm(ReturnForm):
    service = staticmethod(services.confirm_freight)
    consequence = _("After-sales arranges the collection.")

    reference = forms.CharField(label=_("Bank reference"), max_length=60)
    paid_on = day(_("Paid on"))

    def prepare(self) -> None:
        self.initial = {"paid_on": today(), **self.initial}
        if self.thing.freight_amount:
            self.fields["reference"].help_text = f"{self.thing.freight_amount:,.2f} {self.thing.order.currency}"


class ArrangeForm(ReturnForm):
    service = staticmethod(services.arrange_collection)
    consequence = _("The customer is told when the goods are fetched, and by whom.")

    collect_on = day(_("Fetched on"))
    carrier = forms.CharField(label=_("Carrier, or our own vehicle"), max_length=80)

    def prepare(self) -> None:
        self.initial = {"collect_on": self.thing.collect_on or today(), "carrier": self.thing.carrier, **self.initial}


class ReceiveGoodsForm(WithPapers, ReturnForm):
    service = staticmethod(services.receive_returned)
    consequence = _("The goods stand blocked in store until it is decided what becomes of them.")

    def prepare(self) -> None:
        self.rows = self.lines
        for row in self.rows:
            unit = row.line.unit
            self.fields[f"q_{row.pk}"] = quantity(
                named(row.line),
                decimals=unit.decimals if unit else 3,
                initial=shown(row.quantity),
                help_text=_("%(quantity)s agreed") % {"quantity": qty(row.quantity, unit)},
            )
        self.order_fields([*(f"q_{row.pk}" for row in self.rows), "uploads"])

    def values(self) -> dict[str, Any]:
        given = super().values()
        quantities = {row.pk: given.pop(f"q_{row.pk}") for row in self.rows}
        return {**given, "quantities": quantities}


class InspectForm(WithPapers, ReturnForm):
    service = staticmethod(services.inspect_return)
    consequence = _("The goods stay blocked; the head of after-sales settles the return.")

    conclusion = words(_("Conclusion"), length=300)

    def prepare(self) -> None:
        self.rows = [row for row in self.lines if row.received]
        for row in self.rows:
            label = _("%(line)s: what was found") % {"line": f"{named(row.line)} × {qty(row.received, row.line.unit)}"}
            self.fields[f"f_{row.pk}"] = words(label, rows=2, length=300)
        self.order_fields([*(f"f_{row.pk}" for row in self.rows), "conclusion", "uploads"])

    def values(self) -> dict[str, Any]:
        given = super().values()
        findings = {row.pk: given.pop(f"f_{row.pk}") for row in self.rows}
        return {**given, "findings": findings}


class SettleForm(ReturnForm):
    service = staticmethod(services.settle_return)
    consequence = _("What is refunded or exchanged is credited; finance pays back what is too much. The rest goes back to the customer.")

    def prepare(self) -> None:
        self.rows = [row for row in self.lines if row.received]
        goods = [("", "—"), *((one.value, one.label) for one in (Goods.RESTOCK, Goods.BLOCKED, Goods.SCRAPPED))]
        for row in self.rows:
            name, unit = named(row.line), row.line.unit
            self.fields[f"outcome_{row.pk}"] = forms.ChoiceField(
                label=_("%(line)s: outcome") % {"line": name}, choices=Outcome.choices, initial=self.thing.wanted, help_text=row.findings
            )
            self.fields[f"granted_{row.pk}"] = quantity(
                _("%(line)s: granted") % {"line": name},
                decimals=unit.decimals if unit else 3,
                required=False,
                initial=shown(row.received),
                help_text=_("%(quantity)s received; the rest goes back to the customer") % {"quantity": qty(row.received, unit)},
            )
            self.fields[f"goods_{row.pk}"] = forms.ChoiceField(
                label=_("%(line)s: what becomes of the goods") % {"line": name},
                choices=goods,
                required=False,
                help_text=_("Leave it open for repair and refusal: those goods go back."),
            )

    def values(self) -> dict[str, Any]:
        return {"decided": {row.pk: self._of(row.pk) for row in self.rows}}

    def _of(self, pk: int) -> Settled:
        given = self.cleaned_data
        return Settled(outcome=given[f"outcome_{pk}"], granted=given[f"granted_{pk}"] or Decimal(0), goods=given[f"goods_{pk}"])


class OrderExchangeForm(ReturnForm):
    service = staticmethod(services.order_exchange)
    consequence = _("A new order with these goods stands at intake, linked both ways; models and quantities are corrected there.")
