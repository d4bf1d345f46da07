"""Loading very many rows into PostgreSQL: without indexes and foreign keys, which are made anew and so checked afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('f', 'u') AND (conrelid = ANY(%s::regclass[]) OR contype = 'f' AND confrelid = ANY(%s::regclass[]))
ORDER BY contype = 'u', conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary ORDER BY 1
"""


def cursor() -> Any:
    from django.db import connection

    return connection.cursor()


def copy_in(table: str, columns: list[str], texts: list[str]) -> None:
    """Lines as COPY reads them."""
    listed = ", ".join(f'"{name}"' for name in columns)
    with cursor() as c:
        c.copy_expert(f"COPY {table} ({listed}) FROM STDIN", io.StringIO("".join(texts)))


def copy_out(table: str, columns: list[str], above: int, span: int) -> list[dict[str, str]]:
    """The rows of so many keys above one, as COPY writes them."""
    into, listed = io.StringIO(), ", ".join(f'"{name}"' for name in columns)
    with cursor() as c:
        c.copy_expert(f"COPY (SELECT {listed} FROM {table} WHERE id > {above} AND id <= {above + span} ORDER BY id) TO STDOUT", into)
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in into.getvalue().splitlines()]


def set_sequences(tops: dict[str, int]) -> None:
    """Keys given from now on are higher than these (table -> key)."""
    with cursor() as c:
        for table, top in tops.items():
            c.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, top])


@contextmanager
def bare_tables(tables: list[str]) -> Iterator[None]:
    """The tables without indexes, unique constraints and foreign keys, primary keys apart; all of them are back at the end."""
    with cursor() as c:
        c.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
        c.execute(CONSTRAINTS, [tables, tables])
        constraints = c.fetchall()
        for table, name, _definition in constraints:
            c.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        c.execute(INDEXES, [tables])
        indexes = c.fetchall()
        for name, _definition in indexes:
            c.execute(f"DROP INDEX {name}")
    yield
    with cursor() as c:
        for _name, definition in indexes:
            c.execute(definition)
        for table, name, definition in reversed(constraints):
            c.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        c.execute("VACUUM ANALYZE")


# What the balances say is counted from the copied movements and reservations; what is missing then was received before.
SAID = """
WITH moved AS (SELECT balance_id, sum(quantity) AS on_hand, sum(blocked) AS blocked FROM inventory_stockmovement GROUP BY 1),
held AS (SELECT balance_id, sum(quantity - used) AS reserved FROM inventory_reservation WHERE closed_at IS NULL GROUP BY 1),
said AS (SELECT balance_id, on_hand, blocked, COALESCE(reserved, 0) AS reserved FROM moved LEFT JOIN held USING (balance_id))
"""
TOP_UP = """
INSERT INTO inventory_stockmovement (balance_id, kind, quantity, blocked, source_kind, source_id, at)
SELECT balance_id, 'receipt', reserved + blocked - on_hand, 0, 'bench.fill', balance_id, %s FROM said WHERE on_hand < reserved + blocked
"""
RECOUNT = """
UPDATE inventory_stockbalance b SET on_hand = said.on_hand, blocked = said.blocked, reserved = said.reserved
FROM said WHERE said.balance_id = b.id AND (b.on_hand, b.blocked, b.reserved) IS DISTINCT FROM (said.on_hand, said.blocked, said.reserved)
"""


def settle_stock(at: Any) -> None:
    with cursor() as c:
        c.execute(SAID + TOP_UP, [at])
        c.execute(SAID + RECOUNT)
