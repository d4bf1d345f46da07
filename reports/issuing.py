"""After a month has ended its figures are frozen, once, for each company and department, and their heads are told (SLA-08)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.questions import answers
from organization.finding import Seat, recipient
from reports.chart import Chart, Place, Reach
from reports.compliance import Figures, Tally, counted, measure
from reports.models import IssuedFigures
from reports.periods import month_of, months_before
from sla.telling import tell


@answers("round")
def issue_months(at: datetime) -> None:
    """Issue what has ended and was not issued: after an outage every month of it, at the very first the last one. One query when there
    is nothing to do."""
    ended = months_before(localtime(at).date(), 1)
    last = IssuedFigures.objects.aggregate(last=Max("month"))["last"]
    month = months_before(last, -1) if last else ended
    while month <= ended:
        try:
            issue_month(month, at)
        except IntegrityError:
            return  # another worker has issued it in this moment; it told everybody, too
        month = months_before(month, -1)


@transaction.atomic
def issue_month(month: date, at: datetime) -> None:
    """Freeze one month as it stands at `at`, and tell the heads. The unique rows let only one of two workers through, as a whole."""
    chart, period = Chart(at), month_of(month)
    figures = measure(counted(period.start, period.end, at), chart, at)
    by_place = figures.by(lambda row: row.place)
    rows = []
    for company_id in chart.companies:
        own = {pk: part for pk, part in by_place.items() if pk in chart.places and chart.places[pk].company_id == company_id}
        rows.append(IssuedFigures(company_id=company_id, month=month, figures=frozen(_together(own.values())), issued_at=at))
        rows += [
            IssuedFigures(company_id=company_id, department_id=pk, month=month, figures=frozen(part), issued_at=at)
            for pk, part in own.items()
        ]
    IssuedFigures.objects.bulk_create(rows)
    for row in rows:
        if row.department_id is not None:
            _tell_head(row, chart.places[row.department_id], at)


def _together(parts: Any) -> Figures:
    found = list(parts)
    return Figures([row for part in found for row in part.rows], [late for part in found for late in part.late])


def frozen(figures: Figures) -> dict[str, Any]:
    """Plain values: the total with what is told of the late ones, and the same by clock."""
    return {
        "total": {
            **_tally(figures.total),
            "median_late_minutes": figures.median_late,
            "worst_open_minutes": figures.worst_open,
            "escalated": figures.escalated,
            "after_pause": figures.after_pause,
            "after_change": figures.after_change,
        },
        "clocks": [{"name": name, **_tally(part.total)} for name, part in sorted(figures.by(lambda row: row.name).items())],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    rate = None if tally.rate is None else str(tally.rate)
    return {"due": tally.due, "met": tally.met, "met_late": tally.met_late, "open_late": tally.open_late, "rate": rate}


def _tell_head(row: IssuedFigures, place: Place, at: datetime) -> None:
    """The rate and the way to the figures, on the page and by mail as they wish, to whoever heads the department or stands in for them."""
    if place.head_id is None:
        return
    person, _path = recipient(Seat("", place.company_id, place.head_id, place.pk), at, set())
    if person is None:
        return
    with translation.override(person.language or settings.LANGUAGE_CODE):
        said = {"month": f"{row.month:%Y-%m}", "department": str(place), "rate": row.total["rate"], "due": row.total["due"]}
        title = _("Clock compliance of %(department)s in %(month)s: %(rate)s%% of %(due)s in time") % said
        text = _("See the figures of the month")
    tell(person, key=f"figures-{row.pk}", title=title, body=text, url=row.get_absolute_url(), at=at)


def issued_to(reach: Reach) -> QuerySet[IssuedFigures]:
    """What was issued to those whose figures this reach covers, the newest month first, the company before its departments."""
    mine = Q() if reach.everything else Q(department__in=reach.places) | Q(department=None, company__in=reach.companies)
    rows = IssuedFigures.objects.filter(mine).select_related("company", "department__company")
    return rows.order_by("-month", "company_id", "department_id")
