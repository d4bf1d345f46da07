"""Every order and every document shows its clocks, those that run and those that have ended, each with the way to its page (SLA-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from organization.models import Company, actor_of
from organization.roles import Role
from sla import work
from sla.declare import CLOCKS, Clock
from sla.models import ClockRule, RunningClock
from tests.permissions.world import World
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


def kinds_of(clock: Clock) -> set[str]:
    starts = clock.starts if isinstance(clock.starts, tuple) else (clock.starts,)
    return {(clock.about or event.about)[0] for event in starts}


LIMIT = {"unit": "wall_minutes", "amount": 60, "opens": 0, "warn": 75}
READERS = {"orders.shortage": Role.ORDER_MANAGER, "shipping.missingpart": Role.ORDER_MANAGER}
"""What has no page of its own is seen on the page of its act, by whoever may take it; everything else by the group manager."""
OWN_PAGE = {"procurement.demandsheet"}  # My work leads to the list where one buys; the sheet itself has the clocks
EVERY = sorted({(kind, clock.name) for clock in CLOCKS.values() for kind in kinds_of(clock)})


def run(kind: str, name: str) -> RunningClock:
    """A clock of that name on the last thing of its kind."""
    thing: Any = apps.get_model(kind).objects.order_by("-pk").first()
    assert thing is not None, f"the world has no {kind}"
    order = thing if kind == "orders.order" else getattr(thing, "order", None)
    RunningClock.objects.filter(name=name, subject_kind=kind, subject_id=thing.pk, stopped_at=None, cancelled_at=None).delete()
    return RunningClock.objects.create(
        rule=ClockRule.objects.filter(name=name, company=None).order_by("case")[0], name=name, subject_kind=kind, subject_id=thing.pk,
        limit=LIMIT, order_id=order.pk if order else None, role=Role.SALES_CLERK, company_id=Company.objects.order_by("pk")[0].pk,
        started_at=MONDAY_9AM, opens_at=MONDAY_9AM, warn_at=MONDAY_9AM, due_at=MONDAY_9AM + timedelta(days=1),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), EVERY, ids=lambda part: part)
def test_the_page_that_my_work_leads_to_shows_the_clock(world: World, kind: str, name: str) -> None:
    clock = run(kind, name)
    reader = world.insiders[READERS.get(kind, Role.GROUP_MANAGER)]
    (task,) = work.tasks([clock], actor_of(reader, MONDAY_9AM), MONDAY_9AM)
    page, link = task["url"].partition("#")[0], f'href="{clock.get_absolute_url()}"'
    if kind in OWN_PAGE:
        page = apps.get_model(kind).objects.get(pk=clock.subject_id).get_absolute_url()  # type: ignore[attr-defined]
    browser = world.client(reader)
    assert link in browser.get(page).content.decode(), f"{page} does not show the clock {name} that runs"
    RunningClock.objects.filter(pk=clock.pk).update(stopped_at=MONDAY_9AM + timedelta(hours=1))
    assert link in browser.get(page).content.decode(), f"{page} does not show the clock {name} that has ended"
    assert browser.get(clock.get_absolute_url()).status_code == 200


def test_who_may_not_open_the_order_sees_the_clock_of_the_plan_without_a_link(world: World) -> None:
    plan = world.things["plan"]
    clock = RunningClock.objects.filter(name="plan_breakdown", order_id=plan.order_id)[0]
    assert f'href="{clock.get_absolute_url()}"' in world.client(world.insiders[Role.PLANNER]).get(plan.get_absolute_url()).content.decode()
    engineer = world.client(world.insiders[Role.EQUIPMENT_ENGINEER])
    page = engineer.get(plan.get_absolute_url()).content.decode()
    assert clock.label in page
    assert clock.get_absolute_url() not in page
    assert engineer.get(clock.get_absolute_url()).status_code == 404


def test_many_clocks_are_folded_and_cost_no_more_questions(world: World, django_assert_max_num_queries: Any) -> None:
    order = world.young
    one = RunningClock.objects.filter(order_id=order.pk)[0]
    RunningClock.objects.exclude(pk=one.pk).filter(order_id=order.pk).delete()
    with django_assert_max_num_queries(1) as few:
        work.of_thing(order)
    for n in range(30):
        one.pk, one.key = None, f"{n}"
        one.stopped_at = MONDAY_9AM if n % 3 else None
        one.save()
    with django_assert_max_num_queries(len(few)):
        running, ended = work.of_thing(order)
        assert [clock.label for clock in [*running, *ended]]
    assert (len(running), len(ended)) == (11, 20)
    page = world.client(world.insiders[Role.SALES_CLERK]).get(order.get_absolute_url()).content.decode()
    assert "<details><summary>" in page
