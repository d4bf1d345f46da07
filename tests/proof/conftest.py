"""Grounds of one's own with the product's database in it: what pytest's database holds, copied; a log-in, and no styles."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection

from tests.proof.grounds import Postgres, Redis, missing, program
from tests.proof.product import Product
from tests.proof.promises import Promises
from tests.sla.conftest import many, order, register  # noqa: F401  the story's order and its clocks


@dataclass
class Grounds:
    folder: Path
    postgres: Postgres
    redis: Redis
    key: str
    cookie: str = ""
    made: int = 0

    def database(self) -> Promises:
        """A fresh copy of the product's database."""
        self.made += 1
        Promises(self.postgres.url()).alone(f"CREATE DATABASE storm{self.made} TEMPLATE pattern")
        return Promises(self.postgres.url(f"storm{self.made}"))

    def product(self, promises: Promises, *, tick: int, mistake: str = "") -> Product:
        folder = self.folder / f"product{self.made}"
        (folder / "static").mkdir(parents=True)
        # Pages name their styles; nobody loads them here, so their names are enough.
        names = {name: name for finder in get_finders() for name, _storage in finder.list([])}
        (folder / "static" / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": names, "hash": ""}), encoding="utf-8")
        return Product(folder, promises.url, self.redis.url, tick=tick, secret_key=self.key, mistake=mistake)

    def copy_product(self) -> None:
        """pytest's database with an order and a log-in, as the pattern of all that are made here."""
        known = connection.settings_dict
        url = f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
        Promises(self.postgres.url()).alone("CREATE DATABASE pattern")
        pattern = self.postgres.url("pattern")
        dump = subprocess.run([str(program("pg_dump")), "--no-owner", "--no-acl", url], check=True, capture_output=True).stdout
        into = [str(program("psql")), "-q", "-v", "ON_ERROR_STOP=1", pattern]
        subprocess.run(into, input=dump, check=True, stdout=subprocess.DEVNULL)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        env |= {"DEBUG": "1", "SECRET_KEY": self.key, "VAR_DIR": str(self.folder), "DATABASE_URL": pattern}
        made = [sys.executable, "-m", "tests.proof.pattern"]
        said = subprocess.run(made, cwd=settings.BASE_DIR, env=env, check=True, capture_output=True, text=True).stdout
        self.cookie = said.split()[-1]
        Promises(pattern).prepare()


@pytest.fixture(scope="session")
def grounds(django_db_setup: None) -> Iterator[Grounds]:
    if why := missing():
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="orders-proof-"))
    folder.chmod(0o755)  # PostgreSQL's own user passes through
    postgres, redis = Postgres(folder), Redis(folder)
    try:
        found = Grounds(folder, postgres, redis, secrets.token_urlsafe(50))
        found.copy_product()
        yield found
    finally:
        postgres.kill()
        redis.kill()
        subprocess.Popen(["rm", "-rf", str(folder)], start_new_session=True)  # many thousand files: nobody waits for that
