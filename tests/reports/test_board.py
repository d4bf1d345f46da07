"""The board on the wall: one company's day in figures that agree with the rows behind them, without prices (KPI-02)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from orders.models import ChangeItem, ChangeRequest, Order
from orders.services.shortage import record_shortage
from organization.models import Company
from production.models import PlanTask
from production.services import release_plan
from reports.board.models import BoardSettings
from reports.board.page import FULL, HEADING, IDLE, NEWS, board
from shipping import services as shipping
from sla.models import RunningClock
from tests.factories.production import instructed_order
from tests.factories.shipping import left, noticed, order_in_store, order_with, picked, verified
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.req("KPI-02")]
MONDAY = MONDAY_9AM.date()


@pytest.fixture
def wall():
    """`wall()`: what the board of a company shows; KG without a code."""

    def shown(code="KG", at=MONDAY_9AM, **settings):
        company = Company.objects.get(code=code)
        if settings:
            BoardSettings.objects.update_or_create(company=company, defaults=settings)
        with translation.override("zh-hans"):
            return board(BoardSettings.of(Company.objects.get(code=code)), at)

    return shown


def figures(shown):
    return {each["what"]: (each["value"], each["base"]) for each in shown["figures"]}


def notice(yan, day, **more):
    """A notice over an order that ships before payment, to leave on that day."""
    shipment = noticed(order_in_store((2, 100), free=True, **more), yan)
    shipment.planned_on = day
    shipment.save(update_fields=["planned_on"])
    return shipment


# --- shipments ---------------------------------------------------------------------------------------------------------------------


def test_what_is_to_leave_today_and_what_has_left(wall, order_manager_yan, store_keeper_qian, packer_tian, transport_zheng):
    gone = left(verified(picked(notice(order_manager_yan, MONDAY), store_keeper_qian), packer_tian), transport_zheng)
    packed = picked(notice(order_manager_yan, MONDAY), store_keeper_qian)
    overdue = notice(order_manager_yan, MONDAY - timedelta(days=3))
    notice(order_manager_yan, MONDAY + timedelta(days=1))  # tomorrow's
    shipping.cancel_shipment(shipment=notice(order_manager_yan, MONDAY), reason="客户改期", by=order_manager_yan, at=MONDAY_9AM)
    shown = wall(at=MONDAY_9AM + timedelta(hours=1))
    assert figures(shown)["shipments"] == (3, "已发 1")
    assert [(row["number"], str(row["state"]["label"])) for row in shown["shipments"].rows] == [
        (overdue.order.number, "待备货"),
        (packed.order.number, "待核对"),
        (gone.order.number, "已发出"),
    ]
    assert [row["late_since"] for row in shown["shipments"].rows] == [MONDAY - timedelta(days=3), None, None]
    assert shown["shipments"].rows[0]["goods"].endswith("× 2")


def test_what_left_yesterday_is_not_todays(wall, order_manager_yan, store_keeper_qian, packer_tian, transport_zheng):
    left(verified(picked(notice(order_manager_yan, MONDAY), store_keeper_qian), packer_tian), transport_zheng)
    assert figures(wall(at=MONDAY_9AM + timedelta(days=1)))["shipments"] == (0, "已发 0")


def test_a_card_is_filled_before_it_says_how_many_more_there_are(wall, order_manager_yan):
    for day in range(FULL):
        notice(order_manager_yan, MONDAY - timedelta(days=day))
    card = wall()["shipments"]
    assert (card.total, len(card.rows), card.more) == (FULL, FULL, 0)
    notice(order_manager_yan, MONDAY - timedelta(days=FULL))
    card = wall()["shipments"]
    assert (card.total, len(card.rows), card.more) == (FULL + 1, FULL, 1)
    assert card.rows[0]["late_since"] == MONDAY - timedelta(days=FULL)
    assert len(wall(announcement="今晚 17:30 加班")["shipments"].rows) == FULL - NEWS


# --- late orders ----------------------------------------------------------------------------------------------------------------------


def promised(day, *, state="in_production", **more):
    order = order_with((2, 100), state=state, **more)
    Order.objects.filter(pk=order.pk).update(promised_date=day)
    return Order.objects.get(pk=order.pk)


def test_orders_past_their_promise_are_late_the_latest_first(wall):
    two, four = promised(date(2026, 11, 21)), promised(date(2026, 11, 19))
    promised(MONDAY)  # its day is not over
    promised(date(2026, 11, 2), state="delivered")
    promised(date(2026, 11, 2), state="cancelled")
    shown = wall()
    assert figures(shown)["late"] == (2, "最久 4 天")
    assert [(row["number"], row["days"]) for row in shown["late"].rows] == [(four.number, "迟 4 天"), (two.number, "迟 2 天")]


def test_who_acts_next_about_a_late_order_is_named(wall, order_manager_yan):
    order = promised(date(2026, 11, 20))
    line = order.lines.get()
    record_shortage(
        order=order, line=line, item=line.item, quantity=Decimal(1), cause="互感器二次退货", by=order_manager_yan, at=MONDAY_9AM
    )
    row = wall()["late"].rows[0]
    assert (row["why"], row["who"]) == ("互感器二次退货", "严芳")
    row = wall(names=False)["late"].rows[0]
    assert (row["why"], row["who"]) == ("互感器二次退货", "合同订单管理")


# --- blocked tasks --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def making(production_manager_lu):
    """A released plan whose assembly begins today; its components are not there."""

    def made(due=date(2026, 12, 18)):
        order = instructed_order(("KYN28A-12", "2"), due=due)
        release_plan(plan=order.plan, by=production_manager_lu, at=MONDAY_9AM)
        task = PlanTask.objects.get(plan__order=order, kind="assembly")
        PlanTask.objects.filter(pk=task.pk).update(start_date=MONDAY)
        return PlanTask.objects.get(pk=task.pk)

    return made


def test_work_whose_day_has_come_waits_for_its_components(wall, making):
    task = making()
    shown = wall()
    assert figures(shown)["blocked"] == (1, f"在制 {task.plan.tasks.count()} 项")
    row = shown["blocked"].rows[0]
    assert (row["title"], row["number"]) == ("装配 KYN28A-12", task.plan.order.number)
    assert row["why"].startswith("等 ")
    assert row["who"] in ("罗静", "采购员")
    PlanTask.objects.filter(pk=task.pk).update(start_date=MONDAY + timedelta(days=1))
    assert figures(wall())["blocked"][0] == 0


def test_work_that_a_change_holds_is_blocked_until_it_is_concluded(wall, making, clerk_zhou):
    task = making()
    PlanTask.objects.filter(pk=task.pk).update(start_date=MONDAY + timedelta(days=9))
    change = ChangeRequest.objects.create(
        order=task.plan.order, number="BG2611-801", base_revision=1, channel="phone", words="改柜体", asked_by="王工",
        received_at=MONDAY_9AM, receiver_post_id=clerk_zhou.hats[0].post_id, receiver_name="周敏",
    )  # fmt: skip
    ChangeItem.objects.create(
        change=change, kind="production.plantask", reference=task.pk, title="装配", touches=1, options=[], role="production_manager",
        company=task.plan.order.product_company, hold=True,
    )  # fmt: skip
    row = wall()["blocked"].rows[0]
    assert (row["number"], row["why"]) == (task.plan.order.number, "等更改 BG2611-801 结论")
    QuerySet(ChangeRequest).filter(pk=change.pk).update(state="refused")
    assert figures(wall())["blocked"][0] == 0


def test_late_orders_and_blocked_tasks_share_a_column(wall, making, order_manager_yan):
    notice(order_manager_yan, MONDAY)
    for day in range(8):
        promised(date(2026, 11, 2 + day))
    column = FULL - HEADING
    shown = wall()
    assert (len(shown["late"].rows), shown["late"].more) == (column - 1, 1)  # nothing is blocked: that takes one line
    for _n in range(5):
        making()
    shown = wall()
    assert [(len(shown[name].rows), shown[name].more) for name in ("late", "blocked")] == [(column // 2, 4), (column // 2, 1)]


def test_when_nothing_is_to_leave_the_others_have_the_room(wall, making):
    for day in range(9):
        promised(date(2026, 11, 2 + day))
        making()
    shown = wall()
    assert [(len(shown[name].rows), shown[name].more) for name in ("late", "blocked")] == [(FULL - IDLE, 2), (FULL, 0)]


# --- clocks --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clocks(order_at):
    """The clocks of one order as the sales company holds them: four overdue, one of them since Friday; two warned; one stands still."""
    order = order_at("registered")
    RunningClock.objects.all().update(stopped_at=MONDAY_9AM - timedelta(days=30))
    one = RunningClock.objects.filter(order_id=order.pk).order_by("pk")[0]
    company = Company.objects.get(code="XS")

    def add(due, **more):
        fields = {"rule", "name", "subject_kind", "order_id", "role", "company_id", "post_id"}
        row = RunningClock(**{name: getattr(one, name) for name in fields})
        row.subject_id, row.company_id = 90000 + RunningClock.objects.count(), company.pk
        row.started_at = row.opens_at = MONDAY_9AM - timedelta(days=9)
        row.due_at, row.warn_at = MONDAY_9AM + due, MONDAY_9AM + due - timedelta(hours=1)
        row.breached_at = row.due_at if row.due_at <= MONDAY_9AM else None
        for name, value in more.items():
            setattr(row, name, value)
        row.save()
        return row

    for minutes in (6, 25, 48):
        add(-timedelta(minutes=minutes))
    add(-timedelta(days=3))
    add(timedelta(minutes=8))
    add(timedelta(minutes=23))
    add(timedelta(hours=5))
    add(-timedelta(days=5), paused_at=MONDAY_9AM - timedelta(days=6))
    add(-timedelta(days=4), stopped_at=MONDAY_9AM - timedelta(minutes=30))  # was overdue yesterday, met late this morning
    return order


def test_overdue_clocks_and_those_due_soon_are_named_the_longest_overdue_first(wall, clocks):
    shown = wall("XS")
    assert figures(shown)["clocks"] == (4, "昨日 2")
    assert (shown["clocks"].total, shown["clocks"].counts) == (6, {"over": 4, "soon": 2})
    minutes = [(row["clock"].due_at - MONDAY_9AM) / timedelta(minutes=1) for row in shown["clocks"].rows]
    assert minutes == [-3 * 24 * 60, -48, -25, -6, 8, 23]
    assert {(row["number"], row["who"]) for row in shown["clocks"].rows} == {(clocks.number, "周敏")}


@pytest.mark.parametrize(
    ("ended", "yesterday", "now"),
    [
        ({}, 1, 1),
        ({"stopped_at": timedelta(hours=-10)}, 0, 0),  # met late, on Sunday at eleven at night
        ({"stopped_at": timedelta(hours=-8)}, 1, 0),  # met late, this morning at one
        ({"cancelled_at": timedelta(hours=-10)}, 0, 0),
        ({"cancelled_at": timedelta(hours=-8)}, 1, 0),  # an order that lapsed this morning takes its clocks with it
        ({"paused_at": timedelta(days=-4)}, 0, 0),
        ({"breached_at": None}, 1, 1),  # run out while nothing swept
        ({"due_at": timedelta(hours=-8)}, 0, 1),
        ({"due_at": timedelta(hours=-10)}, 1, 1),
    ],
)
def test_yesterdays_figure_is_that_of_its_midnight(wall, clocks, ended, yesterday, now):
    RunningClock.objects.exclude(due_at=MONDAY_9AM - timedelta(days=3)).delete()
    RunningClock.objects.update(**{name: after and MONDAY_9AM + after for name, after in ended.items()})
    assert figures(wall("XS"))["clocks"] == (now, f"昨日 {yesterday}")


def test_a_manager_switches_names_off(wall, clocks):
    shown = wall("XS", names=False, announcement="今晚 17:30 加班")
    assert {row["who"] for row in shown["clocks"].rows} == {"销售内勤"}
    assert shown["message"] == "今晚 17:30 加班"


def test_another_companys_clocks_are_not_on_this_board_the_headquarters_shows_all(wall, clocks):
    assert figures(wall("KG"))["clocks"] == (0, "昨日 0")
    assert figures(wall("JT"))["clocks"] == (4, "昨日 2")


# --- the week and the month -------------------------------------------------------------------------------------------------------------


def test_of_the_tasks_of_last_week_those_finished_by_their_day_kept_the_plan(wall, making, production_manager_lu):
    monday, friday = date(2026, 11, 16), date(2026, 11, 20)
    tasks = list(making().plan.tasks.order_by("pk"))
    dates = {"start_date": monday, "end_date": friday}
    PlanTask.objects.filter(pk__in=[task.pk for task in tasks]).update(**dates)
    on_time, late = tasks[:2]
    done_at = datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI)
    QuerySet(PlanTask).filter(pk=on_time.pk).update(state="done", finished_at=done_at)
    QuerySet(PlanTask).filter(pk=late.pk).update(state="done", finished_at=done_at + timedelta(hours=1))
    value, base = figures(wall())["plan"]
    assert (value, base) == (f"{1000 // len(tasks) / 10:g}%", f"1 / {len(tasks)}")
    assert figures(wall(at=MONDAY_9AM + timedelta(days=7)))["plan"] == ("—", "0 / 0")


def test_of_the_orders_promised_this_month_those_delivered_by_their_day_were_in_time(wall):
    kept, missed = promised(date(2026, 11, 10), state="delivered"), promised(date(2026, 11, 10), state="delivered")
    early = promised(date(2026, 11, 28), state="delivered")
    promised(date(2026, 11, 20))  # still here
    promised(date(2026, 11, 27))  # its day is to come
    promised(date(2026, 11, 10), state="cancelled")
    promised(date(2026, 10, 30), state="delivered")
    for order, day in ((kept, 10), (missed, 11), (early, 20)):
        Order.objects.filter(pk=order.pk).update(delivered_at=datetime(2026, 11, day, 17, tzinfo=SHANGHAI))
    assert figures(wall())["delivery"] == ("50%", "2 / 4")


# --- the pages ------------------------------------------------------------------------------------------------------------------------


def page(code="KG"):
    return reverse("board:company", args=[code])


def test_every_figure_agrees_with_the_rows_behind_it(now, login, order_manager_yan, clocks, making, order_at):
    for day in range(9):
        notice(order_manager_yan, MONDAY - timedelta(days=day))
        promised(date(2026, 11, 3 + day))
        making()
    PlanTask.objects.filter(kind="packing").update(start_date=date(2026, 11, 16), end_date=date(2026, 11, 17))
    browser, agreed = login(order_manager_yan), []
    for code in ("KG", "XS", "JT", "BY"):
        shown = browser.get(page(code))
        for each in shown.context["figures"]:
            rows = browser.get(reverse("board:rows", args=[code, each["what"]])).context["rows"]
            if each["what"] in ("plan", "delivery"):
                assert each["base"].endswith(f"/ {len(rows)}"), each
            elif each["what"] == "clocks":
                assert shown.context["clocks"].total == len(rows)
                assert each["value"] == shown.context["clocks"].counts["over"]
            else:
                assert each["value"] == len(rows), each
            agreed.append(len(rows))
    assert max(agreed) >= 9


def test_rows_lead_to_what_this_person_may_open_and_no_further(now, login, workshop_head_zhao, manager_fang):
    order = promised(date(2026, 11, 20))
    address = reverse("board:rows", args=["KG", "late"])
    assert order.get_absolute_url() in login(manager_fang).get(address).content.decode()
    text = login(workshop_head_zhao).get(address).content.decode()
    assert order.number in text
    assert order.get_absolute_url() not in text


def test_heads_and_managers_see_their_own_company_and_who_keeps_the_orders_all(
    now, login, workshop_head_zhao, sales_head_gu, order_manager_yan, group_manager_lin, clerk_zhou, operator_hu, buyer_luo
):
    seen = {"KG": (workshop_head_zhao, order_manager_yan, group_manager_lin), "XS": (sales_head_gu, order_manager_yan, group_manager_lin)}
    people = {workshop_head_zhao, sales_head_gu, order_manager_yan, group_manager_lin, clerk_zhou, operator_hu, buyer_luo}
    for code, readers in seen.items():
        for person in people:
            assert login(person).get(page(code)).status_code == (200 if person in readers else 404), (code, person.name)
    assert login(workshop_head_zhao).get(reverse("board:home"))["Location"] == page("KG")
    assert login(clerk_zhou).get(reverse("board:home")).status_code == 404
    assert login(workshop_head_zhao).get(reverse("board:rows", args=["KG", "prices"])).status_code == 404
    assert login(workshop_head_zhao).get(reverse("board:rows", args=["XS", "late"])).status_code == 404


def test_the_navigation_leads_there_for_whoever_may_look(now, login, workshop_head_zhao, clerk_zhou):
    link = f'href="{reverse("board:home")}"'
    assert link in login(workshop_head_zhao).get("/").content.decode()
    assert link not in login(clerk_zhou).get("/").content.decode()


def test_no_price_stands_on_the_board(now, login, manager_fang, order_manager_yan):
    promised(date(2026, 11, 20))
    order = order_in_store((2, Decimal("15753.57")), free=True)
    shipment = noticed(order, order_manager_yan)
    shipment.planned_on = MONDAY
    shipment.save(update_fields=["planned_on"])
    browser = login(manager_fang)
    pages = [browser.get(page())] + [browser.get(reverse("board:rows", args=["KG", each])) for each in ("shipments", "late", "delivery")]
    text = "".join(answer.content.decode() for answer in pages)
    assert order.number in text
    assert not any(price in text for price in ("15753", "15,753", "31507", "31,507"))


def test_it_says_in_english_what_it_says_in_chinese(now, login, manager_fang):
    browser = login(manager_fang)
    browser.cookies["django_language"] = "en"
    text = browser.get(page()).content.decode()
    assert "Jiayu Switchgear Co., Ltd. · Orders today" in text
    assert "To leave today" in text


def test_the_page_fetches_itself_and_says_how_old_it_is(now, login, manager_fang):
    answer = login(manager_fang).get(page())
    text = answer.content.decode()
    assert f'hx-get="{page()}" hx-trigger="every 30s" hx-select="#board"' in text
    assert 'data-at="2026-11-23T09:00:00+08:00"' in text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in text
    assert 'data-code="2026-11-23 ' in text
    assert answer["Cache-Control"] == "no-store"


def questions(number_of_orders, making, yan):
    for day in range(number_of_orders):
        notice(yan, MONDAY - timedelta(days=day))
        promised(date(2026, 11, 3 + day))
        making()


@pytest.mark.parametrize("many", [2, 9])
def test_the_board_asks_eleven_questions_whatever_stands_on_it(now, order_manager_yan, making, many, django_assert_num_queries):
    questions(many, making, order_manager_yan)
    company = Company.objects.select_related("board_settings").get(code="KG")
    with django_assert_num_queries(11):
        board(BoardSettings.of(company), MONDAY_9AM)
