"""Panels of the order page: departments hang theirs in at start-up; the page itself knows none of them (decision 22)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.actor import Actor


@dataclass(frozen=True)
class Panel:
    """`context(order, actor)` fills `template`; `kind` is the kind of thing in the role table that a person must see to get it."""

    name: str
    title: Any
    kind: str
    template: str
    context: Callable[[Any, Actor], dict[str, Any]]
    position: int


PANELS: dict[str, Panel] = {}


def hang(panel: Panel) -> None:
    PANELS[panel.name] = panel


def panels() -> list[Panel]:
    return sorted(PANELS.values(), key=lambda panel: panel.position)
