"""Customers, what their grade allows, how they pay, and what things cost them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import MoneyField, PriceField, QuantityField
from organization.models import Company


class GradeRule(models.Model):
    """What a customer grade allows (CON-02); the rule applied is kept on the order's contract."""

    grade = models.CharField(_("grade"), max_length=2, unique=True)
    instruct_before_signature = models.BooleanField(_("may be instructed before the signed form is back"), default=False)
    ship_before_payment = models.BooleanField(_("ships without prepayment"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer grade")
        verbose_name_plural = _("customer grades")

    def __str__(self) -> str:
        return self.grade


class PaymentTerm(models.Model):
    """Terms of payment as a list of stages whose percentages add up to 100."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")

    def __str__(self) -> str:
        return self.name


class PaymentStage(models.Model):
    """One stage: how much, and what waits for it."""

    class Gate(models.TextChoices):
        EFFECT = "effect", _("before the order takes effect")
        SHIPMENT = "shipment", _("before shipment")
        DELIVERY = "delivery", _("days after delivery")

    term = models.ForeignKey(PaymentTerm, models.CASCADE, related_name="stages", verbose_name=_("payment term"))
    position = models.PositiveSmallIntegerField(_("position"))
    gate = models.CharField(_("due"), max_length=10, choices=Gate)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, validators=[MaxValueValidator(100)])
    days = models.PositiveSmallIntegerField(_("days"), default=0)

    class Meta:
        verbose_name = _("payment stage")
        verbose_name_plural = _("payment stages")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["term", "position"], name="payment_stage_once")]

    def __str__(self) -> str:
        return f"{self.percent}% {self.get_gate_display()}"


class Customer(models.Model):
    """A distributor, contractor, utility or foreign buyer."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    grade = models.ForeignKey(GradeRule, models.PROTECT, verbose_name=_("grade"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="zh-hans")
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    credit_limit = MoneyField(_("credit limit, CNY"), default=0)
    payment_term = models.ForeignKey(PaymentTerm, models.PROTECT, verbose_name=_("payment term"))
    foreign = models.BooleanField(_("foreign"), default=False)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.name


class PriceRule(models.Model):
    """A discount from the list price, by grade or by quantity; of several the best for the customer counts, they do not add (QUO-01)."""

    name = models.CharField(_("name"), max_length=40)
    grade = models.ForeignKey(GradeRule, models.PROTECT, null=True, blank=True, verbose_name=_("grade"))
    category = models.CharField(_("category"), max_length=30, blank=True)
    min_quantity = QuantityField(_("from quantity"), default=0)
    discount_percent = models.DecimalField(_("discount, percent"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")

    def __str__(self) -> str:
        return self.name


class Surcharge(models.Model):
    """A row of the special-shape surcharge table: an amount per unit, or a percentage of the parent line's price."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=8)
    price = PriceField(_("price, CNY"), null=True, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("surcharge")
        verbose_name_plural = _("surcharges")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name_zh


class Settings(models.Model):
    """Thresholds that managers edit, per sales company (ORG-05)."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="order_settings", verbose_name=_("company"))
    meeting_amount = MoneyField(_("review meeting from, CNY"), default=500000)
    enquiry_days = models.PositiveSmallIntegerField(_("an enquiry or unconfirmed order is valid, days"), default=30)
    quotation_days = models.PositiveSmallIntegerField(_("a quotation is valid, days"), default=30)
    vat_percent = models.DecimalField(_("VAT, percent"), max_digits=5, decimal_places=2, default=13)
    link_days = models.PositiveSmallIntegerField(_("a customer's link is valid, days"), default=30)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("order settings")
        verbose_name_plural = _("order settings")

    def __str__(self) -> str:
        return str(self.company)
