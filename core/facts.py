"""Facts: what happened, written with the change itself. History, timeline, clocks and reactions all stand on them."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, ClassVar, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import transaction

from core.actor import Actor
from core.models import Fact, Reaction

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

EVENTS: dict[str, type[Event]] = {}
_listeners: list[Callable[[Event, Fact, Any], None]] = []
_handlers: dict[str, list[str]] = {}
_functions: dict[str, Callable[[Any, Fact], None]] = {}


@dataclasses.dataclass(slots=True)
class Act:
    """The outermost act in hand: reactions to carry out after it, and the rows that it holds locked, one object each."""

    written: list[int] = dataclasses.field(default_factory=list)
    held: dict[tuple[type, Any], Any] = dataclasses.field(default_factory=dict)


_in_hand: ContextVar[Act | None] = ContextVar("act", default=None)
in_hand = _in_hand.get


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact before it is a row: past tense, plain values. `text` is its line on the timeline, `money_text` only for who sees prices.

    `about` names the kind of thing and the field with its id; `money` the fields kept apart for roles without prices; `coded` those that
    hold codes, with the model's field whose choices have their words ("orders.Order.channel"). `ends_clocks`: the order ends with it, and
    every open clock of the publishing department on the order.
    """

    about: ClassVar[tuple[str, str]] = ("orders.order", "order_id")
    text: ClassVar[Any] = ""
    money_text: ClassVar[Any] = ""
    money: ClassVar[tuple[str, ...]] = ()
    coded: ClassVar[dict[str, str]] = {}
    customer_visible: ClassVar[bool] = False
    tone: ClassVar[str] = ""
    ends_clocks: ClassVar[bool] = False

    order_id: int | None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        EVENTS[cls.kind()] = cls

    @classmethod
    def kind(cls) -> str:
        return f"{cls.__module__.split('.')[0]}.{cls.__name__}"

    @property
    def subject(self) -> tuple[str, int]:
        kind, name = self.about
        return kind, getattr(self, name)

    def in_words(self) -> dict[str, Any]:
        """What the gaps of `text` are filled with, in the reader's language: the fields, codes as their words (old facts hold words)."""
        return self.__dict__ | {name: _word(self.__dict__[name], where) for name, where in self.coded.items()}

    @classmethod
    def of(cls, fact: Fact) -> Event:
        """The event again from its row, with the types that its fields declare."""
        kept = {**fact.data, **fact.money}
        names = {f.name: str(f.type) for f in dataclasses.fields(cls)}
        return cls(**{name: _typed(kept.get(name), kind) for name, kind in names.items()})


def _word(code: Any, where: str) -> Any:
    model, _dot, name = where.rpartition(".")
    choices: dict[Any, Any] = dict(apps.get_model(model)._meta.get_field(name).flatchoices)
    return choices.get(code, code)


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind.startswith("Decimal"):
        return Decimal(value)
    if kind.startswith("datetime"):
        return datetime.fromisoformat(value)
    if kind.startswith("date"):
        return date.fromisoformat(value)
    return tuple(value) if kind.startswith("tuple") else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def listen(hear: Callable[[Event, Fact, Any], None]) -> None:
    """Something that belongs into the publisher's transaction: clocks, and the order's settle. Nothing else."""
    _listeners.append(hear)


def react(*events: type[Event]) -> Callable:
    """Decorator for receivers: run after commit, once at least, in a transaction of its own; must bear being run twice."""

    def register(function: Callable[[Any, Fact], None]) -> Callable:
        name = f"{function.__module__}.{function.__name__}"
        _functions[name] = function
        for event in events:
            _handlers.setdefault(event.kind(), []).append(name)
        return function

    return register


def heard() -> dict[str, list[str]]:
    """Which reactions hang on which kind of fact (for tests and docs)."""
    return _handlers


def publish(event: Event, *, by: Actor, at: datetime, changes: dict[str, tuple] | None = None, thing: Any = None) -> Fact:
    """Write the fact, let clocks and settle hear it, and write down the reactions due. Must run inside an act.

    `thing` is the subject's row where the caller has it at hand, so that the clocks need not read it again.
    """
    values = {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event)}
    kind, subject_id = event.subject
    fact = Fact.objects.create(
        kind=event.kind(),
        subject_kind=kind,
        subject_id=subject_id,
        order_id=event.order_id,
        actor_kind=by.kind,
        actor_name=by.name or by.contact,
        person_id=by.person_id,
        post_id=by.hat.post_id if by.hat else None,
        on_behalf_of_id=by.hat.on_behalf_of_id if by.hat else None,
        at=at,
        data={k: v for k, v in values.items() if k not in event.money},
        money={k: v for k, v in values.items() if k in event.money},
        changes={k: [_plain(old), _plain(new)] for k, (old, new) in (changes or {}).items()},
        customer_visible=event.customer_visible,
    )
    for hear in _listeners:
        hear(event, fact, thing)
    due = [Reaction(fact=fact, handler=name, next_at=at) for name in _handlers.get(event.kind(), ())]
    if due:
        Reaction.objects.bulk_create(due)
        if (own := in_hand()) is not None:
            own.written.extend(each.pk for each in due)
    return fact


def act(service: Callable[P, R]) -> Callable[P, R]:
    """One intent, one transaction. After the outermost act has committed, the reactions it wrote are carried out at once.

    What a crash leaves undone, the sweep finds (`run_due`).
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_hand() is not None:
            with transaction.atomic(savepoint=False):
                return service(*args, **kwargs)
        token = _in_hand.set(own := Act())
        try:
            with transaction.atomic():
                result = service(*args, **kwargs)
        finally:
            _in_hand.reset(token)
        for pk in own.written:
            run_reaction(pk)
        return result

    return run


def run_reaction(pk: int, at: datetime | None = None) -> None:
    """Carry out one reaction; a failure is written on its row, with the next try later each time. Others are not held up.

    `at` is when the sweep tries it again: the wait counts from there, so that an outage is not followed by a try at every tick.
    """
    try:
        _carry_out(pk)
    except Exception as problem:
        if settings.REACTIONS_RAISE:
            raise
        log.exception("reaction %s failed", pk)
        row = Reaction.objects.get(pk=pk)
        wait = timedelta(seconds=min(30 * 2**row.attempts, 3600))
        Reaction.objects.filter(pk=pk, done_at=None).update(
            attempts=row.attempts + 1, next_at=(at or row.next_at) + wait, error=repr(problem)[:500]
        )


@act
def _carry_out(pk: int) -> None:
    row = Reaction.objects.select_for_update(skip_locked=True, of=("self",)).select_related("fact").filter(pk=pk, done_at=None).first()
    if row is None:
        return
    _functions[row.handler](EVENTS[row.fact.kind].of(row.fact), row.fact)
    row.done_at = row.fact.at
    row.save(update_fields=["done_at"])


def run_due(at: datetime) -> int:
    """The sweep's share: reactions that a crash or a failure left behind, and those of time that ran out. Returns how many were tried."""
    due = list(Reaction.objects.filter(done_at=None, next_at__lte=at).order_by("next_at", "pk").values_list("pk", flat=True))
    for pk in due:
        run_reaction(pk, at)
    return len(due)
