"""House rules 5 and 12: every fact has its line on the timeline, and is heard by somebody or marked as history only."""

import ast
import dataclasses

import pytest
from django.apps import apps
from django.utils.functional import Promise

from core.facts import EVENTS, Event, heard
from portal.page import TIMELINE
from sla.declare import CANCELS, CLOCKS, MOVES, STARTS, STOPS
from tests.structure.sources import calls, modules
from tests.structure.test_reasons import placeholders

# Facts that no clock and no department waits for: they stand in the history, and on the timeline.
HISTORY_ONLY = {
    "sla.ClockWasPaused",
    "sla.ClockWasResumed",
    "sla.LatenessWasExplained",
    "reports.BoardLinkWasIssued",
    "reports.BoardLinkWasRevoked",
    "organization.RecoveryCodeWasUsed",
    "organization.RecoveryCodesWereRenewed",
    "organization.SecondStepWasSwitchedOff",
    "organization.SecondStepWasSwitchedOn",
    "orders.OrderWasEdited",
    "orders.OrderWasClassified",
    "orders.CustomerConfirmedOrder",
    "orders.DecisionWasRecorded",
    "orders.PaperWasRead",
    "orders.PlanWasReleasedForOrder",
    "orders.ProductionWasStarted",
    "orders.ShippingWasBegun",
    "orders.MoneyWasReceived",
    "orders.MoneyWasReversed",
    "orders.ChangeWasDescribed",
    "orders.DepartmentWasTold",
    "orders.WorkWasHeld",
    "documents.FileWasAttached",
    "documents.LinkWasIssued",
    "documents.LinkWasRevoked",
    "documents.LinkWasUsed",
    "portal.CustomerWasWritten",
    "production.PlanWasDrafted",
    "production.TaskWasChanged",
    "production.ProgressWasReported",
    "production.PlanWasFinished",
    "production.PlanWasRevised",
    "production.PlanWasCancelled",
    "procurement.PurchaseWasReduced",
    "procurement.DemandWasAdded",
    "procurement.PurchaseWasClosed",
    "aftersales.RatingWasAsked",
    "aftersales.RatingWasGiven",
    "orders.ExchangeWasOrdered",
    "orders.MoneyWasCredited",
    "orders.MoneyWasRefunded",
    "finance.CreditNoteWasIssued",
    "finance.NothingWasToRefund",
    "finance.RefundWasKept",
    "finance.RefundWasSetOff",
    "finance.InvoiceWasIssued",
}
OURS = {kind: event for kind, event in EVENTS.items() if kind.split(".")[0] not in ("tests", "core")}
each_event = pytest.mark.parametrize("event", OURS.values(), ids=list(OURS))
PLAIN = ("int", "str", "bool", "float", "Decimal", "date", "datetime", "tuple[str, ...]", "tuple[int, ...]")


def fields(event: type[Event]) -> set[str]:
    return {field.name for field in dataclasses.fields(event)}


@each_event
def test_a_fact_has_a_translatable_line_of_its_own_fields(event: type[Event]):
    assert isinstance(event.text, Promise)
    assert str(event.text).strip()
    assert placeholders(event.text) <= fields(event) - set(event.money), "the open line shows no money"
    if event.money_text:
        assert isinstance(event.money_text, Promise)
        assert placeholders(event.money_text) <= fields(event)


@each_event
def test_a_fact_is_frozen_and_of_plain_values(event: type[Event]):
    assert event.__dataclass_params__.frozen
    for field in dataclasses.fields(event):
        assert str(field.type).removesuffix(" | None") in PLAIN, field


@each_event
def test_a_fact_is_about_a_thing_that_exists(event: type[Event]):
    kind, name = event.about
    assert apps.get_model(kind)
    assert name in fields(event)
    assert set(event.money) <= fields(event)


MONEY_WORDS = ("amount", "price", "cost", "freight")


@each_event
def test_money_in_a_fact_is_kept_apart(event: type[Event]):
    """What the open part of a fact holds is read by roles without prices."""
    named = {name for name in fields(event) if any(word in name for word in MONEY_WORDS)}
    assert named <= set(event.money)


def test_every_fact_is_heard_or_history_only():
    listened = set(heard()) | set(STARTS) | set(STOPS) | set(CANCELS) | set(MOVES) | {kind for kind in OURS if OURS[kind].ends_clocks}
    assert set(OURS) - listened == HISTORY_ONLY


@pytest.mark.req("CUS-04")
def test_what_is_marked_as_seen_by_the_customer_has_its_sentence_for_them_and_nothing_else_has():
    """Our timeline says "seen by the customer": then they do see it, in words for them, with fields that are no money."""
    assert {kind for kind in OURS if OURS[kind].customer_visible} == set(TIMELINE)
    for kind, sentence in TIMELINE.items():
        assert placeholders(sentence) <= fields(OURS[kind]) - set(OURS[kind].money), kind


def test_a_code_has_its_words_where_the_fact_says():
    coded = [(event, name, where) for event in OURS.values() for name, where in event.coded.items()]
    assert len(coded) > 10
    for event, name, where in coded:
        model, _dot, field = where.rpartition(".")
        assert name in fields(event), event
        assert apps.get_model(model)._meta.get_field(field).choices, event


def test_every_fact_is_published_somewhere():
    """Named outside the events and whoever listens to them: otherwise it never happens."""
    named = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for path, tree in modules().items()
        if not path.endswith(("events.py", "clocks.py", "receivers.py"))
        for node in calls(tree)
        if isinstance(node.func, ast.Name | ast.Attribute)
    }
    used = named | {
        node.id if isinstance(node, ast.Name) else node.attr
        for path, tree in modules().items()
        if "/services" in path or path.endswith(("covering.py", "drafting.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    used |= {clock.then.__name__ for clock in CLOCKS.values() if clock.then}  # by the sweep, when time runs out
    assert {kind for kind in OURS if kind.split(".")[1] not in used} == set()
