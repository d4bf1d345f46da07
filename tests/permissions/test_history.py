"""SEC-02: what happened is written once, with the change itself; nothing in the product, and no SQL of its own, writes it anew."""

import ast
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core.models import Fact
from organization.roles import Role
from tests.permissions.world import World
from tests.structure.sources import calls, modules, routes

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02")]
KEEPERS = [Role.ADMINISTRATOR, Role.GROUP_MANAGER]
WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}


def picture(world: World) -> list[tuple]:
    return list(Fact.objects.filter(order_id=world.order.pk).order_by("pk").values_list())


@pytest.mark.parametrize("role", KEEPERS)
def test_the_history_is_read_only_in_the_admin_site(role, world):
    client, before = world.client(world.insiders[role]), picture(world)
    pk = before[0][0]
    for action in ("add/", f"{pk}/change/", f"{pk}/delete/"):
        answer = client.post(f"/admin/core/fact/{action}", {"actor_name": "谁", "kind": "x", "post": "yes", "_save": "1"})
        assert answer.status_code == 403, action
    client.post("/admin/core/fact/", {"action": "delete_selected", "_selected_action": [str(pk)], "post": "yes"})
    assert picture(world) == before


def test_no_address_leads_to_the_history_but_by_reading():
    assert [name for name in routes() if "fact" in name or "history" in name] == []


def test_facts_are_written_in_one_place():
    """By `publish`, within the act; nobody else creates one, and nobody changes or deletes one."""
    found = []
    for path, tree in modules().items():
        for call in calls(tree):
            text = ast.unparse(call.func)
            if text == "Fact" or (text.startswith(("Fact.objects", "models.Fact")) and text.rsplit(".", 1)[-1] in WRITES):
                found.append((path, text))
    assert found == [("core/facts.py", "Fact.objects.create")]


def attempt(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_fact SET actor_name = 'x' WHERE id = %s",
        "UPDATE core_fact SET at = at, data = data WHERE id = %s",
        "DELETE FROM core_fact WHERE id = %s",
    ],
)
def test_the_database_itself_refuses(sql, world):
    before = picture(world)
    with pytest.raises(DatabaseError, match="append-only"):
        attempt(sql, before[-1][0])
    assert picture(world) == before


def test_a_fact_is_not_changed_by_its_model_either(world):
    fact = Fact.objects.filter(order_id=world.order.pk).first()
    fact.actor_name = "谁"
    with pytest.raises(DatabaseError), transaction.atomic():
        fact.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk)._raw_delete("default")


def test_every_fact_says_who_and_when(world):
    for fact in Fact.objects.filter(order_id=world.order.pk):
        assert fact.at
        assert fact.actor_kind in ("person", "system", "customer")
        assert fact.actor_name
        if fact.actor_kind == "person":
            assert fact.person_id


def test_the_way_of_the_order_stands_in_its_history(world):
    kinds = set(Fact.objects.filter(order_id=world.order.pk).values_list("kind", flat=True))
    assert kinds >= {"orders.OrderWasRegistered", "orders.ContractTookEffect", "orders.InstructionWasIssued", "orders.OrderWasClosed"}


def test_the_whole_history_stands_on_the_order_page(world):
    client = world.client(world.insiders[Role.SALES_CLERK])
    page = client.get(reverse("orders:detail", args=[world.order.number]) + "?all=1")
    happened = [entry for entry in page.context["entries"] if entry["kind"] != "next"]
    assert len(happened) == Fact.objects.filter(order_id=world.order.pk).count()


def test_business_rows_are_read_only_in_the_admin_site(world):
    """What services write is looked at only: order, papers, ledgers."""
    client = world.client(world.insiders[Role.GROUP_MANAGER])
    for label in ("orders.order", "orders.contract", "finance.payment", "finance.invoice", "shipping.shipment", "inventory.stockmovement"):
        model = apps.get_model(label)
        row = model.objects.order_by("-pk").first()
        assert row is not None, label
        for action in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
            assert client.post(f"/admin/{label.replace('.', '/')}/{action}", {"post": "yes"}).status_code in (403, 404), (label, action)
