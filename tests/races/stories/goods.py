"""What is bought, made, inspected and sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from demo import walk_delivery
from demo.walk import Walk
from inventory.models import PutAway
from orders.services.ledger import goods_lines
from orders.workflow import OrderState as S
from organization.models import Department
from organization.roles import Role
from procurement import services as procurement
from procurement.models import Demand, PurchaseOrder
from procurement.selectors import suppliers_of
from production import services as production
from production.contact.services import answer_contact_sheet, send_contact_sheet
from production.models import ContactSheet, PlanTask
from quality import services as quality
from quality.models import Inspection, Nonconformity
from shipping import services as shipping
from shipping.models import Shipment
from tests.races.stories.base import BOUGHT, DAY, IN_STOCK, after, at

# --- making -------------------------------------------------------------------------------------------------------------------------


def purchase(walk: Walk) -> Any:
    """Drafted, not approved."""
    at(S.PLANNED, BOUGHT, "C0001")(walk)
    demands = [each for each in Demand.objects.filter(order=walk.order).uncovered().order_by("pk") if each.open > 0]
    supplier = suppliers_of(demands)[demands[0].item_id][0]
    chosen = [each for each in demands if supplier in suppliers_of(demands)[each.item_id]]
    by = walk.who(Role.BUYER, walk.order.product_company_id)
    return procurement.make_purchase(supplier=supplier, demands=chosen, by=by, at=walk.tick())


def approved_purchase(walk: Walk) -> Any:
    row = purchase(walk)
    head = walk.who(Role.PURCHASING_HEAD, walk.order.product_company_id)
    return procurement.approve_purchase(purchase=row, by=head, at=walk.tick())


def sent_purchase(walk: Walk) -> Any:
    after(at(S.PLANNED, BOUGHT, "C0001"), Walk.order_parts)(walk)
    return PurchaseOrder.objects.filter(lines__order=walk.order, state="sent").order_by("pk").first()


def received_purchase(walk: Walk) -> Any:
    row = sent_purchase(walk)
    walk.receive_parts()
    return PurchaseOrder.objects.get(pk=row.pk)


def demand_sheet(walk: Walk) -> Any:
    return walk.order.demand_sheet


def plan(walk: Walk) -> Any:
    return walk.order.plan


def first_task(walk: Walk) -> Any:
    return next(walk.tasks())


def first_task_runs(walk: Walk) -> Any:
    return production.start_task(task=first_task(walk), by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


def parts_are_in(walk: Walk) -> Any:
    return after(at(S.PLANNED), Walk.buy)(walk)


def worked(walk: Walk) -> Any:
    """All is made, nothing handed over: the task that hands over."""
    after(parts_are_in, Walk.work)(walk)
    tasks = PlanTask.objects.filter(plan__order=walk.order, kind="packing").order_by("-sequence")
    return next(task for task in tasks if any(task.to_hand_over().values()))


def inspection(walk: Walk) -> Any:
    after(worked, Walk.finish_goods)(walk)
    return Inspection.objects.filter(order_id=walk.order.pk, state="waiting", line_id__isnull=False).order_by("pk").first()


def to_put_away(walk: Walk) -> Any:
    inspection(walk)
    walk.inspect()
    return PutAway.objects.filter(order_id=walk.order.pk, state="waiting").order_by("pk").first()


def nonconformity(walk: Walk) -> Any:
    row = inspection(walk)
    by = walk.who(Role.INSPECTOR, row.company_id)
    accepted = Decimal(row.quantity - 1)
    quality.finish_inspection(inspection=row, accepted=accepted, rejected=Decimal(1), findings="漆面划伤", by=by, at=walk.tick())
    return Nonconformity.objects.get(inspection=row)


def to_be_reworked(walk: Walk) -> Any:
    row = nonconformity(walk)
    head = walk.who(Role.QUALITY_HEAD, row.inspection.company_id)
    return quality.decide_nonconformity(nonconformity=row, disposition="rework", reason="补漆后复检", by=head, at=walk.tick())


def contact_sheet(walk: Walk) -> ContactSheet:
    asking = Department.objects.get(company__code="KG", name="装配一车间")
    asked = Department.objects.get(company__code="KG", name="采购部")
    by, moment = walk.who(Role.WORKSHOP_HEAD, asking.company_id), walk.tick()
    words = {"problem": "母线支架缺 4 件", "wanted": "今天送到，或明确到货时间"}
    return send_contact_sheet(asking=asking, asked=asked, due_at=moment + DAY, by=by, at=moment, **words)


def answered_sheet(walk: Walk) -> Any:
    sheet = contact_sheet(walk)
    return answer_contact_sheet(sheet=sheet, answer="下午三点到货", by=walk.holder(sheet.asked.head), at=walk.tick())


# --- on the road --------------------------------------------------------------------------------------------------------------------


def notice(walk: Walk) -> Shipment:
    at(S.STOCKED, IN_STOCK)(walk)
    rows = {line.pk: walk.in_store()[line.line_no] for line in goods_lines(walk.order)}
    return shipping.issue_notice(
        order=walk.order, quantities=rows, place=walk.order.delivery_address, planned_on=localtime(walk.at).date(),
        by=walk.holder(walk.order.order_manager_post), at=walk.tick(),
    )  # fmt: skip


def paid_notice(walk: Walk) -> Shipment:
    shipment = notice(walk)
    walk.pay("effect", "shipment")
    return Shipment.objects.get(pk=shipment.pk)


def cleared(walk: Walk) -> Shipment:
    return shipping.clear_shipment(shipment=paid_notice(walk), by=walk.sales(Role.FINANCE), at=walk.tick())


def picked(walk: Walk) -> Shipment:
    shipment = cleared(walk)
    boxes = {line.pk: ("", "") for line in shipment.lines.all()}
    return shipping.pick_shipment(shipment=shipment, picked=boxes, by=walk.who(Role.STORE_KEEPER, shipment.company_id), at=walk.tick())


def verified(walk: Walk) -> Shipment:
    shipment = picked(walk)
    lines = [line.pk for line in shipment.lines.all()]
    return shipping.verify_shipment(shipment=shipment, checked=lines, by=walk.who(Role.PACKER, shipment.company_id), at=walk.tick())


def by_carrier(walk: Walk) -> Shipment:
    how = {"carriage": "carrier", "carrier_name": "德邦物流", "carrier_reason": "路程远", "tracking_number": "DB001"}
    return shipping.dispatch_shipment(shipment=verified(walk), by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick(), **how)


def dispatched(walk: Walk) -> Shipment:
    at(S.STOCKED, IN_STOCK)(walk)
    return Shipment.objects.get(pk=walk.ship().pk)


def lacking(walk: Walk) -> Any:
    """A key stays with the workshop."""
    shipment = cleared(walk)
    department = Department.objects.filter(company_id=shipment.company_id).order_by("pk")[0]
    return shipping.record_missing(
        shipment=shipment, text="柜门钥匙", quantity=Decimal(1), department=department, expected_on=localtime(walk.at).date() + DAY,
        by=walk.holder(walk.order.order_manager_post), at=walk.tick(),
    )  # fmt: skip


def came_after(walk: Walk) -> Shipment:
    """What was missing is in store now, the rest has left."""
    part = lacking(walk)
    first = shipping.record_consent(shipment=part.shipment, agreed_by="王工", how="phone", by=walk.clerk, at=walk.tick())
    walk.send(first)
    shipping.part_arrived(part=part, by=walk.holder(walk.order.order_manager_post), at=walk.tick())
    return Shipment.objects.get(pk=first.pk)


def missing_goods(walk: Walk) -> Any:
    return walk_delivery.receive_short(walk, dispatched(walk))


def damage(walk: Walk) -> Any:
    return walk_delivery.receive_damaged(walk, dispatched(walk))


def heard_damage(walk: Walk) -> Any:
    row, company = damage(walk), walk.order.product_company_id
    for role in (Role.INSPECTOR, Role.PRODUCTION_MANAGER):
        shipping.say_cause(damage=row, words="出厂合格", by=walk.who(role, company), at=walk.tick())
    return row


def claim(walk: Walk) -> Any:
    row, head = damage(walk), walk.who(Role.TRANSPORT_HEAD)
    return shipping.raise_claim(
        shipment=row.shipment, damage=row, against="supplier", against_name="宏运包装", amount=Decimal(1800), reason="木箱开裂", by=head,
        at=walk.tick(),
    )  # fmt: skip


def agreed_claim(walk: Walk) -> Any:
    row, head = claim(walk), walk.who(Role.TRANSPORT_HEAD)
    return shipping.agree_claim(claim=row, agreed_amount=Decimal(900), agreed_with="宏运包装 吴经理", by=head, at=walk.tick())


def trace(walk: Walk) -> Any:
    return walk_delivery.report_missing(walk, dispatched(walk))
