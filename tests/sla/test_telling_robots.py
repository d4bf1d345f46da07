"""Group robots of WeCom, DingTalk and Feishu: what they say, where they can reach, and who may see their key (SLA-09)."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins import dingtalk, feishu, wecombot
from django.core.exceptions import ValidationError
from django.urls import reverse
from requests import ConnectionError, ReadTimeout

from core.models import Delivery
from core.outbox import send_due
from organization.models import Company, Department, Person
from sla import robots
from sla.models import Robot, RunningClock
from sla.sweep import sweep
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-09")]
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
BREACH = at("11-23 14:00")
WELL = {"wecom": {"errcode": 0, "errmsg": "ok"}, "dingtalk": {"errcode": 0, "errmsg": "ok"}, "feishu": {"code": 0, "msg": "success"}}


def robot(**more):
    given = {"name": "销售群", "kind": "wecom", "key": KEY, **more}
    return Robot.objects.create(**given)


@pytest.fixture
def said(monkeypatch):
    """What robots were given to say, instead of the network."""
    told = []
    monkeypatch.setattr(robots, "send_text", lambda robot, text: told.append((robot.name, text)))
    return told


@pytest.fixture
def answer(order):
    RunningClock.objects.exclude(name="order_confirmation").delete()
    return RunningClock.objects.get()


def test_a_breach_stands_in_the_group_with_the_way_to_the_act(answer, order, said):
    robot()
    sweep(at("11-23 12:00"))
    send_due(at("11-23 12:00"))
    assert not said, "from the breach on, unless it is set otherwise"
    sweep(BREACH)
    send_due(BREACH)
    ((name, text),) = said
    assert name == "销售群"
    assert text.startswith(f"{order.number}：答复订单已超时\n")
    assert f"http://testserver/orders/{order.number}/do/answer_order/" in text
    assert KEY not in "".join(f"{row.__dict__}" for row in Delivery.objects.all())


@pytest.mark.parametrize(("since", "steps"), [("warned", 2), ("breached", 1), ("escalated", 0)])
def test_it_tells_from_the_step_on_that_was_set(answer, said, since, steps):
    robot(since=since)
    for when in ("11-23 12:00", "11-23 14:00"):
        sweep(at(when))
        send_due(at(when))
    assert len(said) == steps


def test_each_hears_of_its_own_company_and_department(answer, said):
    own, other = Company.objects.get(pk=answer.company_id), Company.objects.exclude(pk=answer.company_id)[0]
    department = Department.objects.get(pk=answer.department_id)
    robot(name="all")
    robot(name="own", company=own)
    robot(name="own department", company=own, department=department)
    robot(name="other department", department=Department.objects.exclude(pk=department.pk)[0])
    robot(name="other", company=other)
    robot(name="off", active=False)
    sweep(BREACH)
    send_due(BREACH)
    assert [name for name, _text in said] == ["all", "own", "own department"]


def test_a_storm_is_one_short_message(many, said):
    robot(language="en")
    many(300)
    sweep(at("11-27 09:00"))
    send_due(at("11-27 09:00"))
    ((_name, text),) = said
    assert text.startswith("300 notices, 300 overdue\n")
    assert "more" in text
    assert len(text.encode()) <= 2000, "WeCom takes no more"
    assert not Delivery.objects.filter(sent_at=None).exists()


def test_a_dead_robot_holds_up_neither_another_nor_mail(answer, monkeypatch, sales_head_gu, mailoutbox):
    Person.objects.filter(pk=sales_head_gu.person_id).update(email="gu@example.com")
    dead, alive = robot(name="dead"), robot(name="alive")
    told = []

    def send(robot, text):
        if robot == dead:
            raise robots.RobotFailed("93000 invalid webhook url")
        told.append(robot)

    monkeypatch.setattr(robots, "send_text", send)
    sweep(BREACH)
    send_due(BREACH)
    assert (told, len(mailoutbox)) == ([alive], 1)
    row = Delivery.objects.get(address=f"robot-{dead.pk}")
    assert (row.attempts, row.parked, "93000" in row.error) == (1, False, True)
    row.attempts, row.next_at = 9, BREACH
    row.save()
    send_due(BREACH)
    row.refresh_from_db()
    assert row.parked, "shown to the administrator"


def test_a_robot_switched_off_meanwhile_says_nothing(answer, said):
    kept = robot()
    sweep(BREACH)
    Robot.objects.filter(pk=kept.pk).update(active=False)
    send_due(BREACH)
    assert not said
    assert not Delivery.objects.filter(sent_at=None).exists()


class TestReach:
    @pytest.mark.parametrize(
        "key", ["", "short", "evil.example/x?key=1", "a@b.example/xxxxxxxx", "../../../../etc/passwd", "键键键键键键键键键", "x" * 129]
    )
    @pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
    def test_a_key_that_could_lead_elsewhere_is_refused_by_the_form_and_when_sending(self, kind, key):
        made = Robot(name="x", kind=kind, key=key)
        with pytest.raises(ValidationError):
            made.full_clean()
        with pytest.raises(ValidationError):
            robots.send_text(made, "x")

    def test_there_are_these_three_kinds_and_no_other(self):
        with pytest.raises(ValidationError):
            Robot(name="x", kind="json", key=KEY).full_clean()
        assert set(Robot.Kind.values) == set(WELL)

    @pytest.mark.parametrize(
        ("plugin", "host"),
        [
            (wecombot.NotifyWeComBot, "qyapi.weixin.qq.com"),
            (dingtalk.NotifyDingTalk, "oapi.dingtalk.com"),
            (feishu.NotifyFeishu, "open.feishu.cn"),
        ],
    )
    def test_the_library_fixes_the_host(self, plugin, host):
        address = urlsplit(plugin.notify_url)
        assert (address.scheme, address.hostname) == ("https", host)


class Service:
    """A service on this machine that keeps what it was sent, and answers as it is told to."""

    def __init__(self) -> None:
        service = self
        self.heard: list[tuple[str, dict]] = []
        self.status, self.answer, self.more = 200, {}, {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.heard.append((self.path, json.loads(body)))
                self.send_response(service.status)
                for name, value in service.more.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(service.answer).encode())

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def service(monkeypatch) -> Iterator[Service]:
    here = Service()
    for plugin in (wecombot.NotifyWeComBot, dingtalk.NotifyDingTalk, feishu.NotifyFeishu):
        monkeypatch.setattr(plugin, "notify_url", here.base + plugin.notify_url.partition(urlsplit(plugin.notify_url).netloc)[2])
    thread = Thread(target=here.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield here
    here.server.shutdown()
    here.server.server_close()


class TestOnTheWire:
    """Each kind as its service's documentation writes it."""

    def test_wecom(self, service):
        service.answer = WELL["wecom"]
        robots.send_text(Robot(name="x", kind="wecom", key=KEY), "订单超时")
        assert service.heard == [(f"/cgi-bin/webhook/send?key={KEY}", {"msgtype": "text", "text": {"content": "订单超时"}})]

    def test_feishu(self, service):
        service.answer = WELL["feishu"]
        robots.send_text(Robot(name="x", kind="feishu", key=KEY), "订单超时")
        ((path, body),) = service.heard
        assert path.rstrip("/") == f"/open-apis/bot/v2/hook/{KEY}"
        assert body == {"msg_type": "text", "content": {"text": "订单超时"}}

    def test_dingtalk_signs_with_its_secret(self, service):
        service.answer, secret = WELL["dingtalk"], "SECabc0123456789"
        robots.send_text(Robot(name="x", kind="dingtalk", key="a" * 64, secret=secret), "订单超时")
        ((path, body),) = service.heard
        given = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        signed = hmac.new(secret.encode(), f"{given['timestamp']}\n{secret}".encode(), hashlib.sha256).digest()
        assert (given["access_token"], given["sign"]) == ("a" * 64, base64.b64encode(signed).decode())
        assert body["text"] == {"content": "订单超时"}

    @pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
    def test_a_service_that_refuses_with_status_200_is_heard(self, service, kind):
        service.answer = {"errcode": 93000, "errmsg": "invalid webhook"} if kind != "feishu" else {"code": 19001, "msg": "param invalid"}
        with pytest.raises(robots.RobotFailed, match=r"93000|19001"):
            robots.send_text(Robot(name="x", kind=kind, key="a" * 64), "x")

    @pytest.mark.parametrize(("status", "answer", "why"), [(500, {}, "HTTP 500"), (200, {}, "no code"), (200, [1], "no code")])
    def test_neither_an_error_nor_an_odd_answer_counts_as_told(self, service, status, answer, why):
        service.status, service.answer = status, answer
        with pytest.raises(robots.RobotFailed, match=why):
            robots.send_text(Robot(name="x", kind="wecom", key=KEY), "x")

    def test_it_follows_nobody_to_another_address(self, service):
        service.status, service.more = 302, {"Location": f"{service.base}/elsewhere"}
        with pytest.raises(robots.RobotFailed, match="302"):
            robots.send_text(Robot(name="x", kind="wecom", key=KEY), "x")
        assert len(service.heard) == 1

    def test_no_key_in_what_is_kept_of_a_failure_and_none_in_the_log(self, service, caplog):
        caplog.set_level(logging.INFO)
        service.server.server_close()
        with pytest.raises(robots.RobotFailed) as failed:
            robots.send_text(Robot(name="x", kind="wecom", key=KEY), "x")
        assert str(failed.value) == "ConnectionError"
        service.answer = {"errcode": 1, "errmsg": f"no such key {KEY}"}
        assert KEY not in caplog.text


class TestInTheAdmin:
    FORM = {"name": "销售群", "kind": "wecom", "key": KEY, "secret": "", "since": "breached", "language": "zh-hans", "active": "on"}

    def test_the_key_is_entered_and_never_shown_again(self, login, administrator_gao):
        browser = login(administrator_gao)
        assert browser.post(reverse("admin:sla_robot_add"), self.FORM).status_code == 302
        made = Robot.objects.get()
        address = reverse("admin:sla_robot_change", args=[made.pk])
        assert KEY not in browser.get(address).content.decode()
        browser.post(address, {**self.FORM, "key": "", "name": "采购群"})
        made.refresh_from_db()
        assert (made.name, made.key) == ("采购群", KEY)
        assert KEY not in browser.get(reverse("admin:sla_robot_history", args=[made.pk])).content.decode()
        assert not hasattr(made.history.first(), "key")

    def test_a_key_is_never_sent_to_another_service_than_it_was_entered_for(self, login, administrator_gao):
        made, browser = robot(), login(administrator_gao)
        answer = browser.post(reverse("admin:sla_robot_change", args=[made.pk]), {**self.FORM, "kind": "feishu", "key": ""})
        assert answer.status_code == 200
        assert "请填写新的密钥" in answer.content.decode()

    def test_a_general_manager_keeps_robots_of_the_own_company_only(self, login, manager_fang):
        other, browser = robot(), login(manager_fang)
        assert browser.get(reverse("admin:sla_robot_change", args=[other.pk])).status_code == 302
        assert browser.get(reverse("admin:sla_robot_trial", args=[other.pk])).status_code == 404
        assert browser.post(reverse("admin:sla_robot_add"), {**self.FORM, "name": "y"}).status_code == 200, "a company has to be named"

    def test_a_trial_asks_first_and_says_what_became_of_it(self, login, administrator_gao, service, clerk_zhou):
        made, browser = robot(), login(administrator_gao)
        address = reverse("admin:sla_robot_trial", args=[made.pk])
        assert "发送一条测试消息？" in browser.get(address).content.decode()
        assert not service.heard
        service.answer = WELL["wecom"]
        assert "平台已接收测试消息" in browser.post(address, follow=True).content.decode()
        service.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
        assert "未送达：平台拒收 (93000 invalid webhook url)" in browser.post(address, follow=True).content.decode()
        assert login(clerk_zhou).post(address).status_code in (302, 403, 404)
        assert len(service.heard) == 2

    def test_a_service_that_is_not_reached_is_told_from_one_that_refuses(self, login, administrator_gao, service, monkeypatch):
        made, browser = robot(), login(administrator_gao)
        address = reverse("admin:sla_robot_trial", args=[made.pk])
        for failure, words in ((ConnectionError, "未能连接到平台"), (ReadTimeout, "平台未及时应答")):

            def fail(*_given, failure=failure, **_more):
                raise failure

            monkeypatch.setattr(robots.requests, "post", fail)
            assert f"未送达：{words} ({failure.__name__})" in browser.post(address, follow=True).content.decode()

    @pytest.mark.parametrize(
        ("kind", "address"),
        [
            ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"),
            ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={'a' * 64}"),
            ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}"),
        ],
    )
    def test_the_whole_address_may_be_pasted_and_only_its_key_is_kept(self, login, administrator_gao, kind, address):
        browser = login(administrator_gao)
        assert browser.post(reverse("admin:sla_robot_add"), {**self.FORM, "kind": kind, "key": f" {address} "}).status_code == 302
        assert Robot.objects.get().key == address.rpartition("/" if kind == "feishu" else "=")[2]
        elsewhere = {**self.FORM, "name": "y", "kind": kind, "key": address.replace("https://", "https://evil.example/")}
        assert browser.post(reverse("admin:sla_robot_add"), elsewhere).status_code == 200

    def test_a_department_belongs_to_the_company_that_was_chosen(self, login, administrator_gao):
        one = Department.objects.first()
        other = Company.objects.exclude(pk=one.company_id).first()
        answer = login(administrator_gao).post(reverse("admin:sla_robot_add"), {**self.FORM, "company": other.pk, "department": one.pk})
        assert list(answer.context["adminform"].form.errors) == ["department"]
        assert not Robot.objects.exists()

    def test_deliveries_name_whom_they_go_to_and_a_parked_one_has_no_tick(self, login, administrator_gao, sales_head_gu):
        kept = robot()
        Delivery.objects.create(key="a", channel="robot", address=f"robot-{kept.pk}", title="t", at=BREACH, parked=True)
        Delivery.objects.create(key="b", channel="page", person_id=sales_head_gu.person_id, title="t", at=BREACH, sent_at=BREACH)
        Delivery.objects.create(key="c", channel="email", address="kunde@example.com", title="t", at=BREACH)
        page = login(administrator_gao).get(reverse("admin:core_delivery_changelist"))
        assert [row.recipient for row in page.context["cl"].result_list] == ["kunde@example.com", sales_head_gu.name, "销售群"]
        text = page.content.decode()
        assert '<td class="field-given_up">已搁置</td>' in text
        assert "icon-yes" not in text

    def test_running_clocks_are_listed_in_words_and_lead_nowhere_closed(self, login, administrator_gao, answer):
        browser = login(administrator_gao)
        text = browser.get(reverse("admin:sla_runningclock_changelist")).content.decode()
        assert "答复订单" in text
        assert "sales_clerk" not in text
        assert "事项种类" in text
        page = browser.get(reverse("admin:sla_runningclock_change", args=[answer.pk])).content.decode()
        assert "规定时间" in page
        assert "viewsitelink" not in page

    def test_a_trial_mail_goes_to_oneself(self, login, administrator_gao, mailoutbox, sales_manager_jiang):
        browser, address = login(administrator_gao), reverse("admin:sla_mail_trial")
        assert "没有邮箱地址" in browser.get(address).content.decode()
        Person.objects.filter(pk=administrator_gao.person_id).update(email="gao@example.com")
        assert "gao@example.com" in browser.get(address).content.decode()
        assert not mailoutbox
        assert "邮件服务器已接收" in browser.post(address, follow=True).content.decode()
        assert [mail.to for mail in mailoutbox] == [["gao@example.com"]]
        assert login(sales_manager_jiang).post(address).status_code in (403, 404)

    def test_a_mail_server_that_is_dead_is_named(self, login, administrator_gao, monkeypatch):
        def dead(*_args, **_more):
            raise ConnectionRefusedError(111, "Connection refused")

        Person.objects.filter(pk=administrator_gao.person_id).update(email="gao@example.com")
        monkeypatch.setattr("sla.gathered.post", dead)
        said = login(administrator_gao).post(reverse("admin:sla_mail_trial"), follow=True).content.decode()
        assert "未能发出：ConnectionRefusedError" in said
