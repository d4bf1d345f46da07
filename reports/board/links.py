"""Links of boards: 192 random bits as for customers, kept as a hash (trust 12). The screen that used one carries a signed cookie.

The cookie says which link it came from and lies under the screens' addresses only; every refresh asks the link whether it still opens.
Nothing is written when a screen asks: it asks every half minute, for weeks.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.actor import Actor
from core.facts import act, publish
from documents.links import BYTES, hashed
from organization.models import Company
from reports.board.events import BoardLinkWasIssued, BoardLinkWasRevoked
from reports.board.models import BoardLink

COOKIE, SALT = "board", "reports.board.screen"
LASTS = timedelta(days=366)
LONGEST = timedelta(days=731)


@act
def issue_link(
    *, company: Company, place: str, language: str, expires_at: datetime, by: Actor, at: datetime
) -> tuple[BoardLink, str]:  # fmt: skip
    """A link and its whole address, which is known at this moment only. Whoever calls has asked whether this person may."""
    token = secrets.token_urlsafe(BYTES)
    link = BoardLink.objects.create(
        company=company, place=place, language=language, expires_at=expires_at, sha256=hashed(token), made_by=by.name, made_at=at
    )
    publish(BoardLinkWasIssued(order_id=None, link_id=link.pk, company=company.name, place=place), by=by, at=at)
    return link, f"{settings.BASE_URL}{reverse('board:enter', args=[token])}"


@act
def revoke_link(*, link: BoardLink, by: Actor, at: datetime) -> BoardLink:
    """From now on neither its address nor a screen that used it shows anything. Twice is once."""
    link = BoardLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = at, by.name
        link.save(update_fields=["revoked_at", "revoked_by"])
        publish(BoardLinkWasRevoked(order_id=None, link_id=link.pk, company=link.company.name, place=link.place), by=by, at=at)
    return link


def found(token: str, at: datetime) -> BoardLink | None:
    """The link that this token opens now; nothing found, expired and revoked are one answer."""
    link = BoardLink.objects.filter(sha256=hashed(token)).first()
    return link if link is not None and link.opens(at) else None


def hang_up(response: HttpResponse, link: BoardLink, at: datetime) -> HttpResponse:
    """From now on this browser is the screen of that link, until the link ends."""
    response.set_signed_cookie(
        COOKIE, str(link.pk), salt=SALT, max_age=link.expires_at - at, path=reverse("board:screen"), httponly=True, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip
    return response


def link_of_screen(request: HttpRequest, at: datetime) -> BoardLink | None:
    """The link that hung this screen up, with its company and the settings of that board, if it still opens. One query."""
    pk = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    link = BoardLink.objects.select_related("company__board_settings").filter(pk=pk).first() if pk else None
    return link if link is not None and link.opens(at) else None
