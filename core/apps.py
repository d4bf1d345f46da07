from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Core(AppConfig):
    name = "core"
    verbose_name = _("foundation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import verify  # noqa: F401  registers itself
