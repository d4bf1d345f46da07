"""House rules 1 and 12: every step of every life is labelled, permitted, in a known state, and reached from a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve, reverse
from django.utils.functional import Promise

from core.acts import ActView
from core.workflow import Flow, Step
from organization.roles import Scoped
from sla.declare import CLOCKS
from tests.structure.sources import routes

# Steps that are taken on a page of their own instead of `<thing>/do/<step>/`.
REACHED_ELSEWHERE = {("orders.Order", "edit_intake"): "orders:edit", ("orders.Order", "confirm_as_customer"): "portal:act"}


def lives(of: type[Flow] = Flow) -> Iterator[type[Flow]]:
    for model in of.__subclasses__():
        if not model._meta.abstract:
            yield model
        yield from lives(model)


LIVES = sorted(set(lives()), key=lambda model: model._meta.label)
STEPS = [(model, step) for model in LIVES for step in model.steps().values()]
each_step = pytest.mark.parametrize(("model", "step"), STEPS, ids=[f"{model._meta.label}.{step.name}" for model, step in STEPS])


def act_views() -> list[type[ActView]]:
    found = {getattr(pattern.callback, "view_class", None) for pattern in routes().values()}
    return [view for view in found if view is not None and issubclass(view, ActView)]


def test_the_lives_of_the_house_are_found():
    assert {model._meta.app_label for model in LIVES} >= {
        "orders",
        "inventory",
        "production",
        "procurement",
        "quality",
        "shipping",
        "finance",
    }
    assert len(STEPS) >= 69


@each_step
def test_a_step_has_a_label_and_a_permission(model: type[Flow], step: Step):
    assert isinstance(step.label, Promise), "a label is translatable text"
    assert str(step.label).strip()
    assert callable(step.permission)
    assert step.icon


@each_step
def test_a_step_leads_from_known_states_to_a_known_state(model: type[Flow], step: Step):
    known = {value for value, _label in model._meta.get_field("state").choices}
    assert step.sources
    assert "*" not in step.sources
    assert "+" not in step.sources
    assert set(step.sources) <= known
    targets = getattr(step.target, "allowed_states", None) or ([step.target] if step.target is not None else [])
    assert set(targets) <= known


@each_step
def test_the_guards_of_a_step_say_why_not(model: type[Flow], step: Step):
    assert all(hasattr(guard, "reasons") for guard in step.guards)


@pytest.mark.parametrize("model", LIVES, ids=lambda model: model._meta.label)
def test_a_state_is_protected_and_translated(model: type[Flow]):
    field = model._meta.get_field("state")
    assert field.protected
    assert field.choices
    assert all(isinstance(label, Promise) for _value, label in field.choices)


@pytest.mark.parametrize("model", LIVES, ids=lambda model: model._meta.label)
def test_a_thing_with_a_life_says_whose_it_is(model: type[Flow]):
    """Without a company nobody could be refused: every life is Scoped, or only the system lives it."""
    assert issubclass(model, Scoped) or all(step.auto for step in model.steps().values())


@each_step
def test_a_step_of_people_has_a_form_and_an_address(model: type[Flow], step: Step):
    if step.auto:
        return
    elsewhere = REACHED_ELSEWHERE.get((model._meta.label, step.name))
    if elsewhere:
        assert elsewhere in routes()
        return
    views = [view for view in act_views() if view.model is model and step.name in view.forms]
    assert len(views) == 1, f"{model._meta.label}.{step.name} is reached from {views}"
    form = views[0].forms[step.name]
    assert form.takes


def test_every_form_of_an_act_belongs_to_a_step():
    """But for acts that make a thing on somebody else's page; those ask their permission themselves."""
    for view in act_views():
        if view.permit is ActView.permit:
            assert set(view.forms) <= {name for name, step in view.model.steps().items() if not step.auto}, view


PLACES = {
    "orders.order": "orders:detail",
    "orders.opinion": "orders:opinion",
    "orders.meeting": "orders:meeting",
    "orders.changerequest": "orders:change",
    "shipping.shipment": "shipping:detail",
    "shipping.damage": "shipping:damage",
    "procurement.purchaseorder": "procurement:purchase",
    "quality.nonconformity": "quality:nonconformity",
    "finance.payment": "finance:payment",
    "production.plantask": "production:task",
    "shipping.claim": "shipping:claim",
    "aftersales.servicerequest": "aftersales:service",
    "aftersales.returnrequest": "aftersales:return",
    "finance.refund": "finance:refund",
    "production.contactsheet": "production:contact",
    "quality.inspection": "quality:inspection",
    "inventory.putaway": "inventory:put_away",
}
BY_ID = ("shipping.damage", "production.plantask", "inventory.putaway")


@pytest.mark.parametrize("clock", [clock for clock in CLOCKS.values() if clock.act], ids=lambda clock: clock.name)
def test_the_act_of_a_clock_has_an_address(clock):
    """My work links to `<thing>/do/<act>/`, or to a place on the thing's own page."""
    events = clock.starts if isinstance(clock.starts, tuple) else (clock.starts,)
    for event in events:
        kind = (clock.about or event.about)[0]
        if clock.act.startswith("#"):
            pages = Path(settings.BASE_DIR, "templates", kind.split(".")[0]).rglob("*.html")
            assert any(f'id="{clock.act[1:]}"' in page.read_text() for page in pages)
            continue
        found = resolve(reverse(PLACES[kind], args=[1 if kind in BY_ID else "XX2611-0001"]) + f"do/{clock.act}/")
        view = getattr(found.func, "view_class", None)
        if view is not None and issubclass(view, ActView):
            assert clock.act in view.forms


# Steps that no clock names as its act, and the clock that leads to them: on the thing itself or on what it hangs on.
LED_BY = {
    ("aftersales.ReturnRequest", "agree"): "return_decision",
    ("aftersales.ReturnRequest", "ask_information"): "return_decision",
    ("aftersales.ReturnRequest", "refuse"): "return_decision",
    ("orders.ChangeItem", "decide"): "rows_of_change",
    ("orders.ChangeRequest", "classify"): "change_response",
    ("orders.ChangeRequest", "enter_prices"): "change_response",
    ("orders.ChangeRequest", "refuse_change"): "change_response",
    ("orders.ChangeSignoff", "sign_for"): "change_signoff",
    ("orders.Contract", "sign_for_us"): "our_signature",
    ("orders.MeetingPaper", "answer"): "meeting_answer",
    ("orders.Opinion", "give_opinion"): "review_opinion",
    ("orders.Order", "confirm_requirements"): "order_handling",
    ("orders.Order", "ask_refusal"): "negotiation_answer",
    ("orders.Order", "overrule_refusal"): "refusal_decision",
    ("orders.Order", "draft_contract"): "enquiry_validity",
    ("orders.Order", "sign"): "signature",
    ("orders.Order", "sign_later"): "signature",
    ("orders.Order", "fulfil_from_stock"): "production_instruction",
    ("orders.Shortage", "decide"): "shortage_decision",
    ("orders.SupplementaryAgreement", "sign_for_us"): "agreement_signature",
    ("orders.SupplementaryAgreement", "sign_for_customer"): "agreement_return",
    ("procurement.PurchaseOrder", "confirm_arrival_date"): "supplier_followup",
    ("production.PlanTask", "report"): "task_finish",
    ("production.ProductionPlan", "release"): "plan_breakdown",
    ("production.ProductionPlan", "change_tasks"): "plan_breakdown",
    ("quality.Nonconformity", "route"): "quality_reaction",
    ("quality.Nonconformity", "decide"): "quality_head_action",
    ("shipping.Claim", "drop_claim"): "claim_agreement",
    ("shipping.MissingPart", "part_arrived"): "missing_part",
    ("shipping.Shipment", "turn_round"): "recall",
    ("shipping.Shipment", "answer_in_vain"): "recall",
    ("shipping.Shortage", "find"): "missing_goods",
    ("shipping.Shortage", "resend"): "missing_goods",
    ("shipping.Shortage", "credit"): "missing_goods",
    ("shipping.Trace", "answer_trace"): "nonreceipt_trace",
}

BEGINS, SITTING, MAY = "begins something of its own accord", "done in the same sitting as the step before", "may be done, waits for nobody"
CUSTOMERS = "the customer's, whom we remind by other means"
# Steps that wait on nobody's My work, and why.
NOBODYS_DUTY = {
    ("aftersales.Rating", "rate"): CUSTOMERS,
    ("finance.Payment", "reverse"): MAY,
    ("orders.ChangeItem", "set_hold"): MAY,
    ("orders.ChangeRequest", "describe"): SITTING,
    ("orders.ChangeRequest", "add_departments"): MAY,
    ("orders.Meeting", "move"): MAY,
    ("orders.Order", "edit_intake"): MAY,
    ("orders.Order", "classify"): SITTING,
    ("orders.Order", "confirm_as_customer"): CUSTOMERS,
    ("orders.Order", "decline_intake"): MAY,
    ("orders.Order", "take_back"): MAY,
    ("orders.Order", "withdraw"): MAY,
    ("orders.Order", "record_decision"): "asked for by word of mouth: no step asks the decider yet; the quotation's clock waits for it",
    ("orders.Order", "register_change"): BEGINS,
    ("orders.Order", "ask_cancel"): BEGINS,
    ("orders.Order", "record_shortage"): BEGINS,
    ("procurement.DemandSheet", "add_demand"): "nobody but the material controller knows when enough was entered",
    ("procurement.PurchaseOrder", "close"): "a mark on what has arrived; nothing waits for it",
    ("procurement.PurchaseOrder", "drop"): MAY,
    ("production.ContactSheet", "close_sheet"): "the asker's own mark on an answer that they were told of",
    ("production.PlanTask", "hand_over"): SITTING,
    ("shipping.Shipment", "move_arrival"): MAY,
    ("shipping.Shipment", "report_not_received"): BEGINS,
    ("shipping.Shipment", "ask_recall"): BEGINS,
    ("shipping.Shipment", "report_damage"): BEGINS,
    ("shipping.Shipment", "raise_claim"): BEGINS,
    ("shipping.Shipment", "record_missing"): BEGINS,
    ("shipping.Shipment", "cancel"): MAY,
}


def subject_of(clock) -> str:
    first = clock.starts[0] if isinstance(clock.starts, tuple) else clock.starts
    return (clock.about or first.about)[0]


@pytest.mark.req("SLA-07")
def test_every_step_that_waits_for_somebody_stands_on_their_work():
    """A step is the act of a clock, or a clock leads to it, or it is said here why nobody waits for it."""
    acts = {(subject_of(clock), clock.act) for clock in CLOCKS.values() if clock.act}
    people = {(model._meta.label, step.name) for model, step in STEPS if not step.auto}
    named = {(model._meta.label, step.name) for model, step in STEPS if (model._meta.label_lower, step.name) in acts}
    assert people - named == set(LED_BY) | set(NOBODYS_DUTY)
    assert not set(LED_BY) & set(NOBODYS_DUTY)
    assert set(LED_BY.values()) <= set(CLOCKS)
