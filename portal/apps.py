from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Portal(AppConfig):
    name = "portal"
    verbose_name = _("Customer's pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import receivers, verify  # noqa: F401  they register themselves
