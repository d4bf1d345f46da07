from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class Documents(AppConfig):
    name = "documents"
    verbose_name = _("documents")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every app's printed forms are declared in its `documents.py`."""
        from documents import codes, links, verify  # noqa: F401  register themselves

        autodiscover_modules("documents")
