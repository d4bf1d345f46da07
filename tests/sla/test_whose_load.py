"""A head sees who has what and who has too much; a manager comes to it by departments, the group manager by companies (SLA-07)."""

import pytest

from organization.models import Delegation, Department, Person, Post
from organization.roles import Role
from sla import load
from sla.models import RunningClock
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


@pytest.fixture
def busy(now, register, clerk_lin):
    """Zhou Min has four orders of last week and one of today; Lin Xiaoyan has one of today. Nothing else runs."""
    late = [register(at("11-18 09:00")) for _ in range(4)]
    today = register()
    other = register()
    RunningClock.objects.exclude(name="order_confirmation").delete()
    RunningClock.objects.filter(order_id=other.pk).update(post_id=next(iter(clerk_lin.post_ids)))
    return late, today, other


def shown(page):
    return {line.name: (line.late, line.today, line.all) for line in page.context["people"]["shown"]}


def test_a_head_sees_person_by_person_what_waits_and_who_has_too_much(login, sales_head_gu, busy):
    page = login(sales_head_gu).get("/?of=department")
    assert shown(page)["周敏"] == (4, 1, 5)
    assert shown(page)["林小燕"] == (0, 1, 1)
    assert shown(page)["唐亮"] == (0, 0, 0), "who has nothing stands there, too, and counts for the mean"
    assert [line.name for line in page.context["people"]["shown"] if line.too_much] == ["周敏"]
    assert "周敏 负荷过重：超时 4 件，共 5 件" in page.content.decode()
    assert "1.5 倍" in page.content.decode(), "the rule stands in print"
    assert sum(line.all for line in page.context["people"]["shown"]) == page.context["counts"]["all"] == 6


def test_few_things_are_not_too_much_however_little_the_others_have(login, sales_head_gu, busy):
    RunningClock.objects.filter(order_id=busy[0][0].pk).delete()
    page = login(sales_head_gu).get("/?of=department")
    assert shown(page)["周敏"] == (3, 1, 4)
    assert not any(line.too_much for line in page.context["people"]["shown"])
    assert "共 5 件以上" in page.content.decode(), "the rule stands in print"


def test_a_tap_on_a_person_leaves_that_persons_list(login, sales_head_gu, busy):
    browser = login(sales_head_gu)
    lin = next(line for line in browser.get("/?of=department").context["people"]["shown"] if line.name == "林小燕")
    page = browser.get(f"/{lin.url}")
    assert [row["number"] for band in page.context["bands"] for row in band["rows"]] == [busy[2].number]
    assert page.context["counts"]["all"] == 1
    assert shown(page)["周敏"] == (4, 1, 5), "the others can still be chosen"
    back = next(line for line in page.context["people"]["shown"] if line.name == "林小燕")
    assert "person" not in back.url


def test_whoever_stands_in_has_the_work_and_a_vacant_post_keeps_it(login, sales_head_gu, clerk_zhou, clerk_lin, busy):
    zhou = Post.objects.get(holder=clerk_zhou.person_id)
    lent = Delegation.objects.create(post=zhou, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-27 17:00"))
    assert shown(login(sales_head_gu).get("/?of=department"))["林小燕"] == (4, 2, 6)
    lent.delete()
    Post.objects.filter(pk=zhou.pk).update(holder=None)
    page = login(sales_head_gu).get("/?of=department")
    vacant = next(line for line in page.context["people"]["shown"] if line.vacant)
    assert (vacant.name, vacant.all, vacant.too_much) == (str(Role.SALES_CLERK.label), 5, False)
    assert "销售内勤（空缺）" in str(page.context["bands"])


def test_a_post_is_not_vacant_when_somebody_stands_in_for_one_who_has_left(login, sales_head_gu, clerk_zhou, clerk_lin, busy):
    zhou = Post.objects.get(holder=clerk_zhou.person_id)
    Delegation.objects.create(post=zhou, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-27 17:00"))
    Person.objects.filter(pk=clerk_zhou.person_id).update(is_active=False)
    page = login(sales_head_gu).get("/?of=department")
    assert shown(page)["林小燕"] == (4, 2, 6)
    assert "空缺" not in str(page.context["bands"])


def test_what_a_role_may_take_is_counted_once_for_all_who_hold_it(login, sales_head_gu, busy):
    RunningClock.objects.filter(order_id=busy[1].pk).update(post_id=None)
    page = login(sales_head_gu).get("/?of=department")
    of_role = next(line for line in page.context["people"]["shown"] if "role" in line.place)
    assert (of_role.all, of_role.people) == (1, 2)
    assert "任一" in page.content.decode()
    assert sum(line.all for line in page.context["people"]["shown"]) == page.context["counts"]["all"]
    assert login(sales_head_gu).get(f"/{of_role.url}").context["counts"]["all"] == 1


def test_a_manager_goes_from_departments_to_people(login, sales_manager_jiang, busy):
    browser = login(sales_manager_jiang)
    page = browser.get("/?of=department")
    sales = next(line for line in page.context["people"]["shown"] if line.all == 6)
    assert sales.place.keys() == {"company", "unit"}
    assert (
        len(page.context["people"]["shown"])
        == Department.objects.filter(company_id=sales.place["company"], posts__isnull=False).distinct().count()
    )
    assert "周敏" in shown(browser.get(f"/{sales.url}"))
    assert "本公司" in page.content.decode()


def test_the_group_manager_goes_from_companies_to_departments_to_people(login, group_manager_lin, busy):
    browser = login(group_manager_lin)
    company = next(line for line in browser.get("/?of=department").context["people"]["shown"] if line.all == 6)
    unit = next(line for line in browser.get(f"/{company.url}").context["people"]["shown"] if line.all == 6)
    page = browser.get(f"/{unit.url}")
    assert shown(page)["周敏"] == (4, 1, 5)
    assert len(page.context["people"]["up"]) == 3


def test_a_head_finds_nobody_of_another_company(login, sales_head_gu, manager_fang, busy):
    names = {line.name for line in load.lines(sales_head_gu, MONDAY_9AM)}
    assert names.isdisjoint({line.name for line in load.lines(manager_fang, MONDAY_9AM)})
    company = manager_fang.hats[0].company_id
    page = login(sales_head_gu).get(f"/?of=department&company={company}")
    assert page.context["people"]["shown"] == []
    assert page.context["counts"]["all"] == 0


def test_it_asks_as_little_for_many_people_as_for_few(login, group_manager_lin, busy, django_assert_max_num_queries):
    browser = login(group_manager_lin)
    with django_assert_max_num_queries(3):
        load.lines(group_manager_lin, MONDAY_9AM)
    browser.get("/?of=department")
    with django_assert_max_num_queries(30):
        browser.get("/?of=department")
