"""The person of the request becomes an Actor here and nowhere deeper; who has to log in with two steps is led there."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HTMX_STOP_POLLING, HttpResponseClientRedirect, reswap, retarget

from organization.models import actor_of
from organization.second_step import demanded_of


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: actor_of(request.user, request.now))  # type: ignore[attr-defined, arg-type]
        return self.get_response(request)


class LogInMiddleware(LoginRequiredMiddleware):
    """Pages lead to the log-in. A page that asks for a part of itself after the log-in has ended is told so, and asks no more: what was
    typed there stays."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if not request.htmx:  # type: ignore[attr-defined]
            return super().handle_no_permission(request, view_func)
        answer = HttpResponse(render_to_string("ui/logged_out.html", request=request), status=HTMX_STOP_POLLING)
        return retarget(reswap(answer, "innerHTML"), "#news")


class SecondStepMiddleware:
    """Whoever has to log in with two steps and has not set it up sees nothing else until then."""

    open_before = frozenset({"second_step", "logout", "choose_theme"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or request.user.second_step_since is not None or not getattr(view, "login_required", True):
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in self.open_before:
            return None
        if demanded_of(request.actor) is None:  # type: ignore[attr-defined]
            return None
        there = redirect("second_step")
        return HttpResponseClientRedirect(there.url) if request.htmx else there  # type: ignore[attr-defined]
