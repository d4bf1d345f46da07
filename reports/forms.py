"""The choice above the figures; it stands in the address, so that every figure leads to its records and can be sent on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from organization.models import Person
from reports.chart import NOBODY, Chart, Reach
from reports.compliance import LATE, UNSAID, WHOSE
from reports.periods import Named, Period, named
from sla.declare import CLOCKS
from sla.models import LateCause, RunningClock

EARLIEST = 2000


CAUSES = {**dict(LateCause.Cause.choices), UNSAID: _("nobody has said")}


class Figure(models.TextChoices):
    """The figure whose records are listed (reports.compliance.BEHIND)."""

    DUE = "due", _("Came due")
    MET = "met", _("met in time")
    MET_LATE = "met_late", _("met late")
    OPEN_LATE = "open_late", _("still open, late")
    LATE = "late", _("all late ones")
    ESCALATED = "escalated", _("escalated")
    AFTER_PAUSE = "after_pause", _("late after a pause")
    AFTER_CHANGE = "after_change", _("late after an agreed change")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _choice(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=None)


class ClockChoice(forms.Form):
    """Period, company, department, clock and person, as far as the reader's reach goes."""

    period = forms.ChoiceField(label=_("Period"), choices=Named.choices, required=False)
    since = _day(_("From"))
    until = _day(_("To"))
    company = _choice(_("Company"))
    department = _choice(_("Department"))
    clock = forms.ChoiceField(label=_("Clock"), required=False)
    person = _choice(_("Person"))

    def __init__(self, data: Any, *, chart: Chart, reach: Reach, at: datetime) -> None:
        super().__init__(_with_period({name: value for name, value in data.items() if value}))
        self.chart, self.reach, self.at = chart, reach, at
        for name, choices in {
            "company": {place.company_id: place.company for place in chart.places.values() if place.pk in reach.places}.items(),
            "department": self._departments(),
            "person": self._people(),
            "clock": sorted(((name, str(clock.label)) for name, clock in CLOCKS.items()), key=lambda pair: pair[1]),
        }.items():
            known = list(choices)
            self.fields[name].choices = [("", _("all")), *known]  # type: ignore[attr-defined]
            if len(known) < 2 and name not in self.data:
                del self.fields[name]

    def _departments(self) -> list[tuple[int, str]]:
        """Those led, narrowed by the company; and the one chosen, which narrows what the reader sees anyway (`Chart.within`)."""
        company, chosen = str(self.data.get("company", "")), str(self.data.get("department", ""))
        led = [place for place in self.chart.places.values() if place.pk in self.reach.places and company in ("", str(place.company_id))]
        also = [place for place in self.chart.places.values() if place not in led and str(place.pk) == chosen]
        return [(place.pk, str(place)) for place in (*led, *also)]

    def _people(self) -> list[tuple[int, Any]]:
        """Who sits there, who left but counts there, and nobody: together everything that the total counts."""
        seen = (
            RunningClock.objects.filter(cancelled_at=None).annotate(whose=WHOSE).filter(self.chart.within(self.reach), whose__isnull=False)
        )
        counts = set(seen.order_by().values_list("whose", flat=True).distinct())
        people = Person.objects.filter(pk__in=self.chart.people(self.reach) | counts).order_by("name").values_list("pk", "name")
        return [*people, (NOBODY, _("nobody, the post was vacant"))] if self.reach.places else list(people)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if values.get("period") == Named.DATES:
            if not since or not until or since > until or since.year < EARLIEST or until.year - since.year > 10:
                self.add_error("since", _("Give the first and the last day, the first one earlier."))
        elif since or until:
            self.add_error("period", _("Choose “from … to …” for these dates, or leave them empty."))
        place = self.chart.places.get(values.get("department") or 0)
        if place and values.get("company") not in (None, place.company_id):
            self.add_error("department", _("%(department)s does not belong to this company.") % {"department": place})
        return values

    @property
    def chosen(self) -> Period:
        """The period; this month as long as the form is wrong."""
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("period") == Named.DATES:
            return Period(values["since"], values["until"])
        return named(values.get("period") or Named.THIS_MONTH, self.at)

    @property
    def last(self) -> date:
        """The last day of the period that has come; of a period that lies ahead as a whole, its last."""
        today = localtime(self.at).date()
        return min(self.chosen.last, today) if self.chosen.first <= today else self.chosen.last

    @property
    def said(self) -> str:
        """The period in words, the same above the figures and above their records; nothing as long as the form is wrong."""
        words = _("%(first)s to %(last)s, by due time") % {"first": self.chosen.first, "last": self.last}
        return str(words) if self.is_valid() else ""

    @property
    def which(self) -> Q:
        """The clocks chosen, whenever they are due; none as long as the form is wrong."""
        if not self.is_valid():
            return Q(pk=None)
        values = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        found = self.chart.within(self.reach, values.get("person"))
        if "company" in values:
            found &= self.chart.in_companies([values["company"]])
        if "department" in values:
            found &= self.chart.in_places([values["department"]])
        return found & Q(name=values["clock"]) if "clock" in values else found

    def query(self, **changes: Any) -> str:
        """The same choice as an address, with some of it changed; dates are written out, None takes a part away."""
        values = dict(self.cleaned_data) if self.is_valid() else {}
        values |= changes
        if "since" in changes:
            values["period"] = Named.DATES
        elif values.get("period") != Named.DATES:
            values["since"] = values["until"] = None
        return "?" + urlencode({name: _plain(value) for name, value in values.items() if value not in ("", None)})


def _with_period(values: dict[str, Any]) -> dict[str, Any]:
    """Dates say the period, where no other one was chosen."""
    dates = "since" in values or "until" in values
    if values.get("period", Named.THIS_MONTH) == Named.THIS_MONTH:
        values["period"] = Named.DATES if dates else Named.THIS_MONTH
    return values


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class RecordChoice(ClockChoice):
    """The same with the figure whose records are looked at, and the cause of the late ones."""

    figure = forms.ChoiceField(label=_("Figure"), choices=Figure.choices, required=False)
    cause = forms.ChoiceField(label=_("Cause of lateness"), choices=[("", _("all")), *CAUSES.items()], required=False)

    def __init__(self, data: Any, **known: Any) -> None:
        super().__init__({"figure": Figure.DUE, **{name: value for name, value in data.items() if value}}, **known)

    @property
    def which(self) -> Q:
        found, cause = super().which, self.cleaned_data.get("cause") if self.is_valid() else ""
        if cause == UNSAID:
            return found & LATE & Q(late_cause=None)
        return found & LATE & Q(late_cause__cause=cause) if cause else found
