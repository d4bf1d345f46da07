"""A page asks the same of one thing several times: in guards, in panels, for itself. Within one reading it is read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def read_once(thing: T) -> T:
    """From now on the `remembered` questions about this object are asked once. For pages only: services read afresh, under lock."""
    thing.__dict__["_read"] = {}
    return thing


def remembered(find: Callable[[Any], T]) -> Callable[[Any], T]:
    """Decorator for what is found out about a thing; nothing is kept unless `read_once` was said of it."""

    @wraps(find)
    def found(thing: Any) -> T:
        kept = thing.__dict__.get("_read")
        if kept is None:
            return find(thing)
        if find not in kept:
            kept[find] = find(thing)
        return kept[find]

    return found


def keep(thing: Any, question: Any, answer: Any) -> None:
    """What was read in another way, with more, is the answer to a `remembered` question (a function or a property) from now on."""
    kept = thing.__dict__.get("_read")
    if kept is not None:
        kept[getattr(question, "fget", question).__wrapped__] = answer
