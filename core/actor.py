"""Who acts. Built once per request in the view layer; services, workflows and facts only carry it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Hat:
    """One post as worn by the actor: own, or another holder's during a delegation (ORG-03)."""

    post_id: int
    role: str
    department_id: int
    company_id: int
    on_behalf_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Person, system or customer. `hat` is the post that opened the door of the act in hand; a customer acts on one order: `order_id`."""

    kind: Literal["person", "system", "customer"]
    name: str
    person_id: int | None = None
    hats: tuple[Hat, ...] = ()
    hat: Hat | None = None
    contact: str = ""
    order_id: int | None = None

    def using(self, hat: Hat | None) -> Actor:
        """The same actor, with the post used noted for the record."""
        return replace(self, hat=hat)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(hat.role for hat in self.hats)

    @property
    def post_ids(self) -> frozenset[int]:
        return frozenset(hat.post_id for hat in self.hats)


SYSTEM = Actor("system", "system")
