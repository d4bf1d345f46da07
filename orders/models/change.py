"""Change requests, what they touch, who signs for them, and the agreement that supplements the contract (CHG-01..05, CHG-09)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.models import MoneyField
from core.workflow import FlowQuerySet
from orders.models.deal import OrderPaper
from orders.models.order import Order
from orders.workflow.change import OVER, AgreementLife, ChangeLife, ChangeState, ItemLife, ItemState, SignoffLife
from organization.models import Company, Post
from organization.roles import Role, Scope, Scoped, visible

CANCELLING_ASKED = _("asked for, to be decided")
CHARGE_AGREED = _("charge agreed, to be decided")
CUSTOMER_AGREED = _("the customer has agreed")
CANCELLING_LABELS = {"refuse_change": _("Refuse the cancelling")}


class ChangeQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> ChangeQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def open(self) -> ChangeQuerySet:
        return self.exclude(state__in=OVER)


class ChangeRequest(Scoped, ChangeLife):
    """What a customer wants otherwise after signing, in their words and in figures; the order stays where it is meanwhile.

    `wanted` is `{"lines": {line id: {"quantity", "spec", "unit_price", "structural"}}, "new_lines": [{"item_id", "quantity", "spec",
    "unit_price"}], "date", "header": {field: text}}`, empty for words alone; a quantity is the line's new open quantity.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", pgettext_lazy("change", "change")
        CANCEL = "cancel", pgettext_lazy("change", "cancelling")

    class Class(models.IntegerChoices):
        MINOR = 1, _("class 1, minor")
        PLAN = 2, _("class 2, affects the delivery date")
        STRUCTURE = 3, _("class 3, structure or main components")

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        FAX = "fax", _("fax")
        EMAIL = "email", _("e-mail")
        VISIT = "visit", _("visit")
        PORTAL = "portal", _("customer page")

    scope_kind = "change"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
        Scope.CUSTOMER: ("order_id",),
    }

    order = models.ForeignKey(Order, models.CASCADE, related_name="changes", verbose_name=_("order"))
    number = models.CharField(_("number"), max_length=14, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CHANGE)
    base_revision = models.PositiveSmallIntegerField(_("from revision"))
    revision = models.PositiveSmallIntegerField(_("to revision"), null=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    words = models.TextField(_("customer's words"))
    asked_by = models.CharField(_("asked for by"), max_length=40)
    received_at = models.DateTimeField(_("received at"))
    receiver_post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("received by"))
    receiver_name = models.CharField(_("registered by"), max_length=40)
    wanted = models.JSONField(default=dict)

    proposed_class = models.PositiveSmallIntegerField(_("class proposed"), null=True, choices=Class)
    change_class = models.PositiveSmallIntegerField(_("class"), null=True, choices=Class)
    class_reason = models.CharField(_("reason of the class"), max_length=200, blank=True)

    reviewed_date = models.DateField(_("reviewed date"), null=True)
    promised_date = models.DateField(_("promised date"), null=True)
    price_difference = MoneyField(_("price difference"), null=True)
    priced_at = models.DateTimeField(null=True)
    answer = models.CharField(_("customer's answer"), max_length=300, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)

    notice_number = models.CharField(_("change notice"), max_length=14, blank=True)
    noticed_at = models.DateTimeField(null=True)
    noticed_by = models.CharField(max_length=40, blank=True)
    circulated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=200, blank=True)

    charge = MoneyField(_("charge agreed"), null=True)
    refund = MoneyField(_("to be refunded"), null=True)
    charge_note = models.CharField(_("who agreed to the charge, and how"), max_length=200, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        constraints = [
            models.UniqueConstraint(fields=["notice_number"], condition=~models.Q(notice_number=""), name="change_notice_number_once"),
            models.UniqueConstraint(fields=["order"], condition=models.Q(kind="cancel", state="received"), name="one_open_cancelling"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:change", args=[self.number])

    @property
    def clerk_post(self) -> Post:
        return self.order.clerk_post

    @property
    def order_manager_post(self) -> Post | None:
        return self.order.order_manager_post

    @property
    def is_open(self) -> bool:
        return self.state not in OVER

    @property
    def standing(self) -> tuple[Any, str, str]:
        """How it stands as one chip, the same on every page: words, kind, icon."""
        if not self.is_open:
            return (self.get_state_display(), *(("late", "x") if self.state == ChangeState.REFUSED else ("good", "check")))
        if self.kind == self.Kind.CANCEL:
            return (CANCELLING_ASKED if self.charge is None else CHARGE_AGREED), "brand", ""
        if self.state == ChangeState.AWAITING_CUSTOMER and self.answered_at:
            return CUSTOMER_AGREED, "good", "check"
        return self.get_state_display(), "brand", ""

    def label_of(self, name: str) -> Any:
        named = CANCELLING_LABELS if self.kind == self.Kind.CANCEL else {}
        return named.get(name) or super().label_of(name)

    @property
    def undecided_roles(self) -> tuple[str, ...]:
        """The roles that still have a row of the impact to decide."""
        return tuple(self.items.filter(state=ItemState.OPEN).order_by("role").values_list("role", flat=True).distinct())

    @property
    def asks_customer(self) -> bool:
        """CHG-03: from class 2 on for date and price; of class 1, too, where the price is another one."""
        return (self.change_class or self.Class.MINOR) >= self.Class.PLAN or bool(self.price_difference)

    @property
    def needs_agreement(self) -> bool:
        """CHG-04: another sum of the contract, whatever the class, and whatever the sales desk decided to put into an agreement."""
        return bool(self.price_difference) or self.items.filter(kind="orders.contract", decision="agreement").exists()


class ChangeItem(Scoped, ItemLife):
    """A thing that the change touches, as it stood when it was listed, and what its department decided (CHG-05, CHG-09)."""

    scope_kind = "change"
    scope_paths: ClassVar = {
        Scope.OWN: ("change__order__salesperson_post_id",),
        Scope.SALES: ("change__order__sales_company_id",),
        Scope.PRODUCT: ("company_id", "change__order__product_company_id"),
    }

    change = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=40)
    reference = models.BigIntegerField()
    title = models.CharField(_("thing"), max_length=120)
    now = models.CharField(_("now"), max_length=200, blank=True)
    effect = models.CharField(_("effect"), max_length=200, blank=True)
    url = models.CharField(max_length=200, blank=True)
    touches = models.PositiveSmallIntegerField(_("makes necessary"), choices=ChangeRequest.Class)
    options = models.JSONField()
    role = models.CharField(_("role"), max_length=24, choices=Role)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    spent = MoneyField(_("spent, CNY"), null=True)
    to_come = MoneyField(_("ordered and still to come, CNY"), null=True)
    spent_unknown = models.BooleanField(_("spent, price unknown"), default=False)
    decision = models.CharField(_("decision"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    hold = models.BooleanField(_("work stopped"), default=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing touched by a change")
        verbose_name_plural = _("things touched by a change")
        constraints = [models.UniqueConstraint(fields=["change", "kind", "reference"], name="change_item_once")]
        indexes = [models.Index(fields=["kind", "reference"], name="change_item_thing")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("orders:change_item", args=[self.pk])

    @property
    def decision_label(self) -> str:
        return next((label for code, label in self.options if code == self.decision), self.decision)


class ChangeSignoff(Scoped, SignoffLife):
    """A department's signature that it has the change notice (CHG-02)."""

    scope_kind = "change"
    scope_paths: ClassVar = {
        Scope.OWN: ("change__order__salesperson_post_id",),
        Scope.SALES: ("change__order__sales_company_id",),
        Scope.PRODUCT: ("company_id", "change__order__product_company_id"),
    }

    change = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="signoffs")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    signed_by = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature for a change")
        verbose_name_plural = _("signatures for a change")
        constraints = [models.UniqueConstraint(fields=["change", "role"], name="change_signoff_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.change}"

    def get_absolute_url(self) -> str:
        return reverse("orders:change_signoff_act", args=[self.pk, "sign_for"])


class SupplementaryAgreement(OrderPaper, AgreementLife):
    """D38: what a change alters in the contract, signed by both sides before it is applied (CHG-04)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="agreements")
    change = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="agreements")
    number = models.CharField(_("number"), max_length=14, unique=True)
    contract_number = models.CharField(_("supplements contract"), max_length=14)
    amount = MoneyField(_("new amount with VAT"))
    difference = MoneyField(_("price difference"))
    promised_date = models.DateField(_("promised date"))
    terms = models.CharField(_("further terms"), max_length=300, blank=True)
    drafted_at = models.DateTimeField()
    our_name = models.CharField(_("our signature"), max_length=40, blank=True)
    our_signed_at = models.DateTimeField(null=True)
    their_name = models.CharField(_("signed for the customer by"), max_length=40, blank=True)
    their_signed_at = models.DateTimeField(null=True)
    their_position = models.CharField(_("position of the signatory"), max_length=40, blank=True)
    scan_id = models.BigIntegerField(null=True)
    signature_id = models.BigIntegerField(null=True)
    signed_hash = models.CharField(_("fingerprint of what was signed"), max_length=64, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplementary agreement")
        verbose_name_plural = _("supplementary agreements")
        constraints = [models.UniqueConstraint(fields=["change"], condition=~models.Q(state="void"), name="one_agreement_per_change")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return self.change.get_absolute_url()
