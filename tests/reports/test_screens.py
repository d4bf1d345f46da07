"""A screen on the wall: nobody is logged in at it, it shows one board, and its link opens nothing else (SEC-05, KPI-02)."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core import signing
from django.test import Client
from django.urls import reverse

from core.models import Fact
from organization.models import Company
from reports.board.links import COOKIE, SALT, issue_link, revoke_link
from reports.board.models import BoardLink, BoardSettings
from tests.personas import MONDAY_9AM
from tests.structure.sources import routes

pytestmark = [pytest.mark.django_db, pytest.mark.req("KPI-02", "SEC-05")]
ADD = "/admin/reports/boardlink/add/"


@pytest.fixture
def hung(now, administrator_gao):
    """`hung()`: a link of the switchgear company's board, and its address."""

    def made(code="KG", days=365, language="zh-hans"):
        company = Company.objects.get(code=code)
        link, address = issue_link(
            company=company,
            place="装配一车间",
            language=language,
            expires_at=MONDAY_9AM + timedelta(days=days),
            by=administrator_gao,
            at=MONDAY_9AM,
        )
        return link, address.removeprefix("http://testserver")

    return made


@pytest.fixture
def screen(hung):
    browser = Client()
    browser.get(hung()[1])
    return browser


def test_the_link_hangs_the_board_up_and_its_token_is_left_behind(hung):
    _link, address = hung()
    browser = Client()
    answer = browser.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/wall/")
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/wall/", "Lax")
    text = browser.get("/wall/").content.decode()
    assert "嘉域开关有限公司" in text
    assert address.removeprefix("/wall/") not in text


def test_only_a_hash_of_at_least_128_bits_is_kept(hung):
    link, address = hung()
    token = address.removeprefix("/wall/")
    assert len(token) >= 22  # of 64 signs: 132 bits
    assert link.sha256 == hashlib.sha256(token.encode()).hexdigest()
    kept = [str(value) for model in (BoardLink, BoardLink.history.model, Fact) for row in model.objects.values_list() for value in row]
    assert not any(token in value for value in kept)


def test_a_screen_has_no_links_and_nothing_of_another_company(screen):
    text = screen.get("/wall/").content.decode()
    assert "<a " not in text
    assert "<form" not in text
    assert "嘉域成套" not in text


def test_asking_writes_nothing(screen, hung, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as asked:
        screen.get("/wall/")
    assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}


def test_the_token_and_the_screens_cookie_open_nothing_else(screen, hung):
    """Every other address, with the cookie sent along under every name that a session has, answers as to a stranger."""
    _link, address = hung()
    token, cookie = address.removeprefix("/wall/"), screen.cookies[COOKIE].value
    screen.cookies.load({"sessionid": cookie, "customer": cookie})
    screen.cookies["sessionid"], screen.cookies["customer"] = cookie, cookie
    opened = []
    for name, pattern in routes().items():
        names = set(pattern.pattern.regex.groupindex)
        if names or name in ("login", "login_code", "set_language", "healthz", "readyz", "board:screen", "portal:login", "portal:code"):
            continue
        answer = screen.get(reverse(name))
        if not (answer.status_code in (404, 405) or (answer.status_code == 302 and answer["Location"].startswith("/login/"))):
            opened.append((name, answer.status_code))
    assert opened == []
    for path in (f"/c/{token}", "/board/KG/", "/board/KG/late/", "/admin/", f"/board/{token}/"):
        assert screen.get(path).status_code in (302, 404)
        assert "/login/" in screen.get(path).get("Location", "/login/")


def test_whatever_is_wrong_the_answer_is_the_same(hung, administrator_gao, now):
    ended, (revoked, there) = hung(days=1)[1], hung()
    revoke_link(link=revoked, by=administrator_gao, at=MONDAY_9AM)
    now(MONDAY_9AM + timedelta(days=1))
    altered = there[:-1] + ("A" if there[-1] != "A" else "B")
    answers = [Client().get(address) for address in (ended, there, altered, "/wall/x", "/wall/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)


def test_a_forged_cookie_hangs_nothing_up(hung):
    link, _address = hung()
    for value in (
        str(link.pk),
        signing.get_cookie_signer(salt="x").sign(str(link.pk)),
        signing.get_cookie_signer(salt=COOKIE + SALT).sign("0"),
    ):
        browser = Client()
        browser.cookies[COOKIE] = value
        assert browser.get("/wall/").status_code == 404


def test_a_screen_goes_on_for_weeks_and_ends_with_its_link(screen, now, administrator_gao):
    now(MONDAY_9AM + timedelta(weeks=20))
    assert screen.get("/wall/").status_code == 200
    now(MONDAY_9AM + timedelta(days=365))
    assert screen.get("/wall/").status_code == 404
    now(MONDAY_9AM)
    revoke_link(link=BoardLink.objects.get(), by=administrator_gao, at=MONDAY_9AM)
    assert screen.get("/wall/").status_code == 404
    assert Fact.objects.filter(kind="reports.BoardLinkWasRevoked").count() == 1


def test_the_screen_speaks_the_language_of_its_link(hung):
    browser = Client()
    browser.get(hung(language="en")[1])
    assert "To leave today" in browser.get("/wall/").content.decode()


def test_whoever_is_logged_in_beside_it_is_nobody_on_the_screen(hung, login, manager_ding):
    browser = login(manager_ding)
    browser.get(hung()[1])
    text = browser.get("/wall/").content.decode()
    assert "嘉域开关有限公司" in text
    assert "<a " not in text


# --- the admin site -----------------------------------------------------------------------------------------------------------------


def form(code="KG", **more):
    company = Company.objects.get(code=code).pk
    return {
        "company": company,
        "once": uuid4().hex,
        "place": "大厅",
        "language": "zh-hans",
        "expires_at_0": "2027-11-23",
        "expires_at_1": "09:00:00",
        **more,
    }


def test_a_manager_makes_a_link_and_reads_its_address_once(now, login, manager_fang):
    answer = login(manager_fang).post(ADD, form())
    address = answer.context["link"].address
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(address.removeprefix("http://testserver")).status_code == 302
    link = BoardLink.objects.get()
    assert (link.made_by, link.place, link.company.code) == ("方志远", "大厅", "KG")
    for page in ("/admin/reports/boardlink/", f"/admin/reports/boardlink/{link.pk}/change/"):
        text = login(manager_fang).get(page).content.decode()
        assert address.rpartition("/")[2] not in text
        assert link.sha256 not in text


def test_the_page_with_the_address_loaded_again_makes_no_second_link(now, login, manager_fang):
    browser = login(manager_fang)
    given = form(once=browser.get(ADD).context["adminform"].form["once"].value())
    made = browser.post(ADD, given)
    text = made.content.decode()
    address = made.context["link"].address
    assert f">{address}</span>" in text
    assert 'data-copies="board-address"' in text
    again = browser.post(ADD, given, follow=True)
    assert BoardLink.objects.count() == 1
    assert LogEntry.objects.count() == 1
    assert "该链接已生成" in again.content.decode()
    assert address not in again.content.decode()


def test_the_longest_announcement_is_written_smaller(screen):
    """In two lines there is room for 140 of the larger signs."""
    board = BoardSettings.objects.create(company=Company.objects.get(code="KG"), announcement="通" * 160)
    assert "wmsg small" in screen.get("/wall/").content.decode()
    BoardSettings.objects.filter(pk=board.pk).update(announcement="通" * 140)
    assert "wmsg small" not in screen.get("/wall/").content.decode()


def test_nobody_makes_a_link_to_another_companys_board_or_one_that_never_ends(now, login, manager_fang, clerk_zhou):
    assert login(manager_fang).post(ADD, form("CT")).status_code == 200
    assert login(manager_fang).post(ADD, form(expires_at_0="2029-11-23")).status_code == 200
    assert login(manager_fang).post(ADD, form(expires_at_0="2026-11-22")).status_code == 200
    assert login(clerk_zhou).post(ADD, form()).status_code in (302, 403)
    assert not BoardLink.objects.exists()


def test_a_link_is_taken_back_in_the_list(hung, login, manager_fang, manager_ding):
    link, address = hung()
    act = {"action": "take_back", "_selected_action": link.pk}
    login(manager_ding).post("/admin/reports/boardlink/", act)  # another company's manager does not reach it
    assert Client().get(address).status_code == 302
    login(manager_fang).post("/admin/reports/boardlink/", act)
    assert Client().get(address).status_code == 404
    assert BoardLink.objects.get().revoked_by == "方志远"


def test_a_manager_settles_names_and_the_announcement_with_history(now, login, manager_fang, screen):
    company = Company.objects.get(code="KG").pk
    browser = login(manager_fang)
    browser.post("/admin/reports/boardsettings/add/", {"company": company, "announcement": "今晚 17:30 加班"})
    settings = BoardSettings.objects.get()
    assert (settings.names, settings.history.get().history_user.name) == (False, "方志远")
    assert "今晚 17:30 加班" in screen.get("/wall/").content.decode()
