"""What a part of an order costs on an invoice, so that all invoices together give the order's amount to the cent.

The rule: of every line the whole is charged that has been reached so far, less what was charged before.
Goods: quantity reached times price. A surcharge: its amount in the proportion that its parent line has reached. What has no parent
(services): whole, with the invoice that completes the goods. So the last invoice takes whatever rounding left over.
Lines come with their open quantity (`orders.services.ledger.wanted_lines`): what was cancelled costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.money import cents, line_amount, tax_in
from orders.models import OrderLine

Z = Decimal(0)
FINEST = Decimal("0.001")


@dataclass(frozen=True)
class Charged:
    """Of one line: how much of it was charged and for how much, VAT included."""

    quantity: Decimal = Z
    amount: Decimal = Z


@dataclass(frozen=True)
class Drafted:
    """A line of the invoice to be: quantity in the line's unit, amount with VAT, the VAT in it."""

    line: OrderLine
    quantity: Decimal
    amount: Decimal
    tax: Decimal


def draft(
    lines: Sequence[OrderLine], wanted: Mapping[int, Decimal], before: Mapping[int, Charged], open_: Mapping[int, Decimal]
) -> list[Drafted]:
    """The lines of an invoice over `wanted` (goods line id -> quantity). `open_` is what of each goods line is to be shipped in all."""
    reached = {line.pk: before.get(line.pk, Charged()).quantity + wanted.get(line.pk, Z) for line in lines if line.kind == "goods"}
    complete = all(quantity >= open_.get(line_id, Z) for line_id, quantity in reached.items())
    parents = {line.pk: line for line in lines}
    found = []
    for line in lines:
        whole = _whole(line, parents, reached, complete)
        had = before.get(line.pk, Charged())
        quantity, amount = whole.quantity - had.quantity, whole.amount - had.amount
        if (line.kind == "goods" and quantity) or (line.kind != "goods" and (quantity or amount) and whole != Charged()):
            found.append(Drafted(line, quantity, amount, tax_in(amount, line.vat_percent / 100)))
    return found


def worth(lines: Sequence[OrderLine], kept: Mapping[int, Decimal], back: Mapping[int, Decimal]) -> Decimal:
    """What falls away, VAT included, when of the goods that are kept (line id -> quantity) these come back; services stay owed.

    By the rule of invoices, so that everything given back in parts is worth what it was charged at as a whole.
    """
    parents = {line.pk: line for line in lines}
    less = {pk: quantity - back.get(pk, Z) for pk, quantity in kept.items()}
    return sum((_whole(line, parents, kept, False).amount - _whole(line, parents, less, False).amount for line in lines), Z)


def _whole(line: OrderLine, parents: Mapping[int, OrderLine], reached: Mapping[int, Decimal], complete: bool) -> Charged:
    """What of this line is to be charged by now."""
    ordered = line.quantity or Z
    if line.kind == "goods":
        quantity = reached[line.pk]
        return Charged(quantity, line.amount if quantity == ordered else line_amount(quantity, line.unit_price or Z))
    parent = parents.get(line.parent_id or 0)
    if parent is None or parent.kind != "goods" or not parent.quantity:
        return Charged(ordered, line.amount) if complete else Charged()
    if reached[parent.pk] == parent.quantity:
        return Charged(ordered, line.amount)
    share = reached[parent.pk] / parent.quantity
    return Charged((ordered * share).quantize(FINEST, ROUND_HALF_UP), cents(line.amount * share))
