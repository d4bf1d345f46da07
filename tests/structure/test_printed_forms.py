"""House rule 12: every printed form is drawn, with what a real order has."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from pypdf import PdfReader

from demo import walk_after, walk_changes
from demo.walk import Walk
from documents.registry import FORMS
from documents.services import print_form, printing_available
from orders.workflow import OrderState
from organization.models import Department, actor_of
from organization.roles import RIGHTS, Role
from production.contact.services import send_contact_sheet
from shipping.services import raise_claim
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(bool(printing_available()), reason="printing needs Pango")]


@pytest.fixture
def closed_order(db: None) -> Any:
    """At its end an order has one of every document that its life makes; what people write beside it is added."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("KYN28A-12", 10)])  # components are bought, a meeting is held
    line = walk.to(OrderState.INSTRUCTED).lines.get()
    walk_changes.change(walk, {"lines": {str(line.pk): {"structural": True, "spec": "母线改 4000A"}}})
    order = walk.to(OrderState.CLOSED)
    walk_after.serve(walk, walk_after.ask_service(walk))
    walk_after.apply(walk, {1: Decimal(1)})
    two = Department.objects.filter(head__isnull=False).order_by("pk")[:2]
    by = actor_of(two[0].head.holder, MONDAY_9AM)
    words = {"problem": "缺吊具", "wanted": "周五前调来", "due_at": MONDAY_9AM + timedelta(days=1)}
    send_contact_sheet(asking=two[0], asked=two[1], order=order, by=by, at=MONDAY_9AM, **words)
    shipment = order.shipments.order_by("pk")[0]
    words = {"against": "carrier", "against_name": "德邦物流", "amount": Decimal("860.00"), "reason": "柜门凹陷"}
    raise_claim(shipment=shipment, by=Walk(MONDAY_9AM).who(Role.TRANSPORT_HEAD), at=MONDAY_9AM, **words)
    return order


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def document_of(about: str, order: Any) -> Any:
    model: Any = apps.get_model(about)
    names = {field.name for field in model._meta.get_fields()}
    path = "order" if "order" in names else "shipment__order" if "shipment" in names else "lines__order"
    return model.objects.filter(**{path: order}).order_by("pk").first()


def test_every_form_of_a_closed_order_is_drawn(closed_order):
    walk = Walk(MONDAY_9AM)
    by = walk.who("sales_clerk")
    assert len(FORMS) >= 7
    for kind, form in FORMS.items():
        document = document_of(form.about, closed_order)
        assert document is not None, f"a closed order has no {form.about}"
        printed = print_form(kind=kind, document=document, by=by, at=MONDAY_9AM)
        with default_storage.open(printed.file.path) as file:
            content = file.read()
        assert content.startswith(b"%PDF"), kind
        said = text_of(content)
        assert printed.number in said.replace("\n", ""), kind


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_with_prices_says_whose_eyes_it_is_for(kind: str):
    assert FORMS[kind].prices in ("", "sale", "cost", "freight")
    assert str(FORMS[kind].title).strip()
    if FORMS[kind].prices:
        flag = {"sale": "sale_prices", "cost": "costs", "freight": "freight"}[FORMS[kind].prices]
        assert any(getattr(rights, flag) for rights in RIGHTS.values())
