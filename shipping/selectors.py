"""What pages, guards and forms of shipping read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.actor import Actor
from core.reasons import Reason
from inventory.models import Reservation
from inventory.selectors import reserved_for
from orders.models import Order, OrderLine
from orders.services.ledger import Quantities, goods_lines, quantities
from orders.workflow import OrderState
from organization.roles import RIGHTS
from shipping.models import MissingPart

SHIPPABLE = (OrderState.INSTRUCTED, OrderState.PLANNED, OrderState.IN_PRODUCTION, OrderState.STOCKED, OrderState.SHIPPING)
Z = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """A goods line as shipping sees it; quantities in the line's unit. `missing`: goes after an earlier shipment, so nowhere else."""

    line: OrderLine
    sums: Quantities
    reserved: Decimal
    missing: Decimal = Z

    @property
    def unnoticed(self) -> Decimal:
        """In store and not yet noticed, not more than the order still wants."""
        return max(min(self.sums.stocked, self.sums.open) - self.sums.noticed - self.missing, Z)

    @property
    def unbound(self) -> Decimal:
        """Reserved in store for this line beyond what earlier notices have yet to take."""
        return max(self.reserved - (self.sums.noticed - self.sums.shipped), Z)

    @property
    def available(self) -> Decimal:
        """What a notice may ask for now (SHP-01)."""
        return min(self.unnoticed, self.unbound)


def standings(order: Order, bringing: Sequence[MissingPart] = ()) -> list[Standing]:
    """Every goods line with its ledger, what is reserved for it and what waits to go after (but for `bringing`). Four queries."""
    lines = goods_lines(order)
    known = quantities(order, lines)
    held = reserved_for(Reservation.Purpose.LINE, [line.pk for line in lines])
    missing: dict[int, Decimal] = {}
    parts = MissingPart.objects.waiting().filter(shipment__order=order, line__isnull=False).exclude(pk__in=[part.pk for part in bringing])
    for line_id, quantity in parts.values_list("line_id", "quantity"):
        missing[line_id] = missing.get(line_id, Z) + quantity
    return [Standing(line, known[line.pk], held.get(line.pk, Z), missing.get(line.pk, Z)) for line in lines]


def against_notice(order: Order, rows: list[Standing]) -> list[Reason]:
    """Why no shipment notice can be issued for this order now; empty when one can."""
    if order.state not in SHIPPABLE:
        return [Reason("notice_wrong_state", state=str(order.get_state_display()))]
    if any(row.available > 0 for row in rows):
        return []
    sums = {name: sum((getattr(row.sums, name) for row in rows), Z) for name in ("stocked", "open", "noticed")}
    return [Reason("nothing_to_notice", **{name: f"{value.normalize():f}" for name, value in sums.items()})]


def sees_shipments(actor: Actor) -> bool:
    return any("shipment" in RIGHTS[hat.role].sees for hat in actor.hats)
