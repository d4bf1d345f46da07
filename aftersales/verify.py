"""What must hold of services and returns at any moment (trust I2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from aftersales.models import ReturnLine, ReturnRequest, ServiceRequest
from aftersales.workflow import ReturnState, ServiceState
from core.models import Fact
from core.questions import answers
from core.verify import number_gaps
from inventory.models import StockMovement
from orders.models import Exchange, LineMovement, OpenItem
from sla.verify import clocks_against

Kind = OpenItem.Kind


def what_came_back_is_booked() -> list[str]:
    """RET-05: per order line, the ledger's returned is what returns received, less what went back to the customer."""
    told: dict[int, Decimal] = defaultdict(Decimal)
    for row in ReturnLine.objects.exclude(received=0).select_related("request"):
        told[row.line_id] += row.kept if row.request.state == ReturnState.SETTLED else row.received
    rows = LineMovement.objects.filter(kind=LineMovement.Kind.RETURNED).values_list("line_id").order_by("line_id")
    booked = dict(rows.annotate(Sum("quantity")))
    return [
        f"line {pk}: {told[pk]} by returns, {booked.get(pk, 0)} by the ledger"
        for pk in sorted(told.keys() | booked)
        if told[pk] != booked.get(pk, 0)
    ]


def what_went_back_was_not_scrapped() -> list[str]:
    """RET-05: of every settled return line the stock ledger says how much went back to the customer, and no more."""
    booked = dict(StockMovement.objects.filter(kind=StockMovement.Kind.SENT_BACK).values_list("source_id", "quantity"))
    rows = ReturnLine.objects.filter(request__state=ReturnState.SETTLED).select_related("request")
    told = {row.pk: row.kept - row.received for row in rows if row.kept != row.received}
    return [
        f"return line {pk}: {-told.get(pk, Decimal(0))} to the customer, {-booked.get(pk, Decimal(0))} by the stock ledger"
        for pk in sorted(told.keys() | booked)
        if told.get(pk) != booked.get(pk)
    ]


def goods_to_be_settled_are_blocked() -> list[str]:
    """RET-05: until it is decided what becomes of returned goods nobody can use them."""
    rows = ReturnLine.objects.filter(request__state__in=[ReturnState.COLLECTED, ReturnState.INSPECTED], balance__blocked__lt=F("received"))
    told = rows.values_list("request__number", "line__line_no", "received", "balance__blocked")
    return [f"{number}, line {line}: {received} received, {blocked} blocked" for number, line, received, blocked in told]


def orders_wait_for_what_is_open() -> list[str]:
    """FIN-05: every open service and return keeps its order from closing, and no other does."""
    exchanged = Q(state=ReturnState.SETTLED, lines__outcome=ReturnLine.Outcome.EXCHANGE, lines__granted__gt=0)
    made = Exchange.objects.exclude(reference="").values("reference")
    waiting = ReturnRequest.objects.filter(exchanged).exclude(number__in=made).distinct()
    wanted = {(Kind.SERVICE.value, number) for number in ServiceRequest.objects.open().values_list("number", flat=True)}
    wanted |= {(Kind.RETURN.value, number) for number in ReturnRequest.objects.open().values_list("number", flat=True)}
    wanted |= {(Kind.RETURN.value, number) for number in waiting.values_list("number", flat=True)}
    held = set(OpenItem.objects.filter(kind__in=[Kind.SERVICE, Kind.RETURN], closed_at=None).values_list("kind", "reference"))
    return [f"{kind} {number}: open and not held" for kind, number in sorted(wanted - held)] + [
        f"{kind} {number}: held and not open" for kind, number in sorted(held - wanted)
    ]


def nobody_drives_before_the_freight_is_in() -> list[str]:
    """RET-03: where the cause is the customer's, finance confirmed the freight before the collection was arranged."""
    rows = ReturnRequest.objects.exclude(cause__in=["", *ReturnRequest.OURS]).filter(collect_on__isnull=False, freight_confirmed_at=None)
    return [f"{number}: collected without the customer's freight" for number in rows.values_list("number", flat=True)]


def every_damage_is_looked_after() -> list[str]:
    """SHP-10: each damage that was reported has its service request, once after-sales has heard of it."""
    told = Fact.objects.filter(kind="shipping.DamageWasReported").exclude(reactions__done_at=None).values_list("data", flat=True)
    known = set(ServiceRequest.objects.exclude(damage_id=None).values_list("damage_id", flat=True))
    forgotten = [data for data in told if data["damage_id"] not in known]
    return [f"damage {data['damage_id']} of {data['delivery_number']}: no service request" for data in forgotten]


def what_waits_has_its_clock() -> list[str]:
    """SVC-01, SVC-02, RET-01, SHP-10: who must hand over, call, decide or answer has a clock, also when the order has ended meanwhile."""
    services = ServiceRequest.objects.open()
    waiting: dict[str, QuerySet[Any, int]] = {
        "service_handover": services.filter(state=ServiceState.RECEIVED).values_list("pk", flat=True),
        "service_contact": services.filter(state=ServiceState.HANDED_OVER).values_list("pk", flat=True),
        "damage_decision": services.filter(solution="").exclude(damage_id=None).values_list("damage_id", flat=True),
        "return_decision": ReturnRequest.objects.filter(state=ReturnState.APPLIED).values_list("pk", flat=True),
    }
    return [found for name, rows in waiting.items() for found in clocks_against(name, rows)]


def numbers_have_no_gaps() -> list[str]:
    return number_gaps("FW", ServiceRequest.objects.all()) + number_gaps("TH", ReturnRequest.objects.all())


@answers("invariants")
def invariants() -> list[tuple[Any, Callable[[], list[str]]]]:
    return [
        (_("returned goods are in the ledger"), what_came_back_is_booked),
        (_("what goes back to the customer is booked as that"), what_went_back_was_not_scrapped),
        (_("returned goods are blocked until it is decided"), goods_to_be_settled_are_blocked),
        (_("orders wait for open services and returns"), orders_wait_for_what_is_open),
        (_("the customer's freight is in before goods are fetched"), nobody_drives_before_the_freight_is_in),
        (_("every damage is looked after"), every_damage_is_looked_after),
        (_("services and returns that wait have their clock"), what_waits_has_its_clock),
        (_("numbers of services and returns have no gaps"), numbers_have_no_gaps),
    ]
