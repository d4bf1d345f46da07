"""After delivery: a service and a return, by the people whose turn it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from aftersales import services
from aftersales.models import Rating, ReturnRequest, ServiceRequest
from demo.walk import Walk
from finance import refunds
from finance.models import Refund
from organization.roles import Role


def ask_service(walk: Walk, words: str = "三号柜合闸后有异响") -> ServiceRequest:
    """The customer calls, and the clerk hands it over."""
    contact = f"{walk.order.contact_name} {walk.order.contact_phone}"
    request = services.receive_request(order=walk.order, words=words, contact=contact, channel="phone", by=walk.clerk, at=walk.tick())
    return services.hand_over_service(service=request, by=walk.clerk, at=walk.tick())


def serve(walk: Walk, request: ServiceRequest) -> ServiceRequest:
    """Contacted, solved, agreed."""
    contact(walk, request)
    solve(walk, request)
    return agree(walk, request)


def contact(walk: Walk, request: ServiceRequest) -> None:
    head = walk.sales(Role.AFTERSALES_HEAD)
    services.contact_customer(service=request, note="王工：周三上午到现场", by=head, at=walk.tick())


def solve(walk: Walk, request: ServiceRequest) -> None:
    engineer = walk.sales(Role.AFTERSALES_ENGINEER)
    services.record_solution(
        service=request, solution="更换操动机构并重新调试", cost=Decimal("520.00"), told_to="王工", by=engineer, at=walk.tick()
    )
    services.finish_service(service=request, by=engineer, at=walk.tick())


def agree(walk: Walk, request: ServiceRequest) -> ServiceRequest:
    """The customer says that it is done."""
    return services.close_service(service=request, agreed_by="王工", by=walk.sales(Role.AFTERSALES_ENGINEER), at=walk.tick())


def apply(walk: Walk, quantities: dict[int, Decimal], *, wanted: str = "refund") -> ReturnRequest:
    """The clerk takes down a return, by line number."""
    lines = {line.line_no: line.pk for line in walk.order.lines.all()}
    given = {lines[line_no]: quantity for line_no, quantity in quantities.items()}
    return services.apply_return(
        order=walk.order, wanted=wanted, quantities=given, reason="defect", words="绝缘件有裂纹", identity="called_back", by=walk.clerk,
        at=walk.tick(),
    )  # fmt: skip


def take_back(walk: Walk, request: ReturnRequest, *, outcome: str = "refund", goods: str = "blocked") -> ReturnRequest:
    """Agreed, fetched, inspected and settled in full."""
    accept(walk, request)
    fetch(walk, request)
    return settle(walk, request, outcome=outcome, goods=goods)


def accept(walk: Walk, request: ReturnRequest) -> None:
    """The customer knows what it costs, the head agrees, the collection is arranged."""
    head, engineer = walk.sales(Role.AFTERSALES_HEAD), walk.sales(Role.AFTERSALES_ENGINEER)
    services.tell_costs(request=request, cause="defect", told_to="王工", by=engineer, at=walk.tick())
    services.agree_return(request=request, by=head, at=walk.tick())
    day = localtime(walk.at).date() + timedelta(days=1)
    services.arrange_collection(request=request, collect_on=day, carrier="德邦物流", by=engineer, at=walk.tick())


def fetch(walk: Walk, request: ReturnRequest) -> None:
    """The goods are back, and looked at."""
    came = {line.pk: line.quantity for line in request.lines.all()}
    services.receive_returned(request=request, quantities=came, by=walk.product(Role.STORE_KEEPER), at=walk.tick())
    findings = dict.fromkeys(came, "绝缘件开裂，其余完好")
    inspector = walk.product(Role.INSPECTOR)
    services.inspect_return(request=request, findings=findings, conclusion="属质量问题", by=inspector, at=walk.tick())


def settle(walk: Walk, request: ReturnRequest, *, outcome: str = "refund", goods: str = "blocked") -> ReturnRequest:
    decided = {line.pk: services.Settled(outcome=outcome, granted=line.quantity, goods=goods) for line in request.lines.all()}
    return services.settle_return(request=request, decided=decided, by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def pay_back(walk: Walk) -> None:
    """Finance pays every refund of the order that is not kept for an exchange."""
    for refund in Refund.objects.filter(order=walk.order, state="agreed").order_by("pk"):
        if refund.waits_for_exchange:
            continue
        by = walk.sales(Role.FINANCE)
        reference = f"TK{refund.pk:06d}"
        refunds.pay_refund(
            refund=refund, method="transfer", paid_on=localtime(walk.at).date(), bank_reference=reference, by=by, at=walk.tick()
        )


def rate(walk: Walk, stars: int = 5, words: str = "服务及时") -> Rating:
    """The customer's answer, taken down by the clerk."""
    return services.rate(order=walk.order, stars=stars, words=words, by=walk.clerk, at=walk.tick())
