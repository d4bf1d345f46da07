"""Document numbers: unique, ordered, and without gaps inside a transaction that commits (SEC-03). Take them last."""

from datetime import datetime

from django.db import connection
from django.utils.timezone import localtime

_NEXT = """
INSERT INTO core_counter (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = core_counter.last + 1 RETURNING last
"""


def next_in(series: str) -> int:
    """The next of a series. The counter's row stays locked until the transaction ends; a rollback gives the number back."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        return cursor.fetchone()[0]


def next_number(prefix: str, at: datetime) -> str:
    """`DD2611-0042`: prefix, year and month of the act, four digits of the month's series in the whole group."""
    series = f"{prefix}{localtime(at):%y%m}"
    return f"{series}-{next_in(series):04d}"
