"""The board for people who lead, the rows behind its figures, and the same board on a screen that nobody is logged in at."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET

from organization.models import Company
from reports.board import links
from reports.board.listings import LISTINGS, SHOWN, listed
from reports.board.models import BoardSettings
from reports.board.page import board
from reports.board.readers import companies_of, first_company

SECONDS = 30
SAFE = ("GET", "HEAD")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the board of one's own company."""
    company = first_company(request.actor)  # type: ignore[attr-defined]
    if company is None:
        raise Http404
    return HttpResponseRedirect(reverse("board:company", args=[company.code]))


def own_company(request: HttpRequest, code: str) -> Company:
    found = companies_of(request.actor).select_related("board_settings")  # type: ignore[attr-defined]
    return get_object_or_404(found, code=code)


@require_GET
def company_board(request: HttpRequest, code: str) -> HttpResponse:
    company = own_company(request, code)
    others = companies_of(request.actor).exclude(pk=company.pk)  # type: ignore[attr-defined]
    return shown(request, BoardSettings.of(company), path=request.path, others=others, links=True)


@require_GET
def company_rows(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """All rows behind one figure."""
    company = own_company(request, code)
    if what not in LISTINGS:
        raise Http404
    listing = LISTINGS[what]
    found = listed(listing, company, request.actor, request.now)  # type: ignore[attr-defined]
    context = {
        "title": listing.title,
        "columns": listing.columns,
        "rows": found,
        "company": company,
        "cut": len(found) == SHOWN,
        "shown": SHOWN,
    }
    return render(request, "reports/board_rows.html", context)


def shown(request: HttpRequest, settings: BoardSettings, **frame: Any) -> HttpResponse:
    """The page, without what the frame of other pages asks for: it is fetched every half minute."""
    at = request.now  # type: ignore[attr-defined]
    context = {"company": settings.company, "now": at, "theme": "dark", "seconds": SECONDS, **frame, **board(settings, at)}
    answer = HttpResponse(render_to_string("reports/board.html", context))
    answer["Cache-Control"] = "no-store"
    return answer


# --- screens ------------------------------------------------------------------------------------------------------------------------


def closed(request: HttpRequest) -> HttpResponseBase:
    """The one answer to everything that is not open."""
    request.user = AnonymousUser()
    return guarded(HttpResponse(render_to_string("reports/board_closed.html", {"theme": "dark"}), status=404))


def guarded(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@login_not_required
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link itself: the browser becomes the screen of that board, and the token stands in no address any more. Nothing is written."""
    at = request.now  # type: ignore[attr-defined]
    link = links.found(token, at) if request.method in SAFE else None
    if link is None:
        return closed(request)
    return guarded(links.hang_up(HttpResponseRedirect(reverse("board:screen")), link, at))


@login_not_required
def screen(request: HttpRequest) -> HttpResponseBase:
    """The board of the link's company, without a link anywhere; whoever is logged in in the same browser is nobody here."""
    link = links.link_of_screen(request, request.now) if request.method in SAFE else None  # type: ignore[attr-defined]
    if link is None:
        return closed(request)
    request.user = AnonymousUser()
    translation.activate(link.language)
    return guarded(shown(request, BoardSettings.of(link.company), path=request.path, links=False))
