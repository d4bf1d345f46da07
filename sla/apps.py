from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Sla(AppConfig):
    name = "sla"
    verbose_name = _("clocks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.facts import listen
        from sla import events, gathered, machinery, reasons, recount, robots, under_way, vacant  # noqa: F401  they register themselves
        from sla.engine import hear

        listen(hear)
        post_migrate.connect(_sync, sender=self)


def _sync(**_kwargs: Any) -> None:
    from sla.rules import sync_rules

    sync_rules()
