"""What happens to goods under inspection, in the past tense.

`source_kind` and `source_id` name the arrival or the handover that the goods came from, also after a rework.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event

INSPECTION = ("quality.inspection", "inspection_id")
NONCONFORMITY = ("quality.nonconformity", "nonconformity_id")


@dataclass(frozen=True, kw_only=True)
class InspectionWasOpened(Event):
    text = _("Inspection {number} asked: {code} × {quantity}")
    about = INSPECTION
    inspection_id: int
    number: str
    source_kind: str
    source_id: int
    line_id: int | None
    item_id: int
    company_id: int
    code: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True)
class InspectionWasFinished(Event):
    """The result is in; `passed` when nothing was rejected."""

    text = _("Inspection {number}: {code}, accepted {accepted}, rejected {rejected}. {findings}")
    about = INSPECTION
    inspection_id: int
    number: str
    source_kind: str
    source_id: int
    line_id: int | None
    item_id: int
    company_id: int
    code: str
    accepted: Decimal
    rejected: Decimal
    passed: bool
    findings: str


@dataclass(frozen=True, kw_only=True)
class NonconformityWasFound(Event):
    text = _("Nonconforming: {code} × {quantity}. {findings}")
    tone = "bad"
    about = NONCONFORMITY
    nonconformity_id: int
    inspection_id: int
    number: str
    source_kind: str
    source_id: int
    line_id: int | None
    item_id: int
    company_id: int
    code: str
    quantity: Decimal
    findings: str


@dataclass(frozen=True, kw_only=True)
class NonconformityWasRouted(Event):
    text = _("Nonconformity {number} passed to {role}. {note}")
    about = NONCONFORMITY
    coded = {"role": "quality.Nonconformity.addressee"}
    nonconformity_id: int
    number: str
    role: str
    note: str


@dataclass(frozen=True, kw_only=True)
class NonconformityWasDecided(Event):
    """`disposition` is rework, return, concession or scrap. After return and scrap the goods are out of stock and lacking."""

    text = _("Nonconformity {number}: {code} × {quantity}, decided: {disposition}. {reason}")
    about = NONCONFORMITY
    coded = {"disposition": "quality.Nonconformity.disposition"}
    nonconformity_id: int
    inspection_id: int
    number: str
    source_kind: str
    source_id: int
    line_id: int | None
    item_id: int
    company_id: int
    code: str
    quantity: Decimal
    disposition: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NonconformityWasClosed(Event):
    text = _("Nonconformity {number} closed")
    about = NONCONFORMITY
    nonconformity_id: int
    number: str
    disposition: str
