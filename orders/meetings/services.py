"""Calling, preparing and holding the review meeting of an irregular or a large order (REV-07, REV-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotAllowed, NotReady, Reason
from orders.meetings import events
from orders.meetings.guards import REVIEWERS, waits_for_meeting
from orders.models import Meeting, MeetingPaper, Order
from orders.services.review import conclude, open_review
from orders.workflow import OrderState, PaperState
from organization.calendars import work_time

DAYS_AHEAD = 3  # working days that reviewers of an irregular order have the papers before the meeting (REV-09)


@act
def call_meeting(*, order: Order, by: Actor, at: datetime, day: date, begins: time, place: str) -> Meeting:
    """The clerk calls the reviewers together; for an irregular order so that the papers can be there 3 working days before.

    Raises NotReady: date_past, meeting_too_soon (irregular), and what the guards say.
    """
    order = Order.objects.locked(order)
    irregular = order.state == OrderState.IN_IRREGULAR_REVIEW and waits_for_meeting(order)
    _check_day(order, day, irregular=irregular, papers_at=at, at=at)
    by = order.take("call_meeting", by=by, at=at)
    meeting = Meeting.objects.create(
        order=order,
        intake=order.intake,
        irregular=irregular,
        day=day,
        begins=begins,
        place=place.strip(),
        called_by=by.name,
        called_at=at,
        number=next_number("HY", at),
    )
    MeetingPaper.objects.bulk_create([MeetingPaper(meeting=meeting, role=role, company_id=order.product_company_id) for role in REVIEWERS])
    publish(events.MeetingWasCalled(**_about(meeting), **_when(meeting), place=meeting.place, irregular=irregular), by=by, at=at)
    return meeting


@act
def move_meeting(*, meeting: Meeting, by: Actor, at: datetime, day: date, begins: time, place: str, reason: str) -> Meeting:
    """Another day, hour or place; the clocks that hang on the day move with it."""
    order, meeting = _locked(meeting)
    sent = min((paper.sent_at for paper in meeting.papers.all() if paper.sent_at), default=at)
    _check_day(order, day, irregular=meeting.irregular, papers_at=sent, at=at)
    old = {"day": meeting.day, "begins": f"{meeting.begins:%H:%M}", "place": meeting.place}
    meeting.day, meeting.begins, meeting.place = day, begins, place.strip()
    by = meeting.take("move", by=by, at=at)
    new = {"day": day, "begins": f"{begins:%H:%M}", "place": meeting.place}
    changes = {name: (old[name], value) for name, value in new.items() if old[name] != value}
    fact = events.MeetingWasMoved(**_about(meeting), **_when(meeting), place=meeting.place, reason=reason)
    publish(fact, by=by, at=at, changes=changes)
    return meeting


def earliest_day(order: Order, at: datetime) -> date:
    """The first day on which a meeting leaves its reviewers 3 working days with papers that are sent at `at`."""
    work = work_time(company_id=order.sales_company_id)
    day = localtime(work.add(at, timedelta(0))).date()
    for _day in range(DAYS_AHEAD):
        day = work.next_working_day(day)
    return day


def _check_day(order: Order, day: date, *, irregular: bool, papers_at: datetime, at: datetime) -> None:
    if day < localtime(at).date():
        raise NotReady(Reason("date_past", date=day, field="day"))
    earliest = earliest_day(order, papers_at)
    if irregular and day < earliest:
        raise NotReady(Reason("meeting_too_soon", earliest=earliest, field="day"))


@act
def send_papers(*, meeting: Meeting, by: Actor, at: datetime) -> Meeting:
    """Every reviewer who has none yet gets the papers; from now on each finds them in My work."""
    _order, meeting = _locked(meeting)
    by = meeting.take("send_papers", by=by, at=at)
    waiting = list(meeting.papers.select_for_update().filter(state=PaperState.WAITING).order_by("pk"))
    for paper in waiting:
        paper.take("send", by=SYSTEM, at=at, sent_at=at)
    fact = events.PapersWereSent(
        **_about(meeting),
        meeting_date=meeting.day,
        roles=tuple(paper.role for paper in waiting),
    )
    publish(fact, by=by, at=at, thing=meeting)
    return meeting


@act
def read_paper(*, paper: MeetingPaper, by: Actor, at: datetime) -> None:
    """Note once that the reviewer who was asked has opened the papers; anybody else's look leaves no trace."""
    paper = MeetingPaper.objects.locked(paper)
    if paper.read_at or not paper.sent_at:
        return
    try:
        by = paper.steps()["answer"].permission(paper, by)
    except NotAllowed:
        return
    paper.read_at = at
    paper.save(update_fields=["read_at"])
    publish(events.PaperWasRead(**_about(paper.meeting), role=paper.role), by=by, at=at)


@act
def answer_paper(
    *, paper: MeetingPaper, by: Actor, at: datetime, possible_date: date, estimate: str = "", provisional_price: Decimal | None = None
) -> MeetingPaper:
    """A reviewer's date, with a provisional price where the role sees costs and a technical estimate elsewhere (REV-09).

    Amendable until the meeting was held. Raises NotReady: date_past, price_missing_here, price_not_asked, estimate_missing.
    """
    _order, meeting = _locked(paper.meeting)
    paper = MeetingPaper.objects.locked(paper)
    if possible_date < localtime(at).date():
        raise NotReady(Reason("date_past", date=possible_date, field="possible_date"))
    if paper.asks_price and provisional_price is None:
        raise NotReady(Reason("price_missing_here", field="provisional_price"))
    if not paper.asks_price and provisional_price is not None:
        raise NotReady(Reason("price_not_asked"))
    if not paper.asks_price and not estimate.strip():
        raise NotReady(Reason("estimate_missing", field="estimate"))
    values: dict[str, Any] = {"possible_date": possible_date, "estimate": estimate.strip(), "provisional_price": provisional_price}
    by = paper.take("answer", by=by, at=at, **values, person_name=by.name, answered_at=at, read_at=paper.read_at or at)
    publish(events.PaperWasAnswered(**_about(meeting), role=paper.role, **values), by=by, at=at)
    return paper


@act
def hold_meeting(
    *,
    meeting: Meeting,
    by: Actor,
    at: datetime,
    minutes: str = "",
    attendees: str = "",
    purchase_days: int | None = None,
    production_days: int | None = None,
    final_date: date | None = None,
    without: Mapping[str, str] | None = None,
) -> Meeting:
    """The minutes close the meeting: lead times of purchasing and production in days, and the final date; not without any of them, nor
    without each reviewer's answer or, by role in `without`, the reason why it was held all the same (REV-09).

    An irregular review whose opinions are all in ends here; else the clocks of those that are missing start. After the review, a final
    date that is later than the reviewed one becomes the reviewed date.
    """
    order, meeting = _locked(meeting)
    given = {"minutes": minutes.strip(), "purchase_days": purchase_days, "production_days": production_days, "final_date": final_date}
    empty = [Reason("figure_missing", field=name) for name, value in given.items() if value in (None, "")]
    if empty:
        raise NotReady(*empty)
    today = localtime(at).date()
    if today < meeting.day:
        raise NotReady(Reason("meeting_ahead", day=meeting.day))
    assert final_date is not None and purchase_days is not None and production_days is not None
    if final_date < today:
        raise NotReady(Reason("date_past", date=final_date, field="final_date"))
    by = meeting.take(
        "hold", by=by, at=at, **given, attendees=attendees.strip(), amount=order.amount, recorded_by=by.name, held_at=at
    )  # fmt: skip
    for paper in _without_answers(meeting, without or {}):
        paper.bump().save()
        fact = events.PaperWasMissed(**_about(meeting), role=paper.role, reason=paper.missing_because)
        publish(fact, by=by, at=at)
    review = open_review(order)
    held = events.MeetingWasHeld(
        **_about(meeting),
        final_date=final_date,
        purchase_days=purchase_days,
        production_days=production_days,
        roles=tuple(review.opinions.filter(state="asked").values_list("role", flat=True)) if review else (),
    )
    publish(held, by=by, at=at, changes=_later(order, final_date))
    if review is not None:
        conclude(order, review, at)
    return meeting


def _without_answers(meeting: Meeting, reasons: Mapping[str, str]) -> list[MeetingPaper]:
    """The papers that were sent and not answered, each with its reason; raises NotReady(answer_missing) for those without one."""
    papers = list(meeting.papers.select_for_update().filter(state=PaperState.SENT).order_by("pk"))
    for paper in papers:
        paper.missing_because = reasons.get(paper.role, "").strip()
    silent = [paper for paper in papers if not paper.missing_because]
    if silent:
        raise NotReady(*(Reason("answer_missing", role=str(paper.get_role_display()), field=f"without_{paper.role}") for paper in silent))
    return papers


def _later(order: Order, final_date: date) -> dict[str, tuple]:
    """After the review the meeting's date counts, if it is the later one: production works to the reviewed date."""
    old = order.reviewed_date
    if old is None or final_date <= old:
        return {}
    order.reviewed_date = final_date
    order.bump().save()
    return {"reviewed_date": (old, final_date)}


def _locked(meeting: Meeting) -> tuple[Order, Meeting]:
    order = Order.objects.locked(meeting.order_id)
    meeting = Meeting.objects.locked(meeting)
    meeting.order = order
    return order, meeting


def _about(meeting: Meeting) -> dict[str, Any]:
    return {"order_id": meeting.order_id, "meeting_id": meeting.pk, "number": meeting.number}


def _when(meeting: Meeting) -> dict[str, Any]:
    return {"meeting_date": meeting.day, "begins": f"{meeting.begins:%H:%M}"}
