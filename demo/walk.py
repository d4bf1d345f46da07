"""An order's whole life through the services, by the people whose turn it is. The demo, the simulation and the tests walk here."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from core.actor import Actor
from demo import meetings
from finance import services as finance
from finance.models import Payment
from inventory import services as inventory
from inventory.models import Item, PutAway
from orders.acts import file_scan
from orders.guards import DECIDERS, contract_of, open_matters
from orders.meetings.guards import meeting_was_held, waits_for_meeting
from orders.models import Customer, Opinion, Order
from orders.services import deal, intake, money, progress, review
from orders.services.intake import LineInput
from orders.services.ledger import goods_lines, quantities
from orders.workflow import OrderState, Verdict
from organization.calendars import work_time
from organization.finding import first_post
from organization.models import Post, actor_of
from organization.roles import Role
from procurement import services as procurement
from procurement.models import Demand, PurchaseLine, PurchaseOrder
from procurement.selectors import suppliers_of
from production import services as production
from production.models import PlanTask
from quality import services as quality
from quality.models import Inspection
from shipping import services as shipping
from shipping.models import Shipment

S = OrderState
Lines = Sequence[tuple[str, int] | tuple[str, int, Decimal]]  # item code, quantity, price where there is none by the rules
OFFERED = Decimal("86.50")  # CNY per unit, what a supplier without a listed price asks
LONGEST = 40  # stages; an order that needs more does not move
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class TimeIsUp(Exception):
    """The next act would come after the walk's end; the order stays where it is."""


class Walk:
    """Acts for whoever must act. `at` moves forward with every act by `pace`; working time is kept."""

    def __init__(
        self, at: datetime, *, pace: timedelta = timedelta(minutes=10), dice: random.Random | None = None, until: datetime | None = None
    ) -> None:
        self.at, self.pace, self.dice, self.until = at, pace, dice, until
        self.order: Order = None  # type: ignore[assignment]

    # --- who and when -------------------------------------------------------------------------------------------------------------

    def who(self, role: Role, company_id: int = 0) -> Actor:
        """Whoever holds the role at the company (0: anywhere)."""
        post = first_post(role, company_id, self.at)
        assert post is not None and post.holder is not None, f"nobody is {role} at company {company_id}"
        return actor_of(post.holder, self.at)

    def holder(self, post: Post | None) -> Actor:
        assert post is not None and post.holder is not None
        return actor_of(post.holder, self.at)

    @property
    def clerk(self) -> Actor:
        return self.holder(self.order.clerk_post)

    def sales(self, role: Role) -> Actor:
        return self.who(role, self.order.sales_company_id)

    def product(self, role: Role) -> Actor:
        return self.who(role, self.order.product_company_id)

    def tick(self) -> datetime:
        """The moment of the next act: a little later, in working time."""
        return self.rest(self.pace * self.dice.uniform(0.2, 2.5) if self.dice else self.pace)

    def rest(self, span: timedelta) -> datetime:
        """Let working time go by. Raises TimeIsUp when it ends after `until`."""
        company = self.order.sales_company_id if self.order else first_post(Role.SALES_CLERK, 0, self.at).department.company_id  # type: ignore[union-attr]
        at = work_time(company_id=company).add(self.at, span)
        if self.until is not None and at > self.until:
            raise TimeIsUp
        self.at = at
        return at

    def fresh(self) -> Order:
        self.order = Order.objects.get(pk=self.order.pk)
        return self.order

    # --- the stages, each up to a state -------------------------------------------------------------------------------------------

    def register(self, customer: str, lines: Lines, *, days: int = 40, by: Actor | None = None, **header: Any) -> Order:
        """A complete enquiry of the customer for these goods, noted by a clerk (`by`, else the first one)."""
        items = {item.code: item for item in Item.objects.filter(code__in=[code for code, *_more in lines])}
        wanted = localtime(self.at).date() + timedelta(days=days)
        given = [
            LineInput(
                item=items[code],
                quantity=Decimal(q),
                spec=f"{items[code].name_zh} 标准配置",
                wanted_date=wanted,
                unit_price=price[0] if price else None,
            )
            for code, q, *price in lines
        ]
        header = {
            "channel": "phone",
            "contact_name": "王工",
            "contact_phone": "13800000001",
            "delivery_address": "杭州余杭仓前项目部",
            "quality": "按企业标准",
            **header,
        }
        received = self.at
        self.order = intake.register_order(
            by=by or self.who(Role.SALES_CLERK),
            at=self.tick(),
            customer=Customer.objects.get(code=customer),
            received_at=received,
            lines=given,
            **header,
        )
        return self.order

    def confirm(self, **answers: bool) -> None:
        known = {name: value for name, (value, _why) in intake.known_answers(self.order).items()}
        given = {**dict.fromkeys(("needs_design", "is_old_product", "above_standard", "tight_with_penalty"), False), **known, **answers}
        intake.classify(order=self.order, by=self.clerk, at=self.tick(), **given)
        intake.confirm_requirements(order=self.order, by=self.clerk, at=self.tick())

    def open_review(self) -> None:
        review.start_review(order=self.order, by=self.clerk, at=self.tick())

    def opinions(self, verdict: str = Verdict.FEASIBLE, **more: Any) -> None:
        for opinion in Opinion.objects.filter(review__order=self.order, review__state="open", state="asked").order_by("pk"):
            review.give_opinion(opinion=opinion, by=self.product(Role(opinion.role)), at=self.tick(), verdict=verdict, **more)

    def decide(self) -> None:
        """Whatever waits for a decision by hand now is decided by whoever may."""
        for kind in open_matters(self.fresh()):
            deal.record_decision(order=self.order, by=self.sales(DECIDERS[kind][0]), at=self.tick(), kind=kind, reason="同意，按惯例")

    def quote(self) -> None:
        self.decide()
        deal.issue_quotation(order=self.order, by=self.clerk, at=self.tick())

    call_meeting, send_papers, answer_papers = meetings.call_meeting, meetings.send_papers, meetings.answer_papers
    hold_meeting, meet = meetings.hold_meeting, meetings.meet

    def irregular_review(self) -> None:
        if waits_for_meeting(self.order):
            self.meet()
        self.opinions()

    def contract(self) -> None:
        if meeting_was_held.reasons(self.fresh()):
            self.meet()
        self.decide()
        order = self.fresh()
        assert order.reviewed_date is not None
        deal.draft_contract(
            order=order, by=self.clerk, at=self.tick(), promised_date=order.reviewed_date, delivery_text=f"送至{order.delivery_address}"
        )

    def sign_for_us(self) -> None:
        deal.sign_for_us(contract=contract_of(self.order), by=self.sales(Role.SALES_HEAD), at=self.tick())

    def sign(self) -> None:
        scan = SimpleUploadedFile("contract.pdf", SCAN, content_type="application/pdf")
        file_scan(order=self.fresh(), by=self.clerk, at=self.tick(), signatory="王工", scan=scan)

    def pay(self, *gates: str, amount: Decimal | None = None) -> Payment | None:
        """What is due of these stages (all without any) comes in and is confirmed."""
        due, received = money.standing(self.order, *gates)
        missing = due - received if amount is None else amount
        if missing <= 0:
            return None
        by = self.sales(Role.FINANCE)
        payment = finance.record_payment(
            order=self.order, kind="deposit" if gates == ("effect",) else "balance", amount=missing, method="transfer",
            paid_on=localtime(self.at).date(), by=by, at=self.tick(),
        )  # fmt: skip
        return finance.confirm_payment(payment=payment, by=by, at=self.tick())

    def take_effect(self) -> None:
        """Both signatures and the payment condition; for grade A our own signature is enough."""
        self.sign_for_us()
        if self.fresh().state == S.CONTRACTED:
            self.sign()
        if self.fresh().state == S.SIGNED:
            self.pay("effect")

    def instruct(self) -> None:
        progress.issue_instruction(
            order=self.order, by=self.clerk, at=self.tick(), tolerance="无", packing="木箱", special_terms="无",
            drawing_revision="标准图 A", catalogue_drawing=True,
        )  # fmt: skip

    def from_stock(self) -> None:
        progress.fulfil_from_stock(order=self.order, by=self.holder(self.order.order_manager_post), at=self.tick())

    def plan(self) -> None:
        production.release_plan(plan=self.order.plan, by=self.product(Role.PRODUCTION_MANAGER), at=self.tick())

    def order_parts(self) -> None:
        """Open demands become purchases, are approved and sent."""
        company = self.order.product_company_id
        demands = [d for d in Demand.objects.filter(order=self.order).uncovered().order_by("pk") if d.open > 0]
        offered = suppliers_of(demands)
        first = {d.pk: offered[d.item_id][0] for d in demands}
        for supplier in dict.fromkeys(first.values()):
            chosen = [d for d in demands if first[d.pk] == supplier]
            by = self.who(Role.BUYER, company)
            listed = set(supplier.listed.exclude(price=None).values_list("item_id", flat=True))
            prices = {d.item_id: OFFERED for d in chosen if d.item_id not in listed}
            purchase = procurement.make_purchase(supplier=supplier, demands=chosen, prices=prices, by=by, at=self.tick())
            procurement.approve_purchase(purchase=purchase, by=self.who(Role.PURCHASING_HEAD, company), at=self.tick())
            procurement.send_purchase(purchase=PurchaseOrder.objects.get(pk=purchase.pk), by=by, at=self.tick())

    def receive_parts(self) -> None:
        """What was bought for the order arrives, passes inspection and is put away."""
        by = self.who(Role.BUYER, self.order.product_company_id)
        sent = PurchaseLine.objects.filter(order=self.order, purchase__state__in=["sent", "partly_received"]).order_by("pk")
        for line in sent.select_related("purchase"):
            procurement.record_arrival(line=line, quantity=line.outstanding, delivery_note=f"SN{line.pk}", by=by, at=self.tick())
        self.inspect()
        self.put_away()

    def buy(self) -> None:
        self.order_parts()
        self.receive_parts()

    def inspect(self) -> None:
        """Everything that waits for inspection for this order is accepted."""
        for row in Inspection.objects.filter(order_id=self.order.pk, state="waiting").order_by("pk"):
            quality.finish_inspection(
                inspection=row, accepted=row.quantity, rejected=Decimal(0), by=self.who(Role.INSPECTOR, row.company_id), at=self.tick()
            )

    def put_away(self) -> None:
        for row in PutAway.objects.filter(order_id=self.order.pk, state="waiting").order_by("pk"):
            company = row.balance.company_id
            inventory.put_away(put_away=row, location="C-01", batch=f"B{row.pk}", by=self.who(Role.STORE_KEEPER, company), at=self.tick())

    def tasks(self, *kinds: str) -> Iterator[PlanTask]:
        """Tasks of these kinds (all without any) that are not done, in their order, each as it stands when its turn comes."""
        tasks = PlanTask.objects.filter(plan__order=self.order).exclude(state__in=["done", "cancelled"])
        pks = (tasks.filter(kind__in=kinds) if kinds else tasks).order_by("sequence").values_list("pk", flat=True)
        return (tasks.get(pk=pk) for pk in list(pks))

    def work(self, *kinds: str) -> None:
        """Tasks are started and finished by the production manager."""
        for task in self.tasks(*kinds):
            by = self.product(Role.PRODUCTION_MANAGER)
            if task.state == "issued":
                task = production.start_task(task=task, by=by, at=self.tick())
            production.finish_task(task=task, by=by, at=self.tick())

    def finish_goods(self, share: Decimal = Decimal(1)) -> None:
        """Finished goods go to the final inspection; a share of what is open, whole pieces."""
        known = quantities(self.order)
        tasks = list(PlanTask.objects.filter(plan__order=self.order, kind="packing").order_by("-sequence"))
        for line in goods_lines(self.order):
            q = known[line.pk]
            missing = ((q.open - q.stocked) * share).to_integral_value()
            task = next((t for t in tasks if missing > 0 and t.to_hand_over().get(line.pk, 0) >= missing), None)
            if task is not None:
                production.hand_over_goods(
                    task=task, line=line, quantity=missing, batch=f"{line.order.number}-{line.line_no}",
                    by=self.product(Role.PRODUCTION_MANAGER), at=self.tick(),
                )  # fmt: skip

    def hand_over(self, share: Decimal = Decimal(1)) -> None:
        """Finished goods go through final inspection into the store."""
        self.finish_goods(share)
        self.inspect()
        self.put_away()

    def produce(self) -> None:
        self.buy()
        self.work()
        self.hand_over()

    def in_store(self) -> dict[int, Decimal]:
        """Line number -> in store and not noticed."""
        known = quantities(self.order)
        return {line.line_no: known[line.pk].stocked - known[line.pk].noticed for line in goods_lines(self.order)}

    def ship(self, wanted: dict[int, Decimal] | None = None) -> Shipment:
        """Notice and send; all that is in store and not noticed unless told otherwise (by line number)."""
        going = wanted or self.in_store()
        rows = {line.pk: going.get(line.line_no, Decimal(0)) for line in goods_lines(self.order)}
        manager = self.holder(self.order.order_manager_post)
        shipment = shipping.issue_notice(
            order=self.order,
            quantities=rows,
            place=self.order.delivery_address,
            planned_on=localtime(self.at).date(),
            by=manager,
            at=self.tick(),
        )
        return self.send(shipment)

    def send(self, shipment: Shipment) -> Shipment:
        """Clear, pick, verify, dispatch, and tell the customer."""
        if Shipment.objects.get(pk=shipment.pk).state == "noticed":
            self.pay("effect", "shipment")
            shipping.clear_shipment(shipment=shipment, by=self.sales(Role.FINANCE), at=self.tick())
        picked = {line.pk: ("", "") for line in shipment.lines.all()}
        shipping.pick_shipment(shipment=shipment, picked=picked, by=self.who(Role.STORE_KEEPER, shipment.company_id), at=self.tick())
        shipping.verify_shipment(shipment=shipment, checked=picked, by=self.who(Role.PACKER, shipment.company_id), at=self.tick())
        shipping.dispatch_shipment(
            shipment=shipment,
            carriage="own",
            vehicle="浙A·6K218",
            driver="金永康",
            by=self.who(Role.TRANSPORT_HEAD),
            at=self.tick(),
        )
        return shipping.tell_customer(shipment=shipment, whom="王工", how="phone", by=self.clerk, at=self.tick())

    def receive(self, shipment: Shipment) -> None:
        arrived, at = self.at, self.tick()
        shipping.confirm_receipt(shipment=shipment, signed_by="王工", received_at=arrived, condition="sound", by=self.clerk, at=at)

    def deliver(self) -> None:
        """What is still in store follows; everything on its way is received."""
        if any(self.in_store().values()):
            self.ship()
        for shipment in Shipment.objects.filter(order=self.order, state="dispatched").order_by("pk"):
            self.receive(shipment)

    def invoice(self) -> None:
        finance.issue_invoice(order=self.order, by=self.sales(Role.FINANCE), at=self.tick())

    def close(self) -> None:
        """The late signature, the rest of the money, and the end."""
        if not contract_of(self.fresh()).their_signed_at:
            self.sign()
        self.pay()
        progress.close(order=self.order, by=self.sales(Role.FINANCE), at=self.tick())

    # --- the road -----------------------------------------------------------------------------------------------------------------

    def to(self, state: str) -> Order:
        """Walk on until the order stands in `state`, by the road that its goods need."""
        for _stage in range(LONGEST):
            if self.fresh().state == state:
                return self.order
            self.onward()
        raise AssertionError(f"{self.order} does not get from {self.order.state} to {state}")

    def onward(self) -> None:
        """The next stage of the order."""
        state = self.order.state
        if state == S.EFFECTIVE:
            known = quantities(self.order)
            in_stock = all(known[line.pk].stocked >= known[line.pk].open for line in goods_lines(self.order))
            self.from_stock() if in_stock else self.instruct()
        else:
            ROAD[state](self)


ROAD: dict[str, Callable[[Walk], Any]] = {
    S.REGISTERED: Walk.confirm,
    S.CONFIRMED: Walk.open_review,
    S.IN_REGULAR_REVIEW: Walk.opinions,
    S.IN_IRREGULAR_REVIEW: Walk.irregular_review,
    S.ACCEPTED: Walk.quote,
    S.QUOTED: Walk.contract,
    S.CONTRACTED: Walk.take_effect,
    S.INSTRUCTED: Walk.plan,
    S.PLANNED: Walk.produce,
    S.IN_PRODUCTION: Walk.produce,
    S.STOCKED: Walk.ship,
    S.SHIPPING: Walk.deliver,
    S.DELIVERED: Walk.invoice,
    S.INVOICED: Walk.close,
}
