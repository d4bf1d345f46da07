"""Review: opinions asked and given side by side, the last one moves the order (REV-04); negotiation and refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders import events
from orders.guards import required_roles
from orders.meetings.guards import held_meeting, waits_for_meeting
from orders.models import ChangeRequest, Opinion, Order, Review
from orders.services.effect import reserve
from orders.services.intake import end_round
from orders.workflow import OpinionState, Verdict
from organization.roles import Role


@act
def start_review(*, order: Order, by: Actor, at: datetime) -> Review:
    """Hand the order to review: the class decides who is asked (REV-02, REV-03)."""
    order = Order.objects.locked(order)
    by = order.take("start_review", by=by, at=at)
    return _open_round(order, by, at)


def _open_round(order: Order, by: Actor, at: datetime) -> Review:
    assert order.wanted_date is not None, "confirmed orders have one"
    review, roles = ask_opinions(order, order_class=order.order_class, asked_date=order.wanted_date, at=at)
    fact = events.ReviewWasOpened(
        order_id=order.pk,
        review_id=review.pk,
        round=review.round,
        asked_date=review.asked_date,
        roles=roles,
        waits_for_meeting=waits_for_meeting(order),
    )
    publish(fact, by=by, at=at, thing=order)
    return review


def ask_opinions(
    order: Order, *, order_class: str, asked_date: date, at: datetime, change: ChangeRequest | None = None
) -> tuple[Review, tuple[Role, ...]]:
    """The next round of the order, with a row for every opinion that the class asks for (REV-02, REV-03); of a change, when it is one's."""
    last = order.reviews.order_by("-round").first()
    review = Review.objects.create(
        order=order,
        change=change,
        round=last.round + 1 if last else 1,
        order_class=order_class,
        asked_date=asked_date,
        opened_at=at,
    )
    roles = required_roles(order_class)
    Opinion.objects.bulk_create([Opinion(review=review, role=role, company_id=order.product_company_id) for role in roles])
    return review, roles


def open_review(order: Order) -> Review | None:
    """The round that departments are asked in now; None outside of review."""
    return order.reviews.filter(change=None, counts=True, state="open").order_by("-round").first()


@act
def give_opinion(
    *, opinion: Opinion, by: Actor, at: datetime, verdict: str, earliest_date: date | None = None, comment: str = ""
) -> Opinion:
    """One department's word; amendable until the last one is in. The last one passes the order or opens the negotiation (REV-04); in an
    irregular review the meeting does, if it is held after the last one (REV-09).

    The order is locked first, so that of two opinions at the same instant the second sees the first.
    """
    order = Order.objects.locked(opinion.review.order_id)
    opinion = Opinion.objects.select_related("review").locked(opinion)
    review = opinion.review
    if verdict == Verdict.LATER and (earliest_date is None or earliest_date <= review.asked_date):
        raise NotReady(Reason("date_needed", asked=review.asked_date, field="earliest_date"))
    if verdict != Verdict.FEASIBLE and not comment.strip():
        raise NotReady(Reason("comment_needed", field="comment"))
    opinion.verdict, opinion.comment = verdict, comment.strip()
    opinion.earliest_date = earliest_date if verdict != Verdict.FEASIBLE else review.asked_date
    opinion.given_at = at
    opinion.person_name, opinion.person_id = by.name, by.person_id
    by = opinion.take("give_opinion", by=by, at=at)
    publish(
        events.OpinionWasGiven(
            order_id=order.pk,
            review_id=review.pk,
            role=opinion.role,
            verdict=opinion.verdict,
            earliest_date=opinion.earliest_date,
            comment=opinion.comment,
        ),
        by=by,
        at=at,
        thing=order,
    )
    conclude(order, review, at)
    return opinion


def conclude(order: Order, review: Review, at: datetime) -> None:
    """Close the round when the last opinion is in and, of an irregular order, the meeting was held. The order must be locked."""
    opinions = list(review.opinions.all())
    if any(each.state == OpinionState.ASKED for each in opinions):
        return
    if review.change_id is not None:
        from orders.services.change.classify import conclude_review  # it asks for opinions here

        conclude_review(review, at)
        return
    if waits_for_meeting(order):
        return
    review.closed_at = at
    meeting = held_meeting(order)
    in_time = meeting is None or meeting.final_date <= review.asked_date
    if in_time and all(each.verdict == Verdict.FEASIBLE for each in opinions):
        review.outcome = "passed"
        review.take("close_review", by=SYSTEM, at=at)
        order.reviewed_date = review.asked_date
        order.take("accept", by=SYSTEM, at=at)
        _accepted(order, review.pk, at)
        return
    review.outcome = "negotiate"
    review.take("close_review", by=SYSTEM, at=at)
    earliest = earliest_offered(order)
    order.take("open_negotiation", by=SYSTEM, at=at)
    publish(events.NegotiationWasOpened(order_id=order.pk, review_id=review.pk, earliest_date=earliest), by=SYSTEM, at=at, thing=order)


def _accepted(order: Order, review_id: int, at: datetime) -> None:
    """An accepted order reserves finished stock softly (INV-02)."""
    reserve(order, firm=False, at=at)
    assert order.reviewed_date is not None
    publish(
        events.ReviewWasPassed(order_id=order.pk, review_id=review_id, reviewed_date=order.reviewed_date), by=SYSTEM, at=at, thing=order
    )


def earliest_offered(order: Order) -> date | None:
    """The latest of the earliest dates that the last round's departments gave, or the meeting's final date if that is later (REV-04)."""
    last, meeting = order.reviews.filter(change=None).order_by("-round").first(), held_meeting(order)
    offered = earliest_of(last.opinions.all()) if last else None
    return max(offered, meeting.final_date) if meeting and offered else meeting.final_date if meeting else offered


def earliest_of(opinions: Iterable[Opinion]) -> date | None:
    """The first date that all of them can keep."""
    return max((each.earliest_date for each in opinions if each.earliest_date), default=None)


@act
def propose_date(*, order: Order, by: Actor, at: datetime, wanted_date: date, note: str) -> Review:
    """The customer agreed to a later date; it goes back to review (REV-05).

    Raises NotReady for a date that has passed, or that is earlier than what the departments offered.
    """
    order = Order.objects.locked(order)
    earliest = earliest_offered(order)
    if wanted_date < localtime(at).date():
        raise NotReady(Reason("date_past", date=wanted_date, field="wanted_date"))
    if earliest and wanted_date < earliest:
        raise NotReady(Reason("before_opinions", date=wanted_date, earliest=earliest, field="wanted_date"))
    old = order.wanted_date
    order.lines.filter(wanted_date__lt=wanted_date).update(wanted_date=wanted_date)
    order.wanted_date = wanted_date
    by = order.take("propose_date", by=by, at=at)
    publish(
        events.DateWasProposed(order_id=order.pk, wanted_date=wanted_date, note=note),
        by=by,
        at=at,
        changes={"wanted_date": (old, wanted_date)},
        thing=order,
    )
    return _open_round(order, by, at)


@act
def ask_refusal(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """The customer cannot extend: the product company's management decides (REV-06)."""
    order = Order.objects.locked(order)
    by = order.take("ask_refusal", by=by, at=at)
    publish(events.RefusalWasAsked(order_id=order.pk, reason=reason), by=by, at=at, thing=order)
    return order


@act
def approve_refusal(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """Refuse the order; it ends and says why."""
    order = Order.objects.locked(order)
    order.ended_reason = reason
    by = order.take("approve_refusal", by=by, at=at)
    end_round(order, by, at)
    publish(events.OrderWasRefused(order_id=order.pk, reason=reason), by=by, at=at, thing=order)
    return order


@act
def overrule_refusal(*, order: Order, by: Actor, at: datetime, reviewed_date: date, reason: str) -> Order:
    """Order it to be accepted, with the date that the manager commits to. Raises NotReady(date_past) for a date that has passed."""
    order = Order.objects.locked(order)
    if reviewed_date < localtime(at).date():
        raise NotReady(Reason("date_past", date=reviewed_date, field="reviewed_date"))
    order.reviewed_date = reviewed_date
    by = order.take("overrule_refusal", by=by, at=at)
    publish(events.RefusalWasOverruled(order_id=order.pk, reviewed_date=reviewed_date, reason=reason), by=by, at=at, thing=order)
    _accepted(order, 0, at)
    return order
