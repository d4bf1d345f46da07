"""What stands on the papers of a review: its record (D02), the approval of a refusal (D32), the minutes of the meeting (D48)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.facts import Event
from core.models import Fact
from documents.registry import form
from orders.documents import letterhead
from orders.events import OrderWasRefused, RefusalWasAsked, RefusalWasOverruled
from orders.guards import QUESTIONS
from orders.meetings.guards import held_meeting
from orders.models import Meeting, Order, Review
from orders.workflow import ReviewState


def refusal_was_asked(order: Order) -> bool:
    return Fact.objects.filter(order_id=order.pk, kind=RefusalWasAsked.kind()).exists()


def _lines(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "model": line.thing.code if line.thing else "",
            "name": line.thing.name if line.thing else "",
            "spec": line.spec,
            "quantity": line.quantity or Decimal(0),
            "unit": str(line.unit or ""),
            "due": line.wanted_date or "",
        }
        for line in order.lines_in_order
    ]


def _about(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.pk,
        "url": order.get_absolute_url(),
        "company": letterhead(order.product_company),
        "order_number": order.number,
        "customer": order.customer.name,
        "sales_company": order.sales_company.name,
        "order_class": str(order.get_order_class_display()),
        "reasons": [str(order._meta.get_field(name).verbose_name) for name in QUESTIONS if getattr(order, name)],  # type: ignore[union-attr]
        "wanted": order.wanted_date or "",
        "lines": _lines(order),
    }


def _outcome(review: Review) -> str:
    if review.outcome == "passed":
        return str(_("passed: deliverable on {date}")).format(date=review.asked_date.isoformat())
    if review.outcome == "negotiate":
        return str(_("not deliverable as asked for: to negotiation"))
    return str(_("under way") if review.state == ReviewState.OPEN else _("taken back: no longer counts"))


def _held(meeting: Meeting) -> dict[str, Any]:
    return {
        "number": meeting.number,
        "day": meeting.day,
        "place": meeting.place,
        "purchase_days": meeting.purchase_days,
        "production_days": meeting.production_days,
        "final_date": meeting.final_date,
    }


@form("D02", template="documents/D02.html", title=_("Order review record"), about="orders.review")
def review_record(review: Review) -> dict[str, Any]:
    """All opinions of the round with names and times, the meeting, the outcome (REV-04)."""
    order = review.order
    meeting = held_meeting(order) if review.order_class == "irregular" and review.counts else None
    return {
        **_about(order),
        "number": f"{order.number}-{review.round}",
        "date": localtime(review.opened_at).date(),
        "round": review.round,
        "asked": review.asked_date,
        "opinions": [
            {
                "department": str(opinion.get_role_display()),
                "name": opinion.person_name,
                "verdict": str(opinion.get_verdict_display()),
                "earliest": opinion.earliest_date or "",
                "comment": opinion.comment,
                "at": opinion.given_at or "",
            }
            for opinion in review.opinions.order_by("pk")
        ],
        "meeting": _held(meeting) if meeting else None,
        "outcome": _outcome(review),
        "closed": review.closed_at or "",
        "signatures": [{"title": str(_("Sales clerk")), "name": str(order.clerk_post.holder or ""), "at": review.opened_at}],
    }


def _last(order: Order, *events: type[Event]) -> Fact | None:
    return Fact.objects.filter(order_id=order.pk, kind__in=[event.kind() for event in events]).order_by("-pk").first()


def why_refuse(order: Order) -> dict[str, Any]:
    """Why a refusal was asked for, by whom, and what the departments said in the last round: what its approval is judged by (REV-06)."""
    asked = _last(order, RefusalWasAsked)
    review = order.reviews.filter(change=None).order_by("-round").first()
    return {
        "asked": asked,
        "asked_reason": asked.data["reason"] if asked else "",
        "opinions": list(review.opinions.order_by("pk")) if review else [],
    }


@form("D32", template="documents/D32.html", title=_("Refusal approval"), about="orders.order")
def refusal_approval(order: Order) -> dict[str, Any]:
    """Why a refusal was asked for, what the departments offered, and what the management of the product company decided (REV-06)."""
    why = why_refuse(order)
    asked, decided = why["asked"], _last(order, OrderWasRefused, RefusalWasOverruled)
    if asked is None or decided is None or decided.pk < asked.pk:
        decided = None  # asked again since
    refused = decided is not None and decided.kind == OrderWasRefused.kind()
    committed = decided.data["reviewed_date"] if decided is not None and not refused else None
    return {
        **_about(order),
        "number": order.number,
        "date": localtime(asked.at).date() if asked else "",
        "asked_reason": why["asked_reason"],
        "opinions": [
            {"department": str(each.get_role_display()), "verdict": str(each.get_verdict_display()), "comment": each.comment}
            for each in why["opinions"]
        ],
        "decision": "" if decided is None else str(_("refusal approved")) if refused else str(_("ordered to be accepted")),
        "committed": date.fromisoformat(committed) if committed else "",
        "decided_reason": decided.data["reason"] if decided else "",
        "signatures": [
            {"title": str(_("Asked by")), "name": asked.actor_name if asked else "", "at": asked.at if asked else ""},
            {
                "title": str(_("General manager or deputy")),
                "name": decided.actor_name if decided else "",
                "at": decided.at if decided else "",
            },
        ],
    }


@form("D48", template="documents/D48.html", title=_("Meeting minutes"), about="orders.meeting")
def meeting_minutes(meeting: Meeting) -> dict[str, Any]:
    """Minutes of a review meeting (REV-07, REV-09). No prices: it goes to every department that was there."""
    return {
        **_about(meeting.order),
        **_held(meeting),
        "date": meeting.day,
        "begins": f"{meeting.begins:%H:%M}",
        "attendees": meeting.attendees,
        "minutes": meeting.minutes,
        "papers": [
            {
                "department": str(paper.get_role_display()),
                "name": paper.person_name,
                "sent": paper.sent_at or "",
                "possible": paper.possible_date or "",
                "estimate": paper.estimate,
                "missing": paper.missing_because,
            }
            for paper in meeting.papers.order_by("pk")
        ],
        "signatures": [{"title": str(_("Minutes by")), "name": meeting.recorded_by, "at": meeting.held_at or ""}],
    }
