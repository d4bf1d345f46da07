"""`manage.py verify`: what the foundation, files, purchases and shipments promise, and that a breach of it is found."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.models import Counter, Fact, Reaction
from core.questions import ask
from core.verify import number_gaps, reactions_are_carried_out
from demo.walk import Walk
from documents.models import StoredFile
from documents.verify import files_are_their_hashes
from orders.models import Order
from orders.workflow import OrderState as S
from procurement.models import PurchaseOrder
from procurement.verify import purchase_numbers_have_no_gaps, purchases_are_approved_by_another
from shipping.models import Shipment
from shipping.verify import shipment_numbers_have_no_gaps, shipments_are_verified_by_another
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02")]


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.fixture
def closed() -> Walk:
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 8)])
    walk.to(S.CLOSED)
    return walk


def test_after_a_whole_life_nothing_is_wrong_and_a_breach_ends_with_status_1(closed):
    said = StringIO()
    call_command("verify", stdout=said)
    assert said.getvalue().endswith("\n0 violations\n")
    assert said.getvalue().count("\n") == 1 + sum(len(checks) for checks in ask("invariants"))
    sql("UPDATE orders_order SET amount = amount + 1 WHERE id = %s", closed.order.pk)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", stdout=said)
    assert ended.value.code == 1
    assert closed.order.number in said.getvalue()
    assert said.getvalue().endswith(" violations\n")


def test_a_reaction_that_lies_or_fails_again_and_again_is_found(closed):
    reaction = Reaction.objects.order_by("pk")[0]
    soon = timezone.now() + timedelta(days=30)
    sql("UPDATE core_reaction SET done_at = NULL, next_at = %s WHERE id = %s", soon, reaction.pk)
    assert reactions_are_carried_out() == []
    sql("UPDATE core_reaction SET attempts = 5 WHERE id = %s", reaction.pk)
    assert len(reactions_are_carried_out()) == 1
    sql("UPDATE core_reaction SET attempts = 0, next_at = %s WHERE id = %s", timezone.now() - timedelta(hours=1), reaction.pk)
    assert len(reactions_are_carried_out()) == 1


def test_a_number_left_out_or_a_counter_set_back_is_found(closed):
    assert number_gaps("DD", Order.objects.all()) == []
    sql("UPDATE orders_order SET number = 'DD2611-0009' WHERE id = %s", closed.order.pk)
    assert number_gaps("DD", Order.objects.all()) == ["DD2611: counter at 1, 1 numbers, the highest 9"]
    sql("UPDATE orders_order SET number = 'DD2611-0001' WHERE id = %s", closed.order.pk)
    Counter.objects.filter(series="DD2611").update(last=2)
    assert number_gaps("DD", Order.objects.all()) == ["DD2611: counter at 2, 1 numbers, the highest 1"]


def test_a_purchase_that_its_maker_or_nobody_approved_is_found(closed):
    assert (purchases_are_approved_by_another(), purchase_numbers_have_no_gaps()) == ([], [])
    purchase = PurchaseOrder.objects.order_by("pk")[0]
    approver = Fact.objects.get(kind="procurement.PurchaseWasApproved", subject_id=purchase.pk).person_id
    sql("UPDATE procurement_purchaseorder SET made_by_id = %s WHERE id = %s", approver, purchase.pk)
    assert purchases_are_approved_by_another() == [f"{purchase.number}: made and approved by {purchase.made_by}"]
    sql("UPDATE procurement_purchaseorder SET approved_at = NULL WHERE id = %s", purchase.pk)
    assert purchases_are_approved_by_another() == [f"{purchase.number}: nobody approved it"]


def test_a_shipment_without_a_second_person_is_found(closed):
    assert (shipments_are_verified_by_another(), shipment_numbers_have_no_gaps()) == ([], [])
    shipment = Shipment.objects.get()
    sql("UPDATE shipping_shipment SET verifier_id = NULL WHERE id = %s", shipment.pk)
    assert len(shipments_are_verified_by_another()) == 1
    Counter.objects.filter(series__startswith="FH").update(last=7)
    assert len(shipment_numbers_have_no_gaps()) == 1


def test_a_file_that_is_gone_or_altered_is_found(closed):
    assert files_are_their_hashes() == []
    file = StoredFile.objects.get()
    content = file.read()
    default_storage.delete(file.path)
    assert files_are_their_hashes() == [f"file {file.pk} {file.path}: is gone"]
    with default_storage.open(file.path, "wb") as other:
        other.write(content[:-1] + b"!")
    assert "has the hash" in files_are_their_hashes()[0]
