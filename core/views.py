"""Small doors of the house: is it alive, is it ready; and what is said when something fails."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from core.heartbeat import pulse

RETRY_SECONDS = 15


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers too. When the sweep last ran is told, and is no reason to take a web server out: it serves as well without."""
    try:
        swept = pulse(request.now)  # type: ignore[attr-defined]
    except (OperationalError, InterfaceError):
        return JsonResponse({"ready": False}, status=503, headers={"Retry-After": RETRY_SECONDS})
    return JsonResponse({"ready": True, "sweep": {"at": swept.at, "late": swept.late}})


def something_failed(request: HttpRequest) -> HttpResponse:
    """The page for an error of ours (handler500). A database that is away, restarting or overrun comes back: 503, and when to try again."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_SECONDS})
    return defaults.server_error(request)
