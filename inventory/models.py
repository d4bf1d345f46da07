"""What is made, bought and kept: items, bills of material, and stock as a ledger of movements (INV-01).

Rows here point up to orders and documents by plain ids (decision 7).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.actor import Actor
from core.models import LedgerField, PriceField, QuantityField, Unit
from core.reasons import plain
from core.workflow import FlowQuerySet
from inventory.workflow import PutAwayLife
from organization.models import Company
from organization.roles import Scope, Scoped, visible


class Item(models.Model):
    """A product, component or material."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DISCONTINUED = "discontinued", _("discontinued")
        FORBIDDEN = "forbidden", _("forbidden")

    class Supply(models.TextChoices):
        MAKE = "make", _("made")
        BUY = "buy", _("bought")

    code = models.CharField(_("model"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"))
    complete_set = models.BooleanField(_("complete set"), default=False)
    list_price = PriceField(_("list price with VAT, CNY"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("lead time, days"), default=0)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE)
    supply = models.CharField(_("supply"), max_length=4, choices=Supply)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, verbose_name=_("made by"))
    multiple = QuantityField(_("multiple"), default=1)
    min_quantity = QuantityField(_("minimum quantity"), default=1)
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, verbose_name=_("successor"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name_zh


class BomLine(models.Model):
    """How much of a component one unit of a product takes."""

    product = models.ForeignKey(Item, models.CASCADE, related_name="bom", verbose_name=_("product"))
    component = models.ForeignKey(Item, models.PROTECT, related_name="used_in", verbose_name=_("component"))
    quantity_per = QuantityField(_("quantity per unit"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("bill of material line")
        verbose_name_plural = _("bills of material")
        constraints = [
            models.UniqueConstraint(fields=["product", "component"], name="bom_component_once"),
            models.CheckConstraint(
                condition=~Q(product=F("component")),
                name="bom_not_itself",
                violation_error_message=_("Nothing is a component of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} ← {self.quantity_per:f} {self.component}"


FREE = Q(on_hand__gt=F("blocked") + F("reserved"))


class StockQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> models.QuerySet:
        return visible(self, actor)

    def free(self) -> StockQuerySet:
        """Places with something free; the emptied ones of finished orders and used batches are many more and grow for ever."""
        return self.filter(FREE)


class StockBalance(Scoped, models.Model):
    """Where an item's stock stands: the sum of the ledger, kept beside it under lock. Free = on hand − blocked − reserved."""

    scope_kind = "stock"
    scope_paths: ClassVar = {Scope.PRODUCT: ("company_id",)}

    item = models.ForeignKey(Item, models.PROTECT, related_name="balances", verbose_name=_("item"))
    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("company"))
    location = models.CharField(_("location"), max_length=30, blank=True)
    batch = models.CharField(_("batch or serial"), max_length=60, blank=True)
    on_hand = LedgerField(_("on hand"), default=0)
    blocked = LedgerField(_("blocked"), default=0)
    reserved = LedgerField(_("reserved"), default=0)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock balance")
        verbose_name_plural = _("stock balances")
        constraints = [
            models.UniqueConstraint(fields=["item", "company", "location", "batch"], name="balance_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0, blocked__gte=0, reserved__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("blocked") + F("reserved")), name="stock_reserved_once"),
        ]
        indexes = [models.Index(fields=["item", "company"], condition=FREE, name="stock_free")]

    def __str__(self) -> str:
        return f"{self.item_id} @ {self.company_id}"

    def get_absolute_url(self) -> str:
        return reverse("inventory:balance", args=[self.pk])

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.blocked - self.reserved


class StockMovement(models.Model):
    """One booking. `quantity` changes what is on hand, `blocked` how much of it may not be used; never edited.

    Goods taken out for somebody name the `reservation` that they were taken from.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening stock")
        RECEIPT = "receipt", _("receipt into stock")
        RELEASE = "release", _("released by quality")
        BLOCK = "block", _("blocked")
        ISSUE = "issue", _("issued to production")
        SHIP = "ship", _("shipped")
        SCRAP = "scrap", _("scrapped or returned")
        SENT_BACK = "sent_back", _("sent back to the customer")

    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="movements", verbose_name=_("stock"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    quantity = LedgerField(_("quantity"), default=0)
    blocked = LedgerField(_("blocked"), default=0)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    reservation = models.ForeignKey("Reservation", models.PROTECT, null=True, related_name="movements", verbose_name=_("reservation"))
    order_id = models.BigIntegerField(null=True, db_index=True)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.UniqueConstraint(
                fields=["balance", "kind", "source_kind", "source_id"], condition=Q(reservation=None), name="stock_movement_once"
            ),
            models.UniqueConstraint(fields=["reservation", "kind", "source_kind", "source_id"], name="stock_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class Reservation(models.Model):
    """Stock spoken for: softly when an order is accepted, firmly when it is effective (INV-02).

    It holds for an order line or for a component demand. `used` of it has left the stock; closed ones hold nothing more.
    """

    class Purpose(models.TextChoices):
        LINE = "line", _("order line")
        COMPONENT = "component", _("component")

    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="reservations", verbose_name=_("stock"))
    order_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=10, choices=Purpose)
    reference_id = models.BigIntegerField()
    quantity = LedgerField(_("quantity"))
    used = LedgerField(_("used"), default=0)
    firm = models.BooleanField(_("firm"), default=False)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0, used__gte=0, quantity__gte=F("used")), name="reservation_sane")]
        indexes = [
            models.Index(fields=["purpose", "reference_id"], condition=Q(closed_at=None), name="reservation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.purpose} {self.reference_id}"

    @property
    def left(self) -> Decimal:
        """What it still holds."""
        return self.quantity - self.used


class PutAwayQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> PutAwayQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def waiting(self) -> PutAwayQuerySet:
        return self.filter(stored_at=None)


class PutAway(Scoped, PutAwayLife):
    """Accepted goods that wait, still blocked, for the store keeper to say where they lie (EXE-10)."""

    scope_kind = "stock"
    scope_paths: ClassVar = {Scope.PRODUCT: ("balance__company_id",)}

    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="put_aways", verbose_name=_("stock"))
    quantity = LedgerField(_("quantity"))
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True, db_index=True)
    line_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(_("accepted at"))
    location = models.CharField(_("location"), max_length=30, blank=True)
    batch = models.CharField(_("batch or serial"), max_length=60, blank=True)
    serials = models.JSONField(_("serial numbers"), default=list, blank=True)
    stored_at = models.DateTimeField(_("put into store at"), null=True)
    person_name = models.CharField(_("put into store by"), max_length=80, blank=True)

    objects = PutAwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("put-away")
        verbose_name_plural = _("put-aways")
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="put_away_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="put_away_positive"),
        ]
        indexes = [models.Index(fields=["balance"], condition=Q(stored_at=None), name="put_away_waiting")]

    def __str__(self) -> str:
        item = self.balance.item
        return f"{item.code} × {plain(self.quantity)} {item.unit.code}"

    def get_absolute_url(self) -> str:
        return reverse("inventory:put_away", args=[self.pk])
