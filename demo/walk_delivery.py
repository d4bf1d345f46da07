"""Deliveries in trouble: short, damaged, not received, by the people whose turn it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from core.reasons import Refused
from demo.walk import Walk
from organization.roles import Role
from shipping import services
from shipping.models import Claim, Damage, Shipment, Shortage, Trace


def receive_short(walk: Walk, shipment: Shipment) -> Shortage:
    """One of the first line is missing."""
    rows = list(shipment.lines.order_by("line__line_no"))
    counted = {row.pk: row.quantity for row in rows} | {rows[0].pk: rows[0].quantity - 1}
    arrived = walk.at
    services.confirm_receipt(
        shipment=shipment, signed_by="王工", received_at=arrived, condition="short", received=counted, note="少一件", by=walk.clerk,
        at=walk.tick(),
    )  # fmt: skip
    return Shortage.objects.get(shipment=shipment)


def settle_short(walk: Walk, row: Shortage, outcome: str) -> Shipment | None:
    """Found, credited, or sent again: then the follow-up shipment. What cannot be sent again, for want of stock, is credited."""
    manager = walk.holder(walk.order.order_manager_post)
    if outcome == "resent":
        try:
            day = localtime(walk.at).date() + timedelta(days=1)
            return services.resend_shortage(shortage=row, planned_on=day, note="补发", by=manager, at=walk.tick()).follow_up
        except Refused:
            outcome = "credited"
    if outcome == "found":
        services.find_shortage(shortage=row, note="在二号库房找到", by=walk.clerk, at=walk.tick())
    else:
        services.credit_shortage(shortage=row, note="客户同意扣款", by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    return None


def receive_damaged(walk: Walk, shipment: Shipment) -> Damage:
    arrived = walk.at
    services.confirm_receipt(
        shipment=shipment, signed_by="王工", received_at=arrived, condition="damaged", note="柜门变形，漆面刮花", by=walk.clerk,
        at=walk.tick(),
    )  # fmt: skip
    return Damage.objects.get(shipment=shipment)


def find_cause(walk: Walk, damage: Damage, cause: str = "loading") -> None:
    """Quality and production are heard, transport concludes."""
    company = walk.order.product_company_id
    for role, words in ((Role.INSPECTOR, "出厂检验合格，漆面完好"), (Role.PRODUCTION_MANAGER, "包装按图纸，无异常")):
        services.say_cause(damage=damage, words=words, by=walk.who(role, company), at=walk.tick())
    services.establish_cause(
        damage=damage, cause=cause, finding="途中绑扎松脱", measure="加装绑带与护角", by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick()
    )


def claim(walk: Walk, shipment: Shipment, *, reason: str, damage: Damage | None = None) -> Claim:
    """Against the supplier of the packing for what was spoiled, against the carrier for what was lost; they agree to half."""
    head, name = walk.who(Role.TRANSPORT_HEAD), "宏运包装" if damage else "德邦物流"
    raised = services.raise_claim(
        shipment=shipment, damage=damage, against="supplier" if damage else "carrier", against_name=name, amount=Decimal("1800.00"),
        reason=reason, by=head, at=walk.tick(),
    )  # fmt: skip
    return services.agree_claim(claim=raised, agreed_amount=Decimal("900.00"), agreed_with=f"{name} 吴经理", by=head, at=walk.tick())


def settle(walk: Walk, raised: Claim) -> None:
    services.settle_claim(claim=raised, how="抵扣三月货款", by=walk.who(Role.FREIGHT_AUDITOR), at=walk.tick())


def report_missing(walk: Walk, shipment: Shipment) -> Trace:
    return services.report_not_received(shipment=shipment, words="现场没有收到货", by=walk.clerk, at=walk.tick())


def answer(walk: Walk, trace: Trace) -> None:
    """It stands elsewhere and comes tomorrow."""
    by, at = walk.who(Role.TRANSPORT_HEAD), walk.tick()
    words = "误卸在二号门，明早送到"
    services.answer_trace(trace=trace, result="elsewhere", answer=words, arrives_at=at + timedelta(days=1), by=by, at=at)


def give_up(walk: Walk, trace: Trace) -> None:
    """It is nowhere to be found: lost from now on."""
    services.answer_trace(trace=trace, result="lost", answer="三天查找无果，确认遗失", by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick())
