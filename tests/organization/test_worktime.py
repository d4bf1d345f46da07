"""Working time: stories as people tell them, and an oracle that counts every single minute."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from organization.holidays_cn import is_published, statutory_days
from organization.worktime import NoWorkingDay, Shift, WorkTime, parse_shifts
from tests.proof.figures import note, size

pytestmark = [pytest.mark.req("ORG-04"), pytest.mark.req("SLA-04")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = "08:00-12:00,13:00-17:00"
WORKSHOP = "08:00-12:00,13:30-17:30"
DAYS_2026 = {year: statutory_days(year) for year in (2026, 2027)}


def statutory(day: date) -> bool:
    return DAYS_2026.get(day.year, {}).get(day, (day.weekday() < 5, ""))[0]


office = WorkTime(parse_shifts(OFFICE), SHANGHAI, statutory)
workshop = WorkTime(parse_shifts(WORKSHOP), SHANGHAI, statutory)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


# stories: adding working time


@pytest.mark.parametrize(
    ("why", "start", "amount", "end"),
    [
        ("a Friday order is answered on Monday before lunch", "2026-11-06 16:00", 4, "2026-11-09 11:00"),
        ("lunch does not count", "2026-11-10 11:30", 1, "2026-11-10 13:30"),
        ("four hours from eight are over at noon, not at one", "2026-11-10 08:00", 4, "2026-11-10 12:00"),
        ("eight hours fill the day to its last minute", "2026-11-10 08:00", 8, "2026-11-10 17:00"),
        ("mail of the night starts in the morning", "2026-11-10 23:10", 0.5, "2026-11-11 08:30"),
        ("nothing from lunch on is one o'clock", "2026-11-10 12:20", 0, "2026-11-10 13:00"),
        ("nothing from working time on is that moment", "2026-11-10 10:20", 0, "2026-11-10 10:20"),
        ("a make-up Saturday is worked", "2026-02-13 16:00", 4, "2026-02-14 11:00"),
        ("a make-up Sunday before National Day is worked", "2026-09-18 16:00", 4, "2026-09-20 11:00"),
        ("the Spring Festival lasts from the 15th to the 23rd", "2026-02-14 16:00", 4, "2026-02-24 11:00"),
        ("National Day lasts a week", "2026-09-30 16:30", 1, "2026-10-08 08:30"),
        ("backwards over a weekend", "2026-11-09 09:00", -2, "2026-11-06 16:00"),
        ("backwards over lunch", "2026-11-10 13:30", -1, "2026-11-10 11:30"),
        ("backwards from the night", "2026-11-10 22:00", -8, "2026-11-10 08:00"),
    ],
)
def test_the_office_counts_only_its_own_hours(why, start, amount, end):
    result = office.add(at(start), hours(amount))
    assert result == at(end), why
    assert result.tzinfo is UTC


def test_the_workshop_has_its_own_lunch():
    assert workshop.add(at("2026-11-10 11:30"), hours(1)) == at("2026-11-10 14:00")
    assert workshop.end_of_day(at("2026-11-10 09:00")) == at("2026-11-10 17:30")


def test_time_between_skips_nights_lunch_and_festival_and_has_a_sign():
    assert office.between(at("2026-11-06 16:00"), at("2026-11-09 11:00")) == hours(4)
    assert office.between(at("2026-11-09 11:00"), at("2026-11-06 16:00")) == -hours(4)
    assert office.between(at("2026-02-15 00:00"), at("2026-02-23 23:59")) == hours(0)
    assert office.between(at("2026-02-14 00:00"), at("2026-02-24 23:59")) == hours(16)


# stories: working days


@pytest.mark.parametrize(
    ("why", "start", "n", "end"),
    [
        ("same time tomorrow", "2026-11-10 15:20", 1, "2026-11-11 15:20"),
        ("same time over the weekend", "2026-11-06 15:20", 1, "2026-11-09 15:20"),
        ("the last moment of the day keeps its time", "2026-11-10 17:00", 1, "2026-11-11 17:00"),
        ("Saturday noon counts as Monday morning", "2026-11-07 12:00", 1, "2026-11-10 08:00"),
        ("lunch counts as one o'clock", "2026-11-10 12:30", 2, "2026-11-12 13:00"),
        ("evening counts as the next morning", "2026-11-10 19:00", 1, "2026-11-12 08:00"),
        ("over the Spring Festival", "2026-02-14 10:00", 2, "2026-02-25 10:00"),
        ("no days from a Saturday on is Monday morning", "2026-11-07 12:00", 0, "2026-11-09 08:00"),
        ("three days back", "2026-11-10 10:00", -3, "2026-11-05 10:00"),
    ],
)
def test_working_days_end_at_the_same_time_of_day(why, start, n, end):
    assert office.add_days(at(start), n) == at(end), why


def test_days_before_a_date():
    assert office.day_before(date(2026, 11, 9), 1) == date(2026, 11, 6)
    assert office.day_before(date(2026, 11, 8), 3) == date(2026, 11, 4), "from a Sunday back"
    assert office.day_before(date(2026, 2, 24), 1) == date(2026, 2, 14), "the make-up Saturday"
    assert office.day_before(date(2026, 11, 8), 0) == date(2026, 11, 8)
    with pytest.raises(ValueError, match="from 0"):
        office.day_before(date(2026, 11, 8), -1)


def test_the_next_working_day_is_never_the_day_itself():
    assert office.next_working_day(date(2026, 11, 5)) == date(2026, 11, 6)
    assert office.next_working_day(date(2026, 11, 6)) == date(2026, 11, 9)
    assert office.next_working_day(date(2026, 9, 19)) == date(2026, 9, 20), "a Sunday that is worked"


def test_the_end_of_the_day_moves_on_when_the_day_is_over():
    assert office.end_of_day(at("2026-11-10 09:00")) == at("2026-11-10 17:00")
    assert office.end_of_day(at("2026-11-10 17:00")) == at("2026-11-10 17:00")
    assert office.end_of_day(at("2026-11-10 17:01")) == at("2026-11-11 17:00")
    assert office.end_of_day(at("2026-11-07 09:00")) == at("2026-11-09 17:00")
    assert office.start_of_day(date(2026, 11, 10)) == at("2026-11-10 08:00")
    assert office.start_of_day(date(2026, 11, 7)) == at("2026-11-09 08:00")


# the statutory calendar


def test_2026_is_the_schedule_of_the_state_council():
    days = statutory_days(2026)
    made_up = {day for day, (working, _) in days.items() if working}
    assert made_up == {date(2026, m, d) for m, d in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))}
    breaks = [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)]
    off = {date(2026, *first) + timedelta(days=n) for first, length in breaks for n in range(length)}
    assert {day for day, (working, _) in days.items() if not working} == off
    assert days[date(2026, 2, 17)] == (False, "春节")
    assert days[date(2026, 2, 14)] == (True, "调休上班（换 2026-02-20 休息）")
    assert list(days) == sorted(days)
    assert is_published(2026)


def test_2027_has_festivals_but_no_make_up_days_yet():
    days = statutory_days(2027)
    assert not is_published(2027)
    assert not any(working for working, _ in days.values())
    assert days[date(2027, 2, 6)] == (False, "春节")


def test_a_day_worked_for_the_year_after_belongs_to_its_own_year():
    assert statutory_days(2011)[date(2011, 12, 31)][0] is True


# hard calendars


def test_the_night_shift_belongs_to_the_day_on_which_it_starts():
    night = WorkTime(parse_shifts("22:00-02:00,02:30-06:30"), SHANGHAI, statutory)
    assert night.add(at("2026-11-10 23:00"), hours(4)) == at("2026-11-11 03:30"), "the break after two is not worked"
    assert night.add(at("2026-11-14 05:30"), hours(2)) == at("2026-11-16 23:00"), "Friday's night ends on Saturday; the next is Monday's"
    assert night.between(at("2026-11-16 00:00"), at("2026-11-16 12:00")) == hours(0), "nobody works on Monday's first hours"
    assert night.add_days(at("2026-11-14 05:30"), 1) == at("2026-11-17 05:30"), "one working day after Friday night is Monday night"
    assert night.end_of_day(at("2026-11-11 03:00")) == at("2026-11-11 06:30")
    assert night.end_of(date(2026, 11, 11)) == at("2026-11-12 06:30")
    assert night.add(at("2026-11-11 03:00"), hours(-1)) == at("2026-11-11 01:30")


def test_a_calendar_without_working_days_says_so_instead_of_searching_for_ever():
    never = WorkTime(parse_shifts(OFFICE), SHANGHAI, lambda day: False)
    start = at("2026-11-10 09:00")
    for search in (
        lambda: never.add(start, hours(1)),
        lambda: never.add(start, -hours(1)),
        lambda: never.add_days(start, 1),
        lambda: never.day_before(start.date(), 1),
        lambda: never.next_working_day(start.date()),
        lambda: never.end_of_day(start),
        lambda: never.start_of_day(start.date()),
        lambda: office.next_working_day(date.max),
        lambda: office.day_before(date.min, 1),
    ):
        with pytest.raises(NoWorkingDay):
            search()
    assert never.between(start, start + timedelta(days=900)) == timedelta(0)


def test_a_works_closed_for_a_year_opens_again():
    closed = WorkTime(parse_shifts(OFFICE), SHANGHAI, lambda day: day.year != 2026)
    assert closed.add(at("2025-12-31 16:00"), hours(2)) == at("2027-01-01 09:00")


def test_ten_years_are_quick():
    began = perf_counter()
    far = office.add(at("2026-01-05 08:00"), hours(8 * 2600))
    assert office.between(at("2026-01-05 08:00"), far) == hours(8 * 2600)
    assert office.add(far, -hours(8 * 2600)) == at("2026-01-05 08:00")
    assert perf_counter() - began < 1


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        office.add(datetime(2026, 11, 10, 9), hours(1))


@pytest.mark.parametrize(
    "text",
    ["", "8-12", "12:00-08:00", "08:00-12:00,11:00-13:00", "08:00-25:00", "08:00-12:00 and on", "08:00-08:00", "06:00-14:00,22:00-06:30"],
)
def test_shifts_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError):
        parse_shifts(text)


def test_shifts_are_read_as_managers_write_them():
    morning, afternoon = Shift(hours(8), hours(12)), Shift(hours(13), hours(17))
    assert parse_shifts(OFFICE) == (morning, afternoon)
    assert parse_shifts(" 13:00 - 17:00，8:00－12:00、") == (morning, afternoon)
    assert ",".join(map(str, parse_shifts(OFFICE))) == OFFICE


# the oracle: every minute looked at one by one

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
SHIFTS = (
    OFFICE,
    WORKSHOP,
    "22:00-02:00,02:30-06:30",
    "09:15-09:16",
    "07:00-11:00,11:00-15:00,15:30-20:45",
    "06:00-14:00,22:00-06:00",
    "13:00-24:00",
)
PER_CALENDAR = 250
SPAN = 45


def worked_for(shift: Shift, wall: datetime) -> date | None:
    """The day whose work this minute is, if the shift covers it."""
    since_midnight = timedelta(hours=wall.hour, minutes=wall.minute)
    days = [wall.date() - timedelta(days=n) for n in (0, 1) if shift.start <= since_midnight + timedelta(days=n) < shift.end]
    return days[0] if days else None


class Minutes:
    """Knows for every minute of some weeks whether it is worked, by asking the clock on the wall; everything else is counting."""

    def __init__(self, zone: ZoneInfo, shifts: tuple[Shift, ...], first: date, off: set[date]) -> None:
        self.origin = datetime.combine(first, time(0), zone).astimezone(UTC)
        walls = ((self.origin + timedelta(minutes=n)).astimezone(zone) for n in range(SPAN * 1440))
        self.day_of = {n: day for n, wall in enumerate(walls) for shift in shifts if (day := worked_for(shift, wall)) and day not in off}
        self.worked = sorted(self.day_of)
        self.edges = sorted(set(self.worked) ^ {n + 1 for n in self.worked})

    def moment(self, n: int) -> datetime:
        return self.origin + timedelta(minutes=n)

    def add(self, start: int, amount: int) -> int:
        """Minute at whose end `amount` worked minutes have passed since `start`."""
        if amount > 0:
            return self.worked[bisect_left(self.worked, start) + amount - 1] + 1
        if amount < 0:
            return self.worked[bisect_left(self.worked, start) + amount]
        at = bisect_left(self.worked, start)
        return start if self.worked[at - 1] + 1 == start else self.worked[at]

    def between(self, a: int, b: int) -> int:
        return bisect_left(self.worked, b) - bisect_left(self.worked, a)

    def last_of_day(self, start: int) -> int:
        """End of the last worked minute of the first day that has one at or after `start`."""
        at = bisect_left(self.worked, start)
        if self.worked[at - 1] + 1 == start and self.day_of[self.worked[at - 1]] != self.day_of[self.worked[at]]:
            return start
        return self.worked[bisect_right(self.worked, self.day_of[self.worked[at]], key=self.day_of.__getitem__) - 1] + 1


def differences(cases: int, work: Callable[..., WorkTime] = WorkTime) -> Iterator[tuple]:
    """Stories in which `work` and the counting of minutes do not agree."""
    dice = random.Random(20261110)
    for number in range(-(-cases // PER_CALENDAR)):
        zone, shifts = ZoneInfo(ZONES[number % len(ZONES)]), parse_shifts(SHIFTS[number % len(SHIFTS)])
        first = date(2026, 1, 1) + timedelta(days=dice.randrange(700)) if number % 2 else date(2026, dice.choice((3, 10)), 5)
        days = [first + timedelta(days=n) for n in range(-5, SPAN + 5)]
        off = {day for day in days if dice.random() < (0.8 if day.weekday() >= 5 else 0.2)}
        time_of = work(shifts, zone, lambda day, off=off: day not in off)
        minutes = Minutes(zone, shifts, first, off)
        long, short = len(minutes.worked) // 5, min(90, len(minutes.worked) // 5)
        for _ in range(PER_CALENDAR):
            start, other = dice.randrange(SPAN * 480, SPAN * 960), dice.randrange(SPAN * 300, SPAN * 1440)
            if dice.random() < 0.2:
                start = dice.choice([edge for edge in minutes.edges if SPAN * 480 <= edge < SPAN * 960])
            amount = dice.choice((0, 1, dice.randint(-long, long), dice.randint(-short, short)))
            moment, odd = minutes.moment(start), timedelta(microseconds=dice.randrange(60_000_000), minutes=abs(amount))
            compared = {
                "add": (time_of.add(moment, timedelta(minutes=amount)), minutes.moment(minutes.add(start, amount))),
                "between": (time_of.between(moment, minutes.moment(other)), timedelta(minutes=minutes.between(start, other))),
                "end of day": (time_of.end_of_day(moment), minutes.moment(minutes.last_of_day(start))),
                "there and back": (time_of.between(moment, time_of.add(moment, odd)), odd),
            }
            if unequal := {name: both for name, both in compared.items() if both[0] != both[1]}:
                yield unequal, zone, shifts, first, sorted(off), start, amount, other


@pytest.mark.proof
def test_the_oracle_that_counts_minutes_agrees():
    """T5."""
    begun, cases = perf_counter(), size(1500, 10_000)
    found = list(differences(cases))
    note(
        "T5",
        what="calendar against an oracle that counts minutes",
        size=f"{cases:,} cases",
        wrong=len(found),
        seconds=round(perf_counter() - begun),
    )
    assert not found, found[0]


@pytest.mark.proof
def test_control_an_arithmetic_without_lunch_is_found():
    def without_lunch(shifts: tuple[Shift, ...], *rest: Any) -> WorkTime:
        return WorkTime((Shift(shifts[0].start, shifts[-1].end),), *rest)

    cases = 2 * PER_CALENDAR
    wrong = len(list(differences(cases, without_lunch)))
    note("T5", control=f"no lunch break: {wrong} of {cases} cases differ")
    assert wrong
