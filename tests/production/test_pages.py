"""Who sees which page of production, and that its acts work from the browser with version and one-time key."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.panels import PANELS
from core.reasons import NotReady
from organization.models import Person
from production.models import PlanTask, ProductionPlan, TaskReport
from production.services import finish_task, release_plan, start_task
from tests.factories.production import instructed_order
from tests.personas import SHANGHAI

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 11, tzinfo=SHANGHAI)


@pytest.fixture
def plan() -> ProductionPlan:
    return instructed_order(("KYN28A-12", "1")).plan


@pytest.fixture
def design(production_manager_lu) -> PlanTask:
    plan = instructed_order(("KYN28A-12", "1"), order_class="irregular").plan
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    return plan.tasks.get(kind="design")


@pytest.fixture
def packing(production_manager_lu, plan) -> PlanTask:
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    return start_task(task=plan.tasks.get(kind="packing"), by=production_manager_lu, at=NOON)


def post(client, url, **values):
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()} | values
    return client.post(url, data)


def test_the_production_manager_sees_plan_and_tasks(login, plan, production_manager_lu):
    client = login(production_manager_lu)
    assert plan.number in client.get(reverse("production:plans")).content.decode()
    page = client.get(plan.get_absolute_url()).content.decode()
    assert "KYN28A-12" in page and "装配一车间" in page
    assert client.get(reverse("production:tasks")).status_code == 200


def test_a_plan_of_another_company_does_not_exist(login, plan, production_manager_shi):
    assert login(production_manager_shi).get(plan.get_absolute_url()).status_code == 404


def test_dates_and_departments_of_all_tasks_are_one_form(login, plan, production_manager_lu):
    client = login(production_manager_lu)
    one = plan.tasks.get(kind="packing")
    url = reverse("production:plan_act", args=[plan.number, "change_tasks"])
    answer = post(client, url, **{f"start_{one.pk}": "2026-12-14"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert plan.tasks.get(pk=one.pk).start_date.isoformat() == "2026-12-14"
    assert post(client, url, version=0).status_code == 409


def test_a_task_that_ends_before_it_starts_is_refused_beside_its_field(login, plan, production_manager_lu):
    one = plan.tasks.get(kind="packing")
    url = reverse("production:plan_act", args=[plan.number, "change_tasks"])
    answer = post(login(production_manager_lu), url, **{f"start_{one.pk}": "2026-12-17", f"end_{one.pk}": "2026-12-14"})
    assert answer.status_code == 422
    assert f"end_{one.pk}" in answer.context["form"].errors


def test_releasing_twice_with_one_key_releases_once(login, plan, production_manager_lu):
    client = login(production_manager_lu)
    url = reverse("production:plan_act", args=[plan.number, "release"])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert ProductionPlan.objects.get(pk=plan.pk).state == "released"


def test_the_clerk_sees_the_plan_but_no_act_of_it(login, plan, clerk_zhou):
    client = login(clerk_zhou)
    assert client.get(plan.get_absolute_url()).status_code == 200
    assert client.get(reverse("production:plan_act", args=[plan.number, "release"])).status_code == 403


def test_the_workshop_head_finds_his_task_and_no_other(login, plan, production_manager_lu, workshop_head_zhao, workshop_head_feng):
    release_plan(plan=plan, by=production_manager_lu, at=NOON)
    assert plan.order.number in login(workshop_head_zhao).get(reverse("production:tasks")).content.decode()
    assert plan.order.number not in login(workshop_head_feng).get(reverse("production:tasks")).content.decode()
    other = plan.tasks.get(kind="assembly")
    assert login(workshop_head_feng).get(other.get_absolute_url()).status_code == 404


@pytest.mark.req("EXE-02")
def test_three_taps_report_progress(login, design, designer_peng):
    client = login(designer_peng)
    start_task(task=design, by=designer_peng, at=NOON)
    page = client.get(reverse("production:tasks")).content.decode()
    url = reverse("production:task_act", args=[design.pk, "report"])
    assert url in page
    answer = post(client, url, good="1", scrap="")
    assert answer.status_code == 302
    assert TaskReport.objects.get(task=design).good == Decimal(1)


def test_a_refused_report_says_why_beside_its_field(login, packing, production_manager_lu):
    answer = post(login(production_manager_lu), reverse("production:task_act", args=[packing.pk, "report"]), good="99")
    assert answer.status_code == 422
    assert "good" in answer.context["form"].errors


def test_hand_over_is_closed_with_its_reason_until_something_is_assembled(login, packing, production_manager_lu):
    client = login(production_manager_lu)
    for url in (packing.get_absolute_url(), reverse("production:task_act", args=[packing.pk, "hand_over"])):
        assert client.get(url).status_code == 200
    assert client.get(reverse("production:task_act", args=[packing.pk, "finish"])).status_code == 200


def test_no_price_stands_on_a_page_of_production(login, design, production_manager_lu):
    client = login(production_manager_lu)
    for url in (design.plan.get_absolute_url(), design.get_absolute_url(), reverse("production:tasks"), reverse("production:plans")):
        assert "1,000" not in client.get(url).content.decode()


def test_the_panel_takes_two_queries(plan, production_manager_lu, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = PANELS["production"].context(plan.order, production_manager_lu)
        rows = [(row["task"].label, str(row["task"].department), str(row["task"].department.head.holder)) for row in found["rows"]]
    assert len(rows) == 3


def test_work_centres_are_kept_by_master_keepers_and_plans_only_looked_at(login, plan, administrator_gao, production_manager_lu):
    assert Person.objects.filter(pk=administrator_gao.person_id).exists()
    client = login(administrator_gao)
    assert client.get(reverse("admin:production_workcentre_changelist")).status_code == 200
    assert client.get(reverse("admin:production_productionplan_add")).status_code == 403
    assert login(production_manager_lu).get(reverse("admin:production_workcentre_changelist")).status_code in (302, 403)


def test_packing_is_not_finished_before_assembly_has_begun(packing, production_manager_lu):
    with pytest.raises(NotReady) as refused:
        finish_task(task=packing, by=production_manager_lu, at=NOON)
    assert [reason.code for reason in refused.value.reasons] == ["assembly_not_begun"]


def test_a_plan_links_to_its_order_only_for_people_who_may_see_orders(login, plan, production_manager_lu, equipment_engineer_cai):
    link = f'href="{plan.order.get_absolute_url()}"'
    assert link in login(production_manager_lu).get(plan.get_absolute_url()).content.decode()
    page = login(equipment_engineer_cai).get(plan.get_absolute_url())
    assert page.status_code == 200 and plan.order.number in page.content.decode()
    assert link not in page.content.decode()
