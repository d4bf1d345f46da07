from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Finance(AppConfig):
    name = "finance"
    verbose_name = _("finance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from finance import answers, clocks, documents, impact, panels, reasons, receivers, under_way, verify  # noqa: F401
