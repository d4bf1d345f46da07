"""The forms of the review meeting's acts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from orders.meetings import services
from orders.meetings.guards import waits_for_meeting
from orders.workflow import PaperState


def day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def text(label: Any, length: int, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class WhenAndWhere(ActForm):
    day = day(label=_("Day of the meeting"))
    begins = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label=_("Place"), max_length=80)


class CallMeeting(WhenAndWhere):
    takes = "order"
    service: ClassVar = services.call_meeting
    consequence = _("Technical, purchasing, planning, production and material control are called together; the papers go out next.")
    begins = forms.TimeField(label=_("Begins at"), initial="14:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def prepare(self) -> None:
        if self.thing.state == "in_irregular_review" and waits_for_meeting(self.thing):
            self.fields["day"].help_text = _("Reviewers of an irregular order have the papers 3 working days before.")


class MoveMeeting(WhenAndWhere):
    takes = "meeting"
    service: ClassVar = services.move_meeting
    consequence = _("Reviewers see the new date; whatever is due before the meeting moves with it.")
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def prepare(self) -> None:
        for name in ("day", "begins", "place"):
            self.initial.setdefault(name, getattr(self.thing, name))


class SendPapers(ActForm):
    takes = "meeting"
    service: ClassVar = services.send_papers
    consequence = _("Every reviewer finds the papers in My work, and answers them before the meeting.")


class HoldMeeting(ActForm):
    takes = "meeting"
    service: ClassVar = services.hold_meeting
    consequence = _("The meeting ends with both lead times and the final date; a date later than the wanted one is negotiated.")
    final_date = day(label=_("Final date"), help_text=_("When everything can be delivered"))
    purchase_days = forms.IntegerField(label=_("Purchase lead time, days"), min_value=0, max_value=999)
    production_days = forms.IntegerField(label=_("Production lead time, days"), min_value=0, max_value=999)
    attendees = forms.CharField(label=_("Present"), max_length=200)
    minutes = text(_("Minutes: what was discussed and decided"), 4000, 6)

    def prepare(self) -> None:
        self.initial.setdefault(
            "attendees", "、".join(paper.person_name for paper in self.thing.papers.order_by("pk") if paper.person_name)
        )
        dates = [paper.possible_date for paper in self.thing.papers.all() if paper.possible_date]
        if dates:
            self.initial.setdefault("final_date", max(dates))
        self.silent = {f"without_{paper.role}": paper for paper in self.thing.papers.order_by("pk") if paper.state == PaperState.SENT}
        for name, paper in self.silent.items():
            label = _("No answer of {role}: why the meeting was held without it").format(role=paper.get_role_display())
            self.fields[name] = forms.CharField(label=label, max_length=200, required=False)

    def values(self) -> dict[str, Any]:
        given = super().values()
        without = {paper.role: given.pop(name) for name, paper in self.silent.items()}
        return {**given, "without": without}


class AnswerPaper(ActForm):
    takes = "paper"
    service: ClassVar = services.answer_paper
    consequence = _("Signed with your name and time; you may amend it until the meeting is held.")
    possible_date = day(label=_("Possible date"))
    provisional_price = forms.DecimalField(label=_("Provisional price, CNY"), max_digits=14, decimal_places=2, min_value=0)
    estimate = text(_("Technical estimate: work, material, what is to be watched"), 300, 3)

    def prepare(self) -> None:
        if self.thing.asks_price:
            self.fields["estimate"].required = False
            self.fields["estimate"].label = _("Remark")
        else:
            del self.fields["provisional_price"]
        for name in ("possible_date", "provisional_price", "estimate"):
            self.initial.setdefault(name, getattr(self.thing, name) or None)


MEETING_ACTS: dict[str, type[ActForm]] = {"send_papers": SendPapers, "hold": HoldMeeting, "move": MoveMeeting}
PAPER_ACTS: dict[str, type[ActForm]] = {"answer": AnswerPaper}
