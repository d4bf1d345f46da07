"""What every page shows around its content: navigation, who is logged in, how many notices are unread."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.questions import ask
from organization.finding import company_name
from organization.roles import MASTER_KEEPERS, Role
from sla import work
from sla.notices import live, unread

SECTIONS = {
    "": "",
    "sales": _("Sales"),
    "production": _("Product company"),
    "supply": _("Purchasing and stores"),
    "money": _("Money"),
    "manage": _("Management"),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages of people who are logged in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    actor = request.actor  # type: ignore[attr-defined]
    now = timezone.localtime(request.now)  # type: ignore[attr-defined]
    first = actor.hats[0] if actor.hats else None
    return {
        "now": request.now,  # type: ignore[attr-defined]
        "now_text": f"{now:%m-%d} {date_format(now, 'D')} {now:%H:%M}",
        "nav": _nav(request),
        "company_name": company_name(first.post_id) if first else "",
        "person_name": actor.name,
        "person_role": Role(first.role).label if first else "",
        **live(unread(actor.person_id)),
    }


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    actor = request.actor  # type: ignore[attr-defined]
    waiting = work.waiting(actor, request.now).count()  # type: ignore[attr-defined]
    home = {"section": "", "title": _("My work"), "url": reverse("home"), "icon": "inbox", "position": 0}
    items: list[dict[str, Any]] = [{**home, "count": waiting, "hot": waiting}]
    items.append({"section": "", "title": _("Calendar"), "url": reverse("sla:calendar"), "icon": "calendar", "position": 0})
    items += [item for found in ask("nav", actor=actor) for item in found]
    if actor.roles & MASTER_KEEPERS:
        items.append({"section": "manage", "title": _("Master data"), "url": reverse("admin:index"), "icon": "settings", "position": 90})
    here = max((item["url"] for item in items if request.path.startswith(item["url"])), key=len, default="")
    order = list(SECTIONS)
    items.sort(key=lambda item: (order.index(item["section"]), item["position"]))
    found = []
    for section, group in groupby(items, key=lambda item: item["section"]):
        entries = [
            {**item, "label": item["title"], "active": item["url"] == here and (here != "/" or request.path == "/")} for item in group
        ]
        found.append({"title": SECTIONS[section], "items": entries})
    return found
