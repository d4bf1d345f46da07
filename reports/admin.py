"""What reports keep in the admin."""

from django.contrib import admin

from organization.admin_site import TechnicalAdmin
from reports.board import admin as board  # noqa: F401  registers itself
from reports.models import IssuedFigures


@admin.register(IssuedFigures)
class IssuedFiguresAdmin(TechnicalAdmin):
    """To be looked at: what was issued stays as it was issued."""

    list_display = ("month", "company", "department", "issued_at")
    list_filter = ("month", "company")
    ordering = ("-month", "company", "department")
