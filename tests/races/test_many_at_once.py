"""C2: every form of the product, sent by many at once with one key, has one effect and one answer, also for who comes late (SEC-04).

The quick set sends a fixed sample three times; `CROWD=20` sends every form twenty times (by hand, five minutes). A new form fails
the first test until a story brings a thing to where it can be sent (scenes.py, doors.py).
"""

import os
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

import core.acts
import portal.frame
from core.facts import act
from core.models import OnceKey
from demo.walk import Walk
from documents import render
from portal.account import LETTERS
from portal.acts import DELIVERY_ACTS, ORDER_ACTS
from sla.clock_page import ACTS as CLOCK_ACTS
from tests.permissions.table import TABLE
from tests.personas import MONDAY_9AM
from tests.races.crowd import Post, a_post, rows
from tests.races.doors import BARE, DOORS, PRINTS
from tests.races.scenes import SCENES
from tests.structure.sources import routes
from tests.trust.player import violations

pytestmark = pytest.mark.req("SEC-04")
CROWD = int(os.environ.get("CROWD", "0"))
NUMBER = CROWD or 3
STEPS = {"portal:act": ORDER_ACTS, "portal:delivery": DELIVERY_ACTS, "sla:clock_act": CLOCK_ACTS}
# What takes a post and is sent here to no crowd, and why.
NOT_SENT = {
    "login": "the password is right or wrong; it writes nothing but a session",
    "logout": "ends a session; again changes nothing",
    "portal:leave": "ends a session; again changes nothing",
    "set_language": "a cookie",
    "choose_theme": "sets one field to what was chosen; again changes nothing",
    "sla:wishes": "sets one's own row to what was chosen; again changes nothing",
    "finance:choose": "asks for a number and leads on, writes nothing",
    "healthz": "writes nothing",
    "readyz": "writes nothing",
    **dict.fromkeys(("portal:home", "portal:enter", "portal:order", "portal:orders"), "a page to read"),
    **dict.fromkeys(("board:enter", "board:screen"), "a board to read"),
    **dict.fromkeys(("portal:contract_pdf", "portal:paper"), "a paper to read"),
}
ONE_WINS = {"portal:code", "second_step", "login_code"}  # a code counts once, the others are told that it was used
# Something of most departments, and the customer's; a paper and a letter, which have no key.
SAMPLE = (
    "aftersales:return_act/agree",
    "finance:record_payment",
    "orders:act/withdraw",
    "orders:change_act/apply_change",
    "orders:give_link",
    "orders:new",
    "portal:act/service",
    "portal:delivery/receipt",
    "procurement:purchase_act/send",
    "production:task_act/hand_over",
    "shipping:act/dispatch",
    "orders:print",
    "portal:login",
)


def races(test: Any) -> Any:
    """Real rows, real locks, real threads."""
    return pytest.mark.postgres(pytest.mark.django_db(transaction=True)(test))


def posts() -> set[str]:
    """Every address that takes a post, acts and the customer's forms by their step."""
    taken = {name for name, access in TABLE.items() if access.post or access.customer}
    return taken - set(STEPS) | {f"{route}/{step}" for route, steps in STEPS.items() for step in steps}


def test_every_form_has_a_story_or_a_reason_why_not():
    told = Counter([*SCENES, *DOORS, *PRINTS, *BARE, *NOT_SENT])
    assert posts() - set(told) == set(), "a new form: tell how it comes to be sent"
    assert set(told) - posts() == set(), "there is no such form any more"
    assert [name for name, times in told.items() if times > 1] == []


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Tells the next story; what the clock shows is where that has come to."""
    one = Walk(MONDAY_9AM)
    monkeypatch.setattr(timezone, "now", lambda: one.at)
    monkeypatch.setattr(render, "pdf", lambda html: b"%PDF-1.4\n" + str(hash(html)).encode() + b"\n%%EOF\n")
    monkeypatch.setattr(render, "printing_available", lambda: None)
    return one


def prepared(name: str, walk: Walk) -> Post:
    """A new story, told as one; then the form of who is to send it."""
    walk.at, walk.order = MONDAY_9AM, None  # type: ignore[assignment]
    if name not in SCENES:
        return {**DOORS, **PRINTS, **BARE}[name](walk)
    story, typed = SCENES[name]
    with transaction.atomic():
        thing = story(walk)
    return a_post(name, thing, typed, walk.at)


def sent(name: str, walk: Walk) -> str:
    """Sent by many; what was wrong with it, nothing when all was well."""
    post = prepared(name, walk)
    alone, effect = post.alone()
    before = rows()
    answers = post.by_many(NUMBER)
    did, keys = rows() - before, OnceKey.objects.filter(key=post.body["once"]).count()
    if name == "orders:give_link":  # the address stands in one answer alone; the others lead back to the order
        answers = sorted(answers)[1:] if [status for status, _where in sorted(answers)][:2] == [200, 302] else answers
        alone = answers[-1]
    if alone[0] != 302 or set(answers) != {(302, answers[0][1])} or "/login/" in answers[0][1]:
        return f"answers {Counter(answers)}, alone {alone}"
    return "" if (did, keys) == (effect, 1) else f"{keys} keys, wrote {dict(did)}, alone {dict(effect)}"


def sent_without_key(name: str, walk: Walk) -> str:
    """By what it is: a paper is drawn once and each print counted, a code counts once, letters with codes are few."""
    number = max(NUMBER, 2 * LETTERS)
    post = prepared(name, walk)
    alone, expected = post.alone()
    before = rows()
    answers = post.by_many(number)
    statuses, wrote = Counter(status for status, _where in answers), rows() - before
    if name in PRINTS:
        expected, ok = {"documents.PrintedForm": number + 1, "documents.StoredFile": 1}, statuses == {302: number + 1}
    elif name == "portal:login":
        expected, ok = {"core.Delivery": LETTERS, "documents.LoginCode": LETTERS, "documents.DoorCount": 1}, statuses == {200: number + 1}
    elif name in ONE_WINS:
        ok = answers.count(alone) == 1 and max(statuses) < 500
    else:
        ok = statuses == {alone[0]: number + 1}
    return "" if ok and wrote == expected else f"answers {Counter(answers)}, alone {alone}, wrote {dict(wrote)}, expected {dict(expected)}"


@races
def test_every_form_sent_by_many_at_once_has_one_effect_and_one_answer(walk: Walk):
    names = sorted([*SCENES, *DOORS, *PRINTS, *BARE]) if CROWD else SAMPLE
    bare = {*PRINTS, *BARE}
    assert {name: problem for name in names if (problem := (sent_without_key if name in bare else sent)(name, walk))} == {}
    assert violations() == {}


@races
def test_without_the_key_some_forms_have_more_than_one_effect(walk: Walk, monkeypatch: pytest.MonkeyPatch):
    """The control run: what a version does not guard is done by everybody, and the proof above notices."""
    routes()  # a view that was read only now would keep what is exchanged here
    for module in (core.acts, portal.frame):
        monkeypatch.setattr(module, "once", lambda key, *, person_id, at, do: act(do)())
    before = rows()
    wrong = {name: sent(name, walk) for name in ("production:new_contact", "portal:act/service")}
    assert all(wrong.values()), wrong
    made = rows() - before
    assert made["production.ContactSheet"] == made["aftersales.ServiceRequest"] == NUMBER + 1
