"""How a person comes in, and what they choose for themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import segno
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials, get_lockout_response
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import View

from core.reasons import Refused
from organization import second_step as services
from organization.forms import CodeForm
from organization.models import Person

PENDING = "second_step"
PENDING_FOR = timedelta(minutes=5)


def back(request: HttpRequest) -> str:
    """The page that the form came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it (empty); kept on the person, so that it follows them to every device."""
    theme = request.POST.get("theme", "")
    if theme and theme not in Person.Theme.values:
        return HttpResponseBadRequest()
    Person.objects.filter(pk=request.actor.person_id).update(theme=theme)  # type: ignore[attr-defined]
    return HttpResponseRedirect(back(request))


class LogIn(LoginView):
    """The password. Whoever logs in with two steps is not in yet after it: the session only remembers that the password was right."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        if not isinstance(person, Person) or person.second_step_since is None:
            return super().form_valid(form)
        session = self.request.session
        session.cycle_key()
        until = self.request.now + PENDING_FOR  # type: ignore[attr-defined]
        backend = person.backend  # type: ignore[attr-defined]
        session[PENDING] = {"person": person.pk, "backend": backend, "next": self.get_success_url(), "until": until.isoformat()}
        return redirect("login_code")


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("code")], name="dispatch")
class LogInCode(View):
    """The second step: the code from the phone or a recovery code. Wrong ones count towards the lock-out like wrong passwords."""

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        self.pending: dict[str, Any] = request.session.get(PENDING) or {}
        person = self.whose_turn()
        if person is None:
            request.session.pop(PENDING, None)
            return redirect("home" if request.user.is_authenticated else "login")
        self.person = person
        return super().dispatch(request, *arguments, **options)

    def whose_turn(self) -> Person | None:
        """The person whose password was right just now."""
        if not self.pending or datetime.fromisoformat(self.pending["until"]) < self.request.now:  # type: ignore[attr-defined]
            return None
        return Person.objects.filter(pk=self.pending["person"], is_active=True).exclude(second_step_since=None).first()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(CodeForm(person=self.person, at=request.now))  # type: ignore[attr-defined]

    def post(self, request: HttpRequest) -> HttpResponse:
        credentials = get_credentials(username=self.person.get_username())
        if not AxesProxyHandler.is_allowed(request, credentials):
            return get_lockout_response(request, credentials=credentials)
        form = CodeForm(request.POST, person=self.person, at=request.now)  # type: ignore[attr-defined]
        if not form.is_valid():
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            return self.page(form, status=422)
        del request.session[PENDING]
        login(request, self.person, backend=self.pending["backend"])
        return HttpResponseRedirect(self.pending["next"])

    def page(self, form: CodeForm, status: int = 200) -> HttpResponse:
        return render(self.request, "registration/login_code.html", {"form": form, "person": self.person}, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """One's own account: two steps switched on (picture, first code), recovery codes renewed, switched off again."""
    person: Any = request.user
    form = CodeForm(request.POST if request.method == "POST" else None, person=person, at=request.now)  # type: ignore[attr-defined]
    if request.method == "GET":
        return _account(request, form)
    if not form.is_valid():
        return _account(request, form, status=422)
    try:
        codes = _carry_out(request, person)
    except Refused as refused:
        form.add_error("code", [str(reason) for reason in refused.reasons])
        return _account(request, form, status=422)
    update_session_auth_hash(request, person)
    if codes:  # shown in this answer and nowhere else
        return render(request, "registration/recovery_codes.html", {"codes": codes})
    messages.success(request, _("Logging in with two steps is off."))
    return redirect("second_step")


def _carry_out(request: HttpRequest, person: Person) -> list[str]:
    about: dict[str, Any] = {"person": person, "by": request.actor, "at": request.now}  # type: ignore[attr-defined]
    if person.second_step_since is None:
        return services.switch_on_second_step(**about)
    if request.POST.get("do") == "renew":
        return services.renew_recovery_codes(**about)
    services.switch_off_second_step(**about)
    return []


def _account(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    person: Any = request.user
    about: dict[str, Any] = {"form": form, "demanded": services.demanded_of(request.actor)}  # type: ignore[attr-defined]
    device = services.prepare(person)
    person.refresh_from_db(fields=["second_step_since"])  # who clicked twice has switched it on by now
    if device is not None:
        picture = segno.make(device.config_url, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
        about |= {"secret": services.secret_of(device), "picture": picture}
    else:
        about["codes_left"] = person.recovery_codes.filter(used_at=None).count()
    return render(request, "registration/second_step.html", about, status=status)
