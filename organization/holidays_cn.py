"""Statutory days of mainland China (ORG-04), from the package `holidays`, which follows the State Council's yearly notice.

The package gives festivals, days off that were exchanged ("休息日（由 2026-02-14 调休）") and, as `weekend_workdays`, the weekend days
worked for them. It leaves out weekend days inside a break, because most people are off anyway; a workshop that works on Saturdays needs
them, so they are added here: a break is the whole run of days off around a festival, which is just what the notice announces. Half days
for some people only (8 March, 4 May) are no days off for a company and left out.

The notice for a year comes in the November before. In 0.109 the last one known is that of 2026. Later years, 2027 too, hold only what
the law fixes (festivals, and days given back when a festival falls on a weekend): no exchanged days, no make-up workdays, shorter breaks
than there will be. `is_published` tells which; the administrator corrects such a year by hand or with a newer package.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date, timedelta

from holidays.countries.china import China, ChinaStaticHolidays

EXCHANGED = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_published(year: int) -> bool:
    """Whether the package knows the State Council's notice of that year, that is, breaks and make-up workdays are complete."""
    return year <= max(ChinaStaticHolidays.special_public_holidays)


def statutory_days(year: int) -> dict[date, tuple[bool, str]]:
    """The days of a year that differ from the plain week: day -> (working?, Chinese name), sorted.

    False: a festival or another day of its break. True: a weekend day that is worked (调休上班). See the module for years to come.
    """
    calendar = China(years=(year - 1, year, year + 1), language="zh_CN")
    off = dict(calendar.items())
    worked = calendar.weekend_workdays - off.keys()
    days = dict.fromkeys(worked, (True, "调休上班"))
    for day, name in off.items():
        if match := EXCHANGED.search(name):
            days[date.fromisoformat(match[1])] = (True, f"调休上班（换 {day} 休息）")
    days |= dict.fromkeys(_weekends_around(off.keys(), worked), (False, "假期周末"))
    days |= {day: (False, name) for day, name in off.items()}
    return {day: days[day] for day in sorted(days) if day.year == year}


def _weekends_around(off: Set[date], worked: Set[date]) -> set[date]:
    """Weekend days that touch a festival or a day off, directly or through another such weekend day."""
    found: set[date] = set()
    for start in off:
        for step in (ONE_DAY, -ONE_DAY):
            day = start + step
            while day.weekday() >= SATURDAY and day not in off and day not in worked:
                found.add(day)
                day += step
    return found
