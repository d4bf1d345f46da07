"""What stands in the header changes, too: it is listed before anyone decides, shown afterwards, and printed (CHG-02, CHG-05, CHG-08)."""

from datetime import timedelta

import pytest

from demo import walk_changes as walks
from documents.registry import FORMS
from orders.changing import compare
from orders.guards import contract_of
from orders.models import ChangeRequest, Order
from orders.services.change import outcome
from orders.workflow import OrderState
from organization.roles import Role
from sla.models import RunningClock

NEW = "合肥新站区"
MOVED = {"header": {"delivery_address": NEW, "contact_name": "李工"}}


def differing(old, new) -> dict[str, tuple[str, str]]:
    names = {str(field.verbose_name): field.name for field in Order._meta.fields}
    rows = compare.differences(old, new, prices=True)
    return {names[row.field]: (row.before, row.after) for row in rows if row.differs and row.field in names}


@pytest.mark.req("CHG-05")
def test_another_address_touches_the_contract(walk):
    walk.to(OrderState.EFFECTIVE)
    change = walks.ask(walk, MOVED)
    assert [(item.kind, item.touches) for item in change.items.all()] == [("orders.contract", 1)]
    assert change.proposed_class == 1


@pytest.mark.req("CHG-09", "CHG-05")
def test_the_contract_in_force_delivers_to_the_new_address(walk):
    walk.to(OrderState.EFFECTIVE)
    old = walk.order.delivery_address
    assert old in contract_of(walk.order).delivery_text
    walks.change(walk, MOVED)
    text = contract_of(walk.fresh()).delivery_text
    assert NEW in text
    assert old not in text


@pytest.mark.req("CHG-08")
def test_two_revisions_show_address_contact_and_dates(walk):
    walk.to(OrderState.INSTRUCTED)
    old, later = walk.order.delivery_address, walk.order.promised_date + timedelta(days=9)
    walks.change(walk, MOVED | {"date": later.isoformat()})
    found = differing(compare.of_revision(walk.order, 1), compare.of_revision(walk.order, 2))
    assert found["delivery_address"] == (old, NEW)
    assert found["contact_name"] == ("王工", "李工")
    assert found["promised_date"][1] == later.isoformat()


@pytest.mark.req("CHG-02", "CHG-08")
def test_the_notice_says_the_same_before_and_after_it_is_applied(walk):
    walk.to(OrderState.INSTRUCTED)
    line = walk.order.lines.get(line_no=1)
    wanted = MOVED | {"lines": {str(line.pk): {"quantity": "3", "spec": "门板 RAL7032"}}}
    change = walks.change(walk, wanted, until="noticed")
    before = FORMS["D07"].build(change)["changes"]
    assert (walk.order.delivery_address, NEW) in [(row["before"], row["after"]) for row in before]
    while change.state != "applied":
        walks.onward(walk, change)
        change = ChangeRequest.objects.get(pk=change.pk)
    assert FORMS["D07"].build(change)["changes"] == before


@pytest.mark.req("CHG-02")
def test_transport_packing_planning_and_after_sales_can_be_named_and_sign(walk, violations):
    """Where to and to whom is transport's; a specification is packed; each signs on a page of their own, and it stands on their list."""
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, MOVED, until="noticed")
    assert Role.TRANSPORT_HEAD in outcome.signers_touched(change)
    assert Role.PACKER not in outcome.signers_touched(change)
    roles = [Role.TRANSPORT_HEAD, Role.PACKER, Role.PLANNER, Role.AFTERSALES_HEAD]
    outcome.circulate(change=change, roles=roles, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
    waiting = RunningClock.objects.open().filter(name="change_signoff", order_id=walk.order.pk)
    assert set(waiting.values_list("key", flat=True)) == set(roles)
    for asked in change.signoffs.all():
        by = walk.who(Role.TRANSPORT_HEAD) if asked.role == Role.TRANSPORT_HEAD else walks.whoever(walk, asked.role, asked.company_id)
        outcome.sign_for_change(signoff=asked, by=by, at=walk.tick())
    assert outcome.still_asked(change) == []
    assert not waiting.exists()
    assert violations() == []


@pytest.mark.req("CHG-02", "SEC-01")
def test_the_head_of_transport_reads_the_notice_without_prices(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, MOVED, until="noticed")
    outcome.circulate(change=change, roles=[Role.TRANSPORT_HEAD], by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
    zheng = login(walk.who(Role.TRANSPORT_HEAD))
    page = zheng.get(change.signoffs.get().get_absolute_url())
    assert NEW in page.content.decode()
    assert zheng.get(change.get_absolute_url()).status_code == 200
    assert f"{walk.order.amount:,}" not in zheng.get(change.get_absolute_url()).content.decode()
