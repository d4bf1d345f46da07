"""The services that wait for an engineer, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from decimal import Decimal

from aftersales import events as e
from aftersales.models import ServiceRequest
from aftersales.workflow import ServiceState
from core.facts import Event
from core.questions import answers


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {"service_solution": [], "service_work": [], "service_closing": []}
    for row in ServiceRequest.objects.open():
        about = {"order_id": row.order_id, "service_id": row.pk, "number": row.number}
        if row.state == ServiceState.CONTACTED:
            found["service_solution"].append(e.CustomerWasContacted(note=row.contact_note, **about))
        elif row.state == ServiceState.SOLVING:
            solved = e.SolutionWasRecorded(
                damage_id=row.damage_id, solution=row.solution, told_to=row.told_to, cost=row.cost or Decimal(0), **about
            )
            found["service_work"].append(solved)
        elif row.state == ServiceState.SOLVED:
            found["service_closing"].append(e.ServiceWasDone(**about))
    return found
