"""The shipments, damages and claims that wait for somebody, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from typing import Any

from core.facts import Event
from core.questions import answers
from shipping import events as e
from shipping.models import Claim, Damage, MissingPart, Shipment, Shortage
from shipping.services.base import dated
from shipping.trouble import ClaimState, DamageState, both_sides_were_heard
from shipping.workflow import IN_HOUSE, ShipmentState, ShortageState


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    return {**_in_the_house(), **_missing(), **_damages(), **_claims()}


def _in_the_house() -> dict[str, list[Event]]:
    waiting: dict[str, list[Shipment]] = {state: [] for state in IN_HOUSE}
    for row in Shipment.objects.filter(state__in=IN_HOUSE):
        waiting[row.state].append(row)
    return {
        "shipment_clearing": [e.ShipmentAwaitsMoney(**dated(row)) for row in waiting[ShipmentState.NOTICED]],
        "shipment_picking": [e.ShipmentWasCleared(rule=row.clearance, **dated(row)) for row in waiting[ShipmentState.CLEARED]],
        "shipment_verifying": [e.ShipmentWasPicked(**dated(row)) for row in waiting[ShipmentState.PICKED]],
        "shipment_dispatch": [e.ShipmentWasVerified(**dated(row)) for row in waiting[ShipmentState.VERIFIED]],
    }


def _missing() -> dict[str, list[Event]]:
    parts = MissingPart.objects.unanswered().filter(shipment__state__in=IN_HOUSE).select_related("shipment", "department")
    goods = Shortage.objects.filter(state=ShortageState.OPEN).select_related("shipment")
    return {
        "consent_to_missing": [
            e.PartWasMissing(
                order_id=row.shipment.order_id, part_id=row.pk, shipment_id=row.shipment_id, number=row.shipment.number, part=str(row),
                department=str(row.department), expected_on=row.expected_on,
            )
            for row in parts
        ],
        "missing_goods": [
            e.ShortageIsOpenAgain(
                order_id=row.shipment.order_id, shortage_id=row.pk, shipment_id=row.shipment_id, delivery_number=str(row.shipment),
                quantity=row.quantity,
            )
            for row in goods
        ],
    }  # fmt: skip


def _damages() -> dict[str, list[Event]]:
    silent: list[Event] = []
    heard: list[Event] = []
    for row in Damage.objects.filter(state=DamageState.OPEN).select_related("shipment"):
        about: dict[str, Any] = {"order_id": row.shipment.order_id, "damage_id": row.pk, "delivery_number": str(row.shipment)}
        if both_sides_were_heard.reasons(row):
            silent.append(e.DamageWasReported(shipment_id=row.shipment_id, words=row.words, **about))
        else:
            heard.append(e.CauseWasSaid(side="", words="", heard=True, **about))
    return {"damage_words": silent, "damage_cause": heard}


def _claims() -> dict[str, list[Event]]:
    rows = list(Claim.objects.filter(state__in=[ClaimState.RAISED, ClaimState.AGREED]).select_related("shipment"))
    return {
        "claim_agreement": [
            e.ClaimWasRaised(
                order_id=row.shipment.order_id, claim_id=row.pk, number=row.number, against=row.against_name,
                delivery_number=str(row.shipment),
            )
            for row in rows
            if row.state == ClaimState.RAISED
        ],
        "claim_settlement": [
            e.ClaimWasAgreed(order_id=row.shipment.order_id, claim_id=row.pk, number=row.number, with_whom=row.agreed_with)
            for row in rows
            if row.state == ClaimState.AGREED
        ],
    }  # fmt: skip
