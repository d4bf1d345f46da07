"""What must hold of shipments at any moment (trust I2)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F, Sum

from core.questions import answers
from core.verify import number_gaps
from orders.models import LineMovement, OpenItem
from orders.verify import quantities_of_lines
from orders.workflow import OrderState
from shipping.models import Claim, MissingPart, Shipment, ShipmentLine, Shortage, Trace
from shipping.parts import PartState
from shipping.services.base import CLAIM, PART
from shipping.trouble import TraceState
from shipping.workflow import IN_HOUSE, ShipmentState
from sla.verify import clocks_against


def shipments_are_verified_by_another() -> list[str]:
    """SHP-03: nothing left without a second person, who is not the picker."""
    gone = Shipment.objects.exclude(dispatched_at=None)
    rows = gone.filter(verifier_id=None) | gone.filter(verifier_id=F("picker_id"))
    return [f"{row.number}: picked by {row.picker_id}, verified by {row.verifier_id}" for row in rows.order_by("pk")]


def shipment_numbers_have_no_gaps() -> list[str]:
    return number_gaps("FH", Shipment.objects.all()) + number_gaps("SP", Claim.objects.all())


def what_was_not_received_is_a_shortage() -> list[str]:
    """SHP-07: of every line that was counted, received and missing make up what was sent."""
    missing = dict(Shortage.objects.values_list("goods_id", "quantity"))
    rows = ShipmentLine.objects.exclude(received=None).values_list("pk", "quantity", "received")
    return [
        f"shipment line {pk}: {quantity} sent, {received} received, {missing.get(pk, 0)} missing"
        for pk, quantity, received in rows
        if quantity - missing.get(pk, 0) != received
    ]


def nothing_left_without_consent() -> list[str]:
    """SHP-06: parts that stayed behind are known to the customer, who agreed."""
    stayed = MissingPart.objects.exclude(state=PartState.ALONG)
    rows = stayed.filter(consent_at=None).exclude(shipment__dispatched_at=None).select_related("shipment")
    return [f"{row.shipment.number} left without {row}: nobody agreed" for row in rows.order_by("pk")]


def parts_and_claims_keep_their_order_open() -> list[str]:
    """FIN-05: an open item for every part that is not delivered and every claim that is not over, and for no other."""
    wanted = {(PART, f"{row.shipment.number}/{row.pk}") for row in _parts()}
    wanted |= {(CLAIM, number) for number in Claim.objects.filter(state__in=["raised", "agreed"]).values_list("number", flat=True)}
    found = set(OpenItem.objects.filter(kind__in=[PART, CLAIM], closed_at=None).values_list("kind", "reference"))
    return [f"{kind} {reference}: no open item" for kind, reference in sorted(wanted - found)] + [
        f"{kind} {reference}: open item for nothing" for kind, reference in sorted(found - wanted)
    ]


def _parts() -> list[MissingPart]:
    over = [PartState.DELIVERED, PartState.STRUCK, PartState.ALONG]
    return list(MissingPart.objects.exclude(state__in=over).select_related("shipment"))


def what_is_noticed_stands_in_notices() -> list[str]:
    """SHP-07: per order line, the ledger's noticed is what the notices have, but for what goes once more for lost goods and what was
    called back.
    """
    lines = ShipmentLine.objects.filter(replaces=False).exclude(shipment__state__in=[ShipmentState.CANCELLED, ShipmentState.RECALLED])
    told = dict(lines.values_list("line_id").order_by("line_id").annotate(Sum("quantity")))
    rows = LineMovement.objects.filter(kind=LineMovement.Kind.NOTICED)
    booked = dict(rows.values_list("line_id").order_by("line_id").annotate(Sum("quantity")))
    return [
        f"line {pk}: {told.get(pk, 0)} in notices, {booked.get(pk, 0)} noticed in the ledger"
        for pk in sorted(told.keys() | booked)
        if told.get(pk, 0) != booked.get(pk, 0)
    ]


def missing_goods_can_go_after() -> list[str]:
    """SHP-06: goods that did not go along are still to be noticed, so that a follow-up can bring them and the order can close."""
    parts = MissingPart.objects.waiting().filter(line__isnull=False).exclude(shipment__order__state=OrderState.CANCELLED)
    missing = dict(parts.values_list("line_id").order_by("line_id").annotate(Sum("quantity")))
    sums = quantities_of_lines() if missing else {}
    return [
        f"line {pk}: {quantity} missing, {sums[pk]['open'] - sums[pk]['noticed']} not noticed"
        for pk, quantity in missing.items()
        if quantity > sums[pk]["open"] - sums[pk]["noticed"]
    ]


def cancelled_orders_have_no_notices() -> list[str]:
    """CHG-09: nothing of a cancelled order waits in the house for a lorry."""
    rows = Shipment.objects.filter(order__state=OrderState.CANCELLED, state__in=IN_HOUSE).select_related("order")
    return [f"{row.number} of cancelled order {row.order}: {row.state}" for row in rows]


RECEIPT = ("customer_receipt", "delivery_unconfirmed", "delivery_unconfirmed_2", "delivery_unconfirmed_3", "delivery_taken_as_received")


def goods_under_way_have_their_clocks() -> list[str]:
    """SHP-09 ... SHP-11: what is on the way is asked after until it is received, also when its order has ended; while transport traces
    it, only the trace has a clock.
    """
    traced = set(Trace.objects.filter(state=TraceState.OPEN).values_list("shipment_id", flat=True))
    going = set(Shipment.objects.filter(state=ShipmentState.DISPATCHED, lost_at=None).values_list("pk", flat=True)) - traced
    called = set(Shipment.objects.being_called_back().values_list("pk", flat=True))
    coming = set(Shipment.objects.filter(state=ShipmentState.RETURNING).values_list("pk", flat=True))
    waiting = {**dict.fromkeys(RECEIPT, going), "nonreceipt_trace": traced, "recall": called, "recalled_goods": coming}
    return [f"shipment {found}" for name, rows in waiting.items() for found in clocks_against(name, rows)]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [
        ("shipments are verified by another than the picker", shipments_are_verified_by_another),
        ("cancelled orders have no notices", cancelled_orders_have_no_notices),
        ("goods under way have their clocks", goods_under_way_have_their_clocks),
        ("shipment and claim numbers have no gaps", shipment_numbers_have_no_gaps),
        ("what was not received is a shortage", what_was_not_received_is_a_shortage),
        ("nothing left without the customer's consent to what is missing", nothing_left_without_consent),
        ("missing parts and claims keep their order open", parts_and_claims_keep_their_order_open),
        ("what the ledger has as noticed stands in notices", what_is_noticed_stands_in_notices),
        ("missing goods can go after", missing_goods_can_go_after),
    ]
