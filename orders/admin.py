"""Customers, prices, terms and thresholds are edited here (ORG-05); orders and their papers are only looked at (decision 2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.utils.translation import gettext_lazy as _

from orders.changing.admin import ChangeRequestAdmin  # noqa: F401  registered with the others
from orders.models import (
    Contract,
    Customer,
    FollowUp,
    GradeRule,
    LineMovement,
    ManualDecision,
    Meeting,
    MeetingPaper,
    OpenItem,
    Opinion,
    Order,
    OrderLine,
    OrderRevision,
    PaymentDue,
    PaymentStage,
    PaymentTerm,
    PriceRule,
    ProductionInstruction,
    Quotation,
    Review,
    Settings,
    Shortage,
    Surcharge,
)
from organization.admin_site import MasterAdmin, MasterInline, ReadOnlyAdmin, ReadOnlyInline


@admin.register(Customer)
class CustomerAdmin(MasterAdmin):
    list_display = ("code", "name", "kind", "grade", "payment_term", "currency", "email", "language")
    list_filter = ("grade", "foreign", "kind")
    list_select_related = ("grade", "payment_term")
    search_fields = ("code", "name")


@admin.register(GradeRule)
class GradeRuleAdmin(MasterAdmin):
    list_display = ("grade", "instruct_before_signature", "ship_before_payment")


class StagesFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Together the stages are the whole price, no more and no less."""
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        total = sum((row.get("percent") or Decimal(0) for row in kept), Decimal(0))
        if total != 100:
            raise ValidationError(_("The stages must add up to 100 percent, these make %(total)s."), params={"total": total})


class StagesInline(MasterInline):
    model = PaymentStage
    formset = StagesFormSet


@admin.register(PaymentTerm)
class PaymentTermAdmin(MasterAdmin):
    search_fields = ("name",)
    inlines = (StagesInline,)


@admin.register(PriceRule)
class PriceRuleAdmin(MasterAdmin):
    list_display = ("name", "grade", "category", "min_quantity", "discount_percent", "valid_from", "valid_to")
    list_filter = ("grade", "category")
    list_select_related = ("grade",)
    search_fields = ("name",)


class SurchargeForm(ModelForm):
    def clean(self) -> Any:
        """A row is priced one way: an amount, or a percentage."""
        data = super().clean() or self.cleaned_data
        if (data.get("price") is None) == (data.get("percent") is None):
            raise ValidationError(_("Enter either a price or a percentage."))
        return data


@admin.register(Surcharge)
class SurchargeAdmin(MasterAdmin):
    form = SurchargeForm
    list_display = ("code", "name", "unit", "price", "percent")
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Settings)
class SettingsAdmin(MasterAdmin):
    company_path = "company"
    list_display = ("company", "meeting_amount", "enquiry_days", "quotation_days", "vat_percent")
    list_select_related = ("company",)


class LinesInline(ReadOnlyInline):
    model = OrderLine
    ordering = ("line_no",)
    fields = ("line_no", "kind", "item", "surcharge", "spec", "quantity", "unit", "unit_price", "amount", "promised_date", "remark")


class MovementsInline(ReadOnlyInline):
    model = LineMovement


class RevisionsInline(ReadOnlyInline):
    model = OrderRevision
    money = ("snapshot",)


class DuesInline(ReadOnlyInline):
    model = PaymentDue


class DecisionsInline(ReadOnlyInline):
    model = ManualDecision


class OpenItemsInline(ReadOnlyInline):
    model = OpenItem


class FollowUpsInline(ReadOnlyInline):
    model = FollowUp


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "customer", "state", "product_company", "wanted_date", "promised_date", "amount", "currency")
    list_filter = ("state", "order_class", "priority", "sales_company", "product_company")
    list_select_related = ("customer", "product_company")
    search_fields = ("number", "customer__name", "customer_reference")
    ordering = ("-id",)
    inlines = (LinesInline, RevisionsInline, MovementsInline, DuesInline, DecisionsInline, OpenItemsInline, FollowUpsInline)


class OpinionsInline(ReadOnlyInline):
    model = Opinion


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    seen_through = "order"
    list_display = ("order", "round", "order_class", "asked_date", "state", "outcome")
    list_filter = ("state", "order_class")
    list_select_related = ("order",)
    search_fields = ("order__number",)
    ordering = ("-id",)
    inlines = (OpinionsInline,)


class PaperAdmin(ReadOnlyAdmin):
    """A paper of an order, newest first."""

    list_select_related = ("order",)
    search_fields = ("number", "order__number")
    ordering = ("-id",)


@admin.register(Quotation)
class QuotationAdmin(PaperAdmin):
    money = ("lines",)
    list_display = ("number", "order", "state", "amount", "currency", "valid_until")
    list_filter = ("state",)


@admin.register(Contract)
class ContractAdmin(PaperAdmin):
    money = ("payment_text", "penalty_text")
    list_display = ("number", "order", "state", "amount", "currency", "promised_date")
    list_filter = ("state",)


@admin.register(ProductionInstruction)
class ProductionInstructionAdmin(PaperAdmin):
    list_display = ("number", "order", "due_date", "person_name", "at")


class MeetingPapersInline(ReadOnlyInline):
    model = MeetingPaper


@admin.register(Meeting)
class MeetingAdmin(PaperAdmin):
    list_display = ("number", "order", "state", "day", "place", "final_date")
    list_filter = ("state", "irregular")
    inlines = (MeetingPapersInline,)


@admin.register(Shortage)
class ShortageAdmin(PaperAdmin):
    list_display = ("order", "line", "item", "quantity", "state", "outcome", "raised_at")
    list_filter = ("state", "outcome")
