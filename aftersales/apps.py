from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Aftersales(AppConfig):
    name = "aftersales"
    verbose_name = _("After-sales")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from aftersales import answers, clocks, documents, panels, reasons, receivers, under_way, verify  # noqa: F401
