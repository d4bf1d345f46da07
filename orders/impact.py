"""What a change or a cancelling touches: the question `order_impact` and its answer; every department answers for its things (CHG-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from organization.roles import Role


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What would be different. `deltas` is the change of a line's open quantity (negative is less), `new_lines` item id with quantity,
    `respecified` lines whose specification changes, `structural` those of them that touch structure or a main component (said by who
    registers), `date` the date that the customer wants now, `header` address, contact or phone that are others now, by field name.
    `cancel`: nothing of what is not shipped is wanted any more.
    """

    order_id: int
    cancel: bool = False
    deltas: Mapping[int, Decimal] = field(default_factory=dict)
    new_lines: tuple[tuple[int, Decimal], ...] = ()
    respecified: frozenset[int] = frozenset()
    structural: frozenset[int] = frozenset()
    date: date | None = None
    header: Mapping[str, str] = field(default_factory=dict)

    @property
    def touched_lines(self) -> frozenset[int]:
        """Ids of the existing lines that are not what they were."""
        return frozenset(self.deltas) | self.respecified | self.structural


@dataclass(frozen=True, kw_only=True)
class Impact:
    """One thing of a department that is touched, and what could be done about it.

    `kind` and `reference` name the thing ("production.plantask", its id); `now` how it stands, `effect` what the change does to it (no
    prices in texts); `touches` the class that it makes necessary (1, 2, 3); `options` code and label of each possible decision, the first
    is proposed; `role` at `company_id` decides; `spent` what it has cost already, CNY, shown to who sees costs, `spent_unknown` that it
    has cost something and no price says how much; `to_come` what is ordered and not here yet, CNY, what will have to be paid unless it is
    cancelled; `hold`: the work on it stops at once, until the request is over or it is let go on.
    """

    kind: str
    reference: int
    title: str
    now: str
    effect: str
    touches: int
    options: tuple[tuple[str, Any], ...]
    role: Role
    company_id: int
    url: str = ""
    spent: Decimal | None = None
    spent_unknown: bool = False
    to_come: Decimal | None = None
    hold: bool = False
