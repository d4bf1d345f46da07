"""Money, and what comes after the delivery."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from aftersales import services as aftersales
from demo import walk_after
from demo.walk import Walk
from finance import services as finance
from finance.models import Refund
from orders.workflow import OrderState as S
from organization.roles import Role
from tests.races.stories.base import IN_STOCK, at

# --- money and what comes after -----------------------------------------------------------------------------------------------------


def payment(walk: Walk) -> Any:
    at(S.CONTRACTED)(walk)
    return finance.record_payment(
        order=walk.order, kind="deposit", amount=Decimal(1000), method="transfer", paid_on=localtime(walk.at).date(),
        by=walk.sales(Role.FINANCE), at=walk.tick(),
    )  # fmt: skip


def paid_up(walk: Walk) -> Any:
    at(S.INVOICED, IN_STOCK)(walk)
    walk.pay()
    return walk.fresh()


def refund(walk: Walk) -> Any:
    paid_up(walk)
    walk_after.take_back(walk, walk_after.apply(walk, {1: Decimal(1)}))
    return Refund.objects.get(order=walk.order)


def rating(walk: Walk) -> Any:
    paid_up(walk)
    walk.close()
    return walk.order.ratings.get()


def service(walk: Walk) -> Any:
    """Asked for, not handed over."""
    at(S.DELIVERED, IN_STOCK)(walk)
    asked = {"words": "三号柜合闸后有异响", "contact": "王工 138", "channel": "phone"}
    return aftersales.receive_request(order=walk.order, by=walk.clerk, at=walk.tick(), **asked)


def handed_over(walk: Walk) -> Any:
    return aftersales.hand_over_service(service=service(walk), by=walk.clerk, at=walk.tick())


def contacted(walk: Walk) -> Any:
    row = handed_over(walk)
    walk_after.contact(walk, row)
    return row


def solving(walk: Walk) -> Any:
    row, engineer = contacted(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    told = {"solution": "更换操动机构", "cost": Decimal(520), "told_to": "王工"}
    return aftersales.record_solution(service=row, by=engineer, at=walk.tick(), **told)


def solved(walk: Walk) -> Any:
    row = contacted(walk)
    walk_after.solve(walk, row)
    return row


def applied(walk: Walk, wanted: str = "refund") -> Any:
    paid_up(walk)
    return walk_after.apply(walk, {1: Decimal(1)}, wanted=wanted)


def asked_back(walk: Walk) -> Any:
    row = applied(walk)
    return aftersales.ask_information(request=row, question="请发铭牌照片", by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def told_costs(walk: Walk) -> Any:
    row, by = applied(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    return aftersales.tell_costs(request=row, cause="defect", told_to="王工", by=by, at=walk.tick())


def agreed_return(walk: Walk) -> Any:
    row = told_costs(walk)
    return aftersales.agree_return(request=row, by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def freight_is_awaited(walk: Walk) -> Any:
    """The customer needs it no longer: they pay the freight before anybody drives."""
    row, by = applied(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    aftersales.tell_costs(request=row, cause="not_needed", told_to="王工", freight_amount=Decimal(860), by=by, at=walk.tick())
    return aftersales.agree_return(request=row, exception="老客户", by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def accepted_return(walk: Walk) -> Any:
    row = applied(walk)
    walk_after.accept(walk, row)
    return row


def collected(walk: Walk) -> Any:
    row = accepted_return(walk)
    came = {line.pk: line.quantity for line in row.lines.all()}
    return aftersales.receive_returned(request=row, quantities=came, by=walk.product(Role.STORE_KEEPER), at=walk.tick())


def inspected(walk: Walk) -> Any:
    row = accepted_return(walk)
    walk_after.fetch(walk, row)
    return row


def to_exchange(walk: Walk) -> Any:
    return walk_after.take_back(walk, applied(walk, "exchange"), outcome="exchange")
