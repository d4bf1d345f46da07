"""When a review meeting is needed, and what stands against its steps (REV-07, REV-09). Guards read, they change nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.reasons import Reason, declare
from core.workflow import guard
from organization.roles import Role

declare(
    {
        "meeting_missing": _("Amount {amount} needs a review meeting that was held (from {limit})."),
        "meeting_not_held": _("An irregular review ends after its meeting; it was not held yet."),
        "meeting_not_needed": _("No meeting is needed: not in irregular review, and below the amount."),
        "meeting_called": _("Meeting {number} is called already."),
        "meeting_gone": _("The meeting belongs to a round that no longer counts."),
        "meeting_over": _("The meeting was held already."),
        "meeting_too_soon": _("Reviewers need the papers 3 working days before: not earlier than {earliest}."),
        "meeting_ahead": _("The meeting is on {day}; its minutes cannot be written before."),
        "papers_waiting": _("The papers are not sent yet to: {roles}."),
        "papers_sent": _("All papers are sent."),
        "answer_missing": _("No answer of {role}. Wait for it, or say why the meeting was held without it."),
        "figure_missing": _("The meeting does not end without this."),
        "price_missing_here": _("Enter the provisional price."),
        "price_not_asked": _("No price is asked of this department."),
        "estimate_missing": _("Enter your technical estimate."),
    }
)

# Who gets the papers of a meeting: technical, purchasing, planning, production, and material control, who give opinions (REV-09).
REVIEWERS = (Role.DESIGN_HEAD, Role.PURCHASING_HEAD, Role.PLANNER, Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER)
# While the order stands here a meeting of it can take place.
IN_TIME = ("in_regular_review", "in_irregular_review", "negotiating", "accepted", "quoted")


def held_meeting(order: Any) -> Any:
    """The last meeting held in this round of the intake; None when there was none. Taking the order back begins anew (INT-12)."""
    return order.meetings.filter(intake=order.intake, state="held").order_by("-pk").first()


def called_meeting(order: Any) -> Any:
    """The meeting that is called and still ahead in this round of the intake."""
    return order.meetings.filter(intake=order.intake, state="called").first()


def waits_for_meeting(order: Any) -> bool:
    """REV-09: an irregular order is not through its review before the meeting was held."""
    return order.order_class == "irregular" and held_meeting(order) is None


def _amount_needs_meeting(order: Any) -> bool:
    """REV-07: at or above the amount, and no meeting was held over as much."""
    if order.amount < order.settings.meeting_amount or order.currency != "CNY":
        return False
    return not order.meetings.filter(intake=order.intake, state="held", amount__gte=order.amount).exists()


@guard
def meeting_was_held(order: Any) -> Reason | None:
    """REV-07, before the contract."""
    if not _amount_needs_meeting(order):
        return None
    return Reason("meeting_missing", amount=order.amount, limit=order.settings.meeting_amount)


@guard
def irregular_meeting_was_held(order: Any) -> Reason | None:
    return Reason("meeting_not_held") if waits_for_meeting(order) else None


@guard
def meeting_is_needed(order: Any) -> Reason | None:
    called = called_meeting(order)
    if called is not None:
        return Reason("meeting_called", number=called.number)
    needed = (order.state == "in_irregular_review" and waits_for_meeting(order)) or _amount_needs_meeting(order)
    return None if needed else Reason("meeting_not_needed")


@guard
def meeting_counts(meeting: Any) -> Reason | None:
    """Its round was not taken back, refused or withdrawn meanwhile."""
    order = meeting.order
    return None if meeting.intake == order.intake and order.state in IN_TIME else Reason("meeting_gone")


@guard
def papers_are_waiting(meeting: Any) -> Reason | None:
    return None if any(paper.state == "waiting" for paper in meeting.papers.all()) else Reason("papers_sent")


@guard
def papers_were_sent(meeting: Any) -> Reason | None:
    waiting = [str(paper.get_role_display()) for paper in meeting.papers.all() if paper.state == "waiting"]
    return Reason("papers_waiting", roles=waiting) if waiting else None


@guard
def meeting_is_ahead(paper: Any) -> Reason | None:
    if paper.meeting.state == "held":
        return Reason("meeting_over")
    return next(iter(meeting_counts.reasons(paper.meeting)), None)
