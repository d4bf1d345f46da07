"""Two workers send at the same moment: what is one message stays one (SLA-09)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core import outbox
from core.models import Delivery
from tests.personas import MONDAY_9AM


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.req("SLA-09")
def test_two_workers_make_no_two_messages_of_one(monkeypatch):
    for round_ in range(10):
        Delivery.objects.bulk_create(
            Delivery(
                key=f"mail-{round_}-{n}",
                channel="email",
                person_id=1,
                address="a@example.com",
                title="t",
                at=MONDAY_9AM,
                next_at=MONDAY_9AM,
            )
            for n in range(200)
        )
        sent: list[int] = []
        monkeypatch.setitem(outbox.CHANNELS, "email", lambda rows, at, sent=sent: sent.append(len(rows)))
        together = Barrier(2)

        def worker(together: Barrier = together) -> None:
            together.wait(30)
            outbox.send_due(MONDAY_9AM)
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(worker), pool.submit(worker)]:
                each.result()
        assert sent == [200]
