"""The demo group with its passwords, everybody's browsers, and the clock of the story."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.utils import timezone
from playwright.sync_api import Browser

from demo.management.commands.load_demo import let_in
from tests.browser.pages import Office, StoryClock
from tests.personas import MONDAY_9AM


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> StoryClock:
    """What the product takes for the time: a Monday morning of November 2026, whenever the test runs."""
    clock = StoryClock(MONDAY_9AM)
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def kept_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers keep styles and scripts, as they do before the real server; the test server names no age, so every page would ask again."""
    serve = StaticFilesHandler.serve

    def with_age(handler: StaticFilesHandler, request: Any) -> Any:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    monkeypatch.setattr(StaticFilesHandler, "serve", with_age)


@pytest.fixture
def office(
    story: StoryClock, live_server: Any, masters_again: None, kept_files: None, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[Office]:
    """Everybody may log in with the demo's password; at the end nothing has gone wrong behind any page."""
    let_in()
    one = Office(browser, live_server.url, browser_context_args)
    yield one
    one.close()
