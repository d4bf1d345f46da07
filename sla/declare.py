"""How a department declares its clocks, in terms of facts (decision 15). The values are what a new installation starts with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.facts import Event


@dataclass(frozen=True)
class Limit:
    """How long: `unit` is a ClockRule.Unit, `amount` its number, `opens` working days before the date at which the clock opens.

    `warn` is the percentage of it after which the responsible person is warned; 0 is the house's: 75, or 50 of an hour or less.
    `interval` is how many minutes, counted as the limit is, lie between the steps of the chain; 0: the limit again, at most a working day.
    """

    unit: str
    amount: int
    opens: int = 0
    warn: int = 0
    interval: int = 0

    @property
    def warn_percent(self) -> int:
        return self.warn or (50 if self.unit.endswith("_minutes") and self.amount <= 60 else 75)


def working_minutes(amount: int) -> Limit:
    return Limit("working_minutes", amount)


def working_hours(amount: int) -> Limit:
    return Limit("working_minutes", amount * 60)


def wall_hours(amount: int) -> Limit:
    return Limit("wall_minutes", amount * 60)


def working_days(amount: int) -> Limit:
    return Limit("working_days", amount)


def end_of_day() -> Limit:
    return Limit("end_of_day", 0)


def until(start: datetime, due: datetime) -> Limit:
    """For things with a due time of their own: the minutes by the wall clock from `start` (the clock's `since`) to `due`, whole minutes."""
    return Limit("wall_minutes", int((due - start).total_seconds()) // 60)


def days_before(amount: int, opens: int = 0) -> Limit:
    """Due at the end of the working day that lies `amount` working days before the anchor date, open `opens` working days before it."""
    return Limit("days_before", amount, opens or amount)


def on_date() -> Limit:
    return Limit("on_date", 0)


def same_key(event: Any) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One kind of clock. `key` tells apart several of one subject (None: all of them); `each` starts one for every key, each with its
    own resolver.

    `since` names the event's field with the moment from which the time counts, if that is not the moment of the fact; `anchor` the field
    with the date that a clock before a date hangs on. `act` is the step that meets it, as in the address `<thing>/do/<act>/`, or the
    `#place` on the thing's own page where it is met. `seen_as`: the kind by which My work asks the departments for the thing, where several
    have a page for it.
    `cases` are the kinds of start that have a limit of their own, a rule each (code -> label and limit); `case` says which one an event is.
    `limit_of` is for a thing that brings its own due time.
    `pausable`: the wait may be the customer's, and then the clock stands still (SLA-06).
    `passed_by` are facts after which somebody else has to act, whom `passed_to` names (empty: nobody else); the time runs on as it was.
    `then` is what happens by itself when the time is up: a fact about the same subject, published with the breach; departments react to it.
    """

    name: str
    label: Any
    starts: type[Event] | tuple[type[Event], ...]
    met_by: type[Event] | tuple[type[Event], ...]
    limit: Limit
    responsible: str
    chain: tuple[str, ...] = ()
    about: tuple[str, str] | None = None
    when: Callable[[Any], bool] = field(default=lambda event: True)
    met_when: Callable[[Any], bool] = field(default=lambda event: True)
    cancelled_by: type[Event] | tuple[type[Event], ...] = ()
    cancelled_when: Callable[[Any], bool] = field(default=lambda event: True)
    moved_by: type[Event] | tuple[type[Event], ...] = ()
    passed_by: type[Event] | tuple[type[Event], ...] = ()
    passed_to: Callable[[Any], str] = field(default=lambda event: "")
    anchor: str = ""
    since: str = ""
    key: Callable[[Any], str | None] = same_key
    each: Callable[[Any], list[tuple[str, str]]] | None = None
    act: str = ""
    seen_as: str = ""
    then: type[Event] | None = None
    pausable: bool = False
    cases: dict[str, tuple[Any, Limit]] = field(default_factory=dict)
    case: Callable[[Any], str] = same_key
    limit_of: Callable[[Any], Limit | None] = field(default=lambda event: None)

    def case_of(self, event: Event) -> str:
        """Which rule an event starts this clock by; "" is the rule for all else."""
        code = self.case(event)
        return code if code in self.cases else ""

    def limits(self) -> dict[str, Limit]:
        """The default limit of every rule of this clock, by case; "" is the rule for all else."""
        return {"": self.limit, **{code: limit for code, (_label, limit) in self.cases.items()}}

    def subject(self, event: Event) -> tuple[str, int]:
        kind, name = self.about or event.about
        return kind, getattr(event, name)


CLOCKS: dict[str, Clock] = {}
STARTS: dict[str, list[Clock]] = {}
STOPS: dict[str, list[Clock]] = {}
CANCELS: dict[str, list[Clock]] = {}
MOVES: dict[str, list[Clock]] = {}
PASSES: dict[str, list[Clock]] = {}


def _many(events: Any) -> tuple[type[Event], ...]:
    return events if isinstance(events, tuple) else (events,)


def declare(*clocks: Clock) -> None:
    """Make clocks known; an app does it in `clocks.py`, read at start-up."""
    for clock in clocks:
        assert clock.name not in CLOCKS, clock.name
        CLOCKS[clock.name] = clock
        heard = {"starts": STARTS, "met_by": STOPS, "cancelled_by": CANCELS, "moved_by": MOVES, "passed_by": PASSES}
        for name, index in heard.items():
            for event in _many(getattr(clock, name)):
                index.setdefault(event.kind(), []).append(clock)
