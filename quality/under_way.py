"""The rework that waits for its next inspection, as the facts that started its clocks (SLA-07)."""

from __future__ import annotations

from core.facts import Event
from core.questions import answers
from quality import events as e
from quality.models import Nonconformity
from quality.workflow import NonconformityState


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    rows = Nonconformity.objects.filter(state=NonconformityState.DECIDED, disposition="rework").select_related("inspection__item")
    return {
        "rework": [
            e.NonconformityWasDecided(
                order_id=row.inspection.order_id, nonconformity_id=row.pk, inspection_id=row.inspection_id, number=row.inspection.number,
                source_kind=row.inspection.source_kind, source_id=row.inspection.source_id, line_id=row.inspection.line_id,
                item_id=row.inspection.item_id, company_id=row.inspection.company_id, code=row.inspection.item.code,
                quantity=row.quantity, disposition=row.disposition, reason=row.reason,
            )
            for row in rows
        ]
    }  # fmt: skip
