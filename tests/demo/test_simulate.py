"""The demo group at work for some weeks: every invariant holds, something is left to do, and the same seed gives the same lives."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from aftersales.models import ReturnRequest, ServiceRequest
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason
from demo.simulate import Summary, life, simulate
from demo.simulate.plots import AFTER, BEFORE, MAKING, Plot, every_story
from orders.models import ChangeRequest, Order, Shortage
from orders.workflow import ENDS
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
NOTED = ("number", "state", "version", "amount", "customer__code")


def played(**given) -> Summary:
    return simulate(end=MONDAY_9AM, **given)


def verified() -> str:
    said = StringIO()
    call_command("verify", stdout=said)
    return said.getvalue().splitlines()[-1]


@pytest.mark.req("SLA-03", "SEC-02")
def test_a_few_weeks_leave_no_violation_and_something_to_do():
    summary = played(orders=3, seed=7, weeks=3)
    assert verified() == "0 violations"
    assert Order.objects.count() == sum(summary.states.values()) == 3
    assert Order.objects.exclude(state__in=ENDS).exists()
    assert RunningClock.objects.open().exists() and summary.all_clocks["met"]
    assert not Fact.objects.filter(at__gt=MONDAY_9AM).exists()


def test_the_same_seed_gives_the_same_lives():
    seen = []
    for _time in range(2):
        with transaction.atomic():
            played(orders=2, seed=3, weeks=2)
            seen.append((list(Order.objects.values_list(*NOTED)), list(Fact.objects.order_by("pk").values_list("kind", "at"))))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_every_story_ends_well():
    plots = every_story()
    summary = simulate(orders=len(plots), seed=1, end=MONDAY_9AM + timedelta(weeks=90), weeks=100, plots=plots)
    assert verified() == "0 violations"
    assert (summary.stopped, summary.failed) == (Counter(), [])
    assert set(summary.stories) >= {*BEFORE, *MAKING, *AFTER} - {Plot().before, Plot().making, Plot().after}
    assert set(summary.states) == {*ENDS}
    assert summary.classes["irregular"] and summary.clocks["meeting_answer"]["met"]
    assert set(ChangeRequest.objects.filter(kind="change").values_list("change_class", "state")) == {(n, "applied") for n in (1, 2, 3)}
    assert set(ReturnRequest.objects.values_list("state", flat=True)) == {"settled", "refused"}
    assert set(ServiceRequest.objects.values_list("kind", "state")) == {("service", "closed"), ("damage", "closed")}
    assert Shortage.objects.get().state == "decided"


@pytest.mark.parametrize(
    ("error", "stopped"), [(NotReady(Reason("gone")), {"gone": 2}), (NotAllowed(Reason("not_yours")), None), (KeyError(), None)]
)
def test_a_refusal_ends_a_story_and_a_fault_of_the_product_ends_the_play(error, stopped, monkeypatch):
    def refuse(**given):
        raise error

    monkeypatch.setattr(life.intake, "confirm_requirements", refuse)
    if stopped is None:
        with pytest.raises(type(error)):
            played(orders=2, seed=5, weeks=4)
    else:
        assert played(orders=2, seed=5, weeks=4).stopped == stopped


def test_the_command_tells_how_it_ended_and_shows_that_it_goes_on(settings):
    settings.DEMO = True
    said, shown = StringIO(), StringIO()
    call_command("simulate", orders=1, weeks=2, seed=1, stdout=said, stderr=shown)
    assert "1  orders" in said.getvalue() and "order_confirmation" in said.getvalue()
    assert "1 orders came in" in shown.getvalue()
