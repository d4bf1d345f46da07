from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class Organization(AppConfig):
    name = "organization"
    verbose_name = _("organization")
    default_auto_field = "django.db.models.BigAutoField"


class Admin(AdminConfig):
    """Django's admin with our doors: keepers of master data only."""

    default_site = "organization.admin_site.Site"
