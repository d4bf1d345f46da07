"""Suppliers, what an order lacks, what is bought for it, and what arrives."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.actor import Actor
from core.models import PriceField, QuantityField
from core.money import line_amount
from core.workflow import FlowQuerySet
from inventory.models import Item
from orders.models import Order, OrderLine
from organization.models import Company
from organization.roles import Scope, Scoped, visible
from procurement.workflow import PurchaseLife, PurchaseState, SheetLife


class Supplier(models.Model):
    """Somebody who delivers components; with a company it is a sister of the group (master data)."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    company = models.OneToOneField(
        Company, models.PROTECT, null=True, blank=True, related_name="as_supplier", verbose_name=_("company of the group")
    )
    lead_days = models.PositiveSmallIntegerField(_("lead time, days"), default=0)
    on_time_percent = models.DecimalField(_("on time, percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    items = models.ManyToManyField(Item, through="SupplierItem", related_name="suppliers", verbose_name=_("items"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")

    def __str__(self) -> str:
        return self.name

    def supplies(self, item: Item) -> bool:
        """A sister company supplies what it makes, a supplier what is listed."""
        return item.company_id == self.company_id if self.company_id else item.pk in {each.item_id for each in self.listed.all()}


class SupplierItem(models.Model):
    """What a supplier offers, at what cost and how fast."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="listed", verbose_name=_("supplier"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="listed_by", verbose_name=_("item"))
    price = PriceField(_("cost price, CNY"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("lead time, days"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("supplied item")
        verbose_name_plural = _("supplied items")
        constraints = [models.UniqueConstraint(fields=["supplier", "item"], name="supplied_item_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.item}"


class PurchaseQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> PurchaseQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class DemandSheet(Scoped, SheetLife):
    """What an order lacks, as a whole: acts on demand hang here. `without_bom`: items whose material is entered by hand."""

    scope_kind = "purchase"
    scope_paths: ClassVar = {Scope.PRODUCT: ("company_id",)}

    order = models.OneToOneField(Order, models.PROTECT, related_name="demand_sheet", verbose_name=_("order"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    without_bom = models.JSONField(default=list)
    found_at = models.DateTimeField(_("found"))
    covered_at = models.DateTimeField(_("covered"), null=True)
    to_order = models.BooleanField(_("something is to be ordered"), default=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand of an order")
        verbose_name_plural = _("demand of orders")

    def __str__(self) -> str:
        return f"{self.order}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:sheet", args=[self.order.number])


class DemandQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> models.QuerySet:
        return visible(self, actor)

    def uncovered(self) -> DemandQuerySet:
        return self.filter(covered_at=None)


class Demand(Scoped, models.Model):
    """How much of a component one line of an order takes: reserved from stock, ordered, or open (PLN-03)."""

    scope_kind = "purchase"
    scope_paths: ClassVar = {Scope.PRODUCT: ("company_id",)}

    sheet = models.ForeignKey(DemandSheet, models.PROTECT, related_name="demands", verbose_name=_("demand of an order"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="demands", verbose_name=_("order"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="demands", verbose_name=_("order line"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="demands", verbose_name=_("item"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    quantity = QuantityField(_("needed"))
    reserved = QuantityField(_("reserved from stock"), default=0)
    ordered = QuantityField(_("ordered"), default=0)
    needed_by = models.DateField(_("needed by"))
    by_hand = models.BooleanField(_("entered by hand"), default=False)
    covered_at = models.DateTimeField(_("covered"), null=True)
    dropped_at = models.DateTimeField(_("no longer needed"), null=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demand")
        constraints = [
            models.UniqueConstraint(fields=["line", "item"], condition=Q(by_hand=False), name="demand_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, reserved__gte=0, ordered__gte=0), name="demand_sane"),
        ]
        indexes = [models.Index(fields=["company", "needed_by"], condition=Q(covered_at=None), name="demand_open")]

    def __str__(self) -> str:
        return f"{self.item} × {self.quantity:f}"

    @property
    def missing(self) -> Decimal:
        """Not in store yet, whether ordered or not; nothing when it is no longer needed."""
        if self.dropped_at is not None:
            return Decimal(0)
        return max(self.quantity - self.reserved, Decimal(0))

    @property
    def open(self) -> Decimal:
        """Neither in store nor ordered."""
        return max(self.missing - self.ordered, Decimal(0))


class PurchaseOrder(Scoped, PurchaseLife):
    """An order to a supplier (D13), made from demand (PUR-02). `order` is set when all of it is for one order."""

    scope_kind = "purchase"
    scope_paths: ClassVar = {Scope.PRODUCT: ("company_id",)}

    number = models.CharField(_("number"), max_length=14, unique=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="purchases", verbose_name=_("supplier"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="purchases", verbose_name=_("order"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.CharField(_("made by"), max_length=40)
    made_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.CharField(_("approved by"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    confirmed_at = models.DateTimeField(_("date confirmed"), null=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        constraints = [models.CheckConstraint(condition=Q(state__in=PurchaseState.values), name="purchase_state_known")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("procurement:purchase", args=[self.number])

    @property
    def lines_in_order(self) -> list[PurchaseLine]:
        return list(self.lines.select_related("item__unit", "order").order_by("pk"))


class PurchaseLine(models.Model):
    """An item for one order: the same material for different orders stays apart (PUR-02)."""

    purchase = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="lines", verbose_name=_("purchase order"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    unit_cost = PriceField(_("unit cost"), null=True)
    needed_by = models.DateField(_("needed by"))
    promised_date = models.DateField(_("arrival"))
    received = QuantityField(_("received"), default=0)
    cancelled = QuantityField(_("cancelled"), default=0)

    class Meta:
        verbose_name = _("purchase line")
        verbose_name_plural = _("purchase lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, received__gte=0, cancelled__gte=0, quantity__gte=F("received") + F("cancelled")),
                name="purchase_line_not_over_delivered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} × {self.quantity:f}"

    @property
    def outstanding(self) -> Decimal:
        """Still to come: neither received nor cancelled."""
        return self.quantity - self.received - self.cancelled

    @property
    def cost(self) -> Decimal | None:
        return None if self.unit_cost is None else line_amount(self.quantity - self.cancelled, self.unit_cost)


class PurchaseServes(models.Model):
    """Which demand a purchase line is for, and how much of it."""

    line = models.ForeignKey(PurchaseLine, models.CASCADE, related_name="serves")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="served_by")
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("served demand")
        verbose_name_plural = _("served demand")
        constraints = [models.UniqueConstraint(fields=["line", "demand"], name="demand_served_once")]

    def __str__(self) -> str:
        return f"{self.line} → {self.demand}"


class Arrival(models.Model):
    """Goods of a purchase line that came in; blocked until quality has looked at them (PUR-07). Never edited."""

    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="arrivals", verbose_name=_("purchase line"))
    quantity = QuantityField(_("quantity"))
    delivery_note = models.CharField(_("delivery note"), max_length=40)
    balance_id = models.BigIntegerField(null=True)
    person_name = models.CharField(_("by"), max_length=40)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="arrival_positive")]

    def __str__(self) -> str:
        return f"{self.line}: {self.quantity:f}"
