"""Customers with links: what they hold, and the browser that they open it in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.actor import Actor
from demo.walk import Walk
from documents import render
from documents.services import print_form
from orders.guards import contract_of
from orders.models import Order
from orders.services.links import give_link
from orders.workflow import OrderState
from organization.models import actor_of
from tests.personas import MONDAY_9AM

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands on the paper is tested where papers are; each drawing here has bytes of its own."""
    monkeypatch.setattr(render, "pdf", lambda html: b"%PDF-1.4\n" + str(hash(html)).encode() + b"\n%%EOF\n")
    monkeypatch.setattr(render, "printing_available", lambda: None)


@pytest.fixture
def clerk_of() -> Callable[[Order], Actor]:
    return lambda order: actor_of(order.clerk_post.holder, MONDAY_9AM)


@pytest.fixture
def to_sign(order_at: Callable[..., Order]) -> Order:
    """An order whose contract our side has signed; it waits for the customer of grade B."""
    order = order_at(OrderState.CONTRACTED)
    walk = Walk(MONDAY_9AM)
    walk.order = order
    walk.sign_for_us()
    return walk.fresh()


@pytest.fixture
def link(clerk_of: Any) -> Callable[..., str]:
    """`link(order, "follow")` gives the path that the customer gets."""

    def made(order: Order, purpose: str = "follow", name: str = "王立新", **more: Any) -> str:
        by = clerk_of(order)
        if purpose == "sign":
            print_form(kind="D04", document=contract_of(order), by=by, at=MONDAY_9AM)
        address = give_link(order=order, purpose=purpose, name=name, by=by, at=MONDAY_9AM, **more)[1]
        return address.removeprefix("http://testserver")

    return made


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Requests come on MONDAY_9AM, or later: `monday(timedelta(days=3))`."""
    from organization import middleware

    def at(later: Any = None) -> None:
        monkeypatch.setattr(middleware.timezone, "now", lambda: MONDAY_9AM + later if later else MONDAY_9AM)

    at()
    return at


@pytest.fixture
def opened(link: Any) -> Callable[..., Client]:
    """A browser in which the link has been opened."""

    def browser(order: Order, purpose: str = "follow", **more: Any) -> Client:
        client = Client()
        answer = client.get(link(order, purpose, **more))
        assert (answer.status_code, answer["Location"]) == (302, "/c/")
        return client

    return browser
