"""Every row of a change or a cancelling waits on the post that decides it, on its My work and by name on the page (SLA-07)."""

import pytest
from django.urls import reverse

from demo import walk_changes as walks
from orders.services.change import items, outcome
from orders.workflow import OrderState
from organization.roles import Role
from sla.models import RunningClock


def deciders(order) -> set[str]:
    return set(RunningClock.objects.open().filter(order_id=order.pk, name="rows_of_change").values_list("key", flat=True))


def decide(walk, item) -> None:
    by = walks.whoever(walk, item.role, item.company_id)
    items.decide_item(item=item, decision=item.options[0][0], by=by, at=walk.tick())


@pytest.mark.req("CHG-05", "SLA-07")
def test_rows_wait_for_each_deciding_post_until_its_last_row_is_decided(walk, violations):
    order = walk.to(OrderState.PLANNED)
    change = walks.ask(walk)
    assert deciders(order) == set(), "first its class is settled"
    walks.onward(walk, change)
    roles = set(change.items.values_list("role", flat=True))
    assert deciders(order) == roles > {Role.PRODUCTION_MANAGER, Role.SALES_CLERK}
    assert violations() == []
    first, *others = change.items.filter(role=Role.PRODUCTION_MANAGER).order_by("pk")
    decide(walk, first)
    assert others and Role.PRODUCTION_MANAGER in deciders(order), "one of several"
    for item in others:
        decide(walk, item)
    assert deciders(order) == roles - {Role.PRODUCTION_MANAGER}
    met = RunningClock.objects.get(order_id=order.pk, name="rows_of_change", key=Role.PRODUCTION_MANAGER)
    assert (met.stopped_at, met.cancelled_at) == (walk.at, None)
    decide(walk, first)  # thinking again asks nobody anew
    assert Role.PRODUCTION_MANAGER not in deciders(order)
    assert violations() == []


@pytest.mark.req("CHG-05", "SLA-07")
def test_rows_that_a_refused_change_leaves_undecided_wait_for_nobody(walk, violations):
    order = walk.to(OrderState.PLANNED)
    change = walks.change(walk, until="in_review")
    assert deciders(order)
    outcome.refuse_change(change=change, reason="不做", by=walk.clerk, at=walk.tick())
    ended = RunningClock.objects.filter(order_id=order.pk, name="rows_of_change")
    assert not ended.filter(cancelled_at=None).exists()
    assert violations() == []


@pytest.mark.req("CHG-09", "SLA-07")
def test_a_cancelling_stands_on_the_lists_of_all_who_decide_and_links_to_their_rows(walk, login, violations):
    order = walk.to(OrderState.PLANNED)
    request = walks.ask_cancel(walk)
    assert deciders(order) == set(request.items.values_list("role", flat=True))
    for role in deciders(order):
        item = request.items.filter(role=role).first()
        browser = login(walks.whoever(walk, role, item.company_id))
        page = browser.get(reverse("home"))
        (task,) = [task for band in page.context["bands"] for task in band["rows"] if task["act"]["url"].endswith("#impact")]
        assert task["number"] == request.number
        row = next(row for row in browser.get(task["act"]["url"]).context["rows"] if row["item"] == item)
        assert row["decide"].open
    walks.decide(walk, request)
    assert deciders(order) == set()
    assert violations() == []


@pytest.mark.req("CHG-05")
def test_the_page_names_whose_turn_it_is_the_readers_own_first(walk, login):
    walk.to(OrderState.PLANNED)
    change = walks.change(walk, {"header": {"delivery_address": "别处"}}, until="classified")
    manager = walk.holder(walk.order.order_manager_post)
    own, *others = login(manager).get(change.get_absolute_url()).context["turns"]
    assert own["mine"] and own["text"] == "处理更改：定级、下达通知单"
    clerk = [f"{walk.clerk.name}（{Role.SALES_CLERK.label}）"]
    assert [(other["mine"], other["who"]) for other in others] == [(False, clerk)], "the address in the contract"
    request = walks.ask_cancel(walk)
    asked = [(role, walks.whoever(walk, role, request.items.filter(role=role)[0].company_id)) for role in request.undecided_roles]
    own, others = login(walk.clerk).get(request.get_absolute_url()).context["turns"]
    assert own["text"] == "与客户商定取消费用"
    assert set(others["who"]) == {f"{by.name}（{Role(role).label}）" for role, by in asked}, "in one line"
