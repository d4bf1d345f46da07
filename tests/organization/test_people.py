"""Who holds which post, who stands above, who stands in: answered from the structure alone."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from demo.masters import load_masters
from organization.calendars import work_time
from organization.finding import head_of, owner, recipient, role_at, seat
from organization.holidays_cn import statutory_days
from organization.models import CalendarDay, Company, Delegation, Department, Person, Post, actor_of
from organization.roles import Role, Scope
from tests.personas import MONDAY_9AM


@pytest.fixture
def order(db):
    """Anything with owner posts and two companies."""
    return SimpleNamespace(
        clerk_post_id=Post.objects.get(holder__username="zhoumin").pk,
        salesperson_post_id=None,
        sales_company_id=Company.objects.get(code="XS").pk,
        product_company_id=Company.objects.get(code="KG").pk,
        scope_paths={Scope.SALES: ("sales_company_id",), Scope.PRODUCT: ("product_company_id",)},
    )


def names(path):
    return [step.split(":")[0] for step in path]


@pytest.mark.req("ORG-01")
def test_a_person_holds_posts_in_several_companies(buyer_luo, production_manager_lu):
    assert {Company.objects.get(pk=hat.company_id).code for hat in buyer_luo.hats} == {"KG", "CT", "BY", "YJ"}
    assert buyer_luo.roles == {Role.BUYER}
    assert {Company.objects.get(pk=hat.company_id).short_name for hat in production_manager_lu.hats} == {"开关", "成套"}


@pytest.mark.req("ORG-01")
def test_the_group_holds_companies_of_every_kind_and_every_role(db):
    assert set(Company.objects.values_list("kind", flat=True)) == set(Company.Kind.values)
    held = set(Post.objects.held(MONDAY_9AM.date()).values_list("role", flat=True))
    assert held == set(Role.values)
    needed = {"production_manager", "material_controller", "design_head", "buyer", "purchasing_head", "inspector", "quality_head"}
    needed |= {"store_keeper", "packer", "workshop_head", "general_manager", "deputy_manager"}
    for code in ("KG", "CT", "BY", "YJ"):
        assert needed <= set(Post.objects.filter(department__company__code=code).values_list("role", flat=True)), code


@pytest.mark.req("ORG-01")
def test_the_same_department_stands_in_a_company_once(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(company=Company.objects.get(code="XS"), name="销售部")


@pytest.mark.req("ORG-02")
def test_every_department_has_a_head_and_every_company_a_manager(db):
    assert not Department.objects.filter(head=None).exists()
    for company in Company.objects.exclude(kind=Company.Kind.HEADQUARTERS):
        assert Post.objects.held(MONDAY_9AM.date()).filter(department__company=company, role=Role.GENERAL_MANAGER).count() == 1, company
    assert Post.objects.get(role=Role.GROUP_MANAGER).holder.name == "林国栋"


@pytest.mark.req("ORG-02")
def test_who_stands_above_a_clerk_is_answered_from_the_structure(order, sales_head_gu):
    above = seat(head_of("clerk"), order)
    assert recipient(above, MONDAY_9AM, set())[0].pk == sales_head_gu.person_id
    clerk = recipient(seat(owner("clerk"), order), MONDAY_9AM, set())[0]
    assert clerk.username == "zhoumin"
    assert seat(owner("salesperson"), order) is None


@pytest.mark.req("ORG-02")
def test_a_role_is_found_at_the_product_company_of_the_thing(order, manager_fang):
    assert recipient(seat(role_at(Role.GENERAL_MANAGER, "product"), order), MONDAY_9AM, set())[0].pk == manager_fang.person_id
    assert recipient(seat(role_at(Role.ORDER_MANAGER, "group"), order), MONDAY_9AM, set())[0].username == "yanfang"


@pytest.mark.req("ORG-02")
def test_the_next_who_has_not_been_told_stands_above(order):
    """Clerk, head of sales, managers of the sales company, group manager, administrator: each told once."""
    told: set[int] = set()
    found = []
    while (person := recipient(seat(owner("clerk"), order), MONDAY_9AM, told)[0]) is not None:
        told.add(person.pk)
        found.append(person.name)
    assert found[:2] == ["周敏", "顾建国"]
    assert set(found[2:4]) == {"蒋志刚", "董丽华"}
    assert found[4:] == ["林国栋", "高翔宇"]


@pytest.mark.req("ORG-02")
def test_a_role_that_nobody_fills_falls_to_the_manager(order):
    Post.objects.filter(role=Role.PLANNER, department__company__code="KG").delete()
    person, path = recipient(seat(role_at(Role.PLANNER, "product"), order), MONDAY_9AM, set())
    assert person.name == "方志远"
    assert names(path) == [Role.PLANNER, "head", Role.GENERAL_MANAGER], "the vacant ones on the way are kept, too"


@pytest.mark.req("ORG-02")
def test_who_has_left_is_not_told(order):
    Person.objects.filter(username="zhoumin").update(is_active=False)
    assert recipient(seat(owner("clerk"), order), MONDAY_9AM, set())[0].name == "顾建国"


@pytest.mark.req("ORG-03")
def test_a_delegate_acts_on_behalf_of_the_holder_during_the_period_only(order):
    post, lin = Post.objects.get(pk=order.clerk_post_id), Person.objects.get(username="linxiaoyan")
    Delegation.objects.create(post=post, to=lin, starts=MONDAY_9AM, ends=MONDAY_9AM + timedelta(days=5))
    lent = [hat for hat in actor_of(lin, MONDAY_9AM).hats if hat.on_behalf_of_id]
    assert [(hat.post_id, hat.on_behalf_of_id) for hat in lent] == [(post.pk, post.holder_id)]
    assert recipient(seat(owner("clerk"), order), MONDAY_9AM, set())[0] == lin
    later = MONDAY_9AM + timedelta(days=5)
    assert not [hat for hat in actor_of(lin, later).hats if hat.on_behalf_of_id]
    assert recipient(seat(owner("clerk"), order), later, set())[0].username == "zhoumin"


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize("gone", ["holder", "post"])
def test_whoever_stands_in_for_one_who_has_left_is_told(order, gone):
    """Her log-in is ended, or the post is vacant: the stand-in has the work, and is told of it."""
    post, lin = Post.objects.get(pk=order.clerk_post_id), Person.objects.get(username="linxiaoyan")
    Delegation.objects.create(post=post, to=lin, starts=MONDAY_9AM, ends=MONDAY_9AM + timedelta(days=5))
    if gone == "holder":
        Person.objects.filter(pk=post.holder_id).update(is_active=False)
    else:
        Post.objects.filter(pk=post.pk).update(holder=None)
    assert recipient(seat(owner("clerk"), order), MONDAY_9AM, set())[0] == lin
    assert recipient(seat(owner("clerk"), order), MONDAY_9AM + timedelta(days=5), set())[0].name == "顾建国"


@pytest.mark.req("ORG-03")
def test_senseless_stand_ins_are_refused_beside_the_field(order):
    post, lin = Post.objects.get(pk=order.clerk_post_id), Person.objects.get(username="linxiaoyan")
    week = {"starts": MONDAY_9AM, "ends": MONDAY_9AM + timedelta(days=5)}
    one = Delegation.objects.create(post=post, to=lin, **week)
    one.full_clean()
    tang = Person.objects.get(username="tangliang")
    late = Delegation(post=post, to=tang, starts=MONDAY_9AM + timedelta(days=5), ends=MONDAY_9AM + timedelta(days=6))
    late.full_clean()
    late.starts -= timedelta(minutes=1)
    assert refused(late) == {"starts"}
    assert refused(Delegation(post=post, to=post.holder, **week)) == {"to"}
    assert refused(Delegation(post=post, to=tang, starts=late.ends, ends=late.starts)) == {"__all__"}


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 11, 22), date(2029, 12, 1), date(9999, 12, 31)])
def test_a_day_that_is_over_or_far_away_is_no_exception_of_the_calendar(db, time_machine, day):
    time_machine.move_to(MONDAY_9AM, tick=False)
    assert refused(CalendarDay(date=day, working=False)) == {"date"}
    CalendarDay(date=MONDAY_9AM.date(), working=False).full_clean()


def test_a_language_is_one_that_the_product_speaks(db):
    assert refused(Person(username="x", name="x", password="x", language="klin")) == {"language"}


@pytest.mark.req("ORG-05")
class TestTheLastAdministrator:
    """高翔宇 holds the only administrator's post: nobody could let people in any more."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [("role", Role.PLANNER), ("holder", None), ("starts", date(2026, 12, 1)), ("ends", date(2026, 11, 1)), ("ends", date.max)],
    )
    def test_keeps_the_post(self, db, time_machine, field, value):
        time_machine.move_to(MONDAY_9AM, tick=False)
        post = Post.objects.get(role=Role.ADMINISTRATOR)
        setattr(post, field, value)
        assert refused(post) == {field}
        Post.objects.create(role=Role.ADMINISTRATOR, department=post.department, holder=Person.objects.get(username="zhoumin"))
        assert refused(post) == set(), "somebody else may"

    def test_keeps_the_log_in(self, administrator_gao):
        gao = Person.objects.get(pk=administrator_gao.person_id)
        gao.is_active = False
        assert refused(gao) == {"is_active"}


def refused(thing):
    """The fields beside which it is refused."""
    try:
        thing.full_clean()
    except ValidationError as wrong:
        return set(wrong.message_dict)
    return set()


@pytest.mark.req("ORG-01")
def test_a_post_counts_only_while_it_is_held(order):
    post = Post.objects.get(pk=order.clerk_post_id)
    post.starts, post.ends = date(2026, 1, 1), date(2026, 11, 22)
    post.save()
    assert post.pk not in actor_of(post.holder, MONDAY_9AM).post_ids


@pytest.mark.req("ORG-04")
def test_the_calendar_of_the_database_knows_the_spring_festival_of_2026(db):
    days = dict(CalendarDay.objects.filter(company=None).values_list("date", "working"))
    assert {day: working for day, (working, _) in statutory_days(2026).items()}.items() <= days.items()
    clock = work_time(company_id=Company.objects.get(code="XS").pk)
    assert not any(clock.is_working_day(date(2026, 2, day)) for day in range(15, 24))
    assert clock.is_working_day(date(2026, 2, 14))  # a Saturday worked for the long break
    assert clock.is_working_day(date(2026, 2, 24))


@pytest.mark.req("ORG-04")
def test_a_company_has_exceptions_of_its_own(db):
    kg, xs = Company.objects.get(code="KG"), Company.objects.get(code="XS")
    saturday = date(2026, 11, 28)
    CalendarDay.objects.create(company=kg, date=saturday, working=True, name="赶工")
    assert work_time(company_id=kg.pk).is_working_day(saturday)
    assert not work_time(company_id=xs.pk).is_working_day(saturday)


@pytest.mark.req("ORG-04")
def test_workshops_take_a_longer_break_than_offices(db):
    kg = Company.objects.get(code="KG")
    workshop = kg.departments.get(name="装配一车间")
    noon = MONDAY_9AM.replace(hour=13)
    hour = timedelta(hours=1)
    office_end = work_time(company_id=kg.pk).add(noon, hour)
    workshop_end = work_time(company_id=kg.pk, department_id=workshop.pk).add(noon, hour)
    assert workshop_end - office_end == timedelta(minutes=30)


def test_loading_the_group_again_changes_nothing(db):
    from django.apps import apps

    def counted():
        models = [model for model in apps.get_models() if model._meta.app_label not in ("contenttypes", "auth", "sessions")]
        return {model._meta.label: model._default_manager.count() for model in models}

    before = counted()
    load_masters(at=MONDAY_9AM + timedelta(days=1))
    assert counted() == before
