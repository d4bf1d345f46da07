"""Two pictures of an order side by side: a revision with another, or the order with what a change would make of it (CHG-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.ui import money, qty, unit_price
from orders.models import ChangeRequest, Contract, Order, OrderRevision
from orders.services.change.wanted import lines_after

Z = Decimal(0)
Header = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """One field of one place, before and after; `more` is the difference of figures."""

    place: str
    field: str
    before: str
    after: str
    more: str = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Picture:
    """What is compared: lines by number, header texts, total with VAT."""

    lines: Mapping[str, Mapping[str, Any]]
    header: Header
    total: Decimal


def of_revision(order: Order, number: int) -> Picture:
    """A frozen revision with the contract that said so."""
    revision: OrderRevision = order.revisions.get(number=number)
    rows = {str(row["line_no"]): row for row in revision.snapshot}
    contract = Contract.objects.filter(order=order, revision=number).first()
    known = dict(revision.header)
    if contract is not None:  # what a late signature has moved it to (CON-03)
        known["promised_date"] = contract.promised_date.isoformat()
    header = [(_label(name), text) for name, text in known.items()]
    if contract is not None:
        header.append((_("Delivery"), contract.delivery_text))
    return Picture(rows, header, sum((Decimal(row["amount"]) for row in revision.snapshot), Z))


def of_applied(change: ChangeRequest) -> tuple[Picture, Picture]:
    """The two revisions that an applied change stands between; of the header what the request itself says, as its notice said it."""
    assert change.revision is not None
    order = change.order
    old, new = of_revision(order, change.base_revision), of_revision(order, change.revision)
    before = dict(order.revisions.get(number=change.base_revision).header)
    days = [dict(each.header).get(_label("promised_date"), "") for each in (old, new)]
    head, head_after = _headers(change, before, days[0], days[1])
    return replace(old, header=head), replace(new, header=head_after)


def _label(name: str) -> str:
    return str(Order._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _headers(change: ChangeRequest, before: Mapping[str, str], old_day: str, new_day: str) -> tuple[Header, Header]:
    """The promised date, and each text that the request alters."""
    said = change.wanted.get("header", {})
    head = [(_label("promised_date"), old_day), *((_label(name), before.get(name, "")) for name in said)]
    return head, [(_label("promised_date"), new_day), *((_label(name), text) for name, text in said.items())]


def of_change(change: ChangeRequest) -> tuple[Picture, Picture]:
    """The order as it is and as the change would make it."""
    order = change.order
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    for row in lines_after(order, change.wanted):
        item = row.line.thing if row.line else row.item
        name = {"code": item.code if item else "", "name": item.name_zh if item else ""}
        unit = str((row.line.unit if row.line else row.item.unit if row.item else "") or "")
        if row.line is not None and row.before:
            before[row.name] = {
                **name,
                "spec": row.line.spec,
                "quantity": row.before,
                "unit": unit,
                "unit_price": row.line.unit_price,
                "amount": row.line.amount,
            }
        if row.quantity:
            after[row.name] = {
                **name,
                "spec": row.spec,
                "quantity": row.quantity,
                "unit": unit,
                "unit_price": row.unit_price,
                "amount": row.amount,
            }
    old = order.promised_date or order.wanted_date
    wanted = change.wanted.get("date")
    new = change.promised_date or change.reviewed_date or (date.fromisoformat(wanted) if wanted else old)
    now = {name: getattr(order, name) for name in change.wanted.get("header", {})}
    head, head_after = _headers(change, now, old.isoformat() if old else "", new.isoformat() if new else "")
    total = sum((row["amount"] for row in after.values()), Z)
    return Picture(before, head, order.amount), Picture(after, head_after, total)


def differences(old: Picture, new: Picture, *, prices: bool) -> list[Difference]:
    """Every field of every line of both, then total and header; prices only for who sees them."""
    found: list[Difference] = []
    for number in sorted(
        old.lines.keys() | new.lines.keys(), key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name)
    ):
        found += _of_line(number, old.lines.get(number), new.lines.get(number), prices)
    if prices:
        found.append(
            Difference(_("Total"), _("amount with VAT"), money(old.total), money(new.total), _signed(new.total - old.total, money))
        )
    after = dict(new.header)
    found += [Difference(_("Order"), label, text, after.get(label, text)) for label, text in old.header]
    return found


def _of_line(number: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, prices: bool) -> list[Difference]:
    either = new or old or {}
    place = _("line {line} {code}").format(line=number, code=either.get("code") or either.get("spec", ""))
    unit = str(either.get("unit") or "")
    before, after = Decimal((old or {}).get("quantity") or 0), Decimal((new or {}).get("quantity") or 0)
    found = [
        Difference(
            place,
            _("quantity"),
            qty(before, unit) if old else "",
            qty(after, unit) if new else "",
            _signed(after - before, lambda n: qty(n, unit)),
        ),
        Difference(place, _("specification"), str((old or {}).get("spec") or ""), str((new or {}).get("spec") or "")),
    ]
    if prices:
        worth = Decimal((new or {}).get("amount") or 0) - Decimal((old or {}).get("amount") or 0)
        found += [
            Difference(place, _("unit price"), _price(old), _price(new)),
            Difference(place, _("amount"), _money(old), _money(new), _signed(worth, money)),
        ]
    return found


def _price(row: Mapping[str, Any] | None) -> str:
    return unit_price(row["unit_price"]) if row and row.get("unit_price") not in (None, "None") else ""


def _money(row: Mapping[str, Any] | None) -> str:
    return money(row["amount"]) if row else ""


def _signed(number: Decimal, shown: Any) -> str:
    return f"{'+' if number > 0 else '−'}{shown(abs(number))}" if number else ""
