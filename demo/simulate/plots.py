"""What may happen in an order's life, and how often: who wants what, how long people take, which stories are told of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import zip_longest

from demo.walk import Lines
from orders.workflow import OrderState as S

OLD = Decimal(30500)  # a price by hand for what the list no longer has

# customer, goods (several times in the list: comes more often)
WANTS: tuple[tuple[str, Lines], ...] = (
    ("C0001", [("KYN28A-12", 3), ("LZZBJ9-10", 12)]),
    ("C0001", [("LZZBJ9-10", 30)]),
    ("C0001", [("FN12-12D/630", 6), ("VS1-12/630-25", 4)]),
    ("C0002", [("GGD", 4), ("GGJ", 1)]),
    ("C0002", [("GCK", 6)]),
    ("C0003", [("GGD", 2), ("PZ30", 5)]),
    ("C0003", [("S13-M-630/10", 1)]),
    ("C0003", [("XL-21", 10), ("PZ30", 20)]),
    ("C0004", [("XGN15-12", 4)]),
    ("C0004", [("MNS", 3), ("XL-21", 2)]),
    ("C0005", [("XGN66-12", 2)]),
    ("C0006", [("PZ30", 40)]),
    ("C0009", [("XL-21", 3)]),
    ("C0010", [("KYN28A-12", 6)]),
    ("C0010", [("GGD", 8), ("GGJ", 2)]),
)
OLD_GOODS: tuple[tuple[str, Lines], ...] = (("C0002", [("XGN2-12", 2, OLD)]), ("C0004", [("GGD", 2), ("PK-1", 1, Decimal(12900))]))
# Working hours from reaching a state to the next thing that happens; the limits of the clocks lie within, so that some are missed.
WAITS: dict[str, tuple[float, float]] = {
    S.REGISTERED: (0.3, 3),
    S.CONFIRMED: (0.2, 4.5),
    S.IN_REGULAR_REVIEW: (1, 9),
    S.IN_IRREGULAR_REVIEW: (2, 12),
    S.NEGOTIATING: (4, 20),
    S.REFUSAL_PENDING: (2, 10),
    S.ACCEPTED: (0.5, 6),
    S.QUOTED: (3, 24),
    S.CONTRACTED: (1, 10),
    S.SIGNED: (1, 10),
    S.EFFECTIVE: (0.3, 4.5),
    S.INSTRUCTED: (0.5, 4.5),
    S.PLANNED: (1, 8),
    S.IN_PRODUCTION: (4, 16),
    S.STOCKED: (1, 10),
    S.SHIPPING: (6, 26),
    S.DELIVERED: (2, 16),
    S.INVOICED: (6, 40),
}
# What happens besides, in three parts of a life: story -> how many of a hundred orders.
BEFORE = {
    "straight": 47,
    "old": 10,
    "designed": 8,
    "later": 10,
    "refused": 5,
    "overruled": 3,
    "withdrawn": 5,
    "taken back": 5,
    "extended": 4,
    "lapsed": 3,
}
MAKING = {
    "as planned": 56,
    "changed, class 1": 6,
    "changed, class 2": 7,
    "changed, class 3": 4,
    "cancelled": 6,
    "shortage": 6,
    "rework": 8,
    "late": 7,
}
AFTER = {
    "nothing": 38,
    "partial": 13,
    "short": 6,
    "damaged": 5,
    "not received": 4,
    "lost": 3,
    "receipt late": 7,
    "service": 9,
    "returned": 6,
    "exchanged": 5,
    "return refused": 4,
}
LOST_IN = (S.CONFIRMED, S.ACCEPTED, S.QUOTED)
Waits = Iterator[float]


@dataclass(frozen=True)
class Plot:
    """The three stories of one order: up to the contract, up to the store, and from there on."""

    before: str = "straight"
    making: str = "as planned"
    after: str = "nothing"

    def stories(self) -> list[str]:
        """Those that are told, without the quiet ones."""
        return [story for name, story in asdict(self).items() if story != getattr(Plot, name)]


def draw(dice: random.Random) -> Plot:
    return Plot(*(dice.choices(list(part), list(part.values()))[0] for part in (BEFORE, MAKING, AFTER)))


def every_story() -> list[Plot]:
    """As few orders as tell every story once; what is lost before the contract is not told the rest."""
    ending = ("refused", "withdrawn", "lapsed")
    going_on = [story for story in BEFORE if story not in ending]
    told = [
        Plot(before or "straight", making or "as planned", after or "nothing")
        for before, making, after in zip_longest(going_on, [m for m in MAKING if m != "cancelled"], list(AFTER)[1:])
    ]
    return [*(Plot(before) for before in ending), Plot(making="cancelled"), *told]
