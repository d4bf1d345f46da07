"""Who is told of a step, and by what: the notice on the page, mail as the person wishes, robots of group chats (SLA-09).

Rows only, written in the transaction of what is told; they hold codes, and the words are made when they are read or sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery

from core.models import Delivery
from organization.finding import Seat, recipients
from organization.models import Person, Post
from sla.listeners import Robot, Wish
from sla.models import RunningClock

Told: TypeAlias = frozenset[int]
Fired: TypeAlias = tuple[RunningClock, list[Person]]
ROBOT = "robot"


@dataclass
class Known:
    """What one sweep has asked for already: who sits where, what they wish, which robots there are."""

    people: dict[tuple[Seat, Told], tuple[list[Person], list[str]]] = field(default_factory=dict)
    wishes: dict[int, tuple[Wish, ZoneInfo]] = field(default_factory=dict)
    robots: list[Robot] | None = None

    def whom(self, seat: Seat, at: datetime, told: Told) -> tuple[list[Person], list[str]]:
        key = seat, told
        if key not in self.people:
            self.people[key] = recipients(seat, at, set(told))
        return self.people[key]

    def learn(self, people: Iterable[Person]) -> None:
        """Read the wishes of those who are new, in one query; no row is the house's rule."""
        new = {person.pk for person in people} - self.wishes.keys()
        if not new:
            return
        home = Post.objects.filter(holder=OuterRef("person")).order_by("pk").values("department__company__zone")[:1]
        rows = {wish.person_id: wish for wish in Wish.objects.filter(person__in=new).annotate(zone=Subquery(home))}
        for pk in new:
            wish = rows.get(pk) or Wish(person_id=pk)
            self.wishes[pk] = wish, ZoneInfo(getattr(wish, "zone", None) or settings.TIME_ZONE)

    def hearing(self) -> list[Robot]:
        if self.robots is None:
            self.robots = list(Robot.objects.filter(active=True).order_by("pk"))
        return self.robots


def deliveries(fired: list[Fired], at: datetime, known: Known) -> list[Delivery]:
    """What is written for these steps: notices, mails, messages of robots."""
    known.learn(person for _row, people in fired for person in people)
    written = []
    for row, people in fired:
        key, step = f"clock-{row.pk}-{row.next_step}", row.next_step
        title, due = f"{row.name}:{step}", row.due_at.isoformat()
        for nth, person in enumerate(people):
            notice = _notice(f"{key}-{person.pk}" if nth else key, person, title, due, row.order_id, at)
            written += [notice, *_mail(notice, person, at, known, urgent=step != "warned")]
        for robot in known.hearing():
            if robot.hears(step, row.company_id, row.department_id):
                written.append(_by_robot(robot, key, title, due, row.order_id, at))
    return written


def tell(person: Person, *, key: str, title: str, at: datetime, body: str = "", url: str = "", order_id: int | None = None) -> None:
    """Tell somebody in words of one's own: on the page, and by mail as the person wishes. Once per key, also when asked again."""
    known = Known()
    known.learn([person])
    notice = _notice(key, person, title, body, order_id, at, url)
    Delivery.objects.bulk_create([notice, *_mail(notice, person, at, known, urgent=False)], ignore_conflicts=True)


def _notice(key: str, person: Person, title: str, body: str, order_id: int | None, at: datetime, url: str = "") -> Delivery:
    return Delivery(
        key=key, channel=Delivery.PAGE, person_id=person.pk, title=title, body=body, url=url, order_id=order_id, at=at, sent_at=at
    )


def _mail(notice: Delivery, person: Person, at: datetime, known: Known, *, urgent: bool) -> list[Delivery]:
    wish, zone = known.wishes[person.pk]
    if not (settings.MAIL_ENABLED and person.email and wish.by_mail):
        return []
    when = wish.next_message(at, urgent=urgent, zone=zone)
    return [
        Delivery(
            key=f"mail-{notice.key}", channel=Delivery.EMAIL, person_id=person.pk, address=person.email, title=notice.title,
            body=notice.body, url=notice.url, order_id=notice.order_id, at=at, next_at=when,
        )
    ]  # fmt: skip


def _by_robot(robot: Robot, key: str, title: str, due: str, order_id: int | None, at: datetime) -> Delivery:
    """Names the robot and never its key."""
    return Delivery(
        key=f"robot-{robot.pk}-{key}",
        channel=ROBOT,
        address=f"robot-{robot.pk}",
        title=title,
        body=due,
        order_id=order_id,
        at=at,
        next_at=at,
    )
