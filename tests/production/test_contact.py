"""A department asks another in writing and gets its answer in time (EXE-04, D11)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core.models import Delivery, Fact
from core.panels import PANELS
from core.reasons import NotAllowed, NotReady
from demo.walk import Walk
from demo.walk_changes import cancel_order
from documents.registry import FORMS
from orders.guards import nothing_is_open
from orders.models import OpenItem
from orders.workflow import OrderState
from organization.models import Department
from production import verify
from production.contact.services import answer_contact_sheet, close_contact_sheet, send_contact_sheet
from production.models import ContactSheet
from sla.models import RunningClock
from sla.sweep import sweep
from tests.factories.production import instructed_order
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.req("EXE-04")]
THREE = datetime(2026, 11, 23, 15, tzinfo=SHANGHAI)


def department(company, name):
    return Department.objects.get(company__code=company, name=name)


@pytest.fixture
def workshop():
    return department("KG", "装配一车间")


@pytest.fixture
def purchasing():
    return department("KG", "采购部")


@pytest.fixture
def sheet(workshop_head_zhao, workshop, purchasing):
    return send(workshop_head_zhao, workshop, purchasing)


def send(by, asking, asked, **more):
    given = {"problem": "母线支架缺 4 件", "wanted": "今天送到，或明确到货时间", "due_at": THREE, "at": MONDAY_9AM, **more}
    return send_contact_sheet(asking=asking, asked=asked, by=by, **given)


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


def test_the_asked_departments_head_has_until_the_sheets_own_due_time(sheet, purchasing):
    clock = RunningClock.objects.get(name="contact_sheet", subject_id=sheet.pk)
    assert clock.due_at == sheet.due_at == THREE
    assert clock.post_id == purchasing.head_id
    assert sheet.number == "LX2611-0001"


def test_the_clock_counts_to_the_minute_whatever_the_second(workshop_head_zhao, workshop, purchasing):
    late = MONDAY_9AM + timedelta(hours=2, seconds=37)
    due = THREE + timedelta(days=4, seconds=12)  # over nights: by the wall clock, not in working time
    sheet = send(workshop_head_zhao, workshop, purchasing, at=late, due_at=due)
    assert RunningClock.objects.get(subject_id=sheet.pk).due_at == sheet.due_at == due.replace(second=0)


def test_an_answer_of_anybody_in_the_department_stops_the_clock(sheet, buyer_luo, workshop_head_zhao):
    answered = answer_contact_sheet(sheet=sheet, answer="14:00 送到", by=buyer_luo, at=THREE - timedelta(hours=1))
    assert (answered.state, answered.answered_by) == ("answered", buyer_luo.name)
    assert RunningClock.objects.get(subject_id=sheet.pk).state_at(THREE) == "met"
    closed = close_contact_sheet(sheet=sheet, by=workshop_head_zhao, at=THREE)
    assert closed.state == "closed"


def test_silence_is_told_to_the_head_and_then_to_the_general_manager(sheet, purchasing_head_cao, manager_fang):
    for at, told in ((THREE - timedelta(hours=1), purchasing_head_cao), (THREE, manager_fang)):
        Delivery.objects.all().delete()
        sweep(at)
        assert set(Delivery.objects.values_list("person_id", flat=True)) == {told.person_id}
    assert RunningClock.objects.get(subject_id=sheet.pk).breached_at == THREE


def test_only_the_department_asked_answers_and_only_the_asking_one_closes(sheet, workshop_head_zhao, buyer_luo, quality_head_yuan):
    for stranger in (workshop_head_zhao, quality_head_yuan):
        with pytest.raises(NotAllowed):
            answer_contact_sheet(sheet=sheet, answer="好", by=stranger, at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        close_contact_sheet(sheet=sheet, note="算了", by=buyer_luo, at=MONDAY_9AM)


def test_nobody_asks_in_the_name_of_another_department(quality_head_yuan, workshop, purchasing):
    with pytest.raises(NotAllowed):
        send(quality_head_yuan, workshop, purchasing)


def test_a_sheet_says_problem_solution_and_a_time_ahead(workshop_head_zhao, workshop, purchasing):
    for code, wrong in {
        "contact_problem_missing": {"problem": "  "},
        "contact_wanted_missing": {"wanted": ""},
        "contact_due_passed": {"due_at": MONDAY_9AM},
    }.items():
        with pytest.raises(NotReady) as refused:
            send(workshop_head_zhao, workshop, purchasing, **wrong)
        assert codes(refused) == [code]
    with pytest.raises(NotReady) as refused:
        send(workshop_head_zhao, workshop, workshop)
    assert codes(refused) == ["contact_with_oneself"]
    assert not ContactSheet.objects.exists()


def test_what_needs_no_answer_any_more_is_closed_with_a_word(sheet, workshop_head_zhao):
    with pytest.raises(NotReady) as refused:
        close_contact_sheet(sheet=sheet, by=workshop_head_zhao, at=MONDAY_9AM)
    assert codes(refused) == ["contact_closed_unanswered"]
    close_contact_sheet(sheet=sheet, note="已找到", by=workshop_head_zhao, at=MONDAY_9AM)
    assert RunningClock.objects.get(subject_id=sheet.pk).cancelled_at is not None


def test_an_answer_is_in_words(sheet, buyer_luo):
    with pytest.raises(NotReady) as refused:
        answer_contact_sheet(sheet=sheet, answer=" ", by=buyer_luo, at=MONDAY_9AM)
    assert codes(refused) == ["contact_answer_missing"]


def test_from_the_form_to_the_answer(login, workshop_head_zhao, buyer_luo, purchasing):
    browser, url = login(workshop_head_zhao), reverse("production:new_contact")
    form = browser.get(url).context["form"]
    given = {"version": "0", "once": form["once"].value(), "asking": form.fields["asking"].queryset.get().pk, "asked": purchasing.pk}
    given |= {"due_at": "2126-11-23T15:00", "problem": "缺件", "wanted": "补齐"}
    wrong = browser.post(url, {**given, "order": "DD0000-0000"})
    assert wrong.status_code == 422 and "order" in wrong.context["form"].errors
    assert [browser.post(url, given).status_code for _ in range(2)] == [302, 302]
    sheet = ContactSheet.objects.get()
    answering = login(buyer_luo)
    assert sheet.number in answering.get(reverse("production:contacts")).content.decode()
    act = reverse("production:contact_act", args=[sheet.number, "answer_sheet"])
    form = answering.get(act).context["form"]
    assert answering.post(act, {"version": form["version"].value(), "once": form["once"].value(), "answer": "明早"}).status_code == 302
    assert "明早" in browser.get(sheet.get_absolute_url()).content.decode()


def test_the_head_finds_it_on_my_work(login, sheet, purchasing_head_cao):
    assert reverse("production:contact_act", args=[sheet.number, "answer_sheet"]) in login(purchasing_head_cao).get("/").content.decode()


def test_a_third_department_does_not_see_it(login, sheet, quality_head_yuan, manager_fang, manager_xiong):
    stranger = login(quality_head_yuan)
    assert stranger.get(sheet.get_absolute_url()).status_code == 404
    assert stranger.post(reverse("production:print_contact", args=[sheet.number])).status_code == 404
    assert sheet.number not in stranger.get(reverse("production:contacts")).content.decode()
    assert login(manager_fang).get(sheet.get_absolute_url()).status_code == 200
    assert login(manager_xiong).get(sheet.get_absolute_url()).status_code == 404


def test_about_an_order_it_stands_on_the_orders_timeline_and_panel(workshop, purchasing, workshop_head_zhao, purchasing_head_cao):
    order = instructed_order(("KYN28A-12", "1"))
    sheet = send(workshop_head_zhao, workshop, purchasing, order=order)
    fact = Fact.objects.get(order_id=order.pk, kind="production.ContactSheetWasSent")
    assert (fact.customer_visible, fact.data["problem"]) == (False, sheet.problem)
    assert PANELS["contacts"].context(order, purchasing_head_cao)["sheets"] == [sheet]


@pytest.mark.req("FIN-05")
def test_an_order_does_not_close_before_what_was_asked_about_it_is_answered(workshop, purchasing, workshop_head_zhao, buyer_luo):
    order = instructed_order(("KYN28A-12", "1"))
    sheet = send(workshop_head_zhao, workshop, purchasing, order=order)
    (reason,) = nothing_is_open.reasons(order)
    assert (reason.code, reason.figures["what"]) == ("still_open", [f"未答复的联络单 {sheet.number}"])
    assert verify.unanswered_sheets_keep_their_order_open() == []
    OpenItem.objects.update(closed_at=MONDAY_9AM)
    assert len(verify.unanswered_sheets_keep_their_order_open()) == 1
    OpenItem.objects.update(closed_at=None)
    answer_contact_sheet(sheet=sheet, answer="14:00 送到", by=buyer_luo, at=MONDAY_9AM)
    assert nothing_is_open.reasons(order) == () and verify.unanswered_sheets_keep_their_order_open() == []
    second = send(workshop_head_zhao, workshop, purchasing, order=order)
    close_contact_sheet(sheet=second, note="已找到", by=workshop_head_zhao, at=MONDAY_9AM)
    assert nothing_is_open.reasons(order) == ()


@pytest.mark.req("CHG-09")
def test_a_cancelled_order_closes_what_nobody_answers_any_more(workshop, purchasing, workshop_head_zhao):
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(OrderState.INSTRUCTED)
    sheet = send(workshop_head_zhao, workshop, purchasing, order=walk.fresh(), at=walk.at, due_at=walk.at + timedelta(days=40))
    cancel_order(walk)
    sheet.refresh_from_db()
    reason = Fact.objects.get(kind="orders.OrderWasCancelled").data["reason"]
    assert (sheet.state, sheet.closing_note) == ("closed", f"订单已取消：{reason}")
    assert not walk.order.open_items.filter(kind="contact", closed_at=None).exists()
    assert [wrong for _name, check in verify.invariants() for wrong in check()] == []


def test_the_printed_sheet_says_what_is_asked_and_answered(sheet, buyer_luo):
    answer_contact_sheet(sheet=sheet, answer="14:00 送到", by=buyer_luo, at=MONDAY_9AM)
    said = FORMS["D11"].build(ContactSheet.objects.get())
    assert (said["problem"], said["wanted"], said["answer"]) == (sheet.problem, sheet.wanted, "14:00 送到")
    assert said["due_at"] == THREE


def test_verify_finds_a_sheet_without_its_clock_and_a_gap_in_the_numbers(sheet):
    assert verify.unanswered_sheets_have_their_clock() == [] == verify.sheets_have_no_gaps()
    RunningClock.objects.filter(subject_id=sheet.pk).update(cancelled_at=MONDAY_9AM)
    assert len(verify.unanswered_sheets_have_their_clock()) == 1
    ContactSheet.objects.filter(pk=sheet.pk).update(number="LX2611-0007")
    assert len(verify.sheets_have_no_gaps()) == 1
