"""A PostgreSQL database of its own for a benchmark, with the demo group in it; gone afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

NAME = f"bench_{os.getpid()}"


@contextmanager
def prepared() -> Iterator[None]:
    """Django set up on BENCH_DATABASE_URL, or on a database made for this run beside TEST_DATABASE_URL."""
    url, made = os.environ.get("BENCH_DATABASE_URL"), ""
    if not url:
        made = os.environ.get("TEST_DATABASE_URL") or sys.exit("BENCH_DATABASE_URL or TEST_DATABASE_URL must name a PostgreSQL server")
        url = urlunsplit(urlsplit(made)._replace(path=f"/{NAME}"))
        on_server(made, f"CREATE DATABASE {NAME}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": url, "DEBUG": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        try:
            set_up()
            yield
        finally:
            from django.db import connections

            connections.close_all()
            if made:
                on_server(made, f"DROP DATABASE {NAME}")


def on_server(url: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def set_up() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False  # as in the product: no statement is kept
    settings.REACTIONS_RAISE = True
    call_command("migrate", verbosity=0)
    from demo.masters import load_masters

    load_masters(at=start())


def start() -> datetime:
    """A Monday morning in the zone of the demo group."""
    return datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
