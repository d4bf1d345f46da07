"""C4: invoice numbers under eight threads of which a fifth breaks off. The control run shows what the transaction is for."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from core.models import Counter
from finance import services, verify
from finance.models import Invoice
from finance.services import next_invoice_number
from organization.models import Company
from tests.factories.shipping import order_in_store, order_with
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS, EACH = 8, 25


class BrokenOff(Exception):
    """The act fails after it has taken its number."""


def write(order_id: int, company: Company, taken: tuple[int, int, str], *, fails: bool) -> None:
    """An invoice with this number; or the act breaks off."""
    year, serial, number = taken
    Invoice.objects.create(
        order_id=order_id, company=company, year=year, serial=serial, number=number, buyer_name="—", currency="CNY",
        net=0, tax=0, gross=0, issued_at=MONDAY_9AM, issued_by="—",
    )  # fmt: skip
    if fails:
        raise BrokenOff


def inside(order_id: int, company: Company, fails: bool) -> None:
    with transaction.atomic():
        write(order_id, company, next_invoice_number(company, MONDAY_9AM), fails=fails)


def outside(order_id: int, company: Company, fails: bool) -> None:
    taken = next_invoice_number(company, MONDAY_9AM)  # committed by itself: what breaks off later has used it up
    with transaction.atomic():
        write(order_id, company, taken, fails=fails)


def storm(one: Callable[[int, Company, bool], None], order_id: int) -> tuple[list[int], list[BaseException]]:
    company, start, problems = Company.objects.get(code="XS"), Barrier(THREADS), []

    def run() -> None:
        try:
            start.wait(20)
            for i in range(EACH):
                with suppress(BrokenOff):
                    one(order_id, company, i % 5 == 4)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(Invoice.objects.values_list("serial", flat=True)), problems


@pytest.mark.req("SEC-03", "FIN-01")
def test_eight_hands_and_broken_off_acts_leave_no_gap_and_no_double():
    serials, problems = storm(inside, order_with((1, "100")).pk)
    assert problems == []
    assert serials == list(range(1, THREADS * EACH * 4 // 5 + 1))
    assert verify.invoice_numbers_have_no_gaps() == []


@pytest.mark.req("SEC-03")
def test_a_number_taken_outside_the_transaction_leaves_gaps():
    serials, problems = storm(outside, order_with((1, "100")).pk)
    assert problems == []
    assert len(serials) == len(set(serials)) == THREADS * EACH * 4 // 5
    assert Counter.objects.get(series="FPXS26").last == THREADS * EACH
    assert serials != list(range(1, len(serials) + 1))
    assert len(verify.invoice_numbers_have_no_gaps()) == 1


@pytest.mark.req("FIN-01")
def test_two_invoices_at_once_never_charge_the_same_goods(finance_sun, shipped):
    """Eight hands each want 3 of the 8 that were shipped: two get them."""
    order = order_in_store((8, "15800"), free=True)
    shipped(order)
    line, start, got = order.lines.get(), Barrier(8), []

    def run() -> None:
        try:
            start.wait(20)
            invoice = services.issue_invoice(order=order, quantities={line.pk: line.quantity * 3 / 8}, by=finance_sun, at=MONDAY_9AM)
            got.append(invoice.number)
        except Exception as refused:
            got.append(refused)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(each for each in got if isinstance(each, str)) == ["FP26-XS-0001", "FP26-XS-0002"]
    assert {reason.code for each in got if not isinstance(each, str) for reason in each.reasons} == {"invoice_above_shipped"}
    assert verify.invoiced_is_within_shipped() == [] == verify.invoice_numbers_have_no_gaps()
