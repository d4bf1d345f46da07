from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Inventory(AppConfig):
    name = "inventory"
    verbose_name = _("inventory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from inventory import answers, clocks, panels, reasons, verify  # noqa: F401  they register themselves
