"""Logging in with two steps: a code counts once, wrong ones lock out, a lost phone is answered by recovery codes or an administrator."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.actor import Actor
from core.models import Fact
from core.reasons import NotAllowed, NotReady
from organization import second_step
from organization.models import Company, Person, RecoveryCode, actor_of
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-01")]
PASSWORD = "ein-gutes-wort-7"
LATER = timedelta(minutes=2)
WRONG = "000000"


class Owner:
    """A person with a password, a phone and a browser."""

    def __init__(self, actor: Actor, story: Any) -> None:
        self.person, self.story, self.browser = Person.objects.get(pk=actor.person_id), story, Client()
        self.person.set_password(PASSWORD)
        self.person.save()
        self.key = b""

    @property
    def now(self) -> datetime:
        return datetime.now(MONDAY_9AM.tzinfo)

    @property
    def code(self) -> str:
        """What the app on the phone shows now."""
        moment = TOTP(self.key)
        moment.time = self.now.timestamp()
        return f"{moment.token():06d}"

    def wait(self, time: timedelta = LATER) -> None:
        self.story.shift(time)

    def switch_on(self) -> list[str]:
        """Through the services; returns the recovery codes."""
        self.key = second_step.prepare(self.person).bin_key
        assert second_step.prove_second_step(person=self.person, code=self.code, at=self.now)
        codes = second_step.switch_on_second_step(person=self.person, by=actor_of(self.person, self.now), at=self.now)
        self.wait()
        return codes

    def enter_password(self, next_page: str = "/") -> Any:
        return self.browser.post(f"{reverse('login')}?next={next_page}", {"username": self.person.username, "password": PASSWORD})

    def enter_code(self, code: str) -> Any:
        return self.browser.post(reverse("login_code"), {"code": code})

    @property
    def inside(self) -> bool:
        return self.browser.get("/").status_code == 200


@pytest.fixture
def story() -> Iterator[Any]:
    with time_machine.travel(MONDAY_9AM, tick=False) as traveller:
        yield traveller


@pytest.fixture
def zhou(clerk_zhou: Actor, story: Any) -> Owner:
    return Owner(clerk_zhou, story)


@pytest.fixture
def gao(administrator_gao: Actor, story: Any) -> Owner:
    return Owner(administrator_gao, story)


def demand() -> None:
    Company.objects.update(second_step_demanded=True)


def facts(person: Person) -> list[str]:
    return [
        fact.kind.split(".")[1] for fact in Fact.objects.filter(subject_kind="organization.person", subject_id=person.pk).order_by("pk")
    ]


# --- switching it on ---------------------------------------------------------------------------------------------------------------
def test_a_person_switches_it_on_with_a_code_from_the_phone(zhou):
    zhou.enter_password()
    page = zhou.browser.get(reverse("second_step"))
    zhou.key = TOTPDevice.objects.get(user=zhou.person, confirmed=False).bin_key
    assert page.context["picture"].startswith("data:image/svg+xml")
    assert page.context["secret"].replace(" ", "") in TOTPDevice.objects.get().config_url
    shown = zhou.browser.post(reverse("second_step"), {"code": zhou.code})
    assert len(shown.context["codes"]) == second_step.RECOVERY_CODES
    assert zhou.inside, "the session in hand goes on"
    zhou.person.refresh_from_db()
    assert zhou.person.second_step_since == zhou.now
    assert facts(zhou.person) == ["SecondStepWasSwitchedOn"]
    assert "codes" not in zhou.browser.get(reverse("second_step")).context, "shown once"


def test_a_wrong_first_code_switches_nothing_on(zhou):
    zhou.enter_password()
    assert zhou.browser.post(reverse("second_step"), {"code": WRONG}).status_code == 422
    zhou.person.refresh_from_db()
    assert zhou.person.second_step_since is None


def test_it_cannot_be_switched_on_without_a_code(zhou):
    second_step.prepare(zhou.person)
    with pytest.raises(NotReady) as refused:
        second_step.switch_on_second_step(person=zhou.person, by=actor_of(zhou.person, zhou.now), at=zhou.now)
    assert [reason.code for reason in refused.value.reasons] == ["second_step_is_unconfirmed"]


def test_nobody_sets_it_for_somebody_else(zhou, gao):
    for service in (second_step.switch_on_second_step, second_step.renew_recovery_codes, second_step.switch_off_second_step):
        with pytest.raises(NotAllowed):
            service(person=zhou.person, by=actor_of(gao.person, gao.now), at=gao.now)


def test_other_sessions_of_the_person_end_when_it_is_switched_on(zhou):
    zhou.enter_password()
    assert zhou.inside
    zhou.switch_on()
    assert not zhou.inside


# --- logging in --------------------------------------------------------------------------------------------------------------------
def test_the_password_alone_opens_nothing(zhou):
    zhou.switch_on()
    assert zhou.enter_password().headers["Location"] == reverse("login_code")
    assert not zhou.inside


def test_password_and_code_lead_where_one_wanted_to_go(zhou):
    zhou.switch_on()
    zhou.enter_password("/orders/")
    assert zhou.enter_code(zhou.code).headers["Location"] == "/orders/"
    assert zhou.inside


def test_the_code_alone_opens_nothing(zhou):
    zhou.switch_on()
    assert zhou.enter_code(zhou.code).headers["Location"] == reverse("login")
    assert not zhou.inside


def test_the_same_code_twice_is_refused(zhou):
    zhou.switch_on()
    code = zhou.code
    zhou.enter_password()
    assert zhou.enter_code(code).status_code == 302
    zhou.browser = Client()
    zhou.enter_password()
    assert zhou.enter_code(code).status_code == 422
    assert not zhou.inside


def test_a_password_given_long_ago_no_longer_waits_for_its_code(zhou):
    zhou.switch_on()
    zhou.enter_password()
    zhou.wait(timedelta(minutes=6))
    assert zhou.enter_code(zhou.code).headers["Location"] == reverse("login")
    assert not zhou.inside


def test_after_a_wrong_code_the_next_has_to_wait(zhou):
    zhou.switch_on()
    zhou.enter_password()
    assert zhou.enter_code(WRONG).status_code == 422
    assert zhou.enter_code(zhou.code).status_code == 422
    zhou.wait(timedelta(seconds=31))
    assert zhou.enter_code(zhou.code).status_code == 302


def test_wrong_codes_lock_out_like_wrong_passwords(zhou, settings):
    settings.AXES_ENABLED = True
    zhou.switch_on()
    zhou.enter_password()
    answers = [zhou.enter_code(WRONG).status_code for _attempt in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    zhou.wait(timedelta(minutes=4))
    assert zhou.enter_code(zhou.code).status_code == 429, "the right one does not help any more"
    assert zhou.enter_password().status_code == 429
    zhou.wait(settings.AXES_COOLOFF_TIME)
    zhou.enter_password()
    assert zhou.enter_code(zhou.code).status_code == 302


def test_the_admin_site_is_behind_the_same_log_in(gao):
    gao.switch_on()
    gao.enter_password(reverse("admin:index"))
    assert gao.browser.get(reverse("admin:index"), follow=True).resolver_match.view_name == "login"
    assert gao.enter_code(gao.code).headers["Location"] == reverse("admin:index")
    assert gao.browser.get(reverse("admin:index")).status_code == 200


# --- the phone is lost -------------------------------------------------------------------------------------------------------------
def test_a_recovery_code_lets_in_once(zhou):
    first = zhou.switch_on()[0]
    zhou.enter_password()
    assert zhou.enter_code(first.upper()).status_code == 302
    assert facts(zhou.person)[-1] == "RecoveryCodeWasUsed"
    zhou.browser = Client()
    zhou.enter_password()
    assert zhou.enter_code(first).status_code == 422
    assert not zhou.inside


def test_recovery_codes_cannot_be_read_from_the_database(zhou):
    codes = zhou.switch_on()
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(kept) == len(codes)
    assert not any(code.replace("-", "") in digest for code in codes for digest in kept)


def test_new_recovery_codes_end_the_old_ones(zhou):
    old = zhou.switch_on()
    zhou.enter_password()
    zhou.enter_code(zhou.code)
    zhou.wait()
    new = zhou.browser.post(reverse("second_step"), {"code": zhou.code, "do": "renew"}).context["codes"]
    assert not set(old) & set(new)
    zhou.browser = Client()
    zhou.enter_password()
    assert zhou.enter_code(old[0]).status_code == 422
    zhou.wait()
    assert zhou.enter_code(new[0]).status_code == 302


def test_an_administrator_resets_it_and_that_is_recorded(zhou, gao, login):
    zhou.switch_on()
    about = {"action": "take_second_step_away", "_selected_action": [zhou.person.pk]}
    assert login(actor_of(gao.person, gao.now)).post(reverse("admin:organization_person_changelist"), about).status_code == 302
    assert zhou.enter_password().headers["Location"] == "/"
    assert zhou.inside
    assert not TOTPDevice.objects.exists()
    assert LogEntry.objects.get(object_id=str(zhou.person.pk)).user == gao.person
    fact = Fact.objects.get(kind="organization.SecondStepWasSwitchedOff")
    assert (fact.subject_id, fact.person_id) == (zhou.person.pk, gao.person.pk)


def test_only_keepers_of_accounts_reset_it(zhou, manager_fang):
    zhou.switch_on()
    with pytest.raises(NotAllowed):
        second_step.reset_second_step(person=zhou.person, by=manager_fang, at=zhou.now)
    assert Person.objects.get(pk=zhou.person.pk).second_step_since is not None


def test_the_secrets_of_phones_stand_nowhere_in_the_admin():
    assert not admin.site.is_registered(TOTPDevice)


# --- where a company demands it ----------------------------------------------------------------------------------------------------
def test_an_administrator_is_led_to_the_set_up_where_the_company_demands_it(gao):
    demand()
    gao.enter_password()
    for page in ("/", "/orders/", reverse("admin:index")):
        assert gao.browser.get(page).headers["Location"] == reverse("second_step")
    assert gao.browser.get("/notices/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == reverse("second_step")
    assert gao.browser.get(reverse("second_step")).status_code == 200
    assert gao.browser.post(reverse("logout")).headers["Location"] == "/"
    gao.switch_on()
    gao.enter_password()
    gao.enter_code(gao.code)
    assert gao.inside


@pytest.mark.parametrize(
    ("persona", "led"), [("manager_fang", True), ("group_manager_lin", True), ("clerk_zhou", False), ("deputy_song", False)]
)
def test_it_is_demanded_of_keepers_of_master_data_only(request, login, persona, led):
    demand()
    answer = login(request.getfixturevalue(persona)).get("/")
    assert (answer.status_code == 302) is led


def test_another_company_s_demand_is_not_ours(login, manager_fang, manager_ding):
    Company.objects.filter(code="CT").update(second_step_demanded=True)
    assert login(manager_ding).get("/").status_code == 302
    assert login(manager_fang).get("/").status_code == 200


def test_it_cannot_be_switched_off_where_it_is_demanded(gao):
    gao.switch_on()
    demand()
    with pytest.raises(NotReady) as refused:
        second_step.switch_off_second_step(person=gao.person, by=actor_of(gao.person, gao.now), at=gao.now)
    assert [reason.code for reason in refused.value.reasons] == ["second_step_is_demanded"]


def test_a_person_switches_it_off_with_a_code(zhou):
    zhou.switch_on()
    zhou.enter_password()
    zhou.enter_code(zhou.code)
    zhou.wait()
    assert zhou.browser.post(reverse("second_step"), {"code": WRONG, "do": "off"}).status_code == 422
    zhou.wait()
    assert zhou.browser.post(reverse("second_step"), {"code": zhou.code, "do": "off"}).status_code == 302
    assert zhou.inside
    zhou.browser = Client()
    assert zhou.enter_password().headers["Location"] == "/"
