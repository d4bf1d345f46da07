from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Demo(AppConfig):
    name = "demo"
    verbose_name = _("demo group")
    default_auto_field = "django.db.models.BigAutoField"
