"""Ratings (SVC-04, D40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from aftersales import events
from aftersales.guards import applicant
from aftersales.models import Rating, ReturnPolicy, ServiceRequest
from aftersales.workflow import RatingState
from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason, Refused
from orders.models import Order
from orders.services.ledger import quantities


@act
def ask_rating(*, order: Order, by: Actor, at: datetime, service: ServiceRequest | None = None) -> Rating:
    """Ask the customer, with a date to answer; once per delivered order and once per closed service."""
    order = Order.objects.locked(order)
    found = Rating.objects.filter(order=order, service=service).first()
    if found is not None:
        return found
    until = localtime(at).date() + timedelta(days=ReturnPolicy.of(order.sales_company_id).rating_days)
    rating = Rating.objects.create(order=order, service=service, asked_at=at, answer_by=until)
    publish(events.RatingWasAsked(order_id=order.pk, rating_id=rating.pk, answer_by=until), by=by, at=at, thing=rating)
    return rating


@act
def rate(*, order: Order, stars: int, words: str, by: Actor, at: datetime) -> Rating:
    """The customer's answer, 1 to 5 stars, given by themselves or taken down; it answers what was asked of the order last.

    Nothing asked yet (delivered in part): the order is rated. Refuses with `nothing_to_rate`, `stars_out_of_range`.
    """
    order = Order.objects.locked(order)
    by = applicant(order, by)
    rating = Rating.objects.filter(order=order, state=RatingState.ASKED).order_by("-pk").first()
    if rating is None:
        if Rating.objects.filter(order=order).exists() or not any(sums.delivered for sums in quantities(order).values()):
            raise NotReady(Reason("nothing_to_rate"))
        rating = ask_rating(order=order, by=by, at=at)
    return give_rating(rating=rating, stars=stars, words=words, by=by, at=at)


@act
def give_rating(*, rating: Rating, stars: int, words: str, by: Actor, at: datetime) -> Rating:
    """The answer to this very survey."""
    order = Order.objects.locked(rating.order_id)
    row: Rating = Rating.objects.locked(rating)
    row.order = order
    if not 1 <= stars <= 5:
        raise Refused(Reason("stars_out_of_range", field="stars"))
    by = row.take("rate", by=by, at=at, stars=stars, words=words.strip(), rated_at=at, rated_by=by.name or by.contact)
    publish(events.RatingWasGiven(order_id=order.pk, rating_id=row.pk, stars=stars, words=row.words), by=by, at=at)
    return row
