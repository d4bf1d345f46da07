"""What cannot run here is left out by name, and said at the end; tests/conftest.py holds the people."""

import os
import shutil
from collections import Counter
from typing import Any

import pytest
from django.conf import settings

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# In .ci/run nothing may be left out silently: what is missing there is a failure.
MUST_RUN = set(os.environ.get("TESTS_MUST_RUN", "").split())
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]


def absent() -> dict[str, str]:
    """Marker -> why its tests cannot run here."""
    why = {}
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        why["postgres"] = "needs row locks: set TEST_DATABASE_URL=postgresql://..."
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        why["redis"] = "needs Redis: set TEST_REDIS_URL=redis://..."
    if not CHROMIUM:
        why["browser"] = "needs Chromium (Debian: chromium), or its path in CHROMIUM"
    return why


def pytest_configure() -> None:
    for marker, reason in absent().items():
        if marker in MUST_RUN:
            raise pytest.UsageError(f"{marker} tests must run here: {reason}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    why = absent()
    for item in items:
        for marker, reason in why.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("browser"):
            os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in the thread that runs the test
    items.sort(key=lambda item: item.get_closest_marker("long") is None)  # stable: what flushes the database stays last


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("left out")
    database, broker = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1], settings.CELERY_BROKER_URL.split(":")[0]
    terminalreporter.line(f"database {database}, broker {broker}")
    for reason, count in skipped.most_common():
        terminalreporter.line(f"{count} tests skipped: {reason}")
    if "not browser" in (terminalreporter.config.option.markexpr or ""):
        terminalreporter.line("browser tests not asked for: make browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
