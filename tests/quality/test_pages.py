"""Quality's pages: the queue, the inspection on a tablet, the decision."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime

from core.actor import SYSTEM
from core.panels import PANELS
from core.questions import ask
from quality.models import Inspection, Nonconformity
from quality.services import open_inspection
from tests.factories.stock import an_item, company, in_stock, order_in_production
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


def asked(line, quantity, *, source=1):
    balance = in_stock(line.item, quantity, blocked=True)
    goods = {"item_id": line.item_id, "company_id": company().pk, "quantity": D(quantity), "balance_id": balance.pk}
    return open_inspection(
        source_kind="handover", source_id=source, order_id=line.order_id, line_id=line.pk, by=SYSTEM, at=MONDAY_9AM, **goods
    )


@pytest.fixture
def waiting():
    return asked(order_in_production(an_item(), 10), 10)


def hidden(page):
    form = page.context["form"]
    return {"version": form["version"].value(), "once": form["once"].value()}


def test_from_the_queue_to_the_decision(login, inspector_wu, quality_head_yuan, waiting):
    browser = login(inspector_wu)
    assert waiting.number in browser.get(reverse("quality:inspections")).content.decode()
    text = browser.get(waiting.get_absolute_url()).content.decode()
    assert "DD2611-9001" in text
    assert f"{localtime(waiting.opened_at):%m-%d %H:%M}</time>" in text
    url = reverse("quality:inspection_act", args=[waiting.number, "finish"])
    given = {**hidden(browser.get(url)), "findings": ""}
    wrong = browser.post(url, {**given, "accepted": "8", "rejected": "2"})
    assert wrong.status_code == 422
    assert "findings" in wrong.context["form"].errors
    assert browser.post(url, {**given, "accepted": "8", "rejected": "2", "findings": "划痕"}).status_code == 302
    problem = Nonconformity.objects.get()
    assert problem.number in browser.get(reverse("quality:nonconformities")).content.decode()
    assert browser.get(waiting.get_absolute_url()).status_code == 200

    route = reverse("quality:nonconformity_act", args=[problem.number, "route"])
    assert browser.post(route, {**hidden(browser.get(route)), "addressee": "quality_head", "note": ""}).status_code == 302
    decide = reverse("quality:nonconformity_act", args=[problem.number, "decide"])
    assert browser.get(decide).status_code == 403

    head = login(quality_head_yuan)
    page = head.get(decide)
    assert [value for value, _label in page.context["form"].fields["disposition"].choices] == ["rework", "concession", "scrap"]
    assert head.post(decide, {**hidden(page), "disposition": "rework", "reason": "补漆"}).status_code == 302
    again = reverse("quality:nonconformity_act", args=[problem.number, "finish_rework"])
    done = head.post(again, hidden(head.get(again)))
    fresh = Inspection.objects.get(rework_of=problem)
    assert done.url == fresh.get_absolute_url()
    assert head.get(done.url).status_code == head.get(problem.get_absolute_url()).status_code == 200
    assert head.get(reverse("quality:all_inspections"), {"state": "failed", "export": "xlsx"}).status_code == 200
    assert problem.number in head.get(reverse("quality:all_nonconformities")).content.decode()


def test_other_companies_and_other_departments_see_nothing(login, manager_xiong, clerk_zhou, store_keeper_qian, waiting):
    for stranger in (manager_xiong, clerk_zhou, store_keeper_qian):
        browser = login(stranger)
        assert browser.get(waiting.get_absolute_url()).status_code == 404
        assert waiting.number not in browser.get(reverse("quality:inspections")).content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_the_panel_of_an_order_shows_its_inspections(production_manager_lu, django_assert_max_num_queries, count):
    line = order_in_production(an_item(), 10)
    numbers = [asked(line, 1, source=n).number for n in range(1, count + 1)]
    with django_assert_max_num_queries(4):
        shown = PANELS["quality"].context(line.order, production_manager_lu)
        text = render_to_string(PANELS["quality"].template, shown)
    assert all(number in text for number in numbers)


def test_my_work_leads_to_the_inspection(inspector_wu, clerk_zhou, waiting):
    found = next(each for each in ask("things", kind="quality.inspection", ids=[waiting.pk], actor=inspector_wu) if each)
    assert found[waiting.pk]["url"] == waiting.get_absolute_url()
    assert not any(ask("things", kind="quality.inspection", ids=[waiting.pk], actor=clerk_zhou))
