"""The forms of the house: each app declares its own in its `documents.py`, with a function that gathers what stands on the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.actor import Actor

Prices = Literal["sale", "cost", "freight"] | bool


@dataclass(frozen=True)
class Form:
    """A printed form: `about` is the kind of its document, `prices` says which price flag its reader needs (True means sale).

    A `dated` one says something else on another day (a promise that moves): its `build` takes the moment, too.
    """

    kind: str
    template: str
    title: Any
    about: str
    prices: str
    language: str
    build: Callable[..., dict[str, Any]]
    link: Callable[[Any, Actor, datetime], str] | None = None
    dated: bool = False


FORMS: dict[str, Form] = {}


def form(
    kind: str, *, template: str, title: Any, about: str, prices: Prices = False, language: str = "zh-hans",
    link: Callable[[Any, Actor, datetime], str] | None = None, dated: bool = False,
) -> Callable:  # fmt: skip
    """Decorator over `build(document) -> dict`, `build(document, at)` of a dated form: plain values only, no model; the keys stand at the
    top of each template.

    `link(document, by, at)` makes the address behind the code `link_code`, once for each PDF that is really drawn.
    """

    def register(build: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        assert kind not in FORMS or FORMS[kind].build.__module__ == build.__module__, f"{kind} is declared twice"
        FORMS[kind] = Form(kind, template, title, about, "sale" if prices is True else prices or "", language, build, link, dated)
        return build

    return register
