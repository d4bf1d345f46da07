from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Reports(AppConfig):
    name = "reports"
    verbose_name = _("Reports and boards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reports import answers, issuing  # noqa: F401  they register themselves
        from reports.board import readers  # noqa: F401  answers questions
