"""Items and bills of material for the keepers of master data; the stock itself is only shown."""

from django.contrib import admin

from inventory.models import BomLine, Item, PutAway, Reservation, StockBalance, StockMovement
from organization.admin_site import MasterAdmin, MasterInline, ReadOnlyAdmin


class BomInline(MasterInline):
    model = BomLine
    fk_name = "product"
    autocomplete_fields = ("component",)


@admin.register(Item)
class ItemAdmin(MasterAdmin):
    list_display = ("code", "name_zh", "category", "unit", "supply", "company", "complete_set", "lead_days", "status")
    list_filter = ("status", "supply", "company", "category")
    search_fields = ("code", "name_zh", "name_en")
    autocomplete_fields = ("successor",)
    inlines = (BomInline,)


@admin.register(BomLine)
class BomLineAdmin(MasterAdmin):
    list_display = ("product", "component", "quantity_per")
    search_fields = ("product__code", "component__code")
    autocomplete_fields = ("product", "component")
    list_select_related = ("product", "component")


@admin.register(StockBalance)
class StockBalanceAdmin(ReadOnlyAdmin):
    list_display = ("item", "company", "location", "batch", "on_hand", "blocked", "reserved")
    list_filter = ("company",)
    search_fields = ("item__code", "location", "batch")
    list_select_related = ("item", "company")


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "balance", "quantity", "blocked", "source_kind", "source_id", "order_id")
    list_filter = ("kind",)
    search_fields = ("balance__item__code", "balance__batch")
    list_select_related = ("balance",)


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("order_id", "purpose", "reference_id", "balance", "quantity", "used", "firm", "at", "closed_at")
    list_filter = ("purpose", "firm")
    search_fields = ("balance__item__code", "order_id")
    list_select_related = ("balance",)


@admin.register(PutAway)
class PutAwayAdmin(ReadOnlyAdmin):
    list_display = ("opened_at", "balance", "quantity", "state", "location", "batch", "stored_at", "person_name")
    list_filter = ("state",)
    list_select_related = ("balance__item",)
