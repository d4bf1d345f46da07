"""What every app stands on: facts and what follows them, numbers, units, one-time keys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class MoneyField(models.DecimalField):
    """An amount of a document, two decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 14, "decimal_places": 2, **kwargs})


class PriceField(models.DecimalField):
    """A unit price, four decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 14, "decimal_places": 4, **kwargs})


class QuantityField(models.DecimalField):
    """A quantity in its item's unit, three decimals at the most; the unit says how many."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 14, "decimal_places": 3, **kwargs})


class Unit(models.Model):
    """Unit of measure and how finely it may be divided."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.code

    def fit(self, quantity: Decimal) -> Decimal:
        """The quantity, refused when it is finer than the unit allows."""
        if quantity != round(quantity, self.decimals):
            raise ValidationError(_("%(unit)s allows %(decimals)s decimals."), params={"unit": self.code, "decimals": self.decimals})
        return quantity


class Fact(models.Model):
    """One thing that happened: history and timeline in one row. Append-only, by trigger."""

    kind = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=80)
    person_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    on_behalf_of_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    money = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    customer_visible = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            models.Index(fields=["order_id", "-id"], name="fact_order"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="fact_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class Reaction(models.Model):
    """What another department still does about a fact; durable, carried out after commit, retried by the sweep."""

    fact = models.ForeignKey(Fact, models.PROTECT, related_name="reactions")
    handler = models.CharField(max_length=120)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["fact", "handler"], name="reaction_once")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(done_at=None), name="reaction_due")]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.fact_id}"


class Delivery(models.Model):
    """Something that leaves the database: at least once, with a stable key. Channel `page` is the notice itself."""

    PAGE, EMAIL = "page", "email"

    key = models.CharField(_("mark"), max_length=120, unique=True)
    channel = models.CharField(_("channel"), max_length=12)
    person_id = models.BigIntegerField(_("person"), null=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(_("leads to"), max_length=200, blank=True)
    order_id = models.BigIntegerField(_("order"), null=True)
    at = models.DateTimeField(_("at"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    parked = models.BooleanField(_("parked"), default=False)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(sent_at=None, parked=False), name="delivery_due"),
            models.Index(fields=["person_id", "-id"], condition=models.Q(channel="page"), name="delivery_notices"),
            models.Index(fields=["person_id", "id"], condition=models.Q(channel="page", read_at=None), name="delivery_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Counter(models.Model):
    """Where a series of numbers stands."""

    series = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class OnceKey(models.Model):
    """The one-time key of a form: the second of two equal posts is shown the first one's answer (SEC-04)."""

    key = models.CharField(max_length=64, unique=True)
    person_id = models.BigIntegerField()
    answer = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("one-time key")
        verbose_name_plural = _("one-time keys")

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When something that must run regularly last ran."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class LedgerField(models.BigIntegerField):
    """A quantity in a ledger: Decimal in Python, whole thousandths in the database, so that both databases add and compare exactly."""

    _pyi_private_set_type: Decimal | int  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-3)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return int((Decimal(value) * 1000).to_integral_exact())
