"""The forms of the order's acts, by step; what an act does, its service says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.acts import ActForm, one_time_key
from core.facts import act
from documents.forms import AttachmentField
from documents.models import Attachment
from documents.services import attach
from inventory.models import Item
from orders import guards
from orders.changing.forms import CHANGE_ORDER_ACTS
from orders.meetings.forms import CallMeeting
from orders.models import FollowUp, ManualDecision, Order, OrderLine
from orders.services import deal, intake, progress, review, shortage
from orders.services.ledger import goods_lines
from orders.workflow import Verdict
from organization.roles import Role, has_role


def day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("1", _("yes")), ("0", _("no"))], coerce=lambda v: v == "1", widget=forms.RadioSelect
    )


class OrderForm(ActForm):
    takes = "order"


class WithReason(OrderForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerOrder(OrderForm):
    service = intake.answer_order
    consequence = _("Compare the order with enquiry and quotation, answer the customer, and note here what was said.")
    note = forms.CharField(label=_("What the customer was told"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class Classify(OrderForm):
    service = intake.classify
    consequence = _("One yes makes the order irregular: the technical department reviews it too.")
    needs_design = yes_no(_("New technical design needed?"))
    is_old_product = yes_no(_("Stopped or not made for years, gone from the market?"))
    above_standard = yes_no(_("Quality above the company's standard?"))
    tight_with_penalty = yes_no(_("Tight date with a penalty, or harm to our name if late?"))

    def prepare(self) -> None:
        known = intake.known_answers(self.thing)
        for name in guards.QUESTIONS:
            answer = getattr(self.thing, name)
            if answer is None and name in known:
                answer, self.fields[name].help_text = known[name]
            if answer is not None:
                self.initial[name] = "1" if answer else "0"


class ConfirmRequirements(OrderForm):
    service = intake.confirm_requirements
    consequence = _("The intake is closed; corrections need taking back. The review comes next: its clock starts with this.")


class DeclineIntake(WithReason):
    service = intake.decline_intake
    consequence = _("The general manager or a deputy of the product company decides on the refusal.")


class TakeBack(WithReason):
    service = intake.take_back
    consequence = _("Opinions, quotation and contract of this round no longer count.")


class Withdraw(WithReason):
    service = intake.withdraw
    consequence = _("The order ends here. Reserved stock is released.")


class ExtendValidity(WithReason):
    service = intake.extend_validity
    consequence = _("Without a contract until then the order is withdrawn by itself. A quotation that is out stays valid as long.")
    valid_until = day(label=_("Valid until"))
    field_order = ["valid_until", "reason"]

    def prepare(self) -> None:
        order: Order = self.thing
        if order.valid_until:
            self.fields["valid_until"].help_text = _("So far until {date}").format(date=order.valid_until)
            self.initial.setdefault("valid_until", order.valid_until + timedelta(days=order.settings.enquiry_days))


class StartReview(OrderForm):
    service = review.start_review
    consequence = _("Every department concerned is asked for its opinion, side by side, within 8 working hours.")


class ProposeDate(OrderForm):
    service = review.propose_date
    consequence = _("The order goes back to review with the new date.")
    wanted_date = day(label=_("Date agreed with the customer"))
    note = forms.CharField(label=_("Who agreed, and how"), max_length=200)

    def prepare(self) -> None:
        if earliest := review.earliest_offered(self.thing):
            self.initial.setdefault("wanted_date", earliest)
            self.fields["wanted_date"].help_text = _("The departments offer {date}").format(date=earliest)


class AskRefusal(WithReason):
    service = review.ask_refusal
    consequence = _("The general manager or a deputy of the product company decides on the refusal.")


class ApproveRefusal(WithReason):
    service = review.approve_refusal
    consequence = _("The order is refused and ends here; the customer sees the reason.")


class OverruleRefusal(WithReason):
    service = review.overrule_refusal
    consequence = _("The order is accepted; the company commits itself to the date that you enter.")
    reviewed_date = day(label=_("Date that we commit to"))
    field_order = ["reviewed_date", "reason"]


class IssueQuotation(OrderForm):
    service = deal.issue_quotation
    consequence = _("The quotation is sent with the prices as they stand on the lines; an earlier one is replaced.")


class RecordDecision(OrderForm):
    service = deal.record_decision
    consequence = _("It holds for the amount as it stands. Your name and reason are kept on the order.")
    kind = forms.ChoiceField(label=_("Matter"), choices=ManualDecision.Kind.choices)
    reason = forms.CharField(label=_("Decision and reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        mine = [k for k in guards.open_matters(self.thing) if has_role(self.actor, *guards.DECIDERS[k])]
        labels = dict(ManualDecision.Kind.choices)
        self.fields["kind"].choices = [(k, labels[k]) for k in mine] or [("", "—")]  # type: ignore[attr-defined]


class DraftContract(OrderForm):
    service = deal.draft_contract
    consequence = _("The customer has accepted the quotation. The contract is numbered and sent; the payment terms are fixed on it.")
    promised_date = day(label=_("Promised date"))
    delivery_text = forms.CharField(label=_("Delivery place and time"), max_length=200)
    penalty_text = forms.CharField(label=_("Penalties"), max_length=200, required=False)

    def prepare(self) -> None:
        order: Order = self.thing
        self.initial.setdefault("promised_date", order.reviewed_date)
        self.initial.setdefault(
            "delivery_text", str(_("To {place}, leaving the works on the promised date").format(place=order.delivery_address))
        )
        self.fields["promised_date"].help_text = _("Not before the reviewed date {date}").format(date=order.reviewed_date)


class FileSignature(OrderForm):
    """The scan of the paper, after the check that CON-01 asks for."""

    consequence = _("Check the paper first: who signed, whether signature or seal can be read, whether all notes are there.")
    signatory = forms.CharField(label=_("Signed for the customer by"), max_length=40)
    scan = AttachmentField(label=_("Scan of the signed contract"))
    legible = forms.BooleanField(label=_("Signature or seal can be read"))
    complete = forms.BooleanField(label=_("All notes and annexes are there"))

    def perform(self, thing: Any, by: Actor, at: datetime) -> Any:
        return file_scan(order=thing, by=by, at=at, signatory=self.cleaned_data["signatory"], scan=self.cleaned_data["scan"])


@act
def file_scan(*, order: Order, by: Actor, at: datetime, signatory: str, scan: Any) -> Any:
    """Keep the scan with the order and file the signature, both or neither."""
    kept = attach(
        upload=scan,
        order_id=order.pk,
        subject=("orders.order", order.pk),
        kind=Attachment.Kind.SCAN,
        by=by,
        at=at,
        note=signatory,
    )
    return deal.file_signature(order=order, by=by, at=at, signatory=signatory, scan_id=kept.pk)


class IssueInstruction(OrderForm):
    service = progress.issue_instruction
    consequence = _("Production is released for what stock does not cover. The plan is due in 4 working hours (complete sets: 24 h).")
    tolerance = forms.CharField(label=_("Quantity tolerance"), max_length=100)
    packing = forms.CharField(label=_("Packing"), max_length=100)
    special_terms = forms.CharField(label=_("Special terms"), max_length=300)
    drawing_revision = forms.CharField(label=_("Drawing revision"), max_length=40)
    catalogue_drawing = forms.BooleanField(label=_("The catalogue drawing is valid, no own drawings"), required=False)

    def prepare(self) -> None:
        for name, value in (("tolerance", _("none")), ("packing", _("wooden crates, standard")), ("special_terms", _("none"))):
            self.initial.setdefault(name, str(value))


class FulfilFromStock(OrderForm):
    service = progress.fulfil_from_stock
    consequence = _("No production: the order goes to shipping from the reserved stock.")


class RecordFollowUp(OrderForm):
    service = progress.record_follow_up
    verdict = forms.ChoiceField(label=_("Result"), choices=FollowUp.Verdict.choices, widget=forms.RadioSelect)
    expected_date = day(label=_("Expected date"))
    note = forms.CharField(label=_("What was found"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.initial.setdefault("expected_date", self.thing.expected_date or self.thing.promised_date)


class Close(OrderForm):
    service = progress.close
    consequence = _("Everything is shipped, invoiced and paid. The order is closed and stays readable.")


class RecordShortage(OrderForm):
    service = shortage.record_shortage
    consequence = _("The line is flagged. Order management decides and tells the customer.")

    line = forms.ModelChoiceField(label=_("order line"), queryset=OrderLine.objects.none(), empty_label=None)
    item = forms.CharField(
        label=_("Component"), max_length=40, required=False, help_text=_("Its model, when not the line's own model is missing.")
    )
    quantity = forms.DecimalField(label=_("quantity missing"), max_digits=14, decimal_places=3)
    cause = forms.CharField(label=_("cause"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        lines = OrderLine.objects.filter(pk__in=[line.pk for line in goods_lines(self.thing)]).select_related("item", "unit")
        self.fields["line"].queryset = lines.order_by("line_no")  # type: ignore[attr-defined]
        self.fields["line"].label_from_instance = lambda line: f"{line.line_no} · {line.item} {line.spec}"  # type: ignore[attr-defined]

    def clean_item(self) -> Item | None:
        code = self.cleaned_data["item"].strip()
        if not code:
            return None
        found = Item.objects.filter(code__iexact=code).select_related("unit").first()
        if found is None:
            raise ValidationError(_("There is no such model."))
        return found

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "item": found["item"] or found["line"].item}


ORDER_ACTS: dict[str, type[ActForm]] = {
    "answer_order": AnswerOrder,
    "classify": Classify,
    "confirm_requirements": ConfirmRequirements,
    "start_review": StartReview,
    "call_meeting": CallMeeting,
    "propose_date": ProposeDate,
    "ask_refusal": AskRefusal,
    "decline_intake": DeclineIntake,
    "approve_refusal": ApproveRefusal,
    "overrule_refusal": OverruleRefusal,
    "issue_quotation": IssueQuotation,
    "record_decision": RecordDecision,
    "draft_contract": DraftContract,
    "sign": FileSignature,
    "sign_later": FileSignature,
    "issue_instruction": IssueInstruction,
    "fulfil_from_stock": FulfilFromStock,
    "record_follow_up": RecordFollowUp,
    "record_shortage": RecordShortage,
    "close": Close,
    "extend_validity": ExtendValidity,
    "take_back": TakeBack,
    "withdraw": Withdraw,
    **CHANGE_ORDER_ACTS,
}


class GiveOpinion(ActForm):
    takes = "opinion"
    service = review.give_opinion
    consequence = _("Signed with your name and time; you may amend it until the last opinion is in.")
    verdict = forms.ChoiceField(label=_("Opinion"), choices=Verdict.choices, widget=forms.RadioSelect)
    earliest_date = day(label=_("Earliest date"), required=False, help_text=_("When it is not feasible on the wanted date"))
    comment = forms.CharField(
        label=_("Comment"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Needed unless feasible")
    )

    def prepare(self) -> None:
        if self.thing.verdict:
            for name in ("verdict", "earliest_date", "comment"):
                self.initial.setdefault(name, getattr(self.thing, name))


class SignForUs(ActForm):
    takes = "contract"
    service = deal.sign_for_us
    consequence = _("You sign for our company. A customer of grade A may be instructed before the signed form is back.")


OPINION_ACTS: dict[str, type[ActForm]] = {"give_opinion": GiveOpinion}
CONTRACT_ACTS: dict[str, type[ActForm]] = {"sign_for_us": SignForUs}


ATTACHERS = (Role.SALES_CLERK, Role.SALESPERSON, Role.ORDER_MANAGER, Role.DESIGNER, Role.PRODUCTION_MANAGER)


class AddFile(forms.Form):
    """A file beside the order: drawing, fax, photo. Its one-time key keeps a double click from filing it twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"once": one_time_key()}, **kwargs})
        for field in self.visible_fields():
            field.field.widget.attrs |= {"class": "in", "aria-label": str(field.label)}

    once = forms.CharField(widget=forms.HiddenInput, max_length=64)
    upload = AttachmentField(label=_("File"))
    # What is signed comes with the act that it proves.
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[c for c in Attachment.Kind.choices if c[0] not in (Attachment.Kind.SCAN, Attachment.Kind.RECEIPT)]
    )
    note = forms.CharField(label=_("Note"), max_length=100, required=False)
