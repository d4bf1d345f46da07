"""House rule 12: every declared clock starts and stops by facts that exist, and knows who is responsible and who is told."""

import dataclasses
from typing import Any

import pytest
from django.apps import apps
from django.utils.functional import Promise

from core.facts import EVENTS
from organization.roles import RIGHTS, Role
from sla.declare import CLOCKS, Clock
from sla.models import ClockRule
from tests.requirements import clocks

each_clock = pytest.mark.parametrize("clock", CLOCKS.values(), ids=list(CLOCKS))


def many(events: Any) -> tuple:
    return events if isinstance(events, tuple) else (events,)


@pytest.mark.req("SLA-01")
def test_every_clock_of_the_standard_runs_or_says_which_fact_it_waits_for():
    """`make requirements` prints the list: a clock that is declared, and still called waiting, or neither, is found here."""
    listed = clocks()
    assert {name for name, fact in listed.items() if not fact} == set(listed) & set(CLOCKS)


@each_clock
def test_a_clock_hangs_on_facts_that_exist(clock: Clock):
    assert many(clock.starts)
    assert many(clock.met_by)
    for event in (*many(clock.starts), *many(clock.met_by), *many(clock.cancelled_by), *many(clock.moved_by)):
        assert EVENTS[event.kind()] is event
        kind, name = clock.about or event.about
        assert apps.get_model(kind)
        assert name in {field.name for field in dataclasses.fields(event)}, f"{event.kind()} does not say which {kind}"
    kinds = {(clock.about or event.about)[0] for event in (*many(clock.starts), *many(clock.met_by))}
    assert len(kinds) == 1, "started on one thing, stopped on another: it would never stop"


@each_clock
def test_a_clock_with_a_date_has_the_date(clock: Clock):
    assert bool(clock.anchor) == (clock.limit.unit in ("days_before", "on_date"))
    for event in (*many(clock.starts), *many(clock.moved_by)):
        assert not clock.anchor or clock.anchor in {field.name for field in dataclasses.fields(event)}


@each_clock
def test_a_clock_has_a_label_and_a_limit_of_a_known_unit(clock: Clock):
    assert isinstance(clock.label, Promise)
    assert str(clock.label).strip()
    assert clock.limit.unit in ClockRule.Unit.values


@each_clock
def test_a_clock_finds_who_is_responsible_and_who_stands_above(clock: Clock):
    events = many(clock.starts)
    model: Any = apps.get_model((clock.about or events[0].about)[0])
    for resolver in (clock.responsible, *clock.chain):
        if "@" in resolver:
            role, _sep, company = resolver.partition("@")
            assert role in RIGHTS
            assert role in Role.values
            assert company == "group" or company in model.scope_paths, f"{model} does not say its {company} company"
        else:
            kind, _sep, name = resolver.partition(":")
            assert kind in ("owner", "head")
            assert hasattr(model, f"{name}_post"), f"{model} has no {name}_post"
