from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Orders(AppConfig):
    name = "orders"
    verbose_name = _("orders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from orders import clocks, documents, links, panels, receivers, under_way, verify  # noqa: F401  they register themselves
        from orders.changing import answers, stock_impact  # noqa: F401
        from orders.changing import clocks as change_clocks  # noqa: F401
        from orders.changing import documents as change_papers  # noqa: F401
        from orders.changing import verify as change_verify  # noqa: F401
        from orders.meetings import clocks as meeting_clocks  # noqa: F401
        from orders.meetings import documents as meeting_documents  # noqa: F401
        from orders.meetings import verify as meeting_verify  # noqa: F401
