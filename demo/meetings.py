"""The review meeting as a part of a walk (`Walk` takes these as its methods): called, papers sent and answered, held (REV-07, REV-09)."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.timezone import localtime

from core.actor import Actor
from orders.meetings import services as meetings
from orders.models import Meeting
from orders.workflow import OrderState, PaperState
from organization.finding import first_post
from organization.roles import Role

if TYPE_CHECKING:
    from demo.walk import Walk


def call_meeting(walk: Walk) -> Meeting:
    """As soon as it may be; for an irregular order that is three working days ahead."""
    order, at = walk.fresh(), walk.tick()
    day = meetings.earliest_day(order, at) if order.state == OrderState.IN_IRREGULAR_REVIEW else localtime(at).date()
    return meetings.call_meeting(order=order, by=walk.clerk, at=at, day=day, begins=time(14), place="三楼会议室")


def send_papers(walk: Walk, meeting: Meeting) -> None:
    meetings.send_papers(meeting=meeting, by=walk.clerk, at=walk.tick())


def answer_papers(walk: Walk, meeting: Meeting, *, price: Decimal = Decimal("128000.00"), but: str = "") -> None:
    """Every reviewer (`but` one role) can keep the wanted date; a role that nobody holds is answered for by the general manager."""
    day = walk.order.wanted_date
    assert day is not None
    for paper in meeting.papers.exclude(role=but).order_by("pk"):
        meetings.answer_paper(
            paper=paper, by=asked(walk, Role(paper.role)), at=walk.tick(), possible_date=day, estimate="可按期完成",
            provisional_price=price if paper.asks_price else None,
        )  # fmt: skip


def asked(walk: Walk, role: Role) -> Actor:
    post = first_post(role, walk.order.product_company_id, walk.at)
    return walk.product(role if post else Role.GENERAL_MANAGER)


def hold_meeting(walk: Walk, meeting: Meeting, *, final_date: date | None = None) -> None:
    """On its day or later; who has not answered in writing speaks there."""
    while localtime(walk.at).date() < meeting.day:
        walk.rest(timedelta(hours=1))
    order = walk.fresh()
    day = final_date or order.reviewed_date or order.wanted_date
    silent = meeting.papers.filter(state=PaperState.SENT).values_list("role", flat=True)
    meetings.hold_meeting(
        meeting=meeting, by=walk.clerk, at=walk.tick(), minutes="技术交底完成，按期交货。", attendees="技术、采购、计划、生产、物控",
        purchase_days=10, production_days=12, final_date=day, without=dict.fromkeys(silent, "会上口头答复"),
    )  # fmt: skip


def meet(walk: Walk) -> None:
    """The whole meeting, from calling to its minutes."""
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    walk.answer_papers(meeting)
    walk.hold_meeting(meeting)
