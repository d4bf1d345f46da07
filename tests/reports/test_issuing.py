"""After a month its figures are issued to the departments, once, and stay as they were issued (SLA-08)."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from core.models import Delivery
from organization.models import Person
from reports.issuing import issue_month, issue_months
from reports.models import IssuedFigures
from sla import tasks
from sla.models import RunningClock
from tests.personas import MONDAY_9AM
from tests.reports.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-08")]
FIRST = at("11-01 00:05")


@pytest.fixture
def october(clock, desk):
    zhou = desk("zhoumin")
    clock(zhou, "10-12 10:00", "10-12 09:00")
    clock(zhou, "10-13 10:00")
    return zhou.department


def issued(**which):
    return IssuedFigures.objects.get(month=at("10-01 00:00").date(), **which)


def test_the_department_and_its_company_get_the_month_and_the_head_a_notice(october, sales_head_gu):
    issue_months(FIRST)
    for row in (issued(department=october), issued(company=october.company, department=None)):
        assert {name: row.total[name] for name in ("due", "met", "met_late", "open_late", "rate")} == {
            "due": 2, "met": 1, "met_late": 0, "open_late": 1, "rate": "50.0",
        }  # fmt: skip
    notice = Delivery.objects.get(channel=Delivery.PAGE, key__startswith="figures-")
    assert (notice.person_id, notice.url) == (sales_head_gu.person_id, issued(department=october).get_absolute_url())
    assert "50.0" in notice.title


def test_the_head_has_it_by_mail_too(october, sales_head_gu, settings):
    settings.MAIL_ENABLED = True
    Person.objects.filter(pk=sales_head_gu.person_id).update(email="gu@example.com")
    issue_months(FIRST)
    mail = Delivery.objects.get(channel=Delivery.EMAIL)
    assert (mail.address, mail.url) == ("gu@example.com", issued(department=october).get_absolute_url())


def test_a_month_is_issued_once_however_often_the_round_goes(october):
    for minute in range(5, 10):
        issue_months(at(f"11-01 00:0{minute}"))
    issue_months(MONDAY_9AM)
    assert IssuedFigures.objects.filter(department=october).count() == 1
    assert Delivery.objects.filter(key__startswith="figures-").count() == 1


def test_of_two_workers_one_issues_it_as_a_whole(october):
    """The second had looked before the first had written."""
    month = at("10-01 00:00").date()
    issue_month(month, FIRST)
    with pytest.raises(IntegrityError):
        issue_month(month, FIRST)


def test_what_is_put_right_later_does_not_change_an_issued_month(october):
    issue_months(FIRST)
    RunningClock.objects.filter(department_id=october.pk).update(cancelled_at=MONDAY_9AM)
    issue_months(MONDAY_9AM)
    assert issued(department=october).total["due"] == 2


def test_after_an_outage_every_month_of_it_is_issued(october):
    issue_months(FIRST)
    issue_months(at("12-31 23:00"))
    months = set(IssuedFigures.objects.values_list("month", flat=True))
    assert {f"{month:%m}" for month in months} == {"10", "11"}


def test_the_month_in_hand_is_not_issued(october):
    issue_months(at("10-31 23:59"))
    assert not IssuedFigures.objects.filter(month=at("10-01 00:00").date()).exists()


def test_the_round_of_the_sweep_issues_it(october, time_machine, sales_head_gu, login):
    time_machine.move_to(FIRST, tick=False)
    tasks.sweep()
    browser = login(sales_head_gu)
    page = browser.get(issued(department=october).get_absolute_url())
    assert page.context["strip"][0]["value"] == "50.0%"
    assert len(browser.get(reverse("reports:issued_list")).context["rows"]) == 1, "the company's is for its manager"


def test_a_head_of_another_department_finds_no_such_month(october, login, quality_head_yuan):
    issue_months(FIRST)
    assert login(quality_head_yuan).get(issued(department=october).get_absolute_url()).status_code == 404
