"""What a plan issues stands on the My work of the department's head until it is begun, and until it is finished (SLA-07)."""

from datetime import timedelta

import pytest

from production.models import ProductionPlan
from production.revising import cancel_plan
from production.services import change_task, finish_task, release_plan, start_task
from sla.models import RunningClock
from tests.factories.production import instructed_order
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


@pytest.fixture
def plan(production_manager_lu) -> ProductionPlan:
    """Of an irregular order, so that design comes first; released."""
    order = instructed_order(("KYN28A-12", "1"), order_class="irregular")
    plan = ProductionPlan.objects.get(order=order)
    assert not RunningClock.objects.filter(name="task_start").exists(), "a draft is nobody's work"
    return release_plan(plan=plan, by=production_manager_lu, at=MONDAY_9AM)


def tasks_of(actor) -> list[str]:
    return [name for name in on_my_work(actor) if name.startswith("task_")]


@pytest.mark.req("PLN-01")
def test_every_department_has_its_tasks_from_the_release_on(plan, design_head_han, workshop_head_zhao, packer_tian, buyer_luo):
    for person in (design_head_han, workshop_head_zhao, packer_tian):
        assert tasks_of(person) == ["task_start"]
    assert tasks_of(buyer_luo) == [], "purchase ends by the facts of purchasing, which has clocks of its own"
    begun_before_the_release()
    design = plan.tasks.get(kind="design")
    assert RunningClock.objects.open().get(name="task_start", subject_id=design.pk).anchor == design.start_date
    start_task(task=design, by=design_head_han, at=MONDAY_9AM)
    assert tasks_of(design_head_han) == ["task_finish"]
    assert RunningClock.objects.open().get(name="task_finish").anchor == design.end_date
    begun_before_the_release()
    finish_task(task=design, by=design_head_han, at=MONDAY_9AM)
    assert tasks_of(design_head_han) == []


def test_dates_that_the_manager_corrected_before_the_release_count(production_manager_lu, design_head_han):
    plan = ProductionPlan.objects.get(order=instructed_order(("KYN28A-12", "1"), order_class="irregular"))
    design = plan.tasks.get(kind="design")
    later = design.start_date + timedelta(days=1)
    change_task(task=design, by=production_manager_lu, at=MONDAY_9AM, start_date=later)
    release_plan(plan=ProductionPlan.objects.get(pk=plan.pk), by=production_manager_lu, at=MONDAY_9AM)
    assert RunningClock.objects.get(name="task_start", subject_id=design.pk).anchor == later


@pytest.mark.req("CHG-09")
def test_a_plan_that_is_cancelled_waits_for_nobody(plan, design_head_han):
    start_task(task=plan.tasks.get(kind="design"), by=design_head_han, at=MONDAY_9AM)
    cancel_plan(order_id=plan.order_id, change_id=0, at=MONDAY_9AM)
    assert not RunningClock.objects.open().filter(name__startswith="task_").exists()
