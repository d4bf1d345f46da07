"""A small world for the questions who sees what: one order with everything hanging on it, one person for every role inside and outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demo import walk_after, walk_changes
from demo.walk import SCAN, Walk
from documents.models import Attachment
from documents.services import attach, print_form
from finance.models import Invoice, Payment, Refund
from inventory.models import Item, PutAway
from orders.models import Customer, Meeting, Opinion, Order, SupplementaryAgreement
from orders.services import intake
from orders.services.change import outcome
from orders.services.intake import LineInput
from orders.services.links import give_link
from orders.services.shortage import decide_shortage, record_shortage
from orders.workflow import OrderState
from organization.models import Company, Department, Person, Post, actor_of
from organization.roles import Role
from procurement.models import PurchaseOrder, SupplierItem
from production.contact.services import send_contact_sheet
from production.models import ContactSheet, PlanTask
from quality import services as quality
from quality.models import Inspection, Nonconformity
from reports.compliance import Figures
from reports.issuing import frozen
from reports.models import IssuedFigures
from shipping import services as shipping
from shipping.models import MissingPart, Shipment, Shortage, Trace
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

R = Role
# Amounts that stand nowhere else, so that finding one means that somebody was shown it.
UNIT_PRICES = {"KYN28A-12": Decimal("15753.57"), "LZZBJ9-10": Decimal("1234.71")}
UNIT_COST = Decimal("777.13")
CLAIMED = Decimal("861.37")
AT_HEADQUARTERS = {R.ORDER_MANAGER, R.TRANSPORT, R.TRANSPORT_HEAD, R.FREIGHT_AUDITOR, R.ADMINISTRATOR, R.GROUP_MANAGER}
AT_SALES = {
    R.SALES_CLERK, R.SALESPERSON, R.QUOTER, R.DOCUMENTS_CLERK, R.SALES_HEAD,
    R.AFTERSALES_ENGINEER, R.AFTERSALES_HEAD, R.FINANCE, R.FINANCE_HEAD,
}  # fmt: skip
# No order of the group is strange to them.
EVERYWHERE = {R.ORDER_MANAGER, R.TRANSPORT, R.TRANSPORT_HEAD, R.FREIGHT_AUDITOR, R.GROUP_MANAGER}


@dataclass
class World:
    order: Order
    young: Order
    insiders: dict[str, Person] = field(default_factory=dict)
    outsiders: dict[str, Person] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def client(self, person: Person | None) -> Client:
        client = Client(raise_request_exception=False)
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def with_print(self) -> World:
        """A contract of the order is printed; outside of acts, so it waits until somebody asks for it."""
        if "print" not in self.things:
            person = actor_of(self.insiders[R.SALES_CLERK], MONDAY_9AM)
            self.things["print"] = print_form(kind="D04", document=self.things["contract"], by=person, at=MONDAY_9AM)
        return self

    @property
    def arguments(self) -> dict[str, dict[str, Any]]:
        """Route -> keyword arguments of the address of a real thing; acts are listed by `acts`."""
        t, order = self.things, self.order.number
        return {
            "orders:opinion": {"ref": t["opinion"].pk},
            "orders:contract": {"number": t["contract"].number},
            "orders:meeting": {"ref": t["meeting"].number},
            "orders:my_paper": {"ref": t["meeting"].number},
            "orders:detail": {"number": order},
            "orders:edit": {"number": self.young.number},
            "orders:panel": {"number": order, "name": "deal"},
            "orders:print": {"number": order, "kind": "D05"},
            "orders:add_file": {"number": order},
            "orders:my_opinion": {"number": order},
            "orders:shortage": {"ref": t["line_short"].pk},
            "orders:our_signature": {"number": order},
            "orders:signature": {"number": order},
            "orders:give_link": {"ref": order},
            "orders:take_back_link": {"number": order, "pk": t["link"].pk},
            "portal:enter": {"token": "x" * 32},
            "board:company": {"code": self.order.product_company.code},
            "board:rows": {"code": self.order.product_company.code, "what": "delivery"},
            "board:enter": {"token": "x" * 32},
            "portal:order": {"number": order},
            "portal:sign": {"number": order},
            "portal:contract_pdf": {"number": order},
            "portal:paper": {"number": order, "pk": 1},
            "orders:change": {"ref": t["change"].number},
            "orders:change_item": {"ref": t["change item"].pk},
            "orders:print_change": {"ref": t["change"].number, "kind": "D07"},
            "orders:my_signoff": {"ref": t["change"].number},
            "orders:revisions": {"number": order},
            "portal:act": {"number": order, "step": "change"},
            "portal:return": {"number": order, "pk": t["return"].pk},
            "portal:answer": {"number": order, "what": "change", "pk": t["change"].pk},
            "portal:delivery": {"number": order, "pk": t["shipment"].pk, "step": "receipt"},
            "inventory:balance": {"pk": t["put_away"].balance_id},
            "inventory:put_away": {"ref": t["put_away"].pk},
            "production:task": {"ref": t["task"].pk},
            "production:plan": {"ref": t["plan"].number},
            "production:contact": {"ref": t["contact"].number},
            "production:print_contact": {"ref": t["contact"].number},
            "procurement:sheet": {"ref": order},
            "procurement:purchase": {"ref": t["purchase"].number},
            "procurement:print": {"ref": t["purchase"].number},
            "quality:nonconformity": {"ref": t["nonconformity"].inspection.number},
            "quality:inspection": {"ref": t["inspection"].number},
            "shipping:notice": {"ref": order},
            "shipping:detail": {"ref": t["shipment"].number},
            "shipping:damage": {"ref": t["damage"].pk},
            "shipping:claim": {"ref": t["claim"].number},
            "shipping:print_claim": {"ref": t["claim"].number},
            "shipping:print": {"ref": t["shipment"].number, "kind": "D19"},
            "finance:record_payment": {"ref": order},
            "finance:payment": {"ref": t["payment"].number},
            "finance:issue_invoice": {"ref": order},
            "finance:invoice": {"ref": t["invoice"].number},
            "finance:print_invoice": {"ref": t["invoice"].number},
            "finance:choose": {"what": "payment"},
            "finance:refund": {"ref": t["refund"].number},
            "aftersales:service": {"ref": t["service"].number},
            "aftersales:return": {"ref": t["return"].number},
            "aftersales:rating": {"ref": t["rating"].pk},
            "aftersales:print": {"kind": "D24", "ref": t["service"].number},
            "reports:issued": {"pk": t["issued"].pk},
            "sla:clock": {"pk": t["clock"].pk},
            "sla:clock_act": {"pk": t["clock"].pk, "step": "pause"},
            "documents:file": {"pk": t["file"].pk},
            "documents:print": {"pk": t["print"].pk},
        }

    @property
    def references(self) -> dict[str, Any]:
        """Act route -> the `ref` of a real thing."""
        t = self.things
        return {
            "orders:opinion_act": t["opinion"].pk,
            "orders:contract_act": t["contract"].number,
            "orders:meeting_act": t["meeting"].number,
            "orders:paper_act": t["meeting"].papers.get(role=R.PURCHASING_HEAD).pk,
            "orders:shortage_act": t["line_short"].pk,
            "orders:act": self.order.number,
            "orders:change_act": t["change"].number,
            "orders:change_item_act": t["change item"].pk,
            "orders:change_signoff_act": t["change signature"].pk,
            "orders:agreement_act": t["agreement"].number,
            "inventory:put_away_act": t["put_away"].pk,
            "production:task_act": t["task"].pk,
            "production:plan_act": t["plan"].number,
            "production:contact_act": t["contact"].number,
            "procurement:sheet_act": self.order.number,
            "procurement:purchase_act": t["purchase"].number,
            "quality:nonconformity_act": t["nonconformity"].inspection.number,
            "quality:inspection_act": t["inspection"].number,
            "shipping:act": t["shipment"].number,
            "shipping:shortage_act": t["shortage"].pk,
            "shipping:trace_act": t["trace"].pk,
            "shipping:part_act": t["part"].pk,
            "shipping:damage_act": t["damage"].pk,
            "shipping:claim_act": t["claim"].number,
            "finance:payment_act": t["payment"].number,
            "finance:refund_act": t["refund"].number,
            "aftersales:service_act": t["service"].number,
            "aftersales:return_act": t["return"].number,
            "aftersales:rating_act": t["rating"].pk,
            "aftersales:order_act": self.order.number,
        }


def register(walk: Walk, customer: str, goods: dict[str, int]) -> Order:
    """An enquiry at prices of our own choice; the sales head decides on them."""
    items = {item.code: item for item in Item.objects.filter(code__in=goods)}
    wanted = (MONDAY_9AM + (MONDAY_9AM.replace(month=12) - MONDAY_9AM) * 2).date()
    lines = [
        LineInput(item=items[code], quantity=Decimal(q), spec="标准配置", wanted_date=wanted, unit_price=UNIT_PRICES[code])
        for code, q in goods.items()
    ]
    walk.order = intake.register_order(
        by=walk.who(R.SALES_CLERK), at=walk.tick(), customer=Customer.objects.get(code=customer), channel="phone", received_at=MONDAY_9AM,
        lines=lines, contact_name="王工", contact_phone="13800000001", delivery_address="杭州余杭仓前项目部", quality="按企业标准",
    )  # fmt: skip
    return walk.order


def build() -> World:
    SupplierItem.objects.update(price=UNIT_COST)
    walk = Walk(MONDAY_9AM)
    order = whole_life(walk)
    other = Walk(MONDAY_9AM)
    young = register(other, "C0001", {"LZZBJ9-10": 2})
    world = World(order=order, young=young)
    world.things = {**things_of(order, walk), **changes_of(order), "meeting": with_meeting(Walk(MONDAY_9AM))}
    world.things["clock"] = RunningClock.objects.open().filter(order_id=young.pk, role=R.SALES_CLERK)[0]
    people(world)
    world.things |= after_delivery(walk)
    world.things |= come_damaged(order, walk)
    world.things["contact"] = contact_sheet(world, walk)
    world.things["line_short"] = order.shortages.get()
    world.things["issued"] = issued_to_the_workshop(world)
    return world


def whole_life(walk: Walk) -> Order:
    """From enquiry to closed, with one arrival that the inspector partly rejects."""
    register(walk, "C0001", {"KYN28A-12": 1, "LZZBJ9-10": 30})
    walk.to(OrderState.PLANNED)
    refused = walk_changes.ask(walk, {"header": {"delivery_address": "别处"}})
    outcome.refuse_change(change=refused, reason="客户收回", by=walk.clerk, at=walk.tick())
    come_short(walk, walk.ship({2: Decimal(30)}))
    line = walk.order.lines.get(line_no=1)
    found = {"quantity": Decimal(1), "cause": "柜体运输中压坏", "by": walk.who(R.ORDER_MANAGER), "at": walk.tick()}
    short = record_shortage(order=walk.order, line=line, item=line.item, **found)
    decide_shortage(shortage=short, outcome="part_ship", told="先发现货，其余随后", by=walk.who(R.ORDER_MANAGER), at=walk.tick())
    inspect = walk.inspect
    walk.inspect = lambda: reject_one(walk) or inspect()  # type: ignore[method-assign]
    walk.buy()
    walk.inspect = inspect  # type: ignore[method-assign]
    return walk.to(OrderState.CLOSED)


def lack_a_part(shipment: Shipment, department: Department) -> None:
    """The workshop still has a key of it."""
    MissingPart.objects.create(
        shipment=shipment, text="钥匙", quantity=1, department=department, expected_on=MONDAY_9AM.date(), recorded_by="—",
        recorded_at=MONDAY_9AM, consent_at=MONDAY_9AM, state="delivered",
    )  # fmt: skip


def with_meeting(walk: Walk) -> Meeting:
    """An irregular order before its meeting; the purchasing head has named a price."""
    register(walk, "C0001", {"KYN28A-12": 1, "LZZBJ9-10": 30})  # of the same product company
    walk.confirm(needs_design=True)
    walk.open_review()
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    walk.answer_papers(meeting, price=UNIT_COST)
    return meeting


def come_short(walk: Walk, shipment: Shipment) -> None:
    """It comes late, one piece is missing and turns up the same day."""
    trace = shipping.report_not_received(shipment=shipment, words="没到", by=walk.clerk, at=walk.tick())
    found = {"result": "on_the_way", "answer": "堵车", "arrives_at": walk.at + timedelta(days=1)}
    shipping.answer_trace(trace=trace, by=walk.who(R.TRANSPORT_HEAD), at=walk.tick(), **found)
    goods = shipment.lines.get()
    counted = {goods.pk: goods.quantity - 1}
    shipping.confirm_receipt(shipment=shipment, received=counted, signed_by="王工", condition="short", by=walk.clerk, at=walk.tick())
    shipping.find_shortage(shortage=goods.shortage, note="在客户仓库", by=walk.clerk, at=walk.tick())


def come_damaged(order: Order, walk: Walk) -> dict[str, Any]:
    """A panel of the first delivery turns out to be dented; nothing comes of the claim."""
    shipment, by = order.shipments.order_by("pk")[0], walk.who(R.TRANSPORT_HEAD)
    damage = shipping.report_damage(shipment=shipment, words="柜门凹陷", by=walk.clerk, at=walk.tick())
    told = {"against": "carrier", "against_name": "德邦", "amount": CLAIMED, "reason": "柜门凹陷"}
    claim = shipping.raise_claim(shipment=shipment, by=by, at=walk.tick(), **told)
    shipping.drop_claim(claim=claim, why="金额太小", by=by, at=walk.tick())
    return {"damage": damage, "claim": claim}


def reject_one(walk: Walk) -> None:
    row = Inspection.objects.filter(order_id=walk.order.pk, state="waiting").order_by("-quantity").first()
    by = walk.who(R.INSPECTOR, row.company_id)
    quality.finish_inspection(inspection=row, accepted=Decimal(0), rejected=row.quantity, findings="划伤", by=by, at=walk.tick())
    bad = Nonconformity.objects.get(inspection=row)
    head = walk.who(R.QUALITY_HEAD, row.company_id)
    quality.decide_nonconformity(nonconformity=bad, disposition="concession", reason="不影响使用", by=head, at=walk.tick())


def things_of(order: Order, walk: Walk) -> dict[str, Any]:
    upload = SimpleUploadedFile("drawing.pdf", SCAN, content_type="application/pdf")
    task = PlanTask.objects.filter(plan__order=order, kind="assembly")[0]
    lack_a_part(order.shipments.order_by("pk")[0], task.department)
    file = attach(
        upload=upload, order_id=order.pk, subject=("orders.order", order.pk), kind=Attachment.Kind.DRAWING, by=walk.clerk, at=walk.tick(),
    )  # fmt: skip
    return {
        "opinion": Opinion.objects.filter(review__order=order, role=R.PRODUCTION_MANAGER).get(),
        "contract": order.contracts.get(),
        "put_away": PutAway.objects.filter(order_id=order.pk).order_by("pk")[0],
        "task": task,
        "plan": order.plan,
        "purchase": PurchaseOrder.objects.filter(lines__order=order).order_by("pk")[0],
        "nonconformity": Nonconformity.objects.get(inspection__order=order),
        "inspection": Inspection.objects.filter(order_id=order.pk).order_by("pk")[0],
        "shipment": Shipment.objects.filter(order=order).order_by("pk")[0],
        "part": MissingPart.objects.get(shipment__order=order),
        "trace": Trace.objects.get(shipment__order=order),
        "shortage": Shortage.objects.get(shipment__order=order),
        "payment": Payment.objects.filter(order=order).order_by("pk")[0],
        "invoice": Invoice.objects.filter(order=order).order_by("pk")[0],
        "file": file,
        "link": give_link(order=order, purpose="follow", name="王工", by=walk.clerk, at=walk.tick())[0],
        "scan": Attachment.objects.filter(order_id=order.pk, kind=Attachment.Kind.SCAN)[0],
    }


def issued_to_the_workshop(world: World) -> IssuedFigures:
    """Last month's figures of the workshop."""
    department, month = world.things["task"].department, MONDAY_9AM.date().replace(month=10, day=1)
    figures = frozen(Figures([]))
    return IssuedFigures.objects.create(
        company_id=department.company_id, department=department, month=month, figures=figures, issued_at=MONDAY_9AM
    )


def contact_sheet(world: World, walk: Walk) -> ContactSheet:
    """The workshop asks the headquarters about the order."""
    return send_contact_sheet(
        asking=world.things["task"].department, asked=Department.objects.filter(company__code="JT").order_by("pk")[0], order=world.order,
        problem="缺吊具", wanted="周五前调来", due_at=walk.at + timedelta(days=2),
        by=actor_of(world.insiders[R.WORKSHOP_HEAD], MONDAY_9AM), at=walk.tick(),
    )  # fmt: skip


def changes_of(order: Order) -> dict[str, Any]:
    """A change that came to nothing, with everything that may hang on one."""
    change = order.changes.get()
    change.notice_number = "GG2611-0001"
    change.save(update_fields=["notice_number"])
    item = change.items.create(
        kind="production.plantask", reference=1, title="装配", touches=2, options=[["merge", "并入"]], role=R.PRODUCTION_MANAGER,
        company=order.product_company, spent=UNIT_COST,
    )  # fmt: skip
    signature = change.signoffs.create(role=R.QUALITY_HEAD, company=order.product_company, asked_at=MONDAY_9AM)
    agreement = SupplementaryAgreement.objects.create(
        order=order, change=change, number="BC2611-0001", contract_number="HT", amount=order.amount, difference=0,
        promised_date=order.promised_date, drafted_at=MONDAY_9AM,
    )  # fmt: skip
    return {"change": change, "change item": item, "change signature": signature, "agreement": agreement}


def after_delivery(walk: Walk) -> dict[str, Any]:
    """A service, a return that is refunded, and a rating of the order that is closed."""
    service = walk_after.serve(walk, walk_after.ask_service(walk))
    back = walk_after.take_back(walk, walk_after.apply(walk, {2: Decimal(1)}))
    return {"service": service, "return": back, "rating": walk_after.rate(walk), "refund": Refund.objects.get(order=walk.order)}


def people(world: World) -> None:
    """Somebody of each role where the order is, and somebody of each where it is not."""
    order = world.order
    calendar = order.sales_company.calendar
    elsewhere = Company.objects.create(code="X2", name="另一销售公司", short_name="销二", kind=Company.Kind.SALES, calendar=calendar)
    headquarters = Company.objects.get(code="JT")
    strange = Company.objects.get(code="JS")
    workshop = {R.WORKSHOP_HEAD, R.OPERATOR}
    for role in Role:
        here = order.sales_company if role in AT_SALES else headquarters if role in AT_HEADQUARTERS else order.product_company
        department = world.things["task"].department if role in workshop else Department.objects.filter(company=here).order_by("pk")[0]
        world.insiders[role] = order.salesperson_post.holder if role == R.SALESPERSON else hired(role, department, "in")
        if role not in EVERYWHERE and role != R.ADMINISTRATOR:
            there = Department.objects.get_or_create(company=elsewhere if role in AT_SALES else strange, name="他处")[0]
            world.outsiders[role] = hired(role, there, "out")
    same_company = Department.objects.filter(company=order.sales_company).order_by("pk")[0]
    world.outsiders["another salesperson"] = hired(R.SALESPERSON, same_company, "other")
    world.outsiders["another workshop's head"] = hired(
        R.WORKSHOP_HEAD, Department.objects.create(company=order.product_company, name="别的车间"), "other"
    )


def hired(role: str, department: Department, where: str) -> Person:
    person = Person.objects.create(username=f"{where}_{role}", name=f"{where} {role}")
    Post.objects.create(department=department, role=role, holder=person)
    return person
