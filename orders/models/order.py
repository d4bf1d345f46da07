"""The order, its lines, and the ledgers that its state is settled from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.models import LedgerField, MoneyField, PriceField, QuantityField, Unit
from core.reading import remembered
from core.workflow import FlowQuerySet
from inventory.models import Item
from orders.models.customers import Customer, Settings, Surcharge
from orders.workflow import AFTER_SIGNING, OrderLife, OrderState
from organization.models import Company, Post
from organization.roles import Scope, Scoped, visible


class Channel(models.TextChoices):
    PHONE = "phone", _("phone")
    FAX = "fax", _("fax")
    EMAIL = "email", _("e-mail")
    VISIT = "visit", _("visit")
    EXHIBITION = "exhibition", _("exhibition")
    SHOP = "shop", _("online shop")
    EDI = "edi", _("EDI")
    API = "api", _("API")
    SHEET = "sheet", _("Excel sheet")


class Priority(models.TextChoices):
    NORMAL = "normal", _("normal, 24 h")
    SPECIAL = "special", _("special, 12 h")
    URGENT = "urgent", _("urgent, 2 h")


class OrderClass(models.TextChoices):
    REGULAR = "regular", _("regular")
    IRREGULAR = "irregular", _("irregular")


class OrderQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> OrderQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def late(self, day: date) -> OrderQuerySet:
        """Promised for a day before this one, signed, and not delivered whole."""
        return self.filter(state__in=AFTER_SIGNING, promised_date__lt=day)


class Order(Scoped, OrderLife):
    """From enquiry to closing. Three dates are never merged: wanted, promised, expected; reviewed is what production works to."""

    scope_kind = "order"
    scope_paths: ClassVar = {
        Scope.OWN: ("salesperson_post_id",),
        Scope.SALES: ("sales_company_id",),
        Scope.PRODUCT: ("product_company_id",),
        Scope.CUSTOMER: ("pk",),
    }

    number = models.CharField(_("number"), max_length=14, unique=True)
    sales_company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("sales company"))
    product_company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("product company"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    customer_reference = models.CharField(_("customer's contract number"), max_length=60, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    received_at = models.DateTimeField(_("time of receipt"))
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    delivery_address = models.CharField(_("delivery address"), max_length=200, blank=True)
    payment_term = models.ForeignKey("orders.PaymentTerm", models.PROTECT, null=True, verbose_name=_("payment term"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    quality = models.CharField(_("technical and quality requirements"), max_length=200, blank=True)
    memo = models.TextField(_("customer's words"), blank=True)

    needs_design = models.BooleanField(_("new technical design needed?"), null=True)
    is_old_product = models.BooleanField(_("stopped or not made for years, gone from the market?"), null=True)
    above_standard = models.BooleanField(_("quality above the company's standard?"), null=True)
    tight_with_penalty = models.BooleanField(_("tight date with a penalty, or harm to our name if late?"), null=True)
    order_class = models.CharField(_("class"), max_length=10, choices=OrderClass, blank=True)

    wanted_date = models.DateField(_("wanted date"), null=True)
    reviewed_date = models.DateField(_("reviewed date"), null=True)
    promised_date = models.DateField(_("promised date"), null=True)
    first_promised_date = models.DateField(_("first promised date"), null=True)
    expected_date = models.DateField(_("expected date"), null=True)
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    intake = models.PositiveSmallIntegerField(default=0)
    last_line_no = models.PositiveSmallIntegerField(default=0)
    amount = MoneyField(_("amount with VAT"), default=0)
    valid_until = models.DateField(_("valid until"), null=True)
    ended_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    production_started_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    clerk_post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("clerk"))
    salesperson_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("salesperson"))
    order_manager_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("order manager"))
    production_manager_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("production manager"))
    created_at = models.DateTimeField()

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["sales_company", "state", "-id"], name="order_sales_state"),
            models.Index(fields=["product_company", "state", "-id"], name="order_product_state"),
            models.Index(fields=["customer", "-id"], name="order_customer"),
        ]
        constraints = [models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state_known")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:detail", args=[self.number])

    @property
    def settings(self) -> Settings:
        """What the sales company has settled for its orders; read with the company, once."""
        if "sales_company" not in self._state.fields_cache:
            self.sales_company = Settings.objects.select_related("company").get(company=self.sales_company_id).company
        return self.sales_company.order_settings

    @property
    @remembered
    def lines_in_order(self) -> list[OrderLine]:
        return list(self.lines.select_related("item", "unit", "surcharge").order_by("line_no"))


class OrderLine(models.Model):
    """One line for life: its number is never used again. Only goods are planned, stocked and shipped (decision 4)."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        SURCHARGE = "surcharge", _("surcharge")
        SERVICE = "service", _("service")

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    line_no = models.PositiveSmallIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOODS)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="surcharges")
    item = models.ForeignKey(Item, models.PROTECT, null=True, verbose_name=_("model"))
    surcharge = models.ForeignKey(Surcharge, models.PROTECT, null=True, blank=True, verbose_name=_("surcharge"))
    spec = models.CharField(_("specification and technical requirements"), max_length=300, blank=True)
    quantity = QuantityField(_("quantity"), null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name=_("unit"))
    unit_price = PriceField(_("unit price with VAT"), null=True)
    list_price = PriceField(_("price by the rules"), null=True)
    vat_percent = models.DecimalField(_("VAT, percent"), max_digits=5, decimal_places=2, default=13)
    amount = MoneyField(_("amount with VAT"), default=0)
    wanted_date = models.DateField(_("wanted date"), null=True)
    promised_date = models.DateField(_("promised date"), null=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="line_no_once"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no}"

    @property
    def thing(self) -> Item | Surcharge | None:
        """What the line is about: an item, or a row of the surcharge table."""
        return self.item or self.surcharge


class OrderRevision(models.Model):
    """A frozen picture of the order; R1 is the contract as sent. A difference is two pictures by line number.

    `snapshot` are the lines, `header` address, contact and dates by field name.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("revision"))
    snapshot = models.JSONField()
    header = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("order revision")
        verbose_name_plural = _("order revisions")
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"R{self.number}"


class LineMovement(models.Model):
    """The ledger of quantities per line (decision 5). Departments write it through `orders.services.ledger`; never edited."""

    class Kind(models.TextChoices):
        PLANNED = "planned", _("planned")
        PRODUCED = "produced", _("produced")
        STOCKED = "stocked", _("in store")
        NOTICED = "noticed", _("noticed")
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")
        CREDITED = "credited", pgettext_lazy("shortage", "credited")  # left, never arrived, and the customer has a credit instead
        RETURNED = "returned", _("returned")
        INVOICED = "invoiced", _("invoiced")
        CANCELLED = "cancelled", _("cancelled")

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="movements")
    order = models.ForeignKey(Order, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = LedgerField()
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("line movement")
        verbose_name_plural = _("line movements")
        constraints = [models.UniqueConstraint(fields=["line", "kind", "source_kind", "source_id"], name="line_movement_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class OpenItem(models.Model):
    """What still hangs on an order: services, returns, claims, changes. It does not close before they do (FIN-05)."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("service request")
        RETURN = "return", _("return")
        REFUND = "refund", _("refund")
        CHANGE = "change", _("change request")
        PART = "missing_part", _("missing part")
        CLAIM = "claim", _("claim")
        CONTACT = "contact", _("contact sheet without an answer")

    order = models.ForeignKey(Order, models.CASCADE, related_name="open_items")
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        constraints = [models.UniqueConstraint(fields=["order", "kind", "reference"], name="open_item_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class ManualDecision(models.Model):
    """A matter that the system does not yet walk through itself, decided by somebody with a reason (price, credit, export)."""

    class Kind(models.TextChoices):
        PRICE = "price", _("price below the list")
        CREDIT = "credit", _("credit release")
        EXPORT = "export", _("export papers")

    order = models.ForeignKey(Order, models.CASCADE, related_name="decisions")
    kind = models.CharField(_("matter"), max_length=10, choices=Kind)
    intake = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=300)
    amount = MoneyField(_("amount decided on"), default=Decimal(0))
    person_name = models.CharField(max_length=40)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("manual decision")
        verbose_name_plural = _("manual decisions")
        constraints = [models.UniqueConstraint(fields=["order", "kind", "intake"], name="decision_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class SearchKey(models.Model):
    """A text that an order is found by; prefix search, the same on both databases (decision 21)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="search_keys")
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        constraints = [models.UniqueConstraint(fields=["order", "kind", "text"], name="search_key_once")]
        indexes = [models.Index(fields=["text"], name="search_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.text


class ImportedRow(models.Model):
    """A row of an imported sheet: the same again is skipped, a changed one is a conflict (INT-08)."""

    key = models.CharField(max_length=200, unique=True)
    content = models.CharField(max_length=64)
    order = models.ForeignKey(Order, models.CASCADE, related_name="imported_rows")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")

    def __str__(self) -> str:
        return self.key
