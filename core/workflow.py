"""One way to declare, offer and take the steps of a thing's life (django-fsm underneath).

A step is a method decorated with `step(...)` on an abstract class in `workflow.py`. `take` is the only door: it asks who may, asks the
guards why not, moves the state and saves; `offers` asks the same questions for the page. Rows come from `objects.locked(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Self, TypeAlias

from django.db import models
from django_fsm import FSMField, FSMModelMixin, TransitionNotAllowed, transition

from core.actor import Actor
from core.facts import in_hand
from core.reasons import NotAllowed, NotReady, Reason

Found: TypeAlias = Reason | Iterable[Reason] | None
Permission: TypeAlias = Callable[[Any, Actor], Actor]


class StateField(FSMField):
    """The state of a thing, written by its steps only. Migrations see plain text: each copy of an FSMField listens to every model that is
    prepared afterwards, and the copies that migrations make of all models would listen to each other for most of their time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"protected": True} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, {key: value for key, value in kwargs.items() if key != "protected"}


class Guard:
    """A condition that reads as a fact (`deposit_is_in`) and says why it does not hold."""

    def __init__(self, find: Callable[[Any], Found]) -> None:
        self.find = find
        self.__name__ = find.__name__
        self.__doc__ = find.__doc__

    def reasons(self, thing: Any) -> tuple[Reason, ...]:
        found = self.find(thing)
        if found is None:
            return ()
        return (found,) if isinstance(found, Reason) else tuple(found)

    def __call__(self, thing: Any) -> bool:
        return not self.reasons(thing)


def guard(find: Callable[[Any], Found]) -> Guard:
    """Decorator: `find` returns nothing when the condition holds, else the Reason(s) why not."""
    return Guard(find)


def by_itself(thing: Any, by: Actor) -> Actor:
    """Permission of steps that only the system takes."""
    if by.kind != "system":
        raise NotAllowed(Reason("not_yours", roles="—"))
    return by


def step(
    state: Any,
    *,
    source: Any,
    target: Any = None,
    permission: Permission,
    label: Any,
    guards: list[Guard] | None = None,
    icon: str = "arrow-right",
    danger: bool = False,
) -> Callable:
    """A django-fsm transition with everything that house rule 1 wants. Without `target` the state stays (an act within it)."""
    assert source != "*", "no step from everywhere"
    return transition(
        field=state,
        source=source,
        target=target,
        conditions=guards or [],  # type: ignore[arg-type]
        permission=permission,  # type: ignore[arg-type]
        custom={"label": label, "icon": icon, "danger": danger},
    )


@dataclass(frozen=True)
class Step:
    """What is declared of one step."""

    name: str
    label: Any
    icon: str
    danger: bool
    sources: frozenset
    target: Any
    permission: Permission
    guards: tuple[Guard, ...]

    @property
    def auto(self) -> bool:
        return self.permission is by_itself


@dataclass
class Offer:
    """A step as a page shows it: open, or closed with the reasons."""

    name: str
    label: Any
    icon: str
    danger: bool
    reasons: list[str] = field(default_factory=list)
    url: str = ""
    main: bool = False

    @property
    def open(self) -> bool:
        return not self.reasons


class FlowQuerySet(models.QuerySet):
    """Rows with a life: fetched under lock, never moved by `update`."""

    def locked(self, thing: Any) -> Any:
        """The row, freshly read and locked until the act ends; asked for again within the act it is the same object, unread."""
        key, own = (self.model, getattr(thing, "pk", thing)), in_hand()
        if own is None or self.query.where:
            return self.select_for_update(of=("self",)).get(pk=key[1])
        if key not in own.held:
            own.held[key] = self.select_for_update(of=("self",)).get(pk=key[1])
        return own.held[key]

    def update(self, **values: Any) -> int:
        assert "state" not in values, "state is written only by steps"
        return super().update(**values)


class Flow(FSMModelMixin, models.Model):
    """A thing with a state, a version and steps."""

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def steps(cls) -> dict[str, Step]:
        """Every declared step of this life, by name."""
        return _steps(cls)

    def take(self, name: str, *, by: Actor, at: datetime, **values: Any) -> Actor:
        """Take a step, set `values` on the row and save it. Returns the actor with the post that opened the door.

        Raises NotAllowed for the wrong person, NotReady when the state or a guard is against it.
        """
        one = self.steps()[name]
        by = one.permission(self, by)
        try:
            getattr(self, name)(by=by, at=at)
        except TransitionNotAllowed:
            raise NotReady(*self._against(one)) from None
        for field_name, value in values.items():
            setattr(self, field_name, value)
        self.version += 1
        self.save()
        return by

    def offers(self, actor: Actor) -> list[Offer]:
        """The steps that stand open to this person in this state, closed ones with their reasons."""
        found = []
        for one in self.steps().values():
            if one.auto or self.state not in one.sources:  # type: ignore[attr-defined]
                continue
            try:
                one.permission(self, actor)
            except NotAllowed:
                continue
            reasons = [str(r) for g in one.guards for r in g.reasons(self)]
            found.append(Offer(one.name, self.label_of(one.name), one.icon, one.danger, reasons))
        return found

    def label_of(self, name: str) -> Any:
        """What the step is called on this thing; a life of several kinds of things may name it after the kind."""
        return self.steps()[name].label

    def offer(self, name: str, actor: Actor) -> Offer | None:
        """One step as `offers` would show it; None when it is not this person's or not in this state."""
        return next((offer for offer in self.offers(actor) if offer.name == name), None)

    def _against(self, one: Step) -> tuple[Reason, ...]:
        if self.state not in one.sources:  # type: ignore[attr-defined]
            return (Reason("wrong_state", state=str(self.get_state_display())),)  # type: ignore[attr-defined]
        return tuple(reason for each in one.guards for reason in each.reasons(self))

    def bump(self) -> Self:
        """The content changed outside a step: forms made before are stale now."""
        self.version += 1
        return self


@cache
def _steps(cls: type[Flow]) -> dict[str, Step]:
    found: dict[str, Step] = {}
    for name in dir(cls):
        meta = getattr(getattr(cls, name, None), "_django_fsm", None)
        if meta is None:
            continue
        some = next(iter(meta.transitions.values()))
        found[name] = Step(
            name=name,
            label=some.custom["label"],
            icon=some.custom["icon"],
            danger=some.custom["danger"],
            sources=frozenset(meta.transitions),
            target=some.target,
            permission=some.permission,
            guards=tuple(some.conditions),
        )
    return dict(sorted(found.items(), key=lambda kv: _line(cls, kv[0])))


def _line(cls: type, name: str) -> int:
    method = getattr(cls, name)
    return getattr(method, "__wrapped__", method).__code__.co_firstlineno
