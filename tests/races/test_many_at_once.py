"""C2: every act of the product, sent by many at once with one key, happens once, and everybody gets the same answer (SEC-04).

`CROWD=20` sends each form twenty times (the quick set: four). A new act is found by itself; one that no thing of this world stands ready
for has to be named in NOT_READY_HERE.
"""

import os
from collections.abc import Iterator
from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import ActView
from core.models import Fact, OnceKey
from demo.walk import SCAN, Walk
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.models import Person, actor_of
from tests.personas import MONDAY_9AM
from tests.structure.sources import routes
from tests.trust.player import Player, filled

CROWD = int(os.environ.get("CROWD", "0"))
pytestmark = [
    pytest.mark.skipif(not CROWD, reason="by hand: CROWD=20"),
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("SEC-04"),
]
TRIES = 30
STATES = (
    S.REGISTERED, S.CONFIRMED, S.IN_REGULAR_REVIEW, S.ACCEPTED, S.QUOTED, S.CONTRACTED, S.EFFECTIVE, S.INSTRUCTED, S.PLANNED,
    S.STOCKED, S.SHIPPING, S.DELIVERED, S.INVOICED,
)  # fmt: skip
# Nothing in this world stands where these may be taken; their own tests post them twice.
NOT_READY_HERE = {
    "aftersales:return_act/agree",
    "aftersales:return_act/arrange_collection",
    "aftersales:return_act/inspect",
    "aftersales:return_act/order_exchange",
    "aftersales:return_act/receive_goods",
    "aftersales:return_act/settle",
    "aftersales:return_act/tell_costs",
    "aftersales:service_act/close",
    "aftersales:service_act/contact_customer",
    "aftersales:service_act/finish",
    "aftersales:service_act/record_solution",
    "finance:payment_act/confirm",
    "finance:refund_act/pay",
    "inventory:put_away_act/put_away",
    "orders:act/approve_refusal",
    "orders:act/call_meeting",
    "orders:act/cancel",
    "orders:act/close",
    "orders:act/confirm_requirements",
    "orders:act/fulfil_from_stock",
    "orders:act/propose_date",
    "orders:act/record_decision",
    "orders:act/record_shortage",
    "orders:act/sign",
    "orders:agreement_act/sign_for_customer",
    "orders:agreement_act/sign_for_us",
    "orders:change_act/add_departments",
    "orders:change_act/apply_change",
    "orders:change_act/circulate",
    "orders:change_act/classify",
    "orders:change_act/describe",
    "orders:change_act/draft_agreement",
    "orders:change_act/enter_prices",
    "orders:change_act/issue_notice",
    "orders:change_act/record_answer",
    "orders:change_act/record_recall",
    "orders:change_item_act/decide",
    "orders:change_item_act/set_hold",
    "orders:change_signoff_act/sign_for",
    "orders:give_link/give_link",
    "orders:meeting_act/hold",
    "orders:meeting_act/move",
    "orders:meeting_act/send_papers",
    "orders:paper_act/answer",
    "orders:shortage_act/decide",
    "procurement:purchase_act/approve",
    "procurement:purchase_act/confirm_arrival_date",
    "procurement:purchase_act/drop",
    "procurement:purchase_act/record_arrival",
    "procurement:purchase_act/send",
    "production:contact_act/answer_sheet",
    "production:contact_act/close_sheet",
    "production:task_act/finish",
    "production:task_act/hand_over",
    "production:task_act/report",
    "quality:inspection_act/finish",
    "quality:nonconformity_act/decide",
    "quality:nonconformity_act/finish_rework",
    "quality:nonconformity_act/route",
    "shipping:act/cancel",
    "shipping:act/clear",
    "shipping:act/dispatch",
    "shipping:act/issue_follow_up",
    "shipping:act/move_arrival",
    "shipping:act/pick",
    "shipping:act/record_carrier_receipt",
    "shipping:act/record_consent",
    "shipping:act/record_missing",
    "shipping:act/report_not_received",
    "shipping:act/verify",
    "shipping:claim_act/settle_claim",
    "shipping:damage_act/establish_cause",
    "shipping:notice/issue_notice",
    "shipping:part_act/part_arrived",
    "shipping:shortage_act/credit",
    "shipping:shortage_act/find",
    "shipping:shortage_act/resend",
    "shipping:trace_act/answer_trace",
}


def addresses() -> dict[str, tuple[str, type[ActView]]]:
    """ "route/step" -> route and view, of every act."""
    found = {}
    for route, pattern in routes().items():
        view = getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, ActView) and "ref" in pattern.pattern.converters:
            found |= {f"{route}/{step}": (route, view) for step in view.forms}
    return found


def a_busy_house() -> Any:
    """Orders in every state, and one that was negotiated; returns the moment at which all that had happened."""
    latest = MONDAY_9AM
    for nth, state in enumerate(STATES):
        walk = Walk(MONDAY_9AM)
        walk.register(f"C000{1 + nth % 3}", [("GGD", 2), ("PZ30", 3)])
        walk.to(state)
        latest = max(latest, walk.at)
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 1)])
    walk.to(S.IN_REGULAR_REVIEW)
    walk.opinions(Verdict.INFEASIBLE, comment="图纸未到")
    return max(latest, walk.at)


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Player, Any]]:
    at = a_busy_house()
    monkeypatch.setattr(timezone, "now", lambda: at)
    people = Person.objects.filter(posts__isnull=False).distinct().order_by("pk")
    yield Player([actor_of(person, at) for person in people]), at


def client_of(person_id: int | None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Person.objects.get(pk=person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_act_sent_many_times_at_once_happens_once(player: tuple[Player, Any]):
    who, at = player
    dice = Random(7)
    acted, waiting = set(), set()
    for key, (route, view) in sorted(addresses().items()):
        ready = a_ready_form(who, view, route, key.rsplit("/", 1)[1], dice, at)
        if ready is None:
            waiting.add(key)
            continue
        address, client, data, facts = ready
        before = Fact.objects.count()
        answers = crowd(client, address, data)
        assert set(answers) == {answers[0]}, key
        assert answers[0][0] == 302, key
        assert "/login/" not in answers[0][1], key
        assert OnceKey.objects.filter(key=data["once"]).count() == 1, key
        assert Fact.objects.count() - before == facts, f"{key} happened more than once"
        acted.add(key)
    assert len(acted) > 40
    assert waiting - NOT_READY_HERE == set()


def a_ready_form(who: Player, view: type[ActView], route: str, step: str, dice: Random, at: Any) -> Any:
    """Address, browser, fields of an act that would succeed, and how many facts it writes; None when there is none."""
    for _try in range(TRIES):
        thing = a_fitting_thing(view, step, dice)
        if thing is None:
            return None
        theirs = [each for each in who.people if who.permitted(view, thing, step, each)]
        if not theirs:
            continue
        actor = dice.choice(theirs)
        data, files = filled(view.forms[step](thing=thing, actor=actor), dice, at)
        kwargs = {"ref": view.model.objects.values_list(view.lookup, flat=True).get(pk=thing.pk), "step": step}
        wanted = routes()[route].pattern.converters
        address = reverse(route, kwargs={name: value for name, value in kwargs.items() if name in wanted})
        client = client_of(actor.person_id)
        body = {name: values if len(values) > 1 else values[0] for name, values in [*data.lists(), *files.lists()]}
        before = Fact.objects.count()
        with transaction.atomic():
            answer = client.post(address, {name: own_copy(value) for name, value in body.items()})
            facts = Fact.objects.count() - before
            transaction.set_rollback(True)
        if answer.status_code == 302:
            return address, client_of(actor.person_id), body, facts
    return None


def a_fitting_thing(view: type[ActView], name: str, dice: Random) -> Any:
    keys = list(view.model.objects.order_by("-pk").values_list("pk", flat=True)[:60])
    dice.shuffle(keys)
    for key in keys:
        thing = view.model.objects.get(pk=key)
        step = thing.steps().get(name)
        if step is None or (thing.state in step.sources and not any(guard.reasons(thing) for guard in step.guards)):
            return thing
    return None


def own_copy(value: Any) -> Any:
    """A file is read to its end by whoever sends it."""
    return SimpleUploadedFile("scan.pdf", SCAN, content_type="application/pdf") if isinstance(value, SimpleUploadedFile) else value


def crowd(client: Client, address: str, body: dict[str, Any]) -> list[tuple[int, str]]:
    """The same post from as many browsers of the same person, all at one moment: status and where it leads."""
    start, answers = Barrier(CROWD), [(0, "")] * CROWD

    def post(nth: int) -> None:
        mine = Client(raise_request_exception=False)
        mine.cookies = client.cookies
        try:
            start.wait(20)
            answer = mine.post(address, {name: own_copy(value) for name, value in body.items()})
            answers[nth] = answer.status_code, answer.get("Location", "")
        finally:
            connection.close()

    threads = [Thread(target=post, args=(nth,)) for nth in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
