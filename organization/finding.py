"""Finding people: resolvers name a post or a role at a company; `recipient` finds somebody who is there to be told (decision 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.utils.timezone import localtime

from organization.models import Company, Delegation, Department, Person, Post
from organization.roles import Role, company_of


@dataclass(frozen=True)
class Seat:
    """Who is responsible: a certain post, or whoever holds the role at the company."""

    role: str
    company_id: int
    post_id: int | None = None
    department_id: int | None = None


# A resolver is a short text, so that managers can edit who is responsible and who stands above (SLA-02):
# `owner:clerk`, `head:clerk`, `finance@sales`, `production_manager@product`, `group_manager@group`.


def owner(name: str) -> str:
    """The owner post of that name on the thing: `owner("clerk")` reads `clerk_post`."""
    return f"owner:{name}"


def head_of(name: str) -> str:
    """The head of that owner post's department."""
    return f"head:{name}"


def role_at(role: Role, company: str) -> str:
    """Whoever holds the role at the thing's `sales` or `product` company, or anywhere in the `group`."""
    return f"{role}@{company}"


def seat(resolver: str, thing: Any) -> Seat | None:
    """Where a resolver leads for this thing; None when the post is not filled in (the chain goes on)."""
    if "@" in resolver:
        role, _, company = resolver.partition("@")
        return Seat(role, 0) if company == "group" else Seat(role, company_of(thing, company))
    kind, _, name = resolver.partition(":")
    bearer = thing if hasattr(thing, f"{name}_post_id") else getattr(thing, "order", None)  # what belongs to an order has its people
    post_id = getattr(bearer, f"{name}_post_id", None)
    if post_id is None:
        return None
    posts, heads, _names = _chart(post_id)
    found = posts[post_id]
    return found if kind == "owner" else posts.get(heads[found.department_id or 0])


def company_name(post_id: int) -> str:
    """The name of the company that a post belongs to."""
    posts, _heads, names = _chart(post_id)
    return names[posts[post_id].company_id]


KEEP_SECONDS = 30  # another process may have edited the posts
Chart = tuple[dict[int, Seat], dict[int, int], dict[int, str]]
_kept: list[tuple[float, Chart]] = []


def _chart(post_id: int) -> Chart:
    """All posts as seats, the post at the head of each department (0: none), the companies' names; who holds a post is asked for
    elsewhere, every time."""
    if not _kept or monotonic() - _kept[0][0] > KEEP_SECONDS or post_id not in _kept[0][1][0]:
        company = "department__company"
        rows = list(Post.objects.values_list("pk", "role", "department_id", "department__head_id", f"{company}_id", f"{company}__name"))
        posts = {pk: Seat(role, company_id, pk, department) for pk, role, department, _head, company_id, _name in rows}
        heads = {department: head or 0 for _pk, _role, department, head, *_company in rows}
        _kept[:] = [(monotonic(), (posts, heads, {company_id: name for *_post, company_id, name in rows}))]
    return _kept[0][1]


def forget(**_: object) -> None:
    """A post, a department or a company was edited: read again."""
    _kept.clear()


for _model in (Post, Department, Company):
    post_save.connect(forget, sender=_model, dispatch_uid=f"chart-{_model.__name__}-save")
    post_delete.connect(forget, sender=_model, dispatch_uid=f"chart-{_model.__name__}-delete")


def first_post(role: Role, company_id: int, at: datetime) -> Post | None:
    """The first held post with the role at the company (0: anywhere in the group); an order's proposed owner."""
    posts = Post.objects.held(localtime(at).date()).filter(role=role)
    return (posts.filter(department__company=company_id) if company_id else posts).order_by("pk").first()


def recipient(seat: Seat, at: datetime, told: set[int]) -> tuple[Person | None, list[str]]:
    """The first of `recipients`, and the path that was gone."""
    people, path = recipients(seat, at, told)
    return (people[0] if people else None), path


def recipients(seat: Seat, at: datetime, told: set[int]) -> tuple[list[Person], list[str]]:
    """The first who is there and not yet told: whoever stands in, the holder, the department's head, general manager, group manager,
    administrator; if even that post is vacant, everybody who may do anything (SLA-09). Returns them and the path that was gone.

    Empty only when all of them have been told.
    """
    path: list[str] = []
    for name, posts in _line(seat, at):
        if not posts:
            path.append(f"{name}:")
        for post in posts:
            lent = Delegation.objects.lent(at).filter(post=post).select_related("to").first()
            person = lent.to if lent else post.holder
            path.append(f"{name}:{person}")
            if person is not None and person.pk not in told:
                return [person], path
    last = list(Person.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=told).order_by("pk"))
    return last, [*path, *(f"superuser:{person}" for person in last)]


def _line(seat: Seat, at: datetime) -> Iterator[tuple[str, list[Post]]]:
    """Who comes into question, one after the other; whoever finds somebody asks for no more."""
    posts = Post.objects.acted_in(at).select_related("holder", "department__head__holder")
    here = posts.filter(pk=seat.post_id) if seat.post_id else posts.filter(role=seat.role)
    if not seat.post_id and seat.company_id:
        here = here.filter(department__company=seat.company_id)
    first = list(here.order_by("pk"))
    yield seat.role, first
    department = seat.department_id or (first[0].department_id if first else 0)
    heads = Department.objects.filter(pk=department, head__isnull=False).values_list("head", flat=True)
    yield "head", list(posts.filter(pk__in=list(heads)))
    managers = posts.filter(role__in=[Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER], department__company=seat.company_id)
    yield Role.GENERAL_MANAGER, list(managers.order_by("-role"))
    for role in (Role.GROUP_MANAGER, Role.ADMINISTRATOR):
        yield role, list(posts.filter(role=role).order_by("pk"))
