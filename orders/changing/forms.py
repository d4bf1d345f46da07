"""The acts on an order that begin and end changes, and the acts on a change request, its rows, signatures and agreement, as forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.acts import ActForm
from core.facts import act
from core.money import format_money
from documents.forms import AttachmentField
from documents.models import Attachment
from documents.services import attach
from orders.models import ChangeRequest, SupplementaryAgreement
from orders.services.change import apply, cancel, classify, items, outcome, register
from orders.services.change.classes import proposed
from organization.roles import Role

CHANNELS = [choice for choice in ChangeRequest.Channel.choices if choice[0] != ChangeRequest.Channel.PORTAL]


def day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def text(label: Any, length: int, rows: int = 2, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


# --- on the order -------------------------------------------------------------------------------------------------------------------


class CustomersWords(ActForm):
    takes = "order"
    words = text(_("What the customer says, in their words"), 2000, rows=4)
    channel = forms.ChoiceField(label=_("channel"), choices=CHANNELS)
    asked_by = forms.CharField(label=_("Who at the customer"), max_length=40)

    def prepare(self) -> None:
        self.initial.setdefault("asked_by", self.thing.contact_name)


class RegisterChange(CustomersWords):
    """From signing until shipping; what has left takes no change (CHG-01, CHG-10)."""

    service = register.register_change
    consequence = _("Noted now; it is to be classified and acted on within 30 minutes. The order stays where it is meanwhile.")
    upload = AttachmentField(label=_("Fax, letter or recording"), required=False)

    def values(self) -> dict[str, Any]:
        found = super().values()
        upload = found.pop("upload")
        return {**found, "uploads": [upload] if upload else []}


class AskCancel(CustomersWords):
    service = register.register_cancelling
    consequence = _("Everything that hangs on the order is listed with what has been spent; each row is decided before the order ends.")


class CancelOrder(ActForm):
    takes = "order"
    service = cancel.cancel_order
    consequence = _("What has not been shipped is cancelled and the order ends. What was shipped stays shipped, is invoiced and owed.")
    reason = text(_("Reason"), 200)


CHANGE_ORDER_ACTS: dict[str, type[ActForm]] = {"register_change": RegisterChange, "ask_cancel": AskCancel, "cancel": CancelOrder}

# --- on the change request ----------------------------------------------------------------------------------------------------------


class ChangeForm(ActForm):
    takes = "change"


class Classify(ChangeForm):
    service = classify.classify_change
    consequence = _("From class 2 on the re-review opens at once: every department asked has 8 working hours.")
    change_class = forms.TypedChoiceField(label=_("Class"), choices=ChangeRequest.Class.choices, coerce=int, widget=forms.RadioSelect)
    reason = text(_("Reason"), 200, required=False, help_text=_("Needed where the class is lower than proposed; only the sales head may."))

    def prepare(self) -> None:
        self.initial.setdefault("change_class", proposed(self.thing, list(self.thing.items.all())))


class RecordAnswer(ChangeForm):
    service = outcome.record_answer
    consequence = _("A yes binds both sides to this date and price. A no ends the change.")
    agrees = forms.TypedChoiceField(
        label=_("The customer"),
        choices=[("1", _("agrees")), ("0", _("declines"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    promised_date = day(label=_("Date agreed"), required=False)
    answered_by = forms.CharField(label=_("Who at the customer"), max_length=40)
    answer = text(_("What they said"), 300, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("promised_date", self.thing.reviewed_date)
        self.initial.setdefault("answered_by", self.thing.asked_by)
        if self.thing.reviewed_date:
            self.fields["promised_date"].help_text = _("Not before the reviewed date {date}").format(date=self.thing.reviewed_date)


class DraftAgreement(ChangeForm):
    service = outcome.draft_agreement
    consequence = _("New amount and new date stand in it. It is signed by us, then by the customer, before the change is applied.")
    terms = text(_("further terms"), 300, required=False)


class IssueNotice(ChangeForm):
    service = outcome.issue_notice
    consequence = _("The notice goes to the production manager, who circulates it within 30 minutes. The decisions stand from now on.")


class Circulate(ChangeForm):
    service = outcome.circulate
    consequence = _("Every head named signs for the notice within 2 working hours.")
    roles = forms.MultipleChoiceField(
        label=_("Departments concerned"),
        choices=[(role, Role(role).label) for role in outcome.SIGNERS],
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        self.initial.setdefault("roles", outcome.signers_touched(self.thing))


class AddDepartments(ChangeForm):
    service = outcome.add_departments
    consequence = _("Every head added signs for the notice within 2 working hours from now.")
    roles = forms.MultipleChoiceField(label=_("Departments forgotten"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        self.fields["roles"].choices = [(role, Role(role).label) for role in outcome.not_asked_yet(self.thing)]  # type: ignore[attr-defined]


class ApplyChange(ChangeForm):
    service = apply.apply_change
    consequence = _("The order goes to its next revision; every department carries out what it decided. This cannot be taken back.")


class RefuseChange(ChangeForm):
    service = outcome.refuse_change
    consequence = _("The request ends here, the order stays as it is. The customer sees the reason.")
    reason = text(_("Reason"), 200)


class AgreeCharge(ChangeForm):
    service = outcome.agree_charge
    consequence = _("The customer owes this amount beside what was shipped.")
    charge = forms.DecimalField(label=_("Charge with VAT, in the order's currency"), max_digits=14, decimal_places=2, min_value=0)
    charge_note = text(_("Who agreed, how, and what it covers"), 200)

    def prepare(self) -> None:
        most = cancel.worth_of_rest(self.thing.order, all_may_come_back=True)
        self.fields["charge"].help_text = _("At most what is cancelled is worth: {worth}").format(worth=format_money(most))


CHANGE_ACTS: dict[str, type[ActForm]] = {
    "classify": Classify,
    "record_answer": RecordAnswer,
    "draft_agreement": DraftAgreement,
    "issue_notice": IssueNotice,
    "circulate": Circulate,
    "apply_change": ApplyChange,
    "add_departments": AddDepartments,
    "agree_charge": AgreeCharge,
    "refuse_change": RefuseChange,
}

# --- on its rows, signatures and agreement ------------------------------------------------------------------------------------------


class DecideItem(ActForm):
    takes = "item"
    service = items.decide_item
    consequence = _("It is carried out when the change is applied; until the notice is out you may think again.")
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def prepare(self) -> None:
        if self.thing.change.kind == ChangeRequest.Kind.CANCEL:
            self.consequence = _("It is carried out when the order is cancelled; until then you may think again.")
        self.fields["decision"].choices = [(code, label) for code, label in self.thing.options]  # type: ignore[attr-defined]
        self.initial.setdefault("decision", self.thing.decision or self.thing.options[0][0])


class SetHold(ActForm):
    takes = "item"
    service = items.set_hold
    consequence = _("The workshop sees that it waits for the change, and cannot go on with it until the change is applied or refused.")
    hold = forms.TypedChoiceField(
        label=_("Work on it"), choices=[("1", _("stops")), ("0", _("goes on"))], coerce=lambda value: value == "1", widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        if self.thing.change.kind == ChangeRequest.Kind.CANCEL:
            self.consequence = _("The workshop sees that it waits for the cancelling, and cannot go on with it until this is decided.")
        self.initial.setdefault("hold", "0" if self.thing.hold else "1")


ITEM_ACTS: dict[str, type[ActForm]] = {"decide": DecideItem, "set_hold": SetHold}


class SignFor(ActForm):
    takes = "signoff"
    service = outcome.sign_for_change
    consequence = _("You sign that your department has the change and works to it. Your name and the time stand on the notice.")


SIGNOFF_ACTS: dict[str, type[ActForm]] = {"sign_for": SignFor}


class SignAgreement(ActForm):
    takes = "agreement"
    service = outcome.sign_agreement_for_us
    consequence = _("You sign the supplementary agreement for our company.")


class FileAgreement(ActForm):
    takes = "agreement"
    consequence = _("Check the paper first: who signed, whether signature or seal can be read, whether all notes are there.")
    signatory = forms.CharField(label=_("Signed for the customer by"), max_length=40)
    scan = AttachmentField(label=_("Scan of the signed agreement"))
    legible = forms.BooleanField(label=_("Signature or seal can be read"))

    def perform(self, thing: Any, by: Actor, at: datetime) -> Any:
        return file_agreement(agreement=thing, by=by, at=at, signatory=self.cleaned_data["signatory"], scan=self.cleaned_data["scan"])


@act
def file_agreement(*, agreement: SupplementaryAgreement, by: Actor, at: datetime, signatory: str, scan: Any) -> Any:
    """Keep the scan with the order and file the signature, both or neither."""
    subject = (SupplementaryAgreement._meta.label_lower, agreement.pk)
    kept = attach(upload=scan, order_id=agreement.order_id, subject=subject, kind=Attachment.Kind.SCAN, by=by, at=at, note=signatory)
    return outcome.sign_agreement_for_customer(agreement=agreement, by=by, at=at, signatory=signatory, scan_id=kept.pk)


AGREEMENT_ACTS: dict[str, type[ActForm]] = {"sign_for_us": SignAgreement, "sign_for_customer": FileAgreement}
