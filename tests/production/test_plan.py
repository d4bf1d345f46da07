"""The production manager breaks an order down into tasks, and the workshops make it (PLN-01, EXE-02, EXE-10)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from core.actor import SYSTEM
from core.reasons import NotAllowed, NotReady, Reason
from inventory.models import StockBalance
from inventory.services import receive_stock
from orders.models import Order
from orders.services.ledger import quantities
from organization.calendars import work_time
from procurement.covering import cover_with_goods
from procurement.models import Demand
from production.drafting import Backwards
from production.models import PlanTask, ProductionPlan
from production.selectors import deviation
from production.services import change_task, draft_plan, finish_task, hand_over_goods, release_plan, report_progress, start_task
from sla.models import RunningClock
from tests.factories.production import DUE, instructed_order, line_of
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 11, tzinfo=SHANGHAI)


@pytest.fixture
def plan() -> ProductionPlan:
    """One switchgear cabinet; some of its components are not in store."""
    order = instructed_order(("KYN28A-12", "1"))
    return ProductionPlan.objects.get(order=order)


def task(plan: ProductionPlan, kind: str) -> PlanTask:
    return plan.tasks.get(kind=kind)


def stocked(plan: ProductionPlan) -> None:
    """All components are there: what the bill of material misses is put in, as if bought."""
    for demand in Demand.objects.uncovered().filter(order=plan.order):
        receive_stock(
            item_id=demand.item_id, company_id=demand.company_id, quantity=demand.missing, blocked=False, location="B-02",
            source=("tests.stock", demand.pk), by=SYSTEM, at=MONDAY_9AM,
        )  # fmt: skip
        cover_with_goods(item_id=demand.item_id, company_id=demand.company_id, order_id=plan.order_id, at=MONDAY_9AM)


@pytest.mark.req("PLN-01")
def test_the_instruction_brings_a_draft_with_an_owner_and_dates_for_every_task():
    plan = instructed_order(("KYN28A-12", "30")).plan
    kinds = list(plan.tasks.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["purchase", "collaboration", "assembly", "packing"]
    assert task(plan, "collaboration").department.name == "元件车间"
    assert all(each.department and each.start_date and each.end_date for each in plan.tasks.all())
    assert task(plan, "assembly").department.name == "装配一车间"
    assert plan.state == "drafted" and plan.number.startswith("PL2611-")


@pytest.mark.req("PLN-01")
def test_an_irregular_order_begins_with_the_design():
    order = instructed_order(("KYN28A-12", "1"), order_class="irregular")
    design = order.plan.tasks.get(kind="design")
    assert design.sequence == order.plan.tasks.order_by("sequence")[0].sequence
    assert design.department.name == "技术部"


@pytest.mark.req("PLN-01")
def test_dates_are_counted_back_from_the_due_date_in_working_days(plan):
    work = work_time(company_id=plan.order.product_company_id)
    packing, assembly, purchase = (task(plan, kind) for kind in ("packing", "assembly", "purchase"))
    assert packing.end_date == work.day_before(DUE, 1)
    assert assembly.end_date < packing.start_date and purchase.end_date < assembly.start_date
    assert all(work.is_working_day(day) for each in plan.tasks.all() for day in (each.start_date, each.end_date))


def test_nothing_is_planned_for_days_that_are_gone():
    order = instructed_order(("KYN28A-12", "1"), due=date(2026, 11, 25))
    assert min(order.plan.tasks.values_list("start_date", flat=True)) > MONDAY_9AM.date()


def test_the_same_instruction_twice_gives_one_plan(plan):
    assert draft_plan(order_id=plan.order_id, by=SYSTEM, at=NOON) == plan
    assert ProductionPlan.objects.filter(order=plan.order).count() == 1


@pytest.mark.req("PLN-01")
def test_complete_sets_have_until_the_same_time_on_the_next_working_day(plan):
    clock = RunningClock.objects.get(name="plan_breakdown", order_id=plan.order_id)
    assert clock.due_at == datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    assert clock.post_id == plan.order.production_manager_post_id


@pytest.mark.req("PLN-01")
def test_other_orders_have_four_working_hours():
    order = instructed_order(("XL-21", "4"), company="CT")
    clock = RunningClock.objects.get(name="plan_breakdown", order_id=order.pk)
    assert clock.due_at == datetime(2026, 11, 23, 14, tzinfo=SHANGHAI)


@pytest.mark.req("PLN-01")
def test_releasing_stops_the_clock_and_moves_the_order(plan, production_manager_lu):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    order = Order.objects.get(pk=plan.order_id)
    assert order.state == "planned"
    assert [each.planned for each in quantities(order).values()] == [Decimal(1)]
    assert RunningClock.objects.get(name="plan_breakdown", order_id=order.pk).state_at(NOON) == "met"


@pytest.mark.req("PLN-01")
def test_a_task_without_a_department_holds_the_plan(plan, production_manager_lu):
    PlanTask.objects.filter(plan=plan, kind="packing").update(department=None)
    with pytest.raises(NotReady) as refused:
        release_plan(plan=plan, by=production_manager_lu, at=NOON)
    assert refused.value.reasons == (Reason("task_without_department", tasks=["120"]),)


def test_a_line_without_an_assembly_task_holds_the_plan(plan, production_manager_lu):
    PlanTask.objects.filter(plan=plan, kind="assembly").update(kind="packing")
    with pytest.raises(NotReady) as refused:
        release_plan(plan=plan, by=production_manager_lu, at=NOON)
    assert refused.value.reasons == (Reason("line_not_planned", lines=[1]),)


def test_the_planner_moves_a_task_but_does_not_release(plan, planner_he):
    moved = change_task(task=task(plan, "packing"), start_date=date(2026, 12, 14), by=planner_he, at=NOON)
    assert moved.start_date == date(2026, 12, 14) and moved.version == 1
    with pytest.raises(NotAllowed):
        release_plan(plan=plan, by=planner_he, at=NOON)


def test_after_the_release_dates_stand(plan, production_manager_lu):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    with pytest.raises(NotReady):
        change_task(task=task(plan, "packing"), start_date=date(2026, 12, 14), by=production_manager_lu, at=NOON)


def test_the_manager_of_another_company_does_not_touch_the_plan(plan, production_manager_shi):
    with pytest.raises(NotAllowed):
        release_plan(plan=plan, by=production_manager_shi, at=NOON)


def test_assembly_waits_for_its_components(plan, production_manager_lu, workshop_head_zhao):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    with pytest.raises(NotReady) as refused:
        start_task(task=task(plan, "assembly"), by=workshop_head_zhao, at=NOON)
    assert refused.value.reasons[0].code == "components_missing"
    assert any(each.startswith("AL-ZN-2.0") for each in refused.value.reasons[0].figures["items"])


def test_when_components_are_in_purchase_is_done_and_assembly_takes_them_out(plan, production_manager_lu, workshop_head_zhao):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    stocked(plan)
    assert {each.state for each in plan.tasks.filter(kind__in=["purchase", "collaboration"])} == {"done"}
    breakers = sum(balance.on_hand for balance in StockBalance.objects.filter(item__code="VS1-12/1250-31.5"))
    start_task(task=task(plan, "assembly"), by=workshop_head_zhao, at=NOON)
    assert sum(balance.on_hand for balance in StockBalance.objects.filter(item__code="VS1-12/1250-31.5")) == breakers - 1
    assert Order.objects.get(pk=plan.order_id).state == "in_production"


def test_a_workshop_head_works_only_in_his_own_workshop(plan, production_manager_lu, workshop_head_feng):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    stocked(plan)
    with pytest.raises(NotAllowed):
        start_task(task=task(plan, "assembly"), by=workshop_head_feng, at=NOON)
    assert not PlanTask.objects.visible_to(workshop_head_feng).filter(plan=plan).exists()


@pytest.fixture
def assembling(plan, production_manager_lu, workshop_head_zhao) -> PlanTask:
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    stocked(plan)
    return start_task(task=task(plan, "assembly"), by=workshop_head_zhao, at=NOON)


@pytest.mark.req("EXE-02")
def test_an_operator_reports_good_and_scrap(assembling, operator_hu):
    report_progress(task=assembling, good=Decimal(1), scrap=Decimal(2), note="绝缘件开裂", by=operator_hu, at=NOON)
    found = PlanTask.objects.get(pk=assembling.pk)
    assert (found.good, found.scrap) == (Decimal(1), Decimal(2))
    assert found.reports.get().person_name == "胡大勇"


@pytest.mark.req("EXE-02")
def test_more_good_than_planned_is_refused(assembling, workshop_head_zhao):
    with pytest.raises(NotReady) as refused:
        report_progress(task=assembling, good=Decimal(2), by=workshop_head_zhao, at=NOON)
    assert refused.value.reasons == (Reason("report_too_much", quantity=Decimal(1), field="good"),)


def test_an_operator_does_not_finish_a_task(assembling, operator_hu):
    with pytest.raises(NotAllowed):
        finish_task(task=assembling, by=operator_hu, at=NOON)


@pytest.mark.req("EXE-10")
def test_finished_goods_are_handed_over_blocked_and_wait_for_the_inspection(assembling, workshop_head_zhao):
    line = line_of(assembling.plan.order, "KYN28A-12")
    finish_task(task=assembling, by=workshop_head_zhao, at=NOON)
    row = hand_over_goods(task=assembling, line=line, quantity=Decimal(1), batch="KYN-26-0117", by=workshop_head_zhao, at=NOON)
    balance = StockBalance.objects.get(pk=row.balance_id)
    assert (balance.on_hand, balance.blocked, balance.free) == (Decimal(1), Decimal(1), Decimal(0))
    known = quantities(assembling.plan.order)[line.pk]
    assert (known.produced, known.stocked) == (Decimal(1), Decimal(0))


@pytest.mark.req("EXE-10")
def test_what_is_not_assembled_cannot_be_handed_over(assembling, workshop_head_zhao):
    line = line_of(assembling.plan.order, "KYN28A-12")
    with pytest.raises(NotReady) as refused:
        hand_over_goods(task=assembling, line=line, quantity=Decimal(1), by=workshop_head_zhao, at=NOON)
    assert refused.value.reasons == (Reason("nothing_to_hand_over"),)


def test_the_last_task_finishes_the_plan(assembling, workshop_head_zhao, production_manager_lu):
    finish_task(task=assembling, by=workshop_head_zhao, at=NOON)
    packing = start_task(task=task(assembling.plan, "packing"), by=production_manager_lu, at=NOON)
    finish_task(task=packing, by=production_manager_lu, at=NOON)
    assert ProductionPlan.objects.get(pk=assembling.plan_id).state == "finished"


@pytest.mark.req("EXE-02")
@pytest.mark.parametrize(
    ("state", "good", "today", "kind"),
    [
        ("issued", 0, date(2026, 12, 1), ""),
        ("issued", 0, date(2026, 12, 9), "soon"),
        ("running", 5, date(2026, 12, 9), "good"),
        ("running", 1, date(2026, 12, 11), "soon"),
        ("running", 9, date(2026, 12, 16), "late"),
    ],
)
def test_deviation_from_the_plan_shows_at_once(state, good, today, kind):
    one = PlanTask(state=state, good=Decimal(good), quantity=Decimal(10), start_date=date(2026, 12, 7), end_date=date(2026, 12, 11))
    assert deviation(one, today).kind == kind


def test_a_backwards_count_never_ends_before_it_starts():
    work = work_time(company_id=instructed_order(("KYN28A-12", "1")).product_company_id)
    for days in range(-10, 30):
        due = MONDAY_9AM.date() + timedelta(days=days)
        count = Backwards(work=work, today=MONDAY_9AM.date(), due=due)
        for span in (count.span(due, 3), count.ahead(due, 5), count.until(due)):
            assert count.first <= span.start <= span.end
