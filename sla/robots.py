"""Group robots of WeCom, DingTalk and Feishu, through apprise. It knows their hosts; we give a key that looks like one (SLA-09).

These services answer 200 to a wrong key, too, and say so in the text of the answer; the library looks at the status alone. So its
requests pass through `Heard`, which reads the answer: otherwise a dead robot would look alive for ever.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import requests
from apprise.plugins import dingtalk, feishu, wecombot
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import Delivery
from core.outbox import CHANNELS
from sla.gathered import chat_message
from sla.listeners import Robot
from sla.telling import ROBOT

TIMEOUT = 5  # seconds to connect, and to wait
_problem: ContextVar[str] = ContextVar("problem", default="")
logging.getLogger("apprise").setLevel(logging.CRITICAL)  # what failed stands at the delivery, without the key; a log might hold it


UNREACHED = {
    "ConnectTimeout": _("the service did not answer in time"),
    "ReadTimeout": _("the service did not answer in time"),
    "ConnectionError": _("no connection to the service"),
    "ProxyError": _("no connection to the service"),
    "SSLError": _("no connection to the service"),
}
REFUSED = _("refused by the service")


class RobotFailed(Exception):
    """The message did not arrive; the text says why, and holds no key."""

    def in_words(self) -> str:
        """For whoever tries it out: whether it was not reached, or answered and refused; and what exactly was said."""
        said = str(self)
        return f"{UNREACHED.get(said, REFUSED)} ({said})"


class Refusing(requests.RequestException):
    """The service took the request and refused the message."""


class Heard:
    """`requests` as the library uses it: goes nowhere else, and hears what was answered."""

    codes, RequestException = requests.codes, requests.RequestException

    def post(self, url: str, **options: Any) -> requests.Response:
        try:
            answer = requests.post(url, **{"timeout": TIMEOUT, **options, "allow_redirects": False})  # noqa: S113  it has one
            _problem.set(problem := _refusal(answer))
        except requests.RequestException as failed:
            _problem.set(type(failed).__name__)  # its text names the address with the key
            raise
        if problem:
            raise Refusing(problem)
        return answer


def _refusal(answer: requests.Response) -> str:
    """What the answer says against us; empty when the message arrived. The three name the code differently; 0 is well."""
    if answer.status_code != requests.codes.ok:
        return f"HTTP {answer.status_code}"
    try:
        said = answer.json()
    except ValueError:
        return "HTTP 200, no JSON"
    code = said.get("errcode", said.get("code", said.get("StatusCode"))) if isinstance(said, dict) else None
    return "" if code == 0 else f"{code} {said.get('errmsg') or said.get('msg') or ''}".strip() if code is not None else "HTTP 200, no code"


for _module in (dingtalk, feishu, wecombot):
    _module.requests = Heard()  # type: ignore[attr-defined]


class DingTalk(dingtalk.NotifyDingTalk):
    """The library encodes the signature for the address, and `requests` encodes it again: DingTalk refuses that."""

    def get_signature(self) -> tuple[str, str]:
        timestamp, signature = super().get_signature()
        return timestamp, self.unquote(signature)


def _sender(robot: Robot) -> Any:
    limits = {"rto": TIMEOUT, "cto": TIMEOUT}
    if robot.kind == Robot.Kind.WECOM:
        return wecombot.NotifyWeComBot(key=robot.key, **limits)
    if robot.kind == Robot.Kind.DINGTALK:
        return DingTalk(token=robot.key, secret=robot.secret or None, **limits)
    return feishu.NotifyFeishu(token=robot.key, **limits)


def send_text(robot: Robot, text: str) -> None:
    """One message into the group. Raises RobotFailed with the reason."""
    robot.clean()  # a row that was not written by the form reaches nobody else either
    _problem.set("")
    if not _sender(robot).send(body=text):
        reason = _problem.get() or "not sent"
        for secret in filter(None, (robot.key, robot.secret)):
            reason = reason.replace(secret, "…")
        raise RobotFailed(reason)


def send_trial(robot: Robot) -> None:
    """A word to try the robot out, in its language. Raises RobotFailed."""
    with translation.override(robot.language):
        text = gettext("Order management: a trial of the robot “{name}”. Nothing is to be done.").format(name=robot.name)
    send_text(robot, text)


def send_gathered(rows: list[Delivery], at: datetime) -> None:
    """All that is due for one robot, as one message; nothing for a robot that was switched off or taken away meanwhile."""
    robot = Robot.objects.filter(pk=rows[0].address.removeprefix("robot-"), active=True).first()
    text = chat_message(rows, robot, at) if robot else ""
    if robot and text:
        send_text(robot, text)


CHANNELS[ROBOT] = send_gathered
