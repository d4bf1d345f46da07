"""The class of a change is proposed from what it touches: the highest counts (CHG-05)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.utils.translation import gettext as _

from inventory.selectors import free_in_group
from orders.impact import Wanted
from orders.models import ChangeItem, ChangeRequest
from orders.services.change.wanted import to_wanted

MINOR, PLAN, STRUCTURE = (klass.value for klass in ChangeRequest.Class)


@dataclass(frozen=True)
class Ground:
    """Why a class fits or not; `speaks` is "for", "against" or "" where it only says that there is nothing."""

    speaks: str
    text: str


def proposed(change: ChangeRequest, rows: list[ChangeItem]) -> int:
    """The highest class that anything touched makes necessary."""
    return max([MINOR, *(row.touches for row in rows), *own_grounds(to_wanted(change))])


def own_grounds(wanted: Wanted) -> dict[int, str]:
    """What needs no department to be seen: structure said by who registered it, another date, more goods than lie free in the group."""
    found = {}
    if wanted.structural:
        found[STRUCTURE] = _("structure or main component changes, as registered")
    if wanted.date:
        found[PLAN] = _("another date is wanted: {date}").format(date=wanted.date)
    elif _more_than_lies_free(wanted):
        found[PLAN] = _("more goods than lie free in the group")
    return found


def _more_than_lies_free(wanted: Wanted) -> bool:
    from orders.models import OrderLine

    needed: Counter[int] = Counter()
    more = {line_id: delta for line_id, delta in wanted.deltas.items() if delta > 0}
    for line_id, item_id in OrderLine.objects.filter(pk__in=more).values_list("pk", "item_id"):
        needed[item_id] += more[line_id]  # type: ignore[index, assignment]
    for item_id, quantity in wanted.new_lines:
        needed[item_id] += quantity  # type: ignore[assignment]
    free = free_in_group(needed)
    return any(quantity > sum(free[item_id].values(), Decimal(0)) for item_id, quantity in needed.items())


def grounds(change: ChangeRequest, rows: list[ChangeItem]) -> dict[int, list[Ground]]:
    """For each class what speaks for it and against it, as the page shows it beside the choice."""
    own = own_grounds(to_wanted(change))
    touched = {
        klass: [*_counted([row for row in rows if row.touches == klass]), *([own[klass]] if klass in own else [])] for klass in (2, 3)
    }
    above = [text for klass in (STRUCTURE, PLAN) for text in touched[klass]]
    found = {
        MINOR: [Ground("against", text) for text in above] or [Ground("for", _("touches neither structure nor plan"))],
        PLAN: [Ground("against", text) for text in touched[STRUCTURE]] + [Ground("for", text) for text in touched[PLAN]],
        STRUCTURE: [Ground("for", text) for text in touched[STRUCTURE]] or [Ground("", _("structure and main components stay"))],
    }
    found[PLAN] = found[PLAN] or [Ground("", _("the plan is not touched"))]
    return found


def _counted(rows: list[ChangeItem]) -> list[str]:
    """What is touched, by kind and number, as one ground."""
    names = Counter(row.kind for row in rows)
    parts = [f"{_name(kind)} × {n}" for kind, n in names.items()]
    return ["、".join(parts)] if parts else []


def _name(kind: str) -> str:
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind
