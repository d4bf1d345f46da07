"""Who has how much: what waits for the people whom somebody leads, person by person, and who has too much (SLA-07).

Every clock is counted once, with one line: that of the person who holds the post that it waits for (or stands in), of the post when it
is vacant, or, where it waits for a role, of all who hold that role at the company ("any of 3"). So the lines add up to the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext

from core.actor import Actor
from core.reasons import plain
from organization.models import Delegation, Person, Post
from organization.roles import Role
from sla.models import RunningClock, RunningClockQuerySet, led_by
from sla.work import counts, in_view

TOO_MUCH, LEAST = 1.5, 5
"""Overloaded: has something overdue, at least LEAST things to do, and more of them than TOO_MUCH times the mean of those beside."""

PLACES = ("company", "unit", "person", "post", "role")
"""What in the address narrows the view: a company, a department (unit), and a person, a vacant post or a role that several hold."""

Held = tuple[int | None, str, int]


@dataclass
class Line:
    """A person, a vacant post, a role that several hold; or a department or a company of them. `held`: whose clocks it counts."""

    name: str
    place: dict[str, str]
    posts: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    company: str = ""
    department: str = ""
    vacant: bool = False
    people: int = 1
    late: int = 0
    today: int = 0
    all: int = 0
    url: str = ""
    chosen: bool = False
    too_much: bool = False

    @property
    def parts(self) -> list[tuple[int, str]]:
        """For the bar: overdue, due today, later."""
        return [(self.late, "late"), (self.today, "soon-line"), (self.all - self.late - self.today, "bar")]

    def add(self, other: Mapping[str, Any]) -> None:
        self.late, self.today, self.all = self.late + other["late"], self.today + other["today"], self.all + other["all"]

    def within(self, place: Mapping[str, str]) -> bool:
        """Is this line at the place that the address names?"""
        return all(self.place.get(name) == place[name] for name in PLACES if place.get(name))


def lines(actor: Actor, at: datetime) -> list[Line]:
    """One line for everybody whom this person leads, those without work, too. Three queries, however many there are."""
    led = Post.objects.filter(led_by(actor, company="department__company", role="role"))
    posts = list(led.select_related("department__company", "holder"))
    there = _there(posts, at)
    found: dict[Any, Line] = {}
    for post in posts:
        person = there.get(post.pk)
        key = (post.department_id, person.pk) if person else post.pk
        line = found.get(key) or found.setdefault(key, _line(post, person))
        line.posts.append(str(Role(post.role).label))
    rows = in_view(RunningClock.objects.of_departments(actor), at).order_by().values("post_id", "role", "company_id").annotate(**counts(at))
    of_post = {post.pk: found[(post.department_id, there[post.pk].pk) if post.pk in there else post.pk] for post in posts}
    for row in rows:
        line = of_post.get(row["post_id"] or 0) or _of_role(row, posts, there, of_post, found)
        line.held.append((row["post_id"], row["role"], row["company_id"]))
        line.add(row)
    return sorted((line for line in found.values() if not line.vacant or line.all), key=lambda line: (-line.late, -line.all, line.name))


def _there(posts: list[Post], at: datetime) -> dict[int, Person]:
    """Post -> who acts in it now: whoever stands in, also for one who has left, or the holder; vacant posts are missing. One query."""
    day = localtime(at).date()
    held = [p for p in posts if p.holder and p.holder.is_active and (not p.starts or p.starts <= day) and (not p.ends or p.ends >= day)]
    lent = Delegation.objects.lent(at).filter(post__in=[post.pk for post in posts]).select_related("to")
    return {post.pk: post.holder for post in held if post.holder} | {each.post_id: each.to for each in lent.reverse()}


def _line(post: Post, person: Person | None) -> Line:
    place = {"company": str(post.department.company_id), "unit": str(post.department_id)}
    place |= {"person": str(person.pk)} if person else {"post": str(post.pk)}
    name, people = (str(person), 1) if person else (str(Role(post.role).label), 0)
    company, department = post.department.company.short_name, post.department.name
    return Line(name, place, company=company, department=department, vacant=person is None, people=people)


def _of_role(row: Mapping[str, Any], posts: list[Post], there: dict[int, Person], of_post: dict[int, Line], found: dict[Any, Line]) -> Line:
    """The line for what waits for a role: of the one who holds it there, else of all of them together."""
    same = [post for post in posts if post.role == row["role"] and row["company_id"] in (post.department.company_id, 0)]
    held = [post for post in same if post.pk in there]
    if len({there[post.pk].pk for post in held}) == 1:
        return of_post[held[0].pk]
    key = ("role", row["role"], row["company_id"])
    if key not in found:
        first = same[0] if same else None
        line = _line(first, None) if first else Line("", {"company": str(row["company_id"])}, vacant=True, people=0)
        line.place = {name: value for name, value in line.place.items() if name != "post"} | {"role": row["role"]}
        names = plain(sorted({str(there[post.pk]) for post in held}))
        line.name, line.posts, line.vacant = str(Role(row["role"]).label), [names] if names else [], not held
        line.people = len({there[post.pk].pk for post in held})
        found[key] = line
    return found[key]


def together(some: Iterable[Line], by: str) -> list[Line]:
    """The lines of one company or department ("company", "unit") as one line each."""
    found = []
    for _key, group in groupby(sorted(some, key=lambda line: line.place.get(by, "")), key=lambda line: line.place.get(by, "")):
        rows = list(group)
        first = rows[0]
        name = first.company if by == "company" else f"{first.company} {first.department}"
        place = {name: first.place.get(name, "") for name in PLACES[: PLACES.index(by) + 1]}
        total = Line(name, place, people=len({row.place["person"] for row in rows if "person" in row.place}))
        for row in rows:
            total.add({"late": row.late, "today": row.today, "all": row.all})
        found.append(total)
    return sorted(found, key=lambda line: (-line.late, -line.all, line.name))


def mark(some: list[Line]) -> float:
    """Mark who has too much beside the others; returns the mean of those who can have (people, or departments with people)."""
    counted = [line for line in some if not line.vacant and "role" not in line.place]
    mean = sum(line.all for line in counted) / len(counted) if counted else 0.0
    for line in counted:
        line.too_much = line.late > 0 and line.all >= LEAST and line.all > TOO_MUCH * mean
    return mean


def of_lines(clocks: RunningClockQuerySet, some: Iterable[Line]) -> RunningClockQuerySet:
    """Only the clocks that these lines count."""
    posts, roles = set(), defaultdict(set)
    for line in some:
        for post_id, role, company_id in line.held:
            if post_id:
                posts.add(post_id)
            else:
                roles[company_id].add(role)
    wanted = Q(post_id__in=posts)
    for company_id, names in roles.items():
        wanted |= Q(post_id=None, role__in=names, company_id=company_id)
    return clocks.filter(wanted)


def said(line: Line, mean: float) -> str:
    """Why somebody has too much, in words and figures."""
    figures = {"name": line.name, "late": line.late, "all": line.all, "mean": f"{mean:.1f}"}
    return gettext("%(name)s has too much: %(late)s overdue, %(all)s in all, where the mean is %(mean)s") % figures
