"""P2: another company's order does not exist, in no page, list, search, export, panel, paper or file, and no byte of it is told."""

import pytest
from django.db import transaction
from django.urls import reverse

from organization.roles import Role
from tests.permissions.reading import objects, pages, papers, said
from tests.permissions.world import AT_SALES, EVERYWHERE, UNIT_PRICES, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-01")]
OUTSIDERS = [
    *(role for role in Role.values if role not in EVERYWHERE and role != Role.ADMINISTRATOR),
    "another salesperson",
    "another workshop's head",
]
# The administrator keeps the admin site; on the pages there is nothing for the post (tests/permissions/table.py).


# A change concerns every workshop of the product company: whoever leads one sees it, without prices, and signs for it. The board of the
# company hangs in all of them.
COLLEAGUES_IN = {"another workshop's head": ("board:", "orders:change", "orders:my_signoff", "panel changes")}


def strange(outsider: str, name: str) -> bool:
    return not name.startswith(COLLEAGUES_IN.get(outsider, ("—",)))


def secrets_of(world: World) -> list[str]:
    order = world.order
    amounts = [text for price in UNIT_PRICES.values() for text in (f"{price}", f"{price:,.2f}")]
    return [order.number, order.customer.name, f"{order.amount}", f"{order.amount:,.2f}", *amounts, world.things["invoice"].number]


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_an_object_of_another_company_is_not_there(outsider, world, quick_pages):
    client = world.client(world.outsiders[outsider])
    found = []
    for name, address in objects(world):
        if not strange(outsider, name):
            continue
        with transaction.atomic():
            answer = client.get(address)
            transaction.set_rollback(True)
        body = said(answer).replace(address, "")
        if answer.status_code != 404 or any(secret in body for secret in secrets_of(world)):
            found.append((name, answer.status_code))
    assert found == []


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_nothing_of_it_stands_in_lists_searches_and_exports(outsider, world):
    client = world.client(world.outsiders[outsider])
    found = []
    for name, address in pages(world):
        answer = client.get(address)
        body = said(answer)
        echoed = [world.order.number, world.order.customer.name] if "q=" in address else []  # what one typed oneself stands in the box
        body = body if not echoed else rows_of(answer, body)
        leaked = [secret for secret in secrets_of(world) if secret in body]
        if answer.status_code >= 500 or leaked:
            found.append((name, answer.status_code, leaked))
    assert found == []


def rows_of(answer, body: str) -> str:
    """The rows of a searched list; a redirect goes nowhere but back to the list."""
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("orders:list") + "?")
        return ""
    if answer.status_code != 200 or "rows" not in (answer.context or {}):
        return "" if answer.status_code in (403, 404) else body
    return str(answer.context["rows"])


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_no_paper_of_it_is_printed_and_no_act_is_taken(outsider, world, no_drawing, quick_pages):
    client = world.client(world.outsiders[outsider])
    asked = [*papers(world), ("file", reverse("orders:add_file", args=[world.order.number]))]
    acts = [(name, address) for name, address in objects(world) if "/do/" in address or "finance:" in name or "notice" in name]
    before = world.order.version
    found = []
    for name, address in [*asked, *acts]:
        if not strange(outsider, name):
            continue
        with transaction.atomic():
            answer = client.post(address, {"version": before, "once": "a" * 32})
            transaction.set_rollback(True)
        body = said(answer).replace(address, "")
        if answer.status_code not in (404, 405) or any(secret in body for secret in secrets_of(world)):
            found.append((name, answer.status_code))
    assert found == []


def test_the_same_questions_are_answered_inside(world):
    """The control: people of the order's own companies do find it, so that the silence above means something."""
    clerk = world.client(world.insiders[Role.SALES_CLERK])
    assert clerk.get(reverse("orders:detail", args=[world.order.number])).status_code == 200
    exported = said(clerk.get(reverse("orders:list") + "?export=xlsx"))
    assert world.order.number in exported
    assert f"{world.order.amount}".rstrip("0").rstrip(".") in exported
    assert {role for role in AT_SALES if role in world.outsiders}
