"""The store's pages: what lies where, what waits, and the act on a tablet."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from core.actor import SYSTEM
from core.panels import PANELS
from core.questions import ask
from inventory.models import PutAway
from inventory.services import await_put_away, reserve_stock
from sla import work
from sla.models import RunningClock
from tests.factories.stock import an_item, company, in_stock, order_in_production
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def waiting():
    balance = in_stock(an_item(), 10, blocked=True)
    return await_put_away(
        balance_id=balance.pk, quantity=D(8), source=("tests.inspection", 1), order_id=None, line_id=None, by=SYSTEM, at=MONDAY_9AM
    )


def test_the_stock_list_shows_quantities_and_no_price(login, store_keeper_qian):
    item = an_item()
    item.list_price = D("4321.5")
    item.save()
    in_stock(item, 12, location="A-07", batch="2611")
    page = login(store_keeper_qian).get(reverse("inventory:stock"), {"item": "TST"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "TST-1" in text and "A-07" in text and "4321" not in text and "4,321" not in text
    assert login(store_keeper_qian).get(reverse("inventory:stock"), {"export": "xlsx"}).status_code == 200


def test_a_place_of_another_company_does_not_exist(login, store_keeper_wei):
    balance = in_stock(an_item(), 1)
    assert login(store_keeper_wei).get(balance.get_absolute_url()).status_code == 404


def test_a_place_shows_who_reserved_of_it(login, store_keeper_qian):
    item = an_item()
    balance = in_stock(item, 5)
    ids = {"item_id": item.pk, "company_ids": [company().pk], "reference_id": 1, "order_id": 1}
    reserve_stock(quantity=D(2), purpose="line", firm=True, at=MONDAY_9AM, **ids)
    assert login(store_keeper_qian).get(balance.get_absolute_url()).status_code == 200


def test_the_store_keeper_puts_goods_away_on_the_page(login, store_keeper_qian, waiting):
    browser = login(store_keeper_qian)
    assert "TST-1" in browser.get(reverse("inventory:put_aways")).content.decode()
    assert browser.get(reverse("inventory:all_put_aways")).status_code == 200
    assert browser.get(waiting.get_absolute_url()).status_code == 200
    url = reverse("inventory:put_away_act", args=[waiting.pk, "put_away"])
    form = browser.get(url).context["form"]
    given = {"version": form["version"].value(), "once": form["once"].value(), "location": "A-01", "batch": "", "serials": ""}
    assert browser.post(url, {**given, "location": ""}).status_code == 422
    assert browser.post(url, {**given, "serials": "S1 S2"}).status_code == 422
    assert browser.post(url, given).status_code == 302
    assert browser.post(url, given).status_code == 302  # the double click gets the same answer
    assert PutAway.objects.get(pk=waiting.pk).location == "A-01"
    assert browser.get(url).status_code == 200  # closed now, with the reason


def test_the_inspector_may_look_but_not_put_away(login, inspector_wu, clerk_zhou, waiting):
    assert login(inspector_wu).get(waiting.get_absolute_url()).status_code == 200
    assert login(inspector_wu).get(reverse("inventory:put_away_act", args=[waiting.pk, "put_away"])).status_code == 403
    assert login(clerk_zhou).get(waiting.get_absolute_url()).status_code == 404


def test_the_panel_of_an_order_shows_what_is_reserved_and_what_waits(production_manager_lu, django_assert_max_num_queries):
    item = an_item()
    line = order_in_production(item, 3)
    in_stock(item, 1)
    ids = {"item_id": item.pk, "company_ids": [company().pk], "reference_id": line.pk, "order_id": line.order_id}
    reserve_stock(quantity=D(1), purpose="line", firm=True, at=MONDAY_9AM, **ids)
    source = {"source": ("tests.inspection", 1), "by": SYSTEM, "at": MONDAY_9AM}
    await_put_away(balance_id=in_stock(item, 2, blocked=True).pk, quantity=D(2), order_id=line.order_id, line_id=line.pk, **source)
    with django_assert_max_num_queries(4):
        shown = PANELS["stock"].context(line.order, production_manager_lu)
    assert [r.left for r in shown["reservations"]] == [D(1)]
    assert [p.quantity for p in shown["put_aways"]] == [D(2)]
    assert "TST-1" in render_to_string(PANELS["stock"].template, shown)


def test_my_work_knows_where_the_goods_are_put_away(store_keeper_qian, store_keeper_wei, waiting):
    found = [each for each in ask("things", kind="inventory.putaway", ids=[waiting.pk], actor=store_keeper_qian) if each]
    assert found[0][waiting.pk]["url"] == reverse("inventory:put_away", args=[waiting.pk])
    assert ask("things", kind="inventory.putaway", ids=[waiting.pk], actor=store_keeper_wei) == [{}]


@pytest.mark.parametrize("model", ["item", "bomline", "stockbalance", "stockmovement", "reservation", "putaway"])
def test_keepers_of_master_data_find_the_store_in_the_admin(login, administrator_gao, waiting, model):
    browser = login(administrator_gao)
    assert browser.get(reverse(f"admin:inventory_{model}_changelist")).status_code == 200
    may_add = model in ("item", "bomline")
    assert browser.get(reverse(f"admin:inventory_{model}_add")).status_code == (200 if may_add else 403)


def test_the_store_keeper_reads_how_many_of_what_and_for_which_order(login, store_keeper_qian):
    item = an_item()
    line = order_in_production(item, 2)
    goods = {"balance_id": in_stock(item, 2, blocked=True).pk, "quantity": D("2.000"), "source": ("tests.inspection", 1)}
    row = await_put_away(order_id=line.order_id, line_id=line.pk, by=SYSTEM, at=MONDAY_9AM, **goods)
    assert str(row) == f"TST-1 × 2 {item.unit.code}"
    browser = login(store_keeper_qian)
    assert line.order.number in browser.get(row.get_absolute_url()).content.decode()
    (task,) = work.tasks(list(RunningClock.objects.filter(name="arrival_putaway")), store_keeper_qian, MONDAY_9AM)
    assert (task["number"], task["parts"]) == (str(row), [f"{item.name} {line.order.number}"])
