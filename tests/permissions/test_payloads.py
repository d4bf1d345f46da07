"""P3: hostile input. Whatever is typed into any field of any form, or stands in any text that is kept: no error of the server, nothing
that a browser, a spreadsheet or the template engine would carry out, nothing fetched by a printed form."""

import io
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.acts import ActView
from core.reasons import Refused
from documents.registry import FORMS
from documents.services import built, form_html
from organization.models import actor_of
from organization.roles import Role
from tests.permissions.reading import objects, pages
from tests.permissions.world import World
from tests.personas import MONDAY_9AM
from tests.trust.player import doors

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-01")]
MARK = "<img src=x onerror=alert(1)>"
HOSTILE = (
    MARK, f'">{MARK}', f"'>{MARK}", f"</textarea>{MARK}", f"</title>{MARK}", "<script>alert(1)</script>", "javascript:alert(1)",
    "{{ 7|add:'7' }}",
    "{% load static %}", "{0}", "{number.__class__}", "%s%n%(x)s", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1+1",
    "'; DROP TABLE orders_order; --",
    '" OR 1=1 --', "\\'", "\x00", "a\x00b", "\r\nSet-Cookie: x=1", "../../../../etc/passwd", "file:///etc/passwd", "http://169.254.169.254/",
    "\u202egnp.exe",
    "\ud7ff\uffff", "🧨" * 50, "ﷺ" * 100, "長" * 5000, "9" * 5000, "²", "٣", "-1", "1e400", "NaN", "Infinity", "0x10", "2026-02-30",
    "9999-12-31",
    "0001-01-01T00:00", "on", "[]", "null",
)  # fmt: skip
NASTY = (MARK, "\x00", "長" * 5000, "9" * 5000, "²")  # these alone as well, beside what the form proposes
WIDE = {"strings": 44, "doors": 12}


def test_the_corpus_is_there():
    assert len(HOSTILE) >= WIDE["strings"]
    assert len(doors()) >= WIDE["doors"]


def everybody(world: World) -> list[Any]:
    return [actor_of(person, MONDAY_9AM) for person in world.insiders.values()]


@pytest.mark.parametrize("view", doors(), ids=lambda view: view.__name__)
def test_no_field_of_a_form_takes_the_server_down(view: type[ActView], world: World):
    """Every field of every step gets everything, alone and all at once, from somebody whose step it is."""
    people = everybody(world)
    thing = view.model.objects.order_by("-pk").first()
    if thing is None:
        pytest.skip("no such thing in this world")
    for name, form_class in view.forms.items():
        door = view()
        door.thing, door.name, door.form_class = thing, name, form_class
        actor = next((each for each in people if allowed(door, each)), people[0])
        blank = form_class(thing=thing, actor=actor)
        base = {key: blank.get_initial_for_field(field, key) for key, field in blank.fields.items()}
        tries = [{key: text for key in blank.fields if key not in ("once", "version")} for text in HOSTILE]
        tries += [{key: text} for key, field in blank.fields.items() if isinstance(field, forms.CharField) for text in NASTY]
        for nth, given in enumerate(tries):
            data = {key: value for key, value in {**base, **given, "once": f"{nth:032d}"}.items() if value is not None}
            with transaction.atomic():
                attempt(door, form_class(data, {}, thing=thing, actor=actor), actor)
                transaction.set_rollback(True)


def allowed(door: ActView, actor: Any) -> bool:
    try:
        door.permit(SimpleNamespace(actor=actor))  # type: ignore[arg-type]
    except Refused:
        return False
    return True


def attempt(door: ActView, form: Any, actor: Any) -> None:
    """As the page does; a refusal is an answer, anything else comes up."""
    if not form.is_valid():
        return
    request: Any = SimpleNamespace(actor=actor, now=MONDAY_9AM, user=SimpleNamespace(pk=actor.person_id), GET={})
    door.request = request
    try:
        door.perform(request, form)
    except (Refused, ValidationError):
        return


@pytest.fixture
def poisoned(world: World) -> World:
    """Every kept text that people enter, of every row of every model, is hostile; what is written once (facts, prints) stays."""
    for model in apps.get_models():
        if model._meta.app_label not in settings.OUR_APPS or model._meta.app_label in ("core", "documents", "sla", "portal"):
            continue
        named = {name for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint) for name in rule.fields}
        texts = [field for field in model._meta.concrete_fields if free_text(field) and field.name not in named]
        if texts and model._meta.managed and not model._meta.proxy:
            models.QuerySet(model).update(**{field.name: f'">{MARK}'[: field.max_length] for field in texts})
    return world


NOT_TYPED = ("state", "password", "zone", "shifts", "digest")  # checked or made by the machine before they are kept


def free_text(field: models.Field) -> bool:
    text = isinstance(field, models.CharField | models.TextField) and (field.max_length or 999) >= 40
    return text and not field.choices and not field.unique and field.name not in NOT_TYPED


@pytest.mark.parametrize("role", [Role.SALES_CLERK, Role.GROUP_MANAGER, Role.BUYER, Role.STORE_KEEPER, Role.INSPECTOR, Role.TRANSPORT])
def test_what_is_kept_is_shown_and_never_carried_out(role: str, poisoned: World):
    client = poisoned.client(poisoned.insiders[role])
    shown = 0
    for name, address in [*objects(poisoned), *pages(poisoned)]:
        with transaction.atomic():
            answer = client.get(address)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        assert answer.status_code < 500, (name, address)
        if answer.get("Content-Type") != "application/json":  # read by a script that writes it as text
            assert MARK.encode() not in content, f"{name}: shown as it was typed"
        shown += b"&lt;img src=x onerror=alert(1)&gt;" in content
    assert shown > 3, "the control: the text does stand on the pages, harmless"


def test_no_form_that_is_printed_holds_live_markup(poisoned: World):
    things = [thing for thing in poisoned.things.values() if hasattr(thing, "_meta")]
    drawn = 0
    for form in FORMS.values():
        for thing in things:
            if thing._meta.label_lower != form.about:
                continue
            html = form_html(form, built(form, type(thing).objects.get(pk=thing.pk), MONDAY_9AM))
            assert MARK not in html, form.kind
            drawn += "&lt;img src=x" in html
    assert drawn >= 3


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("text", FORMULAS)
def test_no_export_holds_a_formula(text: str, world: World):
    world.order.customer.name = text
    world.order.customer.save()
    answer = world.client(world.insiders[Role.SALES_CLERK]).get("/orders/?export=xlsx")
    cells = [cell for sheet in load_workbook(io.BytesIO(answer.content)) for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == text for cell in cells)
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def lists(world: World) -> list[str]:
    compared = reverse("orders:revisions", args=[world.order.number])
    return sorted({compared, *(address.split("?")[0] for _name, address in pages(world))})


NUMBERS = [text for text in HOSTILE if text.strip("0") and any(letter.isdigit() for letter in text)]


def test_no_query_of_a_list_takes_the_server_down(world: World, quick_pages: None):
    client = world.client(world.insiders[Role.GROUP_MANAGER])
    for address in lists(world):
        names = ["q", "before", "old", "new", "shipment", "supplier", "export", "of", "timeline", "state", "customer", "item", "quantity"]
        for text in {*NASTY, *NUMBERS}:
            with transaction.atomic():
                answer = client.get(address, dict.fromkeys(names, text))
                alone = client.get(address, {"before": text}) if text in NUMBERS else answer
                transaction.set_rollback(True)
            assert max(answer.status_code, alone.status_code) < 500, (address, text[:20])
            assert MARK.encode() not in answer.content, address


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_address_takes_the_server_down(text: str, world: World, quick_pages: None):
    client: Client = world.client(world.insiders[Role.GROUP_MANAGER])
    for pattern in ("/orders/{}/", "/orders/{}/do/withdraw/", "/shipping/{}/", "/c/{}", "/documents/print/{}/", "/orders/opinions/{}/"):
        answer = client.get(pattern.format(quote(text.encode("utf-8", "replace"), safe="")))
        assert answer.status_code < 500, pattern
