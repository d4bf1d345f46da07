"""A clerk registers an order by hand: what is checked, what is kept, what stops and what only warns."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.models import Customer, Order

pytestmark = pytest.mark.django_db


def hengda() -> Customer:
    return Customer.objects.get(code="C0001")


def typed(*lines, extras=(), **head) -> dict[str, str]:
    """The entry form as filled in: `lines` and `extras` are dicts of the cells that were typed."""
    data = {
        "once": head.pop("once", f"key-{timezone.now().timestamp()}"),
        "customer": str(hengda().pk),
        "channel": "fax",
        "received_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        "extras-TOTAL_FORMS": str(len(extras)),
        "extras-INITIAL_FORMS": "0",
        "save": "1",
    }
    for prefix, rows in (("lines", lines), ("extras", extras)):
        data |= {f"{prefix}-{i}-{name}": str(value) for i, row in enumerate(rows) for name, value in row.items()}
    return {**data, **{name: str(value) for name, value in head.items()}}


def again(browser, order, *lines, **head) -> dict[str, str]:
    """The same for an order that stands: with the version of the page as it is now."""
    page = browser.get(f"/orders/{order.number}/edit/")
    return typed(
        *lines,
        **{
            "version": page.context["head"]["version"].value(),
            "received_at": f"{timezone.localtime(order.received_at):%Y-%m-%dT%H:%M}",
            **head,
        },
    )


PANELS = {"item": "KYN28A-12", "spec": "1250A/31.5kA", "quantity": "4", "wanted_date": "2026-12-28"}
FULL = {"contact_name": "王工", "contact_phone": "13800000001", "delivery_address": "余杭仓前", "quality": "按企业标准"}


@pytest.mark.req("INT-01")
def test_zhou_registers_an_order_that_came_by_fax_with_its_time_of_receipt(login, clerk_zhou):
    browser = login(clerk_zhou)
    received = timezone.localtime() - timedelta(minutes=25)
    answer = browser.post("/orders/new/", typed(PANELS, received_at=f"{received:%Y-%m-%dT%H:%M}", customer_reference="HD-2611-022"))
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.number}/edit/"
    assert order.channel == "fax"
    assert order.received_at == received.replace(second=0, microsecond=0)
    assert order.clerk_post_id == clerk_zhou.hats[0].post_id
    assert order.payment_term == hengda().payment_term
    line = order.lines.get()
    assert (line.item.code, line.quantity, line.unit_price) == ("KYN28A-12", 4, Decimal("66445"))  # QUO-01: grade A, 3 %


def test_a_double_click_registers_one_order(login, clerk_zhou):
    browser, form = login(clerk_zhou), typed(PANELS)
    first, second = browser.post("/orders/new/", form), browser.post("/orders/new/", form)
    assert first.url == second.url
    assert Order.objects.count() == 1
