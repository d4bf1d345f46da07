"""Asking another department, answering it, and closing the matter (EXE-04)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from orders.models import OpenItem, Order
from orders.services.open_items import close_item, open_item
from organization.models import Department
from production.contact import events
from production.contact.models import ContactSheet
from production.contact.workflow import SheetState, somebody_of


@act
def send_contact_sheet(
    *,
    asking: Department,
    asked: Department,
    problem: str,
    wanted: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
    order: Order | None = None,
) -> ContactSheet:
    """Ask `asked` for a solution until `due_at` (EXE-04). Whoever has a post in `asking` may; the clock contact_sheet runs to `due_at`.
    An order that it is about does not close before it is answered, or closed with a note.

    Raises NotAllowed for people of other departments, NotReady when the sheet says too little or its due time is not ahead.
    """
    sent_at, due_at = at.replace(second=0, microsecond=0), due_at.replace(second=0, microsecond=0)
    if found := list(_against_asking(asking, asked, problem, wanted, due_at, at)):
        raise NotReady(*found)
    if order is not None:
        Order.objects.locked(order)
    sheet = ContactSheet(
        order=order, asking=asking, asked=asked, problem=problem.strip(), wanted=wanted.strip(), due_at=due_at, sent_at=sent_at
    )
    by = somebody_of("asking")(sheet, by)
    sheet.sent_by, sheet.number = by.name, next_number("LX", at)
    sheet.save()
    if order is not None:
        open_item(order=order, kind=OpenItem.Kind.CONTACT, reference=sheet.number, at=at)
    publish(
        events.ContactSheetWasSent(
            order_id=order.pk if order else None,
            sheet_id=sheet.pk,
            number=sheet.number,
            asking=str(asking),
            asked=str(asked),
            problem=sheet.problem,
            sent_at=sent_at,
            due_at=due_at,
        ),
        by=by,
        at=at,
        thing=sheet,
    )
    return sheet


def _against_asking(asking: Department, asked: Department, problem: str, wanted: str, due_at: datetime, at: datetime) -> Iterator[Reason]:
    """All that the sheet lacks, so that one look at the form mends it."""
    if not problem.strip():
        yield Reason("contact_problem_missing", field="problem")
    if not wanted.strip():
        yield Reason("contact_wanted_missing", field="wanted")
    if asking.pk == asked.pk:
        yield Reason("contact_with_oneself", field="asked")
    if due_at <= at:
        yield Reason("contact_due_passed", field="due_at")


@act
def answer_contact_sheet(*, sheet: ContactSheet, answer: str, by: Actor, at: datetime) -> ContactSheet:
    """Somebody of the department asked answers; the clock stops. Raises NotReady without an answer."""
    sheet = _locked(sheet)
    if not answer.strip():
        raise NotReady(Reason("contact_answer_missing", field="answer"))
    by = sheet.take("answer_sheet", by=by, at=at, answer=answer.strip(), answered_at=at, answered_by=by.name)
    _order_waits_no_more(sheet, at)
    publish(
        events.ContactSheetWasAnswered(
            order_id=sheet.order_id, sheet_id=sheet.pk, number=sheet.number, asked=str(sheet.asked), answer=sheet.answer
        ),
        by=by,
        at=at,
        thing=sheet,
    )
    return sheet


@act
def close_contact_sheet(*, sheet: ContactSheet, by: Actor, at: datetime, note: str = "") -> ContactSheet:
    """The asking department is content, or no longer needs an answer: then it says why."""
    sheet = _locked(sheet)
    if sheet.state == SheetState.SENT and not note.strip():
        raise NotReady(Reason("contact_closed_unanswered", field="note"))
    return _close(sheet, "close_sheet", note.strip(), by, at)


@act
def close_sheets_of(*, order_id: int, note: str, at: datetime) -> None:
    """The order has come to its end: nobody answers what was asked about it. Again changes nothing."""
    Order.objects.locked(order_id)
    for sheet in ContactSheet.objects.filter(order=order_id, state=SheetState.SENT).order_by("pk"):
        _close(_locked(sheet), "lapse", note[:300], SYSTEM, at)


def _close(sheet: ContactSheet, step: str, note: str, by: Actor, at: datetime) -> ContactSheet:
    by = sheet.take(step, by=by, at=at, closing_note=note, closed_at=at, closed_by=by.name)
    _order_waits_no_more(sheet, at)
    fact = events.ContactSheetWasClosed(order_id=sheet.order_id, sheet_id=sheet.pk, number=sheet.number, note=sheet.closing_note)
    publish(fact, by=by, at=at, thing=sheet)
    return sheet


def _order_waits_no_more(sheet: ContactSheet, at: datetime) -> None:
    if sheet.order is not None:
        close_item(order=sheet.order, kind=OpenItem.Kind.CONTACT, reference=sheet.number, at=at)


def _locked(sheet: ContactSheet) -> ContactSheet:
    """The order before its sheets, in every act."""
    if sheet.order_id is not None:
        Order.objects.locked(sheet.order_id)
    return ContactSheet.objects.locked(sheet)
