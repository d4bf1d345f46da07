"""Questions across departments: whoever knows registers an answer at start-up; whoever asks does not know who answers (decision 6)."""

from collections.abc import Callable
from typing import Any

_answers: dict[str, list[Callable[..., Any]]] = {}


def answers(question: str) -> Callable:
    """Decorator: this function answers `question`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _answers.setdefault(question, []).append(function)
        return function

    return register


def ask(question: str, **about: Any) -> list[Any]:
    """All answers, in the order in which they were registered; those that have nothing to say (None) are left out."""
    return [found for answer in _answers.get(question, ()) if (found := answer(**about)) is not None]


def registered() -> dict[str, list[Callable[..., Any]]]:
    """Who answers which question (for tests and docs)."""
    return _answers
