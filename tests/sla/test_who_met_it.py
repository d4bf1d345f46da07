"""Who met a clock is kept with it, so that compliance per person can be counted (SLA-08)."""

import pytest

from core.actor import SYSTEM
from core.facts import publish
from orders import events as e
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-08")]


def test_the_person_of_the_fact_met_the_clock(order, clock, clerk_lin):
    publish(e.OrderWasAnswered(order_id=order.pk, note="好"), by=clerk_lin, at=at("11-23 10:00"), thing=order)
    assert clock("order_confirmation").met_by_id == clerk_lin.person_id


def test_what_happened_by_itself_was_met_by_nobody(order, clock):
    publish(e.OrderWasAnswered(order_id=order.pk, note="好"), by=SYSTEM, at=at("11-23 10:00"), thing=order)
    done = clock("order_confirmation")
    assert done.stopped_at and done.met_by_id is None


def test_what_had_happened_before_the_clock_began_is_met_the_moment_it_begins(order, clock, clerk_lin):
    """Recorded on the 24th what the customer did on the 20th: no clock ends before it began."""
    began = clock("order_confirmation").started_at
    publish(e.OrderWasAnswered(order_id=order.pk, note="好"), by=clerk_lin, at=at("11-20 10:00"), thing=order)
    row = clock("order_confirmation")
    assert (row.stopped_at, row.met_by_id, row.cancelled_at, row.breached_at, row.next_at) == (began, clerk_lin.person_id, None, None, None)
