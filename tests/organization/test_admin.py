"""Who keeps master data does it in the admin, with every change on record; nobody changes a business document there."""

import pytest
from django.contrib import admin
from django.urls import reverse

from core.models import Delivery, Fact
from inventory.models import Item
from orders.models import Customer, GradeRule, Order, OrderLine, PaymentTerm, PriceRule, Settings
from organization.admin_site import Shown
from organization.models import Calendar, CalendarDay, Company, Department, Person, Post
from organization.roles import Role
from sla.models import ClockRule, RunningClock
from tests.personas import MONDAY_9AM


def change(thing):
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


def history(thing):
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_history", args=[thing.pk])


def posted(response):
    """What the page's own form would send back."""
    form = response.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for formset in response.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {management[name].html_name: management[name].value() for name in management.fields}
        for row in formset.formset.forms:
            data |= {row[name].html_name: row[name].value() for name in row.fields}
    return {name: "" if value is None else value for name, value in data.items() if value is not False}


@pytest.fixture
def order(clerk_zhou):
    kg, xs = Company.objects.get(code="KG"), Company.objects.get(code="XS")
    order = Order.objects.create(
        number="DD2611-9001",
        sales_company=xs,
        product_company=kg,
        customer=Customer.objects.get(code="C0001"),
        channel="phone",
        received_at=MONDAY_9AM,
        amount="411000.00",
        clerk_post_id=clerk_zhou.hats[0].post_id,
        created_at=MONDAY_9AM,
    )
    item = Item.objects.get(code="KYN28A-12")
    OrderLine.objects.create(order=order, line_no=1, item=item, unit=item.unit, quantity=6, unit_price="68500", amount="411000.00")
    return order


@pytest.mark.req("ORG-05")
def test_a_form_that_somebody_overtook_is_refused_once_and_keeps_what_was_typed(login, administrator_gao, group_manager_lin):
    gao, lin, rule = login(administrator_gao), login(group_manager_lin), PriceRule.objects.get(name="6 panels")
    opened = gao.get(change(rule))
    stale = posted(opened) | {"discount_percent": "4.00", "_seen": opened.context["seen"]}
    assert f'name="_seen" value="{opened.context["seen"]}"' in opened.content.decode()
    lin.post(change(rule), posted(lin.get(change(rule))) | {"discount_percent": "3.00"})
    refused = gao.post(change(rule), stale)
    form = refused.context["adminform"].form
    assert "林国栋" in str(form.non_field_errors())
    assert form["discount_percent"].value() == "4.00"
    rule.refresh_from_db()
    assert str(rule.discount_percent) == "3.00"
    assert gao.post(change(rule), stale | {"_seen": refused.context["seen"]}).status_code == 302
    rule.refresh_from_db()
    assert str(rule.discount_percent) == "4.00"


@pytest.mark.req("ORG-05", "SEC-02")
def test_an_administrator_edits_a_price_list_and_the_history_shows_who(login, administrator_gao):
    browser, rule = login(administrator_gao), PriceRule.objects.get(name="6 panels")
    data = posted(browser.get(change(rule))) | {"discount_percent": "3.50"}
    assert browser.post(change(rule), data).status_code == 302
    rule.refresh_from_db()
    assert str(rule.discount_percent) == "3.50"
    last = rule.history.first()
    assert (last.history_user.name, str(last.prev_record.discount_percent)) == ("高翔宇", "2.50")
    page = browser.get(history(rule)).content.decode()
    assert "高翔宇" in page
    assert "3.50" in page
    assert "style=" not in page


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize("model", [Company, Department, Post, CalendarDay, PriceRule, Settings])
def test_a_general_manager_maintains_masters_without_a_developer(login, manager_fang, sales_manager_jiang, model):
    keeper = sales_manager_jiang if model is Settings else manager_fang
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert login(keeper).get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.req("SEC-01", "ORG-05")
def test_a_clerk_may_not_enter(login, clerk_zhou, client):
    assert login(clerk_zhou).get(reverse("admin:index"), follow=True).status_code == 403
    assert login(clerk_zhou).get(change(PriceRule.objects.first()), follow=True).status_code == 403
    stranger = client.get(change(PriceRule.objects.first()), follow=True)
    assert stranger.resolver_match.view_name == "login"


def test_a_keeper_who_logs_in_lands_where_they_wanted_to_go(client, administrator_gao):
    rule, person = PriceRule.objects.first(), Person.objects.get(pk=administrator_gao.person_id)
    person.set_password("ein-gutes-wort-7")
    person.save()
    form = client.get(change(rule), follow=True)
    landed = client.post(
        form.request["PATH_INFO"] + "?" + form.request["QUERY_STRING"], {"username": person.username, "password": "ein-gutes-wort-7"}
    )
    assert landed.headers["Location"] == change(rule)
    assert client.get(reverse("admin:login")).headers["Location"] == reverse("admin:index")


@pytest.mark.req("SEC-01", "SEC-02")
def test_a_business_document_cannot_be_changed_by_anybody(login, administrator_gao, group_manager_lin, order):
    for keeper in (administrator_gao, group_manager_lin):
        browser = login(keeper)
        assert browser.get(change(order)).status_code == 200
        assert browser.post(change(order), {"number": "DD0000-0000"}).status_code == 403
        assert browser.get(reverse("admin:orders_order_add")).status_code == 403
        assert browser.post(reverse("admin:orders_order_delete", args=[order.pk]), {"post": "yes"}).status_code == 403
    order.refresh_from_db()
    assert order.number == "DD2611-9001"


@pytest.mark.req("SEC-01")
def test_an_administrator_sees_that_an_order_is_there_but_not_its_money(login, administrator_gao, manager_fang, order):
    for page in (change(order), reverse("admin:orders_order_changelist")):
        assert "411000.00" not in login(administrator_gao).get(page).content.decode().replace(",", "")
        assert "411000.00" in login(manager_fang).get(page).content.decode().replace(",", "")
    assert "68500" not in login(administrator_gao).get(change(order)).content.decode().replace(",", "")


@pytest.mark.req("SEC-01")
def test_a_general_manager_sees_and_keeps_the_own_company_only(login, manager_ding, order):
    browser = login(manager_ding)
    assert order.number not in browser.get(reverse("admin:orders_order_changelist")).content.decode()
    theirs = Post.objects.get(role=Role.GENERAL_MANAGER, department__company__code="KG")
    assert browser.get(change(theirs)).status_code == 302
    assert browser.get(history(theirs)).status_code == 403
    own = Post.objects.get(role=Role.GENERAL_MANAGER, department__company__code="CT")
    data = posted(browser.get(change(own))) | {"role": Role.GROUP_MANAGER}
    assert browser.post(change(own), data).status_code == 200
    assert Post.objects.get(pk=own.pk).role == Role.GENERAL_MANAGER
    assert browser.get(reverse("admin:organization_person_changelist")).status_code == 403


@pytest.mark.req("SEC-01", "ORG-04")
def test_a_calendar_of_several_companies_is_the_groups_to_change(login, manager_ding, group_manager_lin):
    shared, manager = Calendar.objects.get(company__code="CT"), login(manager_ding)
    page = manager.get(change(shared))
    assert shared.shifts in page.content.decode(), "it is read by those who work by it"
    assert manager.post(change(shared), {"name": shared.name, "shifts": "09:00-12:00", "days_off": "5,6"}).status_code == 403
    assert manager.post(reverse("admin:organization_calendar_delete", args=[shared.pk]), {"post": "yes"}).status_code == 403
    group = login(group_manager_lin)
    assert group.post(change(shared), posted(group.get(change(shared))) | {"days_off": "6"}).status_code == 302
    own = Calendar.objects.create(name="成套")
    Company.objects.filter(code="CT").update(calendar=own)
    Department.objects.filter(company__code="CT").update(calendar=own)
    assert manager.post(change(own), posted(manager.get(change(own))) | {"days_off": "6"}).status_code == 302


@pytest.mark.req("SEC-01", "SLA-02")
def test_a_general_manager_reads_what_of_the_group_binds_the_company(login, manager_ding):
    holiday, browser = CalendarDay.objects.filter(company=None).first(), login(manager_ding)
    theirs = CalendarDay.objects.create(company=Company.objects.get(code="KG"), date="2026-12-01", working=False, name="停电")
    assert browser.get(change(theirs)).status_code == 302, "another company's is not there"
    for row in (holiday, ClockRule.objects.get(name="order_confirmation", company=None)):
        assert browser.get(change(row)).status_code == 200
        assert browser.post(change(row), {"name": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [holiday.pk], "post": "yes"}
    assert browser.post(reverse("admin:organization_calendarday_changelist"), chosen).status_code == 403
    page = browser.get(change(row)).content.decode()
    assert "订单的销售内勤" in page, "in words"
    assert "owner:clerk" not in page


@pytest.mark.req("ORG-05")
def test_the_last_administrator_cannot_lock_everybody_out(login, administrator_gao):
    browser, gao = login(administrator_gao), Person.objects.get(pk=administrator_gao.person_id)
    post = gao.posts.get(role=Role.ADMINISTRATOR)
    page = browser.post(change(post), posted(browser.get(change(post))) | {"holder": ""})
    assert "请先任命一位管理员" in str(page.context["adminform"].form.errors["holder"])
    assert browser.post(reverse("admin:organization_post_delete", args=[post.pk]), {"post": "yes"}).status_code == 403
    data = posted(browser.get(change(gao)))
    assert not any(name.endswith("DELETE") for name in data)
    data.pop("is_active")
    assert "is_active" in browser.post(change(gao), data).context["adminform"].form.errors
    assert Post.objects.held(MONDAY_9AM.date()).filter(pk=post.pk).exists()


@pytest.mark.req("ORG-05", "SLA-03")
def test_whoever_vacates_a_post_hears_what_waits_for_it_and_who_is_told_instead(login, administrator_gao, order):
    clock = {"name": "t", "subject_kind": "orders.order", "role": Role.SALES_CLERK, "company_id": order.sales_company_id}
    clock |= {"post_id": order.clerk_post_id, "department_id": order.clerk_post.department_id}
    times = dict.fromkeys(("started_at", "opens_at", "warn_at", "due_at"), MONDAY_9AM)
    for n in range(2):
        RunningClock.objects.create(rule=ClockRule.objects.first(), subject_id=n, **clock, **times)
    browser, post = login(administrator_gao), order.clerk_post
    answer = browser.post(change(post), posted(browser.get(change(post))) | {"holder": ""}, follow=True)
    assert "有 2 个未完成的时限在等待“销售内勤" in answer.content.decode()
    assert "顾建国" in str(next(iter(answer.context["messages"])))
    Post.objects.filter(pk=post.pk).update(holder=Person.objects.get(username="zhoumin"))
    zhou = Person.objects.get(username="zhoumin")
    data = posted(browser.get(change(zhou)))
    data.pop("is_active")
    answer = browser.post(change(zhou), data, follow=True)
    assert "有 2 个未完成的时限在等待“销售内勤" in answer.content.decode()


def test_what_the_database_refuses_is_said_in_words():
    """Django has words for "is there already"; a condition is known to nobody but us."""
    keepers = [keeper for keeper in admin.site._registry.values() if not isinstance(keeper, Shown)]
    models = {keeper.model for keeper in keepers} | {inline.model for keeper in keepers for inline in keeper.inlines}
    rules = [rule for model in models for rule in model._meta.constraints if getattr(rule, "condition", None)]
    assert rules
    assert [rule.name for rule in rules if rule.violation_error_message == rule.default_violation_error_message] == []


@pytest.mark.req("ORG-05")
def test_the_stages_of_a_payment_term_add_up_to_a_hundred(login, administrator_gao):
    browser, term = login(administrator_gao), PaymentTerm.objects.get(name="预付20%，发货前付清")
    page = browser.get(change(term))
    assert browser.post(change(term), posted(page) | {"stages-0-percent": "30"}).status_code == 200
    assert term.stages.get(position=1).percent == 20
    assert browser.post(change(term), posted(page) | {"stages-0-percent": "30", "stages-1-percent": "70"}).status_code == 302
    assert term.stages.get(position=1).percent == 30


def test_an_administrator_creates_a_person_with_a_password_and_gives_posts(login, administrator_gao, client):
    browser, add = login(administrator_gao), reverse("admin:organization_person_add")
    data = {
        "username": "wangxin",
        "name": "王新",
        "usable_password": "true",
        "password1": "ein-gutes-wort-7",
        "password2": "ein-gutes-wort-7",
    }
    assert browser.post(add, data).status_code == 302
    person = Person.objects.get(username="wangxin")
    department = Department.objects.get(company__code="XS", name="销售部")
    rows = {"posts-TOTAL_FORMS": 1, "posts-INITIAL_FORMS": 0, "posts-0-department": department.pk, "posts-0-role": Role.SALES_CLERK}
    page = posted(browser.get(change(person)))
    assert browser.post(change(person), page | rows).status_code == 302
    assert [post.role for post in person.posts.all()] == [Role.SALES_CLERK]
    assert client.login(username="wangxin", password="ein-gutes-wort-7")


def test_a_parked_delivery_is_sent_again(login, administrator_gao):
    row = Delivery.objects.create(key="k", channel="email", title="t", at=MONDAY_9AM, parked=True, attempts=10)
    other = Delivery.objects.create(key="l", channel="email", title="t", at=MONDAY_9AM, sent_at=MONDAY_9AM)
    data = {"action": "send_again", "_selected_action": [row.pk, other.pk]}
    login(administrator_gao).post(reverse("admin:core_delivery_changelist"), data)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.parked, row.attempts, row.next_at is None) == (False, 0, False)
    assert other.next_at is None


@pytest.mark.req("SEC-02")
def test_facts_are_looked_at_without_money(login, administrator_gao):
    values = {
        "kind": "orders.QuotationWasIssued",
        "subject_kind": "orders.order",
        "subject_id": 1,
        "actor_kind": "system",
        "actor_name": "s",
    }
    fact = Fact.objects.create(at=MONDAY_9AM, data={"number": "BJ2611-0001"}, money={"amount": "715600.00"}, **values)
    page = login(administrator_gao).get(change(fact)).content.decode()
    assert "BJ2611-0001" in page
    assert "715600" not in page


def test_every_page_of_the_admin_opens(login, administrator_gao, group_manager_lin):
    for keeper in (administrator_gao, group_manager_lin):
        browser = login(keeper)
        assert browser.get(reverse("admin:index")).status_code == 200
        for model in admin.site._registry:
            if model._meta.app_label == "axes":
                continue  # Django's permissions, which nobody has
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            assert browser.get(reverse(f"{name}_changelist")).status_code == 200, name
            assert browser.get(reverse(f"{name}_add")).status_code in (200, 403), name


@pytest.mark.req("ORG-05")
def test_a_clock_rule_names_only_people_who_can_be_found(login, administrator_gao):
    rule = ClockRule.objects.create(name="t", unit="working_minutes", amount=240, responsible="owner:clerk")
    browser = login(administrator_gao)
    page = posted(browser.get(change(rule)))
    assert browser.post(change(rule), page | {"responsible": "somebody@sales"}).status_code == 200
    above = {"chain_0": "head:clerk", "chain_1": "", "chain_2": "general_manager@sales"}
    assert browser.post(change(rule), page | above | {"chain_4": "somebody"}).status_code == 200
    assert browser.post(change(rule), page | {"amount": "120", **above}).status_code == 302
    rule.refresh_from_db()
    assert (rule.amount, rule.responsible, rule.chain) == (120, "owner:clerk", "head:clerk general_manager@sales")
    assert GradeRule.objects.count() == 3


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize(
    ("kind", "field", "typed"),
    [(Company, "zone", "Asia/Shanghia"), (Calendar, "days_off", "0,1,2,3,4,5,6"), (Calendar, "days_off", "周六")],
)
def test_what_no_clock_could_be_started_by_is_refused_where_it_is_typed(login, administrator_gao, kind, field, typed):
    browser, thing = login(administrator_gao), kind.objects.first()
    answer = browser.post(change(thing), posted(browser.get(change(thing))) | {field: typed})
    assert field in answer.context["adminform"].form.errors
    thing.refresh_from_db()
    assert getattr(thing, field) != typed
