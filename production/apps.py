from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Production(AppConfig):
    name = "production"
    verbose_name = _("production")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from production import answers, clocks, documents, impact, panels, reasons, receivers, under_way, verify  # noqa: F401
