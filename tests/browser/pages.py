"""People at their browsers: each logs in through the log-in page in a browser of their own, reads, fills in by label, presses.

Whatever a person must never meet (an error of the server, of a script, of the content policy) is collected and fails the next step.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from demo.management.commands.load_demo import PASSWORD

POLICY = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI, e.sourceFile))"
WIDE, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
REFUSED = (409, 422)  # a form that came back with its reasons; a story that does not ask for it fails on what it expects next


class StoryClock:
    """`timezone.now()` of a story: starts where the story starts, runs as time does or `pace` times as fast, and leaps when nobody does
    anything for days."""

    def __init__(self, start: datetime, pace: int = 1) -> None:
        self.start, self.begun, self.pace = start, monotonic(), pace

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=(monotonic() - self.begun) * self.pace)

    def leap_to(self, at: datetime) -> None:
        assert at > self(), "a story goes forward"
        self.start, self.begun = at, monotonic()


class Office:
    """Everybody's browsers. `office.as_person("zhoumin")` is Zhou Min's; on their way people have a phone instead."""

    def __init__(self, browser: Browser, url: str, context_args: dict[str, Any]) -> None:
        self.browser, self.url, self.context_args = browser, url, context_args
        self.scripts = [POLICY]  # what runs in every page before its own
        self.troubles: list[str] = []
        self.desks: dict[str, Desk] = {}

    def as_person(self, username: str, *, phone: bool = False) -> Desk:
        key = f"{username}-phone" if phone else username
        if key not in self.desks:
            self.desks[key] = Desk(self, username, self.browse(phone))
        return self.desks[key]

    def as_customer(self, link: str) -> Desk:
        """Somebody outside with a personal link and a phone, who has nothing to log in with."""
        if link not in self.desks:
            self.desks[link] = Desk(self, "customer", self.browse(phone=True))
        return self.desks[link].go(urlsplit(link).path)  # at this test's server

    def browse(self, phone: bool) -> Page:
        size = {"viewport": PHONE if phone else WIDE, "has_touch": phone}
        context = self.browser.new_context(**{**size, **self.context_args, "base_url": self.url})
        context.set_default_timeout(10_000)
        self.watch(context)
        return context.new_page()

    def watch(self, context: BrowserContext) -> None:
        for script in self.scripts:
            context.add_init_script(script)
        context.on("response", self.note_response)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("console", lambda message: self.note_console(message.type, message.text, message.location.get("url", "")))

    def note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in REFUSED:
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    def note_console(self, kind: str, text: str, url: str) -> None:
        refused = any(f"status of {status}" in text for status in REFUSED)
        if kind in ("error", "warning") and not refused:
            self.troubles.append(f"console: {text} ({url})")

    def check(self) -> None:
        assert not self.troubles, "\n".join(self.troubles)

    def close(self) -> None:
        """`SHOTS=folder` keeps what everybody saw last."""
        for number, desk in enumerate(self.desks.values()):
            if folder := os.environ.get("SHOTS"):
                desk.page.screenshot(path=f"{folder}/{desk.username}-{number}.png", full_page=True)
            desk.page.context.close()
        self.check()


class Desk:
    """One person's page."""

    def __init__(self, office: Office, username: str, page: Page) -> None:
        self.office, self.username, self.page = office, username, page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def go(self, path: str) -> Desk:
        """Open a page; whoever is not logged in (or not any more) passes the log-in page first."""
        self.page.goto(path)
        return self.let_in().fine()

    def let_in(self) -> Desk:
        """Through the log-in page, if that is what came, and on to what was wanted."""
        if "/login/" in self.page.url:
            self.page.get_by_label("用户名").fill(self.username)
            self.page.get_by_label("密码").fill(PASSWORD)
            self.page.get_by_role("button", name="登录").click()
            self.page.wait_for_url(lambda url: "/login/" not in url)
        return self

    def fine(self) -> Desk:
        """Nothing went wrong behind the page, and on a phone nothing runs out of it sideways."""
        self.page.wait_for_load_state("load")
        self.office.check()
        if self.page.viewport_size == PHONE:
            over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{self.page.url} is {over} px wider than the phone"
        return self

    def shot(self, name: str) -> Desk:
        """`SHOTS=folder` keeps the page as it stands now, wide and on a phone."""
        if folder := os.environ.get("SHOTS"):
            mine = self.page.viewport_size
            for size, seen in (("wide", WIDE), ("phone", PHONE)):
                self.page.set_viewport_size(seen)  # type: ignore[arg-type]
                self.page.screenshot(path=f"{folder}/{name}-{size}.png", full_page=True)
            self.page.set_viewport_size(mine)  # type: ignore[arg-type]
        return self

    def task(self, about: str, act: str) -> Desk:
        """From My work to the act that waits there for this person about this thing."""
        self.go("/").main.locator(".task", has_text=about).filter(has_text=act).get_by_role("link", name="办理").first.click()
        return self.fine()

    def order(self, number: str) -> Desk:
        """To an order as people go there: its number into the search box of whatever page they are on."""
        if not self.page.get_by_role("searchbox").count():
            self.go("/")
        self.page.get_by_role("searchbox").fill(number)
        with self.page.expect_navigation():
            self.page.get_by_role("searchbox").press("Enter")
        self.let_in()
        expect(self.main.locator("h1")).to_have_text(number)
        return self.fine()

    def follow(self, label: str) -> Desk:
        """Press the link on the page's content that says so."""
        before = self.page.url
        self.main.get_by_role("link", name=label, exact=True).first.click()
        self.page.wait_for_url(lambda url: url != before)
        return self.fine()

    def act(self, label: str, fields: dict[str, Any] | None = None, /, **more: Any) -> Desk:
        """An act that the page offers: press it, fill in by label, do it; the page that follows says that it is done."""
        return self.follow(label).fill({**(fields or {}), **more}).submit(label)

    def fill(self, fields: dict[str, Any]) -> Desk:
        for label, value in fields.items():
            put(self.field(label), value)
        return self

    def field(self, label: str) -> Locator:
        """The group of a form's field with this label, radio buttons and all."""
        words = self.page.locator("label, legend", has_text=re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))
        return self.main.locator("div[id^=div_id_]").filter(has=words)

    def submit(self, done: str) -> Desk:
        """Press the main button; the message on the next page is the act's name."""
        self.main.locator("[data-key-main]").click()
        return self.told(done)

    def told(self, text: str) -> Desk:
        expect(self.main.get_by_role("status")).to_contain_text(text)
        return self.fine()

    def state(self, name: str) -> Desk:
        """What the chip beside the number says."""
        expect(self.main.locator("h1 + .st")).to_have_text(name)
        return self

    def clock(self, name: str) -> Locator:
        """The chips of what runs; what has ended is folded away below them."""
        return self.main.locator(".clk").filter(has_text=name, visible=True)

    def runs(self, *names: str) -> Desk:
        """These clocks stand on the page."""
        for name in names:
            expect(self.clock(name)).to_have_count(1)
        return self

    def no_clock(self, *names: str) -> Desk:
        for name in names:
            expect(self.clock(name)).to_have_count(0)
        return self

    def panel(self, name: str) -> Locator:
        """A panel of the order page, which comes when one scrolls to it."""
        panel = self.page.locator(f"#panel-{name}")
        closed = panel.get_by_role("link", name="查看", exact=True)
        for _again in range(10):  # what comes above it meanwhile pushes it out of sight
            panel.scroll_into_view_if_needed()
            with suppress(AssertionError):
                expect(closed).to_have_count(0, timeout=2_000)
                break
        expect(closed).to_have_count(0)
        self.fine()
        return panel

    def closed(self, label: str, why: str) -> Desk:
        """An act that is not open yet says why."""
        expect(self.main.get_by_role("button", name=label, disabled=True)).to_be_visible()
        expect(self.main.locator(".why").filter(has_text=why).first).to_be_visible()
        return self


def put(group: Locator, value: Any) -> None:
    """Into whatever kind of field it is."""
    first = group.locator("input:not([type=hidden]), select, textarea").first
    tag, kind = first.evaluate("field => [field.tagName, field.type]")
    if kind == "radio":
        group.get_by_label(value, exact=True).check()
    elif kind == "checkbox":
        first.set_checked(value)
    elif kind == "file":
        first.set_input_files(value)
    elif tag == "SELECT":
        first.select_option(label=value)
    else:
        first.fill(str(value))
