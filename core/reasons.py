"""Why something is refused: a code with figures, translated only when shown (so that tests assert codes and figures)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

SENTENCES: dict[str, Any] = {
    "not_yours": _("Only {roles} may do this."),
    "wrong_state": _("Not possible while the state is “{state}”."),
    "stale": _("{who} changed this at {at}. Look at what stands there now, then decide again."),
    "gone": _("Somebody was faster: this has been done already."),
}


def declare(sentences: dict[str, Any]) -> None:
    """An app adds the sentences of its own reason codes; a code has one sentence only."""
    for code, sentence in sentences.items():
        assert SENTENCES.setdefault(code, sentence) is sentence, code


class Reason:
    """One reason of a refusal: `Reason("deposit_missing", due=Decimal("30000"), received=Decimal("0"))`."""

    __slots__ = ("code", "figures")

    def __init__(self, code: str, **figures: Any) -> None:
        self.code, self.figures = code, figures

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.code, self.figures) == (other.code, other.figures)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((k, str(v)) for k, v in self.figures.items()))))

    def __repr__(self) -> str:
        return f"Reason({self.code!r}, {', '.join(f'{k}={v!r}' for k, v in self.figures.items())})"

    def __str__(self) -> str:
        sentence = SENTENCES.get(self.code)
        return str(sentence).format(**{k: plain(v) for k, v in self.figures.items()}) if sentence is not None else self.code


def plain(value: Any) -> str:
    """A figure as people read it: money with separators, local times, lists with the mark of the reader's language between."""
    if isinstance(value, Decimal):  # money has two decimals in its field, quantities three: those are shown without idle zeros
        return f"{value:,f}" if value.as_tuple().exponent == -2 else f"{value.normalize():,f}"
    if isinstance(value, datetime):
        return f"{localtime(value):%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return pgettext("between the words of a list", ", ").join(plain(each) for each in value)
    return str(value)


class Refused(Exception):
    """An act that may not be done now; `reasons` say why. Nothing was changed."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = tuple(reasons)
        super().__init__(*reasons)

    def __str__(self) -> str:
        return " ".join(str(reason) for reason in self.reasons)


class NotReady(Refused):
    """The time for this act has not come, or has passed."""


class NotAllowed(Refused):
    """This person may not do it (SEC-01)."""


class Stale(Refused):
    """The thing changed after the form was made (SEC-04)."""
