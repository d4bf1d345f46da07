"""Asked by the container engine; exit code 0 means well (docs/how-to/deploy.md).

`python config/health.py`: is the web server of this container ready? It stays so when nothing sweeps: people can work.
`python config/health.py sweep`: are the clocks looked at? A worker's container is unhealthy when they are not.

No Django, so that asking every few seconds costs nothing.
"""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

TICKS = 3  # as core/heartbeat.py


def ready(port: int = 8000) -> bool:
    """Whether /readyz answers 200 (process and database), asked by the host name that people use."""
    headers = {"Host": urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (http, our own)
            return bool(answer.status == 200)
    except OSError:
        return False


def sweeps(database_url: str, tick_seconds: int) -> bool:
    """Whether the sweep's heartbeat is at most three ticks old, by the database's own clock; not asked of the web, which may be away."""
    import psycopg2  # type: ignore[import-untyped]

    try:
        database = psycopg2.connect(database_url, connect_timeout=5)
    except psycopg2.OperationalError:
        return False
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM now() - at) FROM core_heartbeat WHERE name = 'sla.sweep'")
            age = cursor.fetchone()
            return age is not None and age[0] <= TICKS * tick_seconds
    except psycopg2.Error:
        return False
    finally:
        database.close()


if __name__ == "__main__":
    of_sweep = sys.argv[1:] == ["sweep"]
    well = sweeps(os.environ["DATABASE_URL"], int(os.environ.get("SWEEP_SECONDS") or 30)) if of_sweep else ready()
    sys.exit(0 if well else 1)
