"""The clocks of the review meeting (`spec/sla.md`: irregular_review), and what must happen around it."""

from django.utils.translation import gettext_lazy as _

from orders.events import ReviewWasOpened
from orders.meetings import events as e
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, days_before, declare, on_date, working_hours

declare(
    Clock(
        name="meeting_call",
        act="call_meeting",
        label=_("Call the review meeting"),
        starts=ReviewWasOpened,
        when=lambda event: bool(event.waits_for_meeting),
        met_by=e.MeetingWasCalled,
        about=("orders.order", "order_id"),
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="irregular_review",
        act="send_papers",
        label=_("Send the papers of the meeting"),
        starts=e.MeetingWasCalled,
        when=lambda event: event.irregular,
        met_by=e.PapersWereSent,
        moved_by=e.MeetingWasMoved,
        anchor="meeting_date",
        limit=days_before(3, opens=10),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="meeting_answer",
        act="answer",
        label=_("Answer the papers of the meeting"),
        starts=e.PapersWereSent,
        met_by=e.PaperWasAnswered,
        cancelled_by=e.PaperWasMissed,
        moved_by=e.MeetingWasMoved,
        anchor="meeting_date",
        each=lambda event: [(role, role_at(role, "product")) for role in event.roles],
        key=lambda event: getattr(event, "role", None),
        limit=days_before(1, opens=10),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="meeting_minutes",
        act="hold",
        label=_("Hold the meeting and record its minutes"),
        starts=e.MeetingWasCalled,
        met_by=e.MeetingWasHeld,
        moved_by=e.MeetingWasMoved,
        anchor="meeting_date",
        limit=on_date(),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
)
