"""What stands on somebody's My work, and how far an order is, for stories that begin there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import resolve

from core.actor import Actor
from demo.walk import Walk
from orders.workflow import OrderState
from sla.models import RunningClock
from sla.under_way import start_missing, what_is_under_way_has_its_clocks
from sla.work import tasks, waiting
from tests.personas import MONDAY_9AM


def on_my_work(actor: Actor, at: datetime = MONDAY_9AM + timedelta(days=30)) -> list[str]:
    """The names of the clocks whose duties this person sees, each with an address that exists."""
    clocks = list(waiting(actor, at))
    shown = tasks(clocks, actor, at)
    for row in shown:
        assert resolve(row["act"]["url"].partition("#")[0].partition("?")[0])
    names = {clock.pk: clock.name for clock in clocks}
    return sorted({names[row["pk"]] for row in shown})


def begun_before_the_release(at: datetime = MONDAY_9AM) -> None:
    """The clocks of today are those that an upgrade would start for what lies there; `verify` sees where they are missing."""
    assert what_is_under_way_has_its_clocks() == []
    names = sorted(RunningClock.objects.open().values_list("name", "subject_id"))
    RunningClock.objects.all().delete()
    assert what_is_under_way_has_its_clocks() != []
    assert start_missing(at=at) > 0 == start_missing(at=at)
    assert what_is_under_way_has_its_clocks() == []
    assert set(RunningClock.objects.open().values_list("name", "subject_id")) <= set(names)


def both_on_the_road() -> Walk:
    """An order of two cabinets, both under way to the customer."""
    found = Walk(MONDAY_9AM)
    found.register("C0003", [("GGD", 2)])
    found.to(OrderState.SHIPPING)
    return found
