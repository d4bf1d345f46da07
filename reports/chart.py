"""Who sits where: with which department and person a clock is counted that names only a post or a role. Two queries, then arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.timezone import localtime

from core.actor import Actor
from organization.calendars import work_time
from organization.models import Department, Post
from organization.roles import HEADS, Role
from organization.worktime import WorkTime

EVERYTHING = frozenset({Role.GROUP_MANAGER, Role.ORDER_MANAGER})
COMPANY = frozenset({Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER})
NOBODY = 0
"""Chosen instead of a person: the clocks that count for no person."""


@dataclass(frozen=True)
class Place:
    """A department as the figures name it."""

    pk: int
    company_id: int
    company: str
    name: str
    head_id: int | None = None
    calendar_id: int | None = None

    def __str__(self) -> str:
        return f"{self.company} {self.name}"


@dataclass(frozen=True)
class Chair:
    """A post: its department, and who holds it now (nobody: None)."""

    post_id: int
    role: str
    place_id: int
    company_id: int
    person_id: int | None


class Chart:
    """The group's departments and posts as they are on the day of `at`."""

    def __init__(self, at: datetime) -> None:
        known = "pk", "company_id", "company__short_name", "name", "head_id", "calendar_id"
        self.places = {row[0]: Place(*row) for row in Department.objects.order_by("company_id", "pk").values_list(*known)}
        held = Q(pk__in=Post.objects.held(localtime(at).date()).values("pk"))
        values = "pk", "role", "department_id", "department__company_id", "holder_id"
        chairs = [Chair(*row) for row in Post.objects.filter(held).order_by("pk").values_list(*values)]
        vacant = [replace(Chair(*row), person_id=None) for row in Post.objects.exclude(held).order_by("pk").values_list(*values)]
        self.chairs = {chair.post_id: chair for chair in (*chairs, *vacant)}
        self.seats: dict[tuple[str, int], Chair] = {}
        for chair in (*chairs, *vacant):  # the first held one, as the notices go
            for company_id in (chair.company_id, 0):
                self.seats.setdefault((chair.role, company_id), chair)

    @cached_property
    def companies(self) -> dict[int, str]:
        return {place.company_id: place.company for place in self.places.values()}

    def work_time(self, company_id: int, department_id: int | None) -> WorkTime:
        """The calendar by which a clock's lateness is counted: the department's own or its company's, the first company's for a role of
        the whole group, as its due time was."""
        place = self.places.get(department_id or 0)
        own = department_id if place and place.calendar_id else None
        return work_time(company_id=company_id or min(self.companies), department_id=own)

    def place_of(self, department_id: int | None, role: str, company_id: int) -> int | None:
        """The clock's own department, or that of the post which holds its role; None where the role is held nowhere."""
        if department_id is not None:
            return department_id
        chair = self.seats.get((role, company_id))
        return chair.place_id if chair else None

    def person_of(self, person_id: int | None, post_id: int | None, role: str, company_id: int) -> int | None:
        """Who met it or was warned of it, otherwise whoever holds the post or the role now."""
        if person_id is not None:
            return person_id
        chair = self.chairs.get(post_id) if post_id is not None else self.seats.get((role, company_id))
        return chair.person_id if chair else None

    # the same three as conditions on clocks

    def in_places(self, places: Iterable[int]) -> Q:
        wanted = set(places)
        seats = [key for key, chair in self.seats.items() if chair.place_id in wanted]
        return Q(department_id__in=wanted) | Q(department_id=None) & _any_seat(seats)

    def in_companies(self, companies: Iterable[int]) -> Q:
        wanted = set(companies)
        return self.in_places(place.pk for place in self.places.values() if place.company_id in wanted)

    def of_person(self, person_id: int) -> Q:
        """Needs the annotation `whose` (reports.compliance). NOBODY: what was met by nobody and whose post or role nobody holds."""
        whose = person_id or None
        if whose is None:
            return Q(whose=None) & ~self._held(lambda holder: holder is not None)
        return Q(whose=whose) | Q(whose=None) & self._held(lambda holder: holder == whose)

    def _held(self, by: Callable[[int | None], bool]) -> Q:
        posts = [chair.post_id for chair in self.chairs.values() if by(chair.person_id)]
        seats = [key for key, chair in self.seats.items() if by(chair.person_id)]
        return Q(post_id__in=posts) | Q(post_id=None) & _any_seat(seats)

    def reach(self, actor: Actor) -> Reach:
        """Whose figures this person may see (SLA-08): all, a company's, those of the departments that they lead; always their own."""
        everything = bool(actor.roles & EVERYTHING)
        companies = {hat.company_id for hat in actor.hats if hat.role in COMPANY} | (set(self.companies) if everything else set())
        led = {hat.department_id for hat in actor.hats if hat.role in HEADS}
        places = {pk for pk, place in self.places.items() if place.company_id in companies or pk in led or place.head_id in actor.post_ids}
        return Reach(actor.person_id or 0, everything, frozenset(companies), frozenset(places))

    def within(self, reach: Reach, person_id: int | None = None) -> Q:
        """The clocks that count for this reach: those of the departments led and the reader's own, wherever they sit; of these, this one
        person's. The same set with and without a person, so that the persons add up to the total."""
        seen = Q() if reach.everything else self.in_places(reach.places) | self.of_person(reach.person_id)
        return seen if person_id is None else seen & self.of_person(person_id)

    def people(self, reach: Reach) -> set[int]:
        """Who may be chosen: the holders of posts in the departments, and the person."""
        holders = {chair.person_id for chair in self.chairs.values() if chair.place_id in reach.places and chair.person_id}
        return holders | {reach.person_id}


@dataclass(frozen=True)
class Reach:
    person_id: int
    everything: bool
    companies: frozenset[int]
    places: frozenset[int]


def _any_seat(seats: Iterable[tuple[str, int]]) -> Q:
    found = Q(pk=None)
    by_company: dict[int, list[str]] = {}
    for role, company_id in seats:
        by_company.setdefault(company_id, []).append(role)
    for company_id, roles in by_company.items():
        found |= Q(company_id=company_id, role__in=roles)
    return found
