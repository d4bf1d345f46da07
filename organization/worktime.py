"""Working time as arithmetic (ORG-04, SLA-04): shifts of a day, a zone, a question "is this a working day?"; no database, no clock.

Rules written down once:

- Moments go in aware and come out in UTC. A shift is wall-clock time in the zone; what is counted is time that really passes.
- The moment a shift ends still belongs to it: 4 h from 08:00 are over at 12:00, not at 13:00; nothing from 12:30 on is 13:00.
- "n working days" means: same wall-clock time on the nth next working day. A start outside working time counts as the next working
  moment (Saturday noon + 1 WD = Tuesday 08:00).
- A shift that ends at or before the hour at which it starts passes midnight (22:00-06:00) and belongs wholly to the day on which it
  starts: Friday's night shift is worked until Saturday 06:00, although Saturday is off, and nobody works on Sunday's first hours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

LONGEST_BREAK = 400
"""Days without a working day after which a search gives up: such a calendar is a mistake, not a long holiday."""

LONGEST_NIGHT = timedelta(hours=12)
"""A longer shift over midnight is a slip of the pen (12:00-08:00)."""

ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)
SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})", re.ASCII)


class NoWorkingDay(Exception):
    """The calendar knows no working day within LONGEST_BREAK days."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"no working day within {LONGEST_BREAK} days of {day}")


@dataclass(frozen=True, slots=True)
class Shift:
    """Wall-clock time of work, both counted from the midnight at which its day begins: 22:00-06:00 ends after 30 hours."""

    start: timedelta
    end: timedelta

    def __str__(self) -> str:
        return "-".join(f"{clock:%H:%M}" for _, clock in map(_wall, (self.start, self.end)))


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """Shifts from "08:00-12:00,13:00-17:00", as a manager writes them (full-width signs and blanks allowed), in order of the day.

    What is written after a shift over midnight and starts earlier follows it: in "22:00-02:00,02:30-06:30" both belong to one night.
    Raises ValueError when a part is no shift, when two overlap or when there is none.
    """
    parts = [part.strip() for part in re.split(r"[,;、\n]", unicodedata.normalize("NFKC", text)) if part.strip()]
    found = [(part, SHIFT.fullmatch(part)) for part in parts]
    unread = [part for part, match in found if match is None]
    if unread or not found:
        raise ValueError(f"not a list of shifts like 08:00-12:00,13:00-17:00: {unread or [text]}")
    shifts: list[Shift] = []
    for a, b, c, d in (tuple(map(int, match.groups())) for _, match in found if match):
        night = next((shift for shift in shifts if shift.end > ONE_DAY), None)
        start = _clock(a, b) + (ONE_DAY if night and _clock(a, b) < night.start else NOTHING)
        end = start - _clock(a, b) + _clock(c, d)
        shifts.append(Shift(start, end if end > start else end + ONE_DAY))
    return in_order(shifts)


def in_order(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """The shifts sorted; raises ValueError when there is none, one is too long, or two overlap, the first of the next day included."""
    shifts = tuple(sorted(shifts, key=lambda shift: shift.start))
    if not shifts:
        raise ValueError("a working day needs a shift")
    for shift in shifts:
        if not NOTHING < shift.end - shift.start < ONE_DAY or (shift.end > ONE_DAY and shift.end - shift.start > LONGEST_NIGHT):
            raise ValueError(f"a shift ends after it starts, one over midnight within {LONGEST_NIGHT}: {shift}")
    next_day = Shift(shifts[0].start + ONE_DAY, shifts[0].end + ONE_DAY)
    for earlier, later in pairwise((*shifts, next_day)):
        if later.start < earlier.end:
            raise ValueError(f"shifts overlap: {earlier} and {later}")
    return shifts


def parse_days_off(text: str) -> frozenset[int]:
    """Weekdays from "5,6" (0 is Monday). Raises ValueError when a part is no number."""
    return frozenset(int(day) for day in unicodedata.normalize("NFKC", text).split(",") if day.strip())


def _clock(hours: int, minutes: int) -> timedelta:
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise ValueError(f"no time of day: {hours}:{minutes:02}")
    return timedelta(hours=hours, minutes=minutes)


def _wall(offset: timedelta) -> tuple[int, time]:
    """Days after the shift's own, and the time that a clock on the wall shows."""
    return offset.days, time(offset.seconds // 3600, offset.seconds // 60 % 60)


@dataclass(frozen=True)
class WorkTime:
    """Working time of one calendar. Steps go day by day, never minute by minute: ten years are some ten milliseconds."""

    shifts: tuple[Shift, ...]
    zone: tzinfo
    is_working_day: Callable[[date], bool]

    def __post_init__(self) -> None:
        object.__setattr__(self, "shifts", in_order(tuple(self.shifts)))

    # moments

    @property
    def day_length(self) -> timedelta:
        """Working time of one full day."""
        return sum((shift.end - shift.start for shift in self.shifts), NOTHING)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The moment `amount` of working time after `start` (before it when negative), in UTC.

        Zero gives the moment itself when that is working time, otherwise the next working moment.
        """
        start = _utc(start)
        return self._forward(start, amount) if amount >= NOTHING else self._backward(start, -amount)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` is the earlier one."""
        a, b = _utc(a), _utc(b)
        if b < a:
            return -self.between(b, a)
        first, last = self.first_day(a), self._date(b)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        spans = ((max(opens, a), min(closes, b)) for day in days if self.is_working_day(day) for opens, closes in self.spans(day))
        return sum((closes - opens for opens, closes in spans if opens < closes), NOTHING)

    def add_days(self, start: datetime, n: int) -> datetime:
        """Same wall-clock time on the nth next working day (nth last when negative), in UTC; rule in the module's docstring."""
        moment = self.add(start, NOTHING)
        day = next(day for day in self._working_days(self.first_day(moment)) if moment <= self.spans(day)[-1][1])
        local = moment.astimezone(self.zone)
        return self._at(self._shift_day(day, n), (local.date() - day).days, local.time())

    def end_of_day(self, at: datetime) -> datetime:
        """End of the last shift of the day to which the moment belongs, in UTC; of the next working day when it is over or not working."""
        at = _utc(at)
        for day in self._working_days(self.first_day(at)):
            if at <= (end := self.spans(day)[-1][1]):
                return end
        raise AssertionError("unreachable: _working_days never ends")

    def start_of_day(self, day: date) -> datetime:
        """Start of the first shift of that day, in UTC; of the next working day when the day is not working."""
        return self.spans(next(self._working_days(day)))[0][0]

    def end_of(self, day: date) -> datetime:
        """End of the last shift of that day, in UTC; of the next working day when the day is not working."""
        return self.spans(next(self._working_days(day)))[-1][1]

    # days

    def day_before(self, day: date, n: int) -> date:
        """The nth working day before a date, which need not be working itself; the date itself when n is 0."""
        if n < 0:
            raise ValueError(f"days before are counted from 0: {n}")
        return self._shift_day(day, -n)

    def next_working_day(self, day: date) -> date:
        """The first working day after a date, never the date itself."""
        return self._shift_day(day, 1)

    # inside

    def _forward(self, start: datetime, rest: timedelta) -> datetime:
        for day in self._working_days(self.first_day(start)):
            for opens, closes in self.spans(day):
                opens = max(opens, start)
                if opens > closes:
                    continue
                if rest <= closes - opens:
                    return opens + rest
                rest -= closes - opens
        raise AssertionError("unreachable: _working_days never ends")

    def _backward(self, start: datetime, rest: timedelta) -> datetime:
        for day in self._working_days(self._date(start), backwards=True):
            for opens, closes in reversed(self.spans(day)):
                closes = min(closes, start)
                if closes < opens:
                    continue
                if rest <= closes - opens:
                    return closes - rest
                rest -= closes - opens
        raise AssertionError("unreachable: _working_days never ends")

    def _shift_day(self, day: date, n: int) -> date:
        """The nth working day after `day` (before it when negative), not counting `day`; `day` itself when n is 0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _ in range(abs(n)):
            day = next(self._working_days(_moved(day, step), backwards=n < 0))
        return day

    def _working_days(self, day: date, *, backwards: bool = False) -> Iterator[date]:
        """Working days from `day` on (included), for ever; raises NoWorkingDay when none comes within LONGEST_BREAK days."""
        step, waited, asked = (-ONE_DAY if backwards else ONE_DAY), 0, day
        while waited <= LONGEST_BREAK:
            if self.is_working_day(day):
                yield day
                waited, asked = 0, day
            day, waited = _moved(day, step), waited + 1
        raise NoWorkingDay(asked)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The shifts of that day as moments in UTC, whether it is working or not."""
        return [(self._at(day, *_wall(shift.start)), self._at(day, *_wall(shift.end))) for shift in self.shifts]

    def _at(self, day: date, after: int, clock: time) -> datetime:
        """`clock` on the wall, `after` days after `day`."""
        return datetime.combine(_moved(day, after * ONE_DAY), clock, self.zone).astimezone(UTC)

    def _date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def first_day(self, at: datetime) -> date:
        """The first day whose shifts may reach this moment: where there is a night shift, the day before."""
        return _moved(self._date(at), -(self.shifts[-1].end.days) * ONE_DAY)


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"a moment needs a zone: {at!r}")
    return at.astimezone(UTC)


def _moved(day: date, step: timedelta) -> date:
    """One day on; the end of the calendar (year 1 or 9999) has no working days beyond it."""
    try:
        return day + step
    except OverflowError:
        raise NoWorkingDay(day) from None
