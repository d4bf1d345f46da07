"""What happened stays as it was written, whoever tries to change it."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from core.models import Fact


@pytest.fixture
def fact(db):
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    return Fact.objects.create(
        kind="orders.OrderWasClosed", subject_kind="orders.order", subject_id=1, actor_kind="system", actor_name="s", at=at
    )


@pytest.mark.req("SEC-02")
def test_a_fact_cannot_be_changed(fact):
    fact.actor_name = "somebody else"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        fact.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(data={"reason": "another"})
    fact.refresh_from_db()
    assert (fact.actor_name, fact.data) == ("s", {})


@pytest.mark.req("SEC-02")
def test_a_fact_cannot_be_deleted(fact):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        fact.delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_fact")
    assert Fact.objects.filter(pk=fact.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_still_be_flushed(masters_again):
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    Fact.objects.create(kind="orders.OrderWasClosed", subject_kind="orders.order", subject_id=1, actor_kind="system", actor_name="s", at=at)
    call_command("flush", interactive=False, verbosity=0)
    assert not Fact.objects.exists()
