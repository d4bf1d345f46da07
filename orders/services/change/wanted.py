"""What a change makes of the order's lines: read from the request's `wanted`, checked against what has left (CHG-10), priced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.money import line_amount
from core.reasons import NotReady, Reason
from inventory.models import Item
from orders.change_guards import recall_first
from orders.impact import Wanted
from orders.models import ChangeRequest, Order, OrderLine
from orders.services.ledger import Quantities, quantities
from orders.workflow import OrderState

Z = Decimal(0)
HEADER = ("delivery_address", "contact_name", "contact_phone")


@dataclass(frozen=True, kw_only=True)
class LineAfter:
    """One line as it is and as it would be; quantities are open ones (ordered less cancelled). A new line has no `line`."""

    line: OrderLine | None
    item: Item | None
    name: str
    known: Quantities
    quantity: Decimal
    spec: str
    unit_price: Decimal | None
    structural: bool = False

    @property
    def before(self) -> Decimal:
        return self.known.open

    @property
    def amount(self) -> Decimal:
        return line_amount(self.quantity, self.unit_price) if self.quantity and self.unit_price is not None else Z

    @property
    def respecified(self) -> bool:
        return self.line is not None and self.spec != self.line.spec

    @property
    def touched(self) -> bool:
        return self.line is None or self.quantity != self.before or self.respecified or self.structural


def lines_after(order: Order, wanted: dict[str, Any]) -> list[LineAfter]:
    """Every line of the order with its edit, then the new lines; three queries."""
    lines = order.lines_in_order
    known, edits = quantities(order, lines), wanted.get("lines", {})
    rows = [_edited(line, known[line.pk], edits.get(str(line.pk), {})) for line in lines]
    new = wanted.get("new_lines", [])
    items = Item.objects.select_related("unit").in_bulk([one["item_id"] for one in new])
    return rows + [_new(n, one, items[one["item_id"]]) for n, one in enumerate(new, 1)]


def _edited(line: OrderLine, known: Quantities, edit: dict[str, Any]) -> LineAfter:
    price = edit.get("unit_price")
    return LineAfter(
        line=line,
        item=line.item,
        name=str(line.line_no),
        known=known,
        quantity=Decimal(edit["quantity"]) if edit.get("quantity") is not None else known.open,
        spec=edit.get("spec", line.spec),
        unit_price=Decimal(price) if price is not None else line.unit_price,
        structural=bool(edit.get("structural")),
    )


def _new(n: int, one: dict[str, Any], item: Item) -> LineAfter:
    price = one.get("unit_price")
    return LineAfter(
        line=None,
        item=item,
        name=_("new {n}").format(n=n),
        known=Quantities(),
        quantity=Decimal(one["quantity"]),
        spec=one.get("spec", ""),
        unit_price=Decimal(price) if price is not None else None,
    )


def to_wanted(change: ChangeRequest) -> Wanted:
    """The question that departments are asked."""
    if change.kind == ChangeRequest.Kind.CANCEL:
        return Wanted(order_id=change.order_id, cancel=True)
    rows = lines_after(change.order, change.wanted)
    day = change.wanted.get("date")
    goods = [row for row in rows if row.line is not None and row.line.kind == OrderLine.Kind.GOODS]
    return Wanted(
        order_id=change.order_id,
        deltas={row.line.pk: row.quantity - row.before for row in goods if row.line and row.quantity != row.before},
        new_lines=tuple((row.item.pk, row.quantity) for row in rows if row.line is None and row.item),
        respecified=frozenset(row.line.pk for row in goods if row.line and row.respecified),
        structural=frozenset(row.line.pk for row in goods if row.line and row.structural),
        date=date.fromisoformat(day) if day else None,
        header=change.wanted.get("header", {}),
    )


def against_shipped(change: ChangeRequest) -> list[Reason]:
    """CHG-10: what has left takes no change; what is still under way is called back first."""
    touched = [row for row in lines_after(change.order, change.wanted) if row.line and row.touched]
    return [reason for row in touched for reason in _against(change.order, row)]


def _against(order: Order, row: LineAfter) -> list[Reason]:
    of, line_no = row.known, row.name
    if row.quantity < of.shipped or (of.shipped and of.shipped >= of.open and (row.respecified or row.structural)):
        under_way = recall_first(order, frozenset([row.line.pk])) if row.line and of.shipped > of.settled else []
        return under_way or [Reason("line_shipped", line=line_no, shipped=of.shipped)]
    if of.shipped and (row.respecified or row.structural):
        return [Reason("line_partly_shipped", line=line_no, shipped=of.shipped)]
    return []


def against_wish(change: ChangeRequest, today: date) -> list[Reason]:
    """What no change can be: a day that has passed, or no goods at all, which is a cancelling (CHG-09)."""
    day = change.wanted.get("date")
    found = [Reason("date_past", date=day, field="date")] if day and date.fromisoformat(day) < today else []
    left = [row for row in lines_after(change.order, change.wanted) if _goods(row) and row.quantity]
    return found if left or not change.wanted.get("lines") else [*found, Reason("change_leaves_nothing")]


def more_than_from_stock(change: ChangeRequest) -> list[Reason]:
    """An order that was fulfilled from stock has no instruction and no plan: there is nobody to make more goods for it (INV-07)."""
    order = change.order
    if order.state not in (OrderState.STOCKED, OrderState.SHIPPING) or hasattr(order, "instruction"):
        return []
    rows = lines_after(order, change.wanted)
    return [Reason("change_from_stock", line=row.name) for row in rows if _goods(row) and row.quantity > row.before]


def _goods(row: LineAfter) -> bool:
    return row.line is None or row.line.kind == OrderLine.Kind.GOODS


def lines_without_price(change: ChangeRequest) -> list[str]:
    return [row.name for row in lines_after(change.order, change.wanted) if row.quantity and row.unit_price is None]


def amount_after(order: Order, wanted: dict[str, Any]) -> Decimal | None:
    """The order's amount with VAT if the change is applied; None while a price is missing."""
    rows = lines_after(order, wanted)
    if any(row.quantity and row.unit_price is None for row in rows):
        return None
    return sum((row.amount for row in rows), Z)


def without_idle(order: Order, wanted: dict[str, Any]) -> dict[str, Any]:
    """Only what is really different; raises NotReady for what no order can be."""
    lines = {}
    for row in lines_after(order, {"lines": wanted.get("lines", {})}):
        edit = wanted.get("lines", {}).get(str(row.line.pk)) if row.line else None
        if edit and row.touched:
            if row.quantity < 0:
                raise NotReady(Reason("quantity_minimum", minimum=Z))
            lines[str(row.line.pk)] = _kept(row, edit)  # type: ignore[union-attr]
    header = {name: text for name, text in wanted.get("header", {}).items() if name in HEADER and text != getattr(order, name)}
    day = wanted.get("date")
    current = order.promised_date or order.wanted_date
    found = {
        "lines": lines,
        "new_lines": wanted.get("new_lines", []),
        "date": day if day and (current is None or day != current.isoformat()) else None,
        "header": header,
    }
    return {name: value for name, value in found.items() if value}


def _kept(row: LineAfter, edit: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if row.quantity != row.before:
        kept["quantity"] = str(row.quantity)
    if row.respecified:
        kept["spec"] = row.spec
    if row.structural:
        kept["structural"] = True
    if edit.get("unit_price") is not None:
        kept["unit_price"] = str(row.unit_price)
    return kept
