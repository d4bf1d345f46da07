from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Quality(AppConfig):
    name = "quality"
    verbose_name = _("quality")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from quality import answers, clocks, impact, panels, reasons, receivers, under_way, verify  # noqa: F401
