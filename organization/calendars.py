"""The working calendar of a department or company as arithmetic: rows in, `WorkTime` out; kept per process for a minute at most."""

from __future__ import annotations

from datetime import date
from time import monotonic
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.signals import post_delete, post_save

from organization.models import Calendar, CalendarDay, Company, Department
from organization.worktime import WorkTime, parse_days_off, parse_shifts

KEEP_SECONDS = 60  # another process may have edited the calendar
_kept: dict[tuple[int, int | None], tuple[float, WorkTime]] = {}


def work_time(*, company_id: int, department_id: int | None = None) -> WorkTime:
    """Working time of a department, or of the company's offices (ORG-04); of the first company's where `company_id` is 0 (the group)."""
    key = (company_id, department_id)
    found = _kept.get(key)
    if found is None or monotonic() - found[0] > KEEP_SECONDS:
        found = _kept[key] = monotonic(), _read(company_id, department_id)
    return found[1]


def _read(company_id: int, department_id: int | None) -> WorkTime:
    companies = Company.objects.select_related("calendar").order_by("pk")
    company = companies.get(pk=company_id) if company_id else companies[0]
    own = Calendar.objects.filter(department=department_id).first() if department_id else None
    calendar = own or company.calendar
    off = parse_days_off(calendar.days_off)
    days = dict(CalendarDay.objects.filter(company=None).values_list("date", "working"))
    days |= dict(CalendarDay.objects.filter(company=company).values_list("date", "working"))

    def is_working(day: date) -> bool:
        return days.get(day, day.weekday() not in off)

    return WorkTime(parse_shifts(calendar.shifts), ZoneInfo(company.zone), is_working)


def day_names(company_id: int, first: date, last: date) -> dict[date, str]:
    """What the days are called that are not what their weekday says: of the state, and of the company."""
    days = CalendarDay.objects.filter(Q(company=None) | Q(company=company_id), date__range=(first, last))
    return dict(days.order_by(F("company").asc(nulls_first=True)).values_list("date", "name"))


def forget(**_: object) -> None:
    """A calendar, a company or a day was edited: read again."""
    _kept.clear()


for _model in (Calendar, CalendarDay, Company, Department):
    post_save.connect(forget, sender=_model, dispatch_uid=f"calendar-{_model.__name__}-save")
    post_delete.connect(forget, sender=_model, dispatch_uid=f"calendar-{_model.__name__}-delete")
