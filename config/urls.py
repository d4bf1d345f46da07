"""Addresses: each department under its own word; only log-in, health and files of the product are public."""

from importlib.util import find_spec

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from core.views import healthz, readyz
from organization.views import LogIn, LogInCode, choose_theme, second_step
from sla.views import my_work

DEPARTMENTS = ("orders", "inventory", "production", "procurement", "quality", "shipping", "finance", "aftersales", "documents", "reports")

handler500 = "core.views.something_failed"
urlpatterns = [
    path("", my_work, name="home"),
    path("login/", LogIn.as_view(), name="login"),
    path("login/code/", LogInCode.as_view(), name="login_code"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("account/", second_step, name="second_step"),
    path("theme/", choose_theme, name="choose_theme"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("sla.urls")),
    path("", include("reports.board.urls")),
    path("c/", include("portal.urls")),  # short: it is printed, scanned and typed
    *(path(f"{name}/", include(f"{name}.urls")) for name in DEPARTMENTS if apps.is_installed(name) and find_spec(f"{name}.urls")),
]
