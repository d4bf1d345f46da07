"""P1: every address x method x role. What spec/roles.md does not give to a role is refused: 403, 404, or the log-in page."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from organization.roles import Role
from tests.permissions.table import EVERYBODY, NOBODY, PUBLIC, TABLE, Access
from tests.permissions.world import World
from tests.structure.sources import routes

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-01")]
REFUSED = (403, 404)
NOT_OFFERED = 405
ADMIN = {Role.ADMINISTRATOR, Role.GENERAL_MANAGER, Role.GROUP_MANAGER}
ANSWERED = (200, 302, 422)
DECLARED = {key.partition("/")[0] for key in TABLE}


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """(key of the table, address of a real thing)."""
    for name, pattern in routes().items():
        if name not in DECLARED:
            yield name, ""
        elif name in world.references:
            for step in pattern.callback.view_class.forms:
                yield f"{name}/{step}", reverse(name, kwargs={"ref": world.references[name], "step": step})
        else:
            yield name, reverse(name, kwargs=world.arguments.get(name, {}))


def declared(role: str | None, may: Any) -> bool:
    return may == PUBLIC or (role is not None and (may == EVERYBODY or role in may))


def ask(client: Any, method: str, address: str) -> Any:
    with transaction.atomic():  # what a post did does not change what the next is asked
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    return answer


@pytest.fixture
def printed(world: World, no_drawing: None) -> World:
    return world


def test_every_address_stands_in_the_table(printed):
    assert sorted(key for key, _address in addresses(printed)) == sorted(TABLE)


def wrong(role: str | None, method: str, access: Access, answer: Any) -> bool:
    """Does the answer contradict the table?"""
    may = access.get if method == "get" else access.post
    if access.customer:
        return answer.status_code != 404
    if declared(role, may):
        return answer.status_code not in ANSWERED or (answer.status_code == 302 and "/login/" in answer["Location"] and role is not None)
    if role is None:
        return not (answer.status_code == 302 and answer["Location"].startswith("/login/"))
    if method == "get" and access.empty:
        return answer.status_code != 200 or bool(answer.context["rows"])
    if may == NOBODY:
        return answer.status_code not in (*REFUSED, NOT_OFFERED)
    return answer.status_code not in REFUSED


@pytest.mark.parametrize("role", [None, *Role.values])
def test_a_role_opens_what_is_its_own_and_nothing_else(role, printed, quick_pages):
    client = printed.client(printed.insiders[role] if role else None)
    found = []
    for key, address in addresses(printed):
        if key == "logout" or key not in TABLE:
            continue
        for method in ("get", "post"):
            answer = ask(client, method, address)
            if wrong(role, method, TABLE[key], answer):
                found.append((key, method, answer.status_code))
    assert found == []


def test_lists_that_stay_empty_for_some_have_rows_for_others(printed, quick_pages):
    """Otherwise the emptiness above would prove nothing."""
    manager = printed.client(printed.insiders[Role.GENERAL_MANAGER])
    keeper = printed.client(printed.insiders[Role.ORDER_MANAGER])
    done = {
        "inventory:put_aways",
        "quality:inspections",
        "quality:nonconformities",
        "production:tasks",
        "orders:changes",
        "aftersales:services",
        "aftersales:returns",
    }  # all of it is done in this world
    for key, access in TABLE.items():
        if access.empty and key not in done:
            both = [client.get(reverse(key)).context["rows"] for client in (manager, keeper)]
            assert any(both), key


@pytest.mark.parametrize("role", [None, *Role.values])
def test_the_admin_site_opens_for_those_who_keep_masters(role, printed):
    client = printed.client(printed.insiders[role] if role else None)
    everything = {Role.ADMINISTRATOR, Role.GROUP_MANAGER}  # facts are of all companies
    doors = {"/admin/": ADMIN, "/admin/core/fact/": everything, "/admin/orders/order/": ADMIN}
    for address, keepers in {**doors, f"/admin/orders/order/{printed.order.pk}/change/": ADMIN}.items():
        answer = client.get(address)
        if role in keepers:
            assert answer.status_code == 200, address
        else:
            assert answer.status_code in REFUSED or (answer.status_code == 302 and "/login/" in answer["Location"]), address
