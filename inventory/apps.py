from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Inventory(AppConfig):
    name = "inventory"
    verbose_name = _("inventory")
    default_auto_field = "django.db.models.BigAutoField"
