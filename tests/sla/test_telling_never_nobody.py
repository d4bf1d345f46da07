"""A step is never told to nobody: from the post up the line to a named administrator, then to everybody who may do anything (SLA-09)."""

import pytest

from core.models import Delivery
from organization.finding import Seat, recipient, recipients
from organization.models import Delegation, Person, Post
from organization.roles import Role
from sla.models import RunningClock, Step
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-09")]
BREACH = at("11-23 14:00")


@pytest.fixture
def answer(order):
    RunningClock.objects.exclude(name="order_confirmation").delete()
    return RunningClock.objects.get()


@pytest.fixture
def all_posts_vacant(answer):
    Post.objects.update(holder=None)


def vacate(*roles):
    Post.objects.filter(role__in=roles).update(holder=None)


def test_where_head_and_managers_have_left_the_administrator_is_told(answer, administrator_gao):
    vacate(Role.SALES_HEAD, Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, Role.GROUP_MANAGER)
    sweep(BREACH)
    step = Step.objects.get(name="breached")
    assert step.person_id == administrator_gao.person_id
    assert step.path == ["sales_head:", "head:", "general_manager:", "group_manager:", f"administrator:{administrator_gao.name}"]


def test_where_even_that_post_is_vacant_everybody_who_may_do_anything_is_told(answer, all_posts_vacant, mailoutbox):
    some = [
        Person.objects.create(username=name, name=name, is_superuser=True, is_active=active)
        for name, active in (("root1", True), ("root2", True), ("gone", False))
    ]
    sweep(BREACH)
    told = Delivery.objects.filter(title="order_confirmation:breached").order_by("pk")
    assert list(told.values_list("person_id", flat=True)) == [some[0].pk, some[1].pk]
    assert told[0].key == f"clock-{answer.pk}-breached"
    step = Step.objects.get(name="breached")
    assert (step.person_id, step.path[-2:]) == (some[0].pk, ["superuser:root1", "superuser:root2"])


def test_each_of_them_reads_it_on_the_page(answer, all_posts_vacant, client, now):
    root = [Person.objects.create(username=name, is_superuser=True) for name in ("root1", "root2")]
    now(BREACH)
    sweep(BREACH)
    client.force_login(root[1], backend="django.contrib.auth.backends.ModelBackend")
    assert "答复订单" in client.get("/notices/").content.decode()


def test_the_step_is_recorded_though_there_is_nobody_at_all(answer, all_posts_vacant):
    sweep(BREACH)
    assert Step.objects.get(name="breached").person_id is None
    assert not Delivery.objects.exists()


def test_whoever_stands_in_is_told_and_not_the_holder_also_at_the_top(answer, clerk_lin, administrator_gao):
    vacate(Role.SALES_HEAD, Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, Role.GROUP_MANAGER)
    post = Post.objects.get(holder=administrator_gao.person_id, role=Role.ADMINISTRATOR)
    Delegation.objects.create(post=post, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-24 09:00"))
    assert recipient(Seat(Role.SALES_HEAD, answer.company_id), BREACH, set())[0].pk == clerk_lin.person_id
    assert recipient(Seat(Role.SALES_HEAD, answer.company_id), at("11-24 09:00"), set())[0].pk == administrator_gao.person_id


def test_a_stand_in_who_has_left_is_not_told(answer, clerk_lin, sales_head_gu):
    post = Post.objects.get(holder=sales_head_gu.person_id, role=Role.SALES_HEAD)
    Delegation.objects.create(post=post, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-24 09:00"))
    Person.objects.filter(pk=clerk_lin.person_id).update(is_active=False)
    people, _path = recipients(Seat(Role.SALES_HEAD, answer.company_id), BREACH, set())
    assert [person.pk for person in people] == [sales_head_gu.person_id]
