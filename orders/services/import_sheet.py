"""The order sheet on its way into the system (INT-08): parsed rows that travel signed, what is known of them, and the one act that stores.

Nothing is stored before `import_orders`. A row is known by its key (customer, contract number or title, row number) and by its content, so
that a row which only moved in the sheet is not taken for a new one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.facts import act
from core.reasons import Reason, Stale, declare
from core.reasons import plain as as_text
from orders.models import Channel, Customer, ImportedRow, Order
from orders.services.intake import LineInput, register_order
from orders.sheet import Finding, Sheet, SheetOrder, SheetRow

SALT = "orders.import"
A_DAY = 24 * 60 * 60
LONGEST_KEY = 180  # leaves room for the mark of a second row with the same key
CONTACT = re.compile(r"(?P<name>.*?)[\s,，、:：]*(?P<phone>\+?\d[\d\s()\-－]{5,}\d)\s*")

declare({"rows_imported": gettext_lazy("Somebody imported rows of this sheet meanwhile: see below what is left.")})


# --- the parsed sheet as plain values -----------------------------------------------------------------------------------------------


def pack(sheet: Sheet, person_id: int) -> str:
    """The parsed sheet for the preview form: signed, compressed, this person's alone, good for a day."""
    plain = {
        "title": sheet.title,
        "name": sheet.name,
        "findings": [_finding(each) for each in sheet.findings],
        "ignored": [[row.number, row.reason, row.text] for row in sheet.ignored_rows],
        "orders": [_order(order) for order in sheet.orders],
    }
    return signing.dumps(plain, salt=f"{SALT}.{person_id}", compress=True)


def unpack(token: str, person_id: int) -> dict[str, Any]:
    """What `pack` made. Raises django.core.signing.BadSignature for anything else."""
    return signing.loads(token, salt=f"{SALT}.{person_id}", max_age=A_DAY)


def _finding(finding: Finding) -> list[Any]:
    return [finding.ref, finding.code, {name: as_text(value) for name, value in finding.figures.items()}]


def _order(order: SheetOrder) -> dict[str, Any]:
    currencies = {row.currency for row in order.rows if row.currency}
    return {
        "customer": order.customer_name,
        "contract": order.contract_number or "",
        "currency": order.currency if len(currencies) < 2 else "",
        "rows": [_row(row) for row in order.rows],
    }


def _row(row: SheetRow) -> dict[str, Any]:
    values = {name: cell.value for name, cell in row.cells.items()}
    return {
        "number": row.number,
        "key": kept_key(row.key),
        "content": row.content_hash,
        "refs": {name: cell.ref for name, cell in row.cells.items()},
        "texts": {name: cell.text for name, cell in row.cells.items() if cell.text},
        "values": {name: _value(value) for name, value in values.items() if value is not None},
        "findings": [_finding(each) for each in row.findings],
    }


def kept_key(key: str) -> str:
    """The row's key as it is kept: one with a very long title is shortened to its hash."""
    group, _bar, number = key.rpartition("|")
    return key if len(key) <= LONGEST_KEY else f"{hashlib.sha256(group.encode()).hexdigest()}|{number}"


def _value(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


# --- what the sheet says about the order --------------------------------------------------------------------------------------------


def split_contact(text: str) -> tuple[str, str]:
    """Name and phone of "王工 13800000001"; without a number all of it is the name."""
    match = CONTACT.fullmatch(text.strip())
    return (match["name"].strip(), match["phone"].strip()) if match else (text.strip(), "")


def words_of(order: dict[str, Any]) -> str:
    """The customer's words: remarks, and dates that we had to interpret, each with its cell, verbatim."""
    said = []
    for row in order["rows"]:
        codes = {code for _ref, code, _figures in row["findings"]}
        if "date_to_confirm" in codes:
            said.append(f"{row['refs']['date']}: {row['texts']['date']}")
        if row["texts"].get("remarks"):
            said.append(f"{row['refs']['remarks']}: {row['texts']['remarks']}")
    return "\n".join(said)


def first_values(order: dict[str, Any]) -> dict[str, str]:
    """What the sheet says for the order as a whole, proposed in the preview."""
    name, phone = split_contact(next((row["texts"]["contact"] for row in order["rows"] if row["texts"].get("contact")), ""))
    places = list(dict.fromkeys(row["texts"]["place"] for row in order["rows"] if row["texts"].get("place")))
    penalty = any(code == "penalty_clause" for row in order["rows"] for _ref, code, _figures in row["findings"])
    return {
        "customer_reference": order["contract"][:60],
        "contact_name": name[:40],
        "contact_phone": phone[:40],
        "delivery_address": "；".join(places)[:200],
        "quality": _("By the company's standard"),
        "currency": order["currency"],
        "priority": "special" if penalty else "",
    }


# --- which rows are known -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """How a row of the sheet stands to what was imported before: the same, or changed since; both with the order's number."""

    same: bool
    order: Order


@dataclass
class Standing:
    """`known` by row number; `keys` under which the others will be kept."""

    known: dict[int, Known] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)


def standing(sheet: dict[str, Any]) -> Standing:
    """Compare every row with the rows imported before: by key, then by content where a row has only moved."""
    rows = [row for order in sheet["orders"] for row in order["rows"]]
    by_key = {each.key: each for each in _imported("key", (row["key"] for row in rows))}
    by_content = list(_imported("content", (row["content"] for row in rows)))
    found, used = Standing(), set()
    for row in rows:
        kept = by_key.get(row["key"])
        if kept is not None and kept.content == row["content"]:
            found.known[row["number"]] = Known(True, kept.order)
            used.add(kept.pk)
    for row in rows:
        if row["number"] in found.known:
            continue
        moved = [
            each for each in by_content if each.pk not in used and each.content == row["content"] and _group(each.key) == _group(row["key"])
        ]
        if moved:
            found.known[row["number"]] = Known(True, moved[0].order)
            used.add(moved[0].pk)
    for row in rows:
        if row["number"] in found.known:
            continue
        kept = by_key.get(row["key"])
        if kept is not None and kept.pk not in used:
            found.known[row["number"]] = Known(False, kept.order)
        else:
            found.keys[row["number"]] = row["key"] if kept is None else f"{row['key']}#{row['content'][:12]}"
    return found


def _imported(name: str, values: Iterable[str]) -> Iterable[ImportedRow]:
    return ImportedRow.objects.filter(**{f"{name}__in": set(values)}).select_related("order").order_by("pk")


def _group(key: str) -> str:
    """Customer and contract of a row's key."""
    return key.rsplit("|", 1)[0]


# --- the act ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OrderInput:
    """One order as confirmed in the preview. `rows` are (key, content hash) of the rows that its lines came from."""

    customer: Customer
    header: dict[str, Any]
    lines: list[LineInput]
    rows: list[tuple[str, str]]


@act
def import_orders(*, orders: list[OrderInput], by: Actor, at: datetime) -> list[Order]:
    """Store all orders of the sheet or none (INT-08).

    Raises Stale when somebody else imported one of the rows meanwhile: each row is stored once, however many confirm it.
    """
    made = []
    for given in orders:
        order = register_order(
            by=by, at=at, customer=given.customer, channel=Channel.SHEET, received_at=at, lines=given.lines, **given.header
        )
        rows = [ImportedRow(key=key, content=content, order=order, at=at) for key, content in given.rows]
        try:
            with transaction.atomic():
                ImportedRow.objects.bulk_create(rows)
        except IntegrityError:
            raise Stale(Reason("rows_imported")) from None
        made.append(order)
    return made
