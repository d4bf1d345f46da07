"""Clocks made by hand: what is counted here was never started by a fact, so that each figure is known beforehand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from organization.models import Post
from organization.roles import Role
from sla.models import ClockRule, RunningClock
from tests.personas import SHANGHAI

_subject = iter(range(900_000, 10_000_000))


def at(text: str) -> datetime:
    """ "11-23 14:00" in Shanghai, in the year of the stories."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.fixture
def clock(db: None) -> Callable[..., RunningClock]:
    """`clock(post, due, done)`: an order-confirmation clock of that post, due and met then (met late when after it)."""

    def made(post: Post | None, due: str, done: str | None = None, *, unit: str = "working_minutes", **more: Any) -> RunningClock:
        rule = ClockRule.objects.filter(name=more.pop("name", "order_confirmation"), company=None).order_by("pk")[0]
        due_at, stopped_at = at(due), at(done) if done else None
        seat = {"role": Role.ADMINISTRATOR, "company_id": 0}
        if post is not None:
            seat = {"role": post.role, "company_id": post.department.company_id, "post_id": post.pk, "department_id": post.department_id}
        late = stopped_at is not None and stopped_at >= due_at
        values = {
            "rule": rule, "name": rule.name, "subject_kind": "orders.order", "subject_id": next(_subject), **seat,
            "started_at": at("10-01 08:00"), "opens_at": at("10-01 08:00"), "warn_at": due_at, "due_at": due_at, "stopped_at": stopped_at,
            "breached_at": due_at if late else None, "limit": {"unit": unit, "amount": 240, "opens": 0, "warn": 75}, **more,
        }  # fmt: skip
        return RunningClock.objects.create(**values)

    return made


@pytest.fixture
def desk(db: None) -> Callable[..., Post]:
    """`desk("zhoumin")`: that person's first post; with a role, the post of that role."""

    def found(username: str, **which: Any) -> Post:
        return Post.objects.filter(holder__username=username, **which).select_related("department").order_by("pk")[0]

    return found
