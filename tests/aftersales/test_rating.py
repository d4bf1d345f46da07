"""Ratings: asked for when the goods are accepted and after a service, with a date to answer."""

from datetime import date

import pytest

from aftersales import services
from aftersales.models import Rating
from core.reasons import NotReady, Reason, Refused
from tests.factories.shipping import order_in_store
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.mark.req("SVC-04")
def test_the_delivered_order_asks_and_the_customer_answers(delivered, wang):
    order = delivered((2, "15800"))
    asked = Rating.objects.get()
    assert (asked.order, asked.state, asked.answer_by) == (order, "asked", date(2026, 12, 7))
    services.rate(order=order, stars=4, words="交货准时", by=wang(order), at=MONDAY_9AM)
    asked.refresh_from_db()
    assert (asked.state, asked.stars, asked.words, asked.rated_by) == ("answered", 4, "交货准时", "王工")
    with pytest.raises(NotReady) as refused:
        services.rate(order=order, stars=5, words="", by=wang(order), at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("nothing_to_rate"),)


@pytest.mark.req("SVC-04")
@pytest.mark.parametrize("stars", [0, 6])
def test_one_to_five_stars(delivered, wang, stars):
    order = delivered((2, "15800"))
    with pytest.raises(Refused) as refused:
        services.rate(order=order, stars=stars, words="", by=wang(order), at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("stars_out_of_range", field="stars"),)


@pytest.mark.req("SVC-04")
def test_what_is_not_delivered_is_not_rated(wang):
    order = order_in_store((2, "15800"), free=True)
    with pytest.raises(NotReady) as refused:
        services.rate(order=order, stars=5, words="", by=wang(order), at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("nothing_to_rate"),)


@pytest.mark.req("SVC-04")
def test_a_part_that_arrived_may_be_rated_before_it_is_asked(delivered, wang):
    order = delivered((8, "15800"), only={1: 5})
    assert not Rating.objects.exists()
    assert services.rate(order=order, stars=2, words="慢", by=wang(order), at=MONDAY_9AM).stars == 2
