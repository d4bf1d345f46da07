from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Procurement(AppConfig):
    name = "procurement"
    verbose_name = _("procurement")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from procurement import answers, clocks, impact, panels, reasons, receivers, under_way, verify  # noqa: F401
