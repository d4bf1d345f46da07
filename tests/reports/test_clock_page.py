"""The page of clock compliance: whose figures one sees, records behind each of them, and the workbook (SLA-08)."""

import io
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from core.reasons import plain
from orders.workflow import OrderState
from organization.models import Person, Post, actor_of
from reports.compliance import Tally, late_words
from sla.models import ClockRule, LateCause, RunningClock
from tests.personas import MONDAY_9AM
from tests.reports.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-08")]
PAGE, RECORDS = "/reports/clocks/", "/reports/clocks/records/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY_9AM, tick=False)


@pytest.fixture
def three(clock, desk):
    """One of the sales desk in time, one late; one of the inspector's open and late."""
    zhou, wu = desk("zhoumin"), desk("wuguilan")
    clock(zhou, "11-03 10:00", "11-03 09:00")
    clock(zhou, "11-04 10:00", "11-04 11:30")
    clock(wu, "11-20 16:00", name="arrival_inspection")


def totals(answer):
    numbers = [number["value"] for number in answer.context["total"]["numbers"]]
    return Tally(*numbers[1:])


def test_the_group_manager_sees_all_a_head_the_department_a_clerk_her_own(three, clock, desk, login, request):
    clock(desk("linxiaoyan"), "11-05 10:00", "11-05 09:00")
    everything, sales, zhou = Tally(2, 1, 1), Tally(2, 1), Tally(1, 1)
    expected = {
        "group_manager_lin": everything, "order_manager_yan": everything, "sales_manager_jiang": sales, "sales_head_gu": sales,
        "quality_head_yuan": Tally(open_late=1), "clerk_zhou": zhou, "packer_tian": Tally(),
    }  # fmt: skip
    assert {name: totals(login(request.getfixturevalue(name)).get(PAGE)) for name in expected} == expected


def test_what_lies_beyond_ones_reach_cannot_be_chosen(three, desk, login, clerk_zhou, quality_head_yuan):
    zhou = desk("zhoumin")
    for browser in (login(quality_head_yuan), login(desk_neighbour())):
        for which in ({"department": zhou.department_id}, {"company": zhou.department.company_id}, {"person": zhou.holder_id}):
            assert totals(browser.get(PAGE, which)) == Tally()
            assert browser.get(RECORDS, which).context["rows"] == []


def desk_neighbour():
    return actor_of(Person.objects.get(username="linxiaoyan"), MONDAY_9AM)


def test_every_figure_on_the_page_leads_to_as_many_records(three, login, group_manager_lin):
    browser = login(group_manager_lin)
    page = browser.get(PAGE).context
    lines = [page["total"], *page["clocks"], *page["places"]]
    figures = [(number["url"], number["value"]) for line in lines for number in line["numbers"] if number["value"]]
    figures += [(item["url"], item["value"]) for item in page["headline"] if isinstance(item["value"], int)]
    figures += [(cell["url"], cell["tally"].due) for row in page["heat"]["rows"] for cell in row["cells"] if cell["url"]]
    figures += [(point["url"], point["tally"].due) for point in page["trend"]["points"] if point["tally"].due]
    assert len(figures) > 15
    for url, value in figures:
        assert len(browser.get(url).context["rows"]) == value, url


def test_the_sums_of_both_tables_are_the_headline(three, login, group_manager_lin):
    page = login(group_manager_lin).get(PAGE).context
    for table in ("clocks", "places"):
        assert sum((row["tally"] for row in page[table]), Tally()) == page["total"]["tally"] == Tally(1, 1, 1)
    assert [row["rate"] for row in page["clocks"]] == sorted(row["rate"] for row in page["clocks"])
    assert [item["value"] for item in page["headline"]] == ["33.3%", 3, 1, 1, 1, 0]


def test_a_period_of_ones_own_stands_in_the_address(three, login, group_manager_lin):
    browser = login(group_manager_lin)
    answer = browser.get(PAGE, {"period": "dates", "since": "2026-11-04", "until": "2026-11-04"})
    assert totals(answer) == Tally(met_late=1)
    kept = parse_qs(urlsplit(answer.context["export_url"]).query)
    assert kept["since"] == kept["until"] == ["2026-11-04"]
    wrong = browser.get(PAGE, {"period": "dates", "since": "2026-11-04", "until": "2026-11-01"})
    assert totals(wrong) == Tally()
    assert wrong.context["form"].errors["since"]


def test_dates_without_a_word_on_the_period_are_the_period(three, login, group_manager_lin):
    browser, day = login(group_manager_lin), {"since": "2026-11-04", "until": "2026-11-04"}
    for period in ({}, {"period": "month"}):
        answer = browser.get(PAGE, {**period, **day})
        assert totals(answer) == Tally(met_late=1)
        assert answer.context["form"]["period"].value() == "dates", "the form says what is counted"
    assert browser.get(PAGE, {"since": "2026-11-04"}).context["form"].errors["since"], "the last day is missing"
    assert browser.get(PAGE, {"period": "last_month", **day}).context["form"].errors["period"], "one of the two is not meant"


def test_a_refused_choice_shows_no_figures_and_no_period(three, login, group_manager_lin):
    wrong = {"period": "dates", "since": "2026-11-04", "until": "2026-11-01"}
    text = login(group_manager_lin).get(PAGE, wrong).content.decode()
    assert 'id="clocks"' not in text
    assert "2026-11-30" not in text
    assert login(group_manager_lin).get(PAGE, {**wrong, "export": "xlsx"})["Content-Type"].startswith("text/html")


def test_page_and_records_say_the_same_period(three, login, group_manager_lin):
    browser = login(group_manager_lin)
    for page in (PAGE, RECORDS):
        assert "2026-11-01 ~ 2026-11-23" in browser.get(page).content.decode()


def test_a_company_narrows_the_departments_and_one_of_another_does_not_fit(three, desk, login, group_manager_lin):
    browser, wu = login(group_manager_lin), desk("wuguilan").department
    form = browser.get(PAGE, {"company": wu.company_id}).context["form"]
    offered = {pk for pk, _label in form.fields["department"].choices if pk}
    assert offered == set(wu.company.departments.values_list("pk", flat=True))
    other = desk("zhoumin").department
    assert browser.get(PAGE, {"company": wu.company_id, "department": other.pk}).context["form"].errors["department"]


def test_the_persons_one_can_choose_add_up_to_the_total(three, clock, desk, login, group_manager_lin, quality_head_yuan):
    """Also whoever has left their post since, and what nobody answers for; and the head's own clock of another department."""
    gone, yuan = Person.objects.get(username="linxiaoyan"), desk("yuanhongmei")
    clock(desk("wuguilan"), "11-05 10:00", "11-05 09:00", name="arrival_inspection", met_by_id=gone.pk)
    Post.objects.filter(holder=gone).update(holder=None)
    clock(desk("zhoumin"), "11-06 10:00", "11-06 09:00", met_by_id=yuan.holder_id)
    clock(desk("luhaifeng"), "11-06 10:00")
    Post.objects.filter(holder__username="luhaifeng").update(holder=None)
    for reader, total in ((group_manager_lin, Tally(3, 1, 2)), (quality_head_yuan, Tally(2, 0, 1))):
        browser = login(reader)
        page = browser.get(PAGE).context
        assert totals(browser.get(PAGE)) == total
        chosen = [pk for pk, _label in page["form"].fields["person"].choices if pk != ""]
        assert sum((totals(browser.get(PAGE, {"person": pk})) for pk in chosen), Tally()) == total
        for row in page["persons"]:
            assert len(browser.get(row["url"]).context["rows"]) == row["tally"].due
        for row in page["places"]:
            assert not row["url"] or len(browser.get(row["url"]).context["rows"]) == row["tally"].due


def test_a_record_is_shown_with_its_thing_only_to_who_may_see_that(clock, desk, login, order_at, quality_head_yuan, group_manager_lin):
    order = order_at(OrderState.CONFIRMED)
    clock(desk("wuguilan"), "11-20 16:00", name="arrival_inspection", subject_id=order.pk, order_id=order.pk)
    assert order.number in login(group_manager_lin).get(RECORDS).content.decode()
    head = login(quality_head_yuan).get(RECORDS, {"figure": "open_late"})
    assert len(head.context["rows"]) == 1, "it counts in her figures"
    assert order.number not in head.content.decode()
    assert head.context["rows"][0]["url"] == ""


def test_the_workbook_holds_what_the_page_shows_and_no_formula(three, login, group_manager_lin, desk):
    Person.objects.filter(username="zhoumin").update(name="=HYPERLINK(1)")
    answer = login(group_manager_lin).get(PAGE, {"export": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    assert len(book.worksheets) == 7
    figures, clocks, places, _persons, _causes, months, behind = book.worksheets
    assert list(figures.values)[3:7] == [(name, "全部", "") for name in ("公司", "部门", "时限", "人员")], "what was chosen"
    assert [row[1] for row in figures.values][7:13] == [33.3, 3, 1, 1, 1, 0], "numbers, not texts"
    assert "clock-compliance-2026-11.xlsx" in answer["Content-Disposition"]
    assert {row[0] for row in list(behind.values)[1:]} == {row[0] for row in list(clocks.values)[1:]}, "a pivot finds the same names"
    assert {row[6] for row in list(behind.values)[1:]} == {datetime(2026, 11, 3, 10), datetime(2026, 11, 4, 10), datetime(2026, 11, 20, 16)}
    assert sum(row[3] for row in list(clocks.values)[1:]) == 3
    assert sum(row[1] for row in list(places.values)[1:]) == 3
    assert [row[1] for row in months.values][-1] == 3
    assert behind.max_row == 4
    cells = [cell for row in behind.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_moments_are_seen_whole_in_excel_and_lateness_can_be_reckoned_with(three, desk, login, group_manager_lin):
    browser = login(group_manager_lin)
    zhou = desk("zhoumin").department
    chosen = {"company": zhou.company_id, "department": zhou.pk, "clock": "order_confirmation", "person": desk("zhoumin").holder_id}
    book = load_workbook(io.BytesIO(browser.get(PAGE, {**chosen, "export": "xlsx"}).content))
    assert [row[1] for row in book["汇总"].values][3:7] == [zhou.company.short_name, str(zhou), "答复订单", "周敏"]
    heads = [cell.value for cell in book["明细"][1]]
    assert heads[heads.index("超时原因") + 1] == "说明人"
    wide = {x for each in book["明细"].column_dimensions.values() if each.width >= 16 for x in range(each.min, each.max + 1)}
    assert {heads.index(name) + 1 for name in ("开始", "到期时间", "完成于")} <= wide
    late = heads.index("超时分钟数")
    assert [row[late] for row in list(book["明细"].values)[1:]] == ["", 90]
    assert "超时分钟数" not in browser.get(RECORDS, chosen).content.decode(), "the page says it in words"


def test_a_long_note_is_folded_on_the_page_and_whole_in_excel(three, login, group_manager_lin):
    note = "图纸改了三次，" * 25
    LateCause.objects.create(
        clock=RunningClock.objects.filter(breached_at__isnull=False)[0], cause="customer", note=note, by_name="周敏", at=MONDAY_9AM
    )
    browser = login(group_manager_lin)
    assert '<details class="long">' in browser.get(RECORDS, {"figure": "late"}).content.decode()
    cells = load_workbook(io.BytesIO(browser.get(RECORDS, {"figure": "late", "export": "xlsx"}).content)).active.values
    assert f"等客户 · {note}" in [cell for row in cells for cell in row]


def test_a_period_ahead_is_called_by_its_own_days(three, login, group_manager_lin):
    browser, ahead = login(group_manager_lin), {"period": "dates", "since": "2027-01-01", "until": "2027-02-01"}
    for page in (PAGE, RECORDS):
        assert "2027-01-01 ~ 2027-02-01" in browser.get(page, ahead).content.decode()


@pytest.mark.parametrize("number", [4, 60])
def test_the_page_asks_as_little_for_sixty_clocks_as_for_four(number, clock, desk, login, group_manager_lin):
    posts = [desk(name) for name in ("zhoumin", "linxiaoyan", "wuguilan", "luojing")]
    for n in range(number):
        clock(posts[n % 4], "11-04 10:00", "11-04 11:00" if n % 3 else None)
    browser = login(group_manager_lin)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        browser.get(PAGE)
    assert len(queries) <= 36, len(queries)


def test_the_page_stands_in_the_navigation(login, sales_head_gu):
    assert reverse("reports:clocks") in login(sales_head_gu).get(reverse("sla:notices")).content.decode()


def test_months_ahead_of_the_first_clock_are_gaps_in_the_trend(three, login, group_manager_lin):
    drawn = login(group_manager_lin).get(PAGE).context["trend"]
    assert [point["y"] is None for point in drawn["points"]] == [True] * 11 + [False]
    assert at("11-01 00:00").date().isoformat() in drawn["points"][-1]["url"]


def test_lateness_says_in_which_time_it_is_counted():
    assert [late_words(90, wall) for wall in (False, True, None)] == ["1 工作小时 30 分钟", "1 小时 30 分（自然时）", "1 小时 30 分"]
    assert late_words(5760, False) == "96 工作小时"
    assert late_words(0, False) == "不足 1 分钟"
    with translation.override("en"):
        assert [late_words(minutes, False) for minutes in (1, 60, 61, 120)] == [
            "1 working minute", "1 working hour", "1 working hour 1 min", "2 working hours",
        ]  # fmt: skip
        assert [ClockRule.Unit.WORKING_DAYS.words(n) for n in (1, 3)] == ["1 working day", "3 working days"]
        assert [plain(["a", "b"]), ClockRule.Unit.DAYS_BEFORE.words(1)] == ["a, b", "1 working day before"]
    assert plain(["a", "b"]) == "a、b"


def test_the_causes_add_up_to_what_was_late_and_lead_to_their_clocks(clock, desk, login, group_manager_lin):
    zhou = desk("zhoumin")
    rows = [clock(zhou, f"11-{day:02} 10:00", f"11-{day:02} 11:30") for day in range(3, 8)]
    clock(zhou, "11-10 10:00", "11-10 09:00")
    for row, cause in zip(rows, ("answer", "answer", "away"), strict=False):
        LateCause.objects.create(clock=row, cause=cause, note="等图", by_name="周敏", at=MONDAY_9AM)
    browser = login(group_manager_lin)
    causes = browser.get(PAGE).context["causes"]
    assert [(str(row["label"]), row["number"]) for row in causes] == [("等图纸或答复", 2), ("外出，无人代理", 1), ("未说明", 2)]
    for row in causes:
        listed = browser.get(row["url"]).context["rows"]
        assert len(listed) == row["number"]
    book = load_workbook(io.BytesIO(browser.get(PAGE, {"export": "xlsx"}).content))
    assert [row[1].value for row in book["超时原因"].iter_rows(min_row=2)] == [2, 1, 2]
    assert book["超时原因"]["B1"].value == "超时项数"
    records = [cell.value for column in book["明细"].columns if column[0].value == "超时原因" for cell in column[1:]]
    assert sorted(filter(None, records)) == ["外出，无人代理 · 等图", "等图纸或答复 · 等图", "等图纸或答复 · 等图"]
