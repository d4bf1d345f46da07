from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Shipping(AppConfig):
    name = "shipping"
    verbose_name = _("Shipping")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shipping import answers, clocks, documents, impact, panels, reasons, receivers, under_way, verify  # noqa: F401
