"""What an app is made of, read from the code: its lives, facts, clocks, reactions, answers, invariants and panels.

`manage.py describe_apps` writes it between the marks of docs/design/<app>.md; what stands above them is written by people.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from core import questions
from core.drawing import anchor, lives
from core.facts import EVENTS, heard
from core.panels import panels
from sla.declare import CLOCKS, Clock
from sla.models import ClockRule

FOLDER: Path = settings.BASE_DIR / "docs/design"
BEGIN = "<!-- from here written by `manage.py describe_apps`; do not edit -->\n"


def described_apps() -> list[str]:
    """Our apps, with everything loaded that they bring: facts stand beside services, which come with the pages."""
    assert get_resolver().url_patterns
    return [name for name in settings.OUR_APPS if apps.is_installed(name)]


def page(app: str, written: str) -> str:
    """The page of an app: what people wrote above the mark, and below it what the code says now."""
    prose = written.partition(BEGIN)[0].rstrip() or f"# {app}"
    with translation.override("en"):
        parts = [f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in _parts(app) if lines]
    return f"{prose}\n\n{BEGIN}" + "\n".join(["", *parts])


def _parts(app: str) -> Iterator[tuple[str, list[str]]]:
    yield "Tables", [", ".join(f"`{model.__name__}`" for model in _models(app))] if _models(app) else []
    yield "Lives", [f"- [{life._meta.verbose_name}](../states/{app}.md#{anchor(life)})" for life in lives() if life._meta.app_label == app]
    yield "Facts", [f"- `{event.__name__}`: {event.text}" for kind, event in sorted(EVENTS.items()) if _of(app, kind)]
    yield "Clocks", [_clock(clock) for clock in CLOCKS.values() if _of(app, _many(clock.starts)[0].kind())]
    yield "Reacts to", [f"- `{kind}`: `{name}`" for kind, names in sorted(heard().items()) for name in names if _of(app, name)]
    yield "Answers the questions", [f"- `{question}`: `{answer}`" for question, answer in _answers(app)]
    yield "Invariants (`manage.py verify`)", [f"- {title}" for title in _invariants(app)]
    yield "Panels of the order page", [f"- {panel.title}" for panel in panels() if _of(app, panel.context.__module__)]


def _of(app: str, dotted: str) -> bool:
    return dotted.split(".")[0] == app


def _models(app: str) -> list[Any]:
    return [model for model in apps.get_app_config(app).get_models() if not model.__name__.startswith("Historical")]


def _clock(clock: Clock) -> str:
    unit = str(ClockRule.Unit(clock.limit.unit).label)
    limit = f"{clock.limit.amount} {unit}" if clock.limit.amount else unit
    then = f"; when the time is up: `{clock.then.__name__}`" if clock.then else ""
    return f"- `{clock.name}` ({clock.label}): {_names(clock.starts)} → {_names(clock.met_by)}, {limit}, `{clock.responsible}`{then}"


def _many(events: Any) -> tuple[Any, ...]:
    return events if isinstance(events, tuple) else (events,)


def _names(events: Any) -> str:
    return " or ".join(f"`{event.__name__}`" for event in _many(events))


def _answers(app: str) -> list[tuple[str, str]]:
    found = questions.registered()
    return [(question, each.__name__) for question in sorted(found) for each in found[question] if _of(app, each.__module__)]


def _invariants(app: str) -> list[str]:
    return [str(title) for each in questions.registered().get("invariants", ()) if _of(app, each.__module__) for title, _find in each()]
