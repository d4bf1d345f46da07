"""The posts that are no act of one thing by one view: pages of their own, and the customer's. Each story gives back the post itself."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.acts import one_time_key
from core.models import Delivery
from demo.walk import Walk
from documents.codes import letter, send_code
from documents.models import PersonalLink
from documents.services import print_form
from finance.models import Invoice
from orders.guards import contract_of
from orders.models import Customer
from orders.services.links import give_link
from orders.workflow import OrderState as S
from orders.workflow.change import ChangeState as C
from organization import second_step
from organization.models import Company, Person
from organization.roles import Role
from procurement.models import Demand
from procurement.selectors import suppliers_of
from sla.models import RunningClock
from sla.pausing import against_pausing, pause_clock
from tests.factories.order_sheet import order_sheet_file
from tests.orders.test_import import fields as previewed
from tests.permissions.test_twice import fields_of
from tests.races.crowd import Post, Upload, client_of
from tests.races.scenes import all_of_it
from tests.races.stories.after import asked_back, handed_over
from tests.races.stories.base import BOUGHT, IN_STOCK, Story, after, at
from tests.races.stories.goods import claim, contact_sheet, dispatched, notice, sent_purchase
from tests.races.stories.orders import changed, negotiating, our_signature

Door = Callable[[Walk], Post]
SERVER = "http://testserver"


def logged_in(actor: Any) -> Client:
    return client_of(actor.person_id)


# --- pages of ours ------------------------------------------------------------------------------------------------------------------


def shown_fields(client: Client, address: str) -> dict[str, Any]:
    return fields_of(client.get(address))


def new_order(walk: Walk) -> Post:
    client, address = logged_in(walk.who(Role.SALES_CLERK)), reverse("orders:new")
    customer = Customer.objects.get(code="C0003").pk
    given = {"customer": customer, "channel": "phone", "lines-0-item": "GGD", "lines-0-spec": "标准", "lines-0-quantity": "2", "save": "1"}
    return Post(address, client, {**shown_fields(client, address), **given})


def edited_order(walk: Walk) -> Post:
    order = at(S.REGISTERED)(walk)
    client, address = logged_in(walk.clerk), reverse("orders:edit", args=[order.number])
    return Post(address, client, {**shown_fields(client, address), "contact_name": "李工", "save": "1"})


def uploaded_sheet(walk: Walk) -> Post:
    client = logged_in(walk.who(Role.SALES_CLERK))
    return Post(reverse("orders:import"), client, {"file": Upload("orders.xlsx", order_sheet_file().read())})


def confirmed_sheet(walk: Walk) -> Post:
    upload = uploaded_sheet(walk)
    return Post(reverse("orders:import_confirm"), upload.client, {**previewed(upload.send()), "confirm": "1"})


def added_file(walk: Walk) -> Post:
    order = at(S.REGISTERED)(walk)
    given = {"once": one_time_key(), "kind": "drawing", "upload": Upload()}
    return Post(reverse("orders:add_file", args=[order.number]), logged_in(walk.clerk), given)


def bought(walk: Walk) -> Post:
    at(S.PLANNED, BOUGHT, "C0001")(walk)
    demand = next(each for each in Demand.objects.filter(order=walk.order).uncovered().order_by("pk") if each.open > 0)
    client, address = logged_in(walk.who(Role.BUYER, walk.order.product_company_id)), reverse("procurement:demand")
    supplier = suppliers_of([demand])[demand.item_id][0].pk
    return Post(address, client, {"once": shown_fields(client, address)["once"], "supplier": supplier, "demands": [str(demand.pk)]})


def of_a_clock(step: str) -> Door:
    """The wait for the customer stands still, or goes on."""

    def door(walk: Walk) -> Post:
        order = negotiating(walk)
        clock = next(row for row in RunningClock.objects.open().filter(order_id=order.pk) if not against_pausing(row, walk.at))
        if step == "resume":
            pause_clock(clock=clock, reason="客户出差", by=walk.clerk, at=walk.tick())
        address = reverse("sla:clock_act", args=[clock.pk, step])
        return Post(address, logged_in(walk.clerk), {"once": one_time_key(), "reason": "客户出差"})

    return door


def explained(walk: Walk) -> Post:
    """A clock that ran out gets its cause."""
    order = negotiating(walk)
    clock = RunningClock.objects.open().filter(order_id=order.pk, role=Role.SALES_CLERK).order_by("pk")[0]
    RunningClock.objects.filter(pk=clock.pk).update(breached_at=walk.at)
    return Post(reverse("sla:clock_act", args=[clock.pk, "explain"]), logged_in(walk.clerk), {"once": one_time_key(), "cause": "away"})


# --- the customer's -----------------------------------------------------------------------------------------------------------------


def customer_of(walk: Walk, purpose: str = "follow") -> Client:
    """A browser in which the customer has opened their link."""
    if purpose == "sign":
        print_form(kind="D04", document=contract_of(walk.order), by=walk.clerk, at=walk.tick())
    _link, address = give_link(order=walk.fresh(), purpose=purpose, name="王立新", by=walk.clerk, at=walk.at)
    client = Client(raise_request_exception=False)
    client.get(address.removeprefix(SERVER))
    return client


def asks(step: str, story: Story, given: Callable[[Any], dict[str, Any]]) -> Door:
    def door(walk: Walk) -> Post:
        order = story(walk)
        client, address = customer_of(walk), reverse("portal:act", args=[order.number, step])
        return Post(address, client, {"once": client.get(address).context["form"]["once"].value(), **given(order)})

    return door


def says(step: str, given: Callable[[Any], dict[str, Any]]) -> Door:
    def door(walk: Walk) -> Post:
        shipment = dispatched(walk)
        client, address = customer_of(walk), reverse("portal:delivery", args=[walk.order.number, shipment.pk, step])
        return Post(address, client, {"once": client.get(address).context["form"]["once"].value(), **given(shipment)})

    return door


def tells_more(walk: Walk) -> Post:
    """What is asked about a return."""
    row = asked_back(walk)
    client, address = customer_of(walk), reverse("portal:return", args=[walk.order.number, row.pk])
    return Post(address, client, {**shown_fields(client, address), "words": "见照片"})


def answers_change(walk: Walk) -> Post:
    change = changed(C.AWAITING_CUSTOMER)(walk)
    client, address = customer_of(walk), reverse("portal:answer", args=[walk.order.number, "change", change.pk])
    return Post(address, client, {**shown_fields(client, address), "agrees": "1", "answer_words": "同意"})


def confirms(walk: Walk) -> Post:
    order = at(S.REGISTERED)(walk)
    client, address = customer_of(walk), reverse("portal:act", args=[order.number, "confirm"])
    return Post(address, client, {**shown_fields(client, address), "agreed": "on"})


def signs(walk: Walk) -> Post:
    order = after(at(S.CONTRACTED), our_signature)(walk)
    client, address = customer_of(walk, "sign"), reverse("portal:sign", args=[order.number])
    form = client.get(address).context["form"]
    kept = {name: form[name].value() for name in ("once", "form_hash")}
    return Post(address, client, {**kept, "signatory": "王立新", "position": "采购经理", "agreed": "on"})


def returned(order: Any) -> dict[str, Any]:
    return {"wanted": "refund", "reason": "defect", "words": "不合格", **all_of_it(order), "upload": Upload()}


def received_whole(shipment: Any) -> dict[str, Any]:
    whole = {f"q_{row.pk}": f"{row.quantity:.0f}" for row in shipment.lines.all()}
    return {"signed_by": "王立新", "condition": "sound", **whole}


delivered = at(S.DELIVERED, IN_STOCK)

DOORS: dict[str, Door] = {
    "orders:new": new_order,
    "orders:edit": edited_order,
    "orders:import_confirm": confirmed_sheet,
    "orders:add_file": added_file,
    "procurement:demand": bought,
    "sla:clock_act/pause": of_a_clock("pause"),
    "sla:clock_act/resume": of_a_clock("resume"),
    "sla:clock_act/explain": explained,
    "portal:act/change": asks("change", at(S.EFFECTIVE), lambda _order: {"words": "8 面改 10 面", "upload": Upload()}),
    "portal:act/confirm": confirms,
    "portal:answer": answers_change,
    "portal:act/service": asks("service", delivered, lambda _order: {"kind": "service", "words": "柜门变形", "contact": "王 138"}),
    "portal:act/return": asks("return", delivered, returned),
    "portal:act/rate": asks("rate", delivered, lambda _order: {"stars": "4", "words": "准时"}),
    "portal:return": tells_more,
    "portal:delivery/receipt": says("receipt", received_whole),
    "portal:delivery/not-received": says("not-received", lambda _shipment: {"words": "没有收到"}),
    "portal:delivery/damage": says("damage", lambda _shipment: {"words": "柜门凹陷", "upload": Upload()}),
    "portal:sign": signs,
}


# --- without a key ------------------------------------------------------------------------------------------------------------------


def printed(route: str, kind: str, story: Story, reader: Callable[[Walk], Any], **arguments: Any) -> Door:
    """The button that prints a paper of the story's thing."""

    def door(walk: Walk) -> Post:
        thing = story(walk)
        given = {name: getattr(thing, value) for name, value in arguments.items()} | ({"kind": kind} if kind else {})
        return Post(reverse(route, kwargs=given), logged_in(reader(walk)), {})

    return door


def clerk(walk: Walk) -> Any:
    return walk.clerk


def role(name: Role) -> Callable[[Walk], Any]:
    return lambda walk: walk.product(name)


def seller(name: Role) -> Callable[[Walk], Any]:
    return lambda walk: walk.sales(name)


def invoice(walk: Walk) -> Any:
    at(S.INVOICED, IN_STOCK)(walk)
    return Invoice.objects.get(order=walk.order)


def in_workshop(walk: Walk) -> Any:
    return walk.who(Role.WORKSHOP_HEAD, Company.objects.get(code="KG").pk)


PRINTS: dict[str, Door] = {
    "orders:print": printed("orders:print", "D05", at(S.INSTRUCTED), clerk, number="number"),
    "orders:print_change": printed("orders:print_change", "D07", changed("noticed"), clerk, ref="number"),
    "production:print_contact": printed("production:print_contact", "", contact_sheet, in_workshop, ref="number"),
    "procurement:print": printed("procurement:print", "", sent_purchase, role(Role.BUYER), ref="number"),
    "shipping:print": printed("shipping:print", "D19", notice, clerk, ref="number"),
    "shipping:print_claim": printed("shipping:print_claim", "", claim, lambda walk: walk.who(Role.TRANSPORT_HEAD), ref="number"),
    "finance:print_invoice": printed("finance:print_invoice", "", invoice, seller(Role.FINANCE), ref="number"),
    "aftersales:print": printed("aftersales:print", "D24", handed_over, clerk, ref="number"),
}


def link_taken_back(walk: Walk) -> Post:
    order = at(S.EFFECTIVE)(walk)
    customer_of(walk)
    link = PersonalLink.objects.get(order_id=order.pk)
    return Post(reverse("orders:take_back_link", args=[order.number, link.pk]), logged_in(walk.clerk), {})


def notices_read(walk: Walk) -> Post:
    at(S.PLANNED)(walk)
    return Post(reverse("sla:read_notices"), logged_in(walk.product(Role.PRODUCTION_MANAGER)), {})


def with_mail() -> Customer:
    customer = Customer.objects.get(code="C0003")
    customer.email = "wang@c0003.example"
    customer.save()
    return customer


def asks_for_a_code(walk: Walk) -> Post:
    return Post(reverse("portal:login"), Client(raise_request_exception=False), {"email": with_mail().email})


def enters_code(walk: Walk) -> Post:
    customer = with_mail()
    row = send_code(customer_id=customer.pk, email=customer.email, title="", body="{code}", at=walk.at)
    delivery = Delivery.objects.get(key=f"code-{row.pk}")
    code = letter(delivery, delivery.body, walk.at)
    return Post(reverse("portal:code"), Client(raise_request_exception=False), {"email": customer.email, "code": code})


def with_phone(walk: Walk, role: Role) -> tuple[Person, TOTPDevice]:
    person = Person.objects.get(pk=walk.who(role).person_id)
    return person, second_step.prepare(person)


def code_on(phone: TOTPDevice) -> str:
    """What the app shows; its clock is the real one."""
    moment = TOTP(phone.bin_key)
    moment.time = time()
    return f"{moment.token():06d}"


def switches_on_second_step(walk: Walk) -> Post:
    person, phone = with_phone(walk, Role.SALES_CLERK)
    return Post(reverse("second_step"), client_of(person.pk), {"code": code_on(phone)})


def enters_second_step(walk: Walk) -> Post:
    """The password was right; the code is of the moment."""
    person, phone = with_phone(walk, Role.SALES_HEAD)
    TOTPDevice.objects.filter(pk=phone.pk).update(confirmed=True)
    person.second_step_since = walk.at
    person.set_password("ein-gutes-wort-7")
    person.save()
    client = Client(raise_request_exception=False)
    client.post(reverse("login"), {"username": person.username, "password": "ein-gutes-wort-7"})
    return Post(reverse("login_code"), client, {"code": code_on(phone)})


BARE: dict[str, Door] = {
    "orders:import": uploaded_sheet,
    "orders:take_back_link": link_taken_back,
    "sla:read_notices": notices_read,
    "portal:login": asks_for_a_code,
    "portal:code": enters_code,
    "second_step": switches_on_second_step,
    "login_code": enters_second_step,
}
