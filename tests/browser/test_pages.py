"""Pages of a living group as people see them: wide and on a phone, nothing runs out of the window, nothing is unreadable (WCAG A and AA).

`SCREENSHOTS=1` takes the two pictures of the README from the same pages.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from demo.simulate import simulate
from demo.walk import Lines, Walk
from inventory.models import StockBalance
from orders.models import Order
from orders.workflow import OrderState
from quality.models import Inspection
from shipping.models import Shipment
from tests.browser.pages import Desk, Office, StoryClock
from tests.factories.order_sheet import order_sheet_file
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = bool(os.environ.get("SCREENSHOTS"))
IMAGES = settings.BASE_DIR / "docs/images"
AXE = (settings.BASE_DIR / "static/vendor/axe.min.js").read_text(encoding="utf-8")
RULES = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})"
TODAY, THIS_MORNING = (datetime(2026, 12, 16, hour, minute, tzinfo=SHANGHAI) for hour, minute in ((9, 40), (8, 5)))
CAME_TODAY: tuple[tuple[str, Lines, str], ...] = (
    ("C0001", [("FN12-12D/630", 6), ("VS1-12/630-25", 4)], OrderState.REGISTERED),
    ("C0003", [("GGD", 4), ("GGJ", 1)], OrderState.CONFIRMED),
    ("C0002", [("GCK", 6)], OrderState.IN_REGULAR_REVIEW),
    ("C0001", [("GGD", 2), ("PZ30", 5)], OrderState.EFFECTIVE),
    ("C0006", [("PZ30", 40)], OrderState.CONTRACTED),
)
SIZES = {"wide": (1440, 1000), "phone": (390, 844)}


@pytest.fixture
def group(office: Office, story: StoryClock) -> Walk:
    """Three weeks of a group at work; one order has its spare parts delivered while the switchgear is being made. It is Wednesday, 9:40."""
    walk = Walk(MONDAY_9AM)
    goods = [("KYN28A-12", 4), ("KYN28A-12", 6), ("LZZBJ9-10", 30)]
    walk.register("C0001", goods, days=35, customer_reference="HD-2611-018")
    walk.to(OrderState.PLANNED)
    walk.receive(walk.ship({3: Decimal(30)}))
    walk.at = datetime(2026, 12, 8, 9, tzinfo=SHANGHAI)
    walk.sign()
    walk.buy()
    walk.work("assembly")
    simulate(orders=24 if PICTURES else 8, seed=7, end=TODAY, weeks=3)
    walk.at = THIS_MORNING
    walk.work("packing")
    walk.finish_goods(Decimal("0.5"))
    for customer, goods_today, state in CAME_TODAY:
        fresh = Walk(THIS_MORNING, pace=timedelta(minutes=5))
        fresh.register(customer, goods_today)
        fresh.to(state)
    story.leap_to(TODAY)
    return walk


def addresses(walk: Walk) -> dict[str, tuple[str, str]]:
    """Page -> who looks at it, and where it is."""
    order, shipment = walk.order, Shipment.objects.filter(order=walk.order).get()
    draft = Order.objects.filter(state=OrderState.REGISTERED).first() or order
    inspection = Inspection.objects.filter(order=order, state="waiting").first()
    assert inspection is not None
    task = order.plan.tasks.filter(kind="packing").get()
    return {
        "my-work": ("zhoumin", "/"),
        "department": ("gujianguo", "/?of=department"),
        "notices": ("zhoumin", "/notices/"),
        "orders": ("zhoumin", "/orders/"),
        "order": ("zhoumin", order.get_absolute_url()),
        "entry": ("zhoumin", f"/orders/{draft.number}/edit/"),
        "new order": ("zhoumin", "/orders/new/"),
        "import": ("zhoumin", "/orders/import/"),
        "act": ("yanfang", f"/orders/{order.number}/do/record_follow_up/"),
        "shipments": ("zhengdawei", "/shipping/"),
        "shipment": ("zhengdawei", shipment.get_absolute_url()),
        "plan": ("luhaifeng", order.plan.get_absolute_url()),
        "task": ("tianwei", task.get_absolute_url()),
        "demand": ("luojing", "/procurement/demand/"),
        "purchases": ("luojing", "/procurement/"),
        "inspection": ("wuguilan", inspection.get_absolute_url()),
        "inspect": ("wuguilan", f"{inspection.get_absolute_url()}do/finish/"),
        "stock": ("qianchunmei", "/inventory/stock/"),
        "balance": ("qianchunmei", f"/inventory/stock/{StockBalance.objects.filter(on_hand__gt=0, company__code='KG').earliest('pk').pk}/"),
        "receivables": ("sunyaqin", "/finance/receivables/"),
    }


def test_pages_fit_and_can_be_read_wide_and_on_a_phone(office: Office, group: Walk) -> None:
    wrong = look_at(office.as_person("nobody").page, "log-in", "/login/")
    for name, (who, path) in addresses(group).items():
        desk = office.as_person(who).go(path)
        wrong += look_at(desk.page, name, path)
    wrong += look_at_the_preview(office.as_person("zhoumin"))
    assert not wrong, "\n".join(wrong)
    if PICTURES:
        take_pictures(office.as_person("zhoumin"), group.order)


def look_at(page: Page, name: str, path: str = "") -> list[str]:
    """What is wrong with the page in both sizes; without a path, with what it shows now."""
    wrong = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if path:
            page.goto(path)
        whole(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{name}, {size}: {over} px wider than the window"] if over > 0 else []
        wrong += [f"{name}, {size}: {each}" for each in unreadable(page)]
    return wrong


def whole(page: Page) -> None:
    """Everything that comes when one scrolls to it is there."""
    for panel in page.locator("section[id^=panel-] [hx-get]").all():
        panel.scroll_into_view_if_needed()
        expect(panel.get_by_role("link", name="查看", exact=True)).to_have_count(0, timeout=10_000)
    page.evaluate("scrollTo(0, 0)")


def unreadable(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RULES)["violations"]
    return [f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]


def look_at_the_preview(zhou: Desk) -> list[str]:
    """The preview of an import is a page that no address leads to."""
    zhou.go("/orders/import/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    zhou.page.locator("[name=file]").set_input_files({"name": "orders.xlsx", "mimeType": kind, "buffer": order_sheet_file().read()})
    zhou.main.locator("[data-key-main]").click()
    zhou.main.get_by_role("button", name="重新核对").wait_for()
    return look_at(zhou.page, "import preview")


def take_pictures(zhou: Desk, order: Order) -> None:
    zhou.page.set_viewport_size({"width": 1440, "height": 1000})
    for name, path in (("my-work", "/"), ("order", order.get_absolute_url())):
        zhou.go(path)
        if name == "order":
            whole(zhou.page)
        target = Path(IMAGES) / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        zhou.page.screenshot(path=target)
        assert target.stat().st_size < 400_000
