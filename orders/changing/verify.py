"""What must always hold of changes (trust I2): obligations have clocks, what is open hangs on its order, numbers have no gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from core.questions import answers
from core.verify import number_gaps
from orders.models import ChangeItem, ChangeRequest, ChangeSignoff, OpenItem, OrderRevision, SupplementaryAgreement
from orders.workflow import ENDS
from orders.workflow.change import OVER, ChangeState, ItemState, SignoffState
from sla.models import ClockRule, RunningClock

Violations = list[str]


def open_changes_hang_on_their_orders() -> Violations:
    """FIN-05: an order with an open change does not close, one without is not held up."""
    hanging = set(OpenItem.objects.filter(kind="change", closed_at=None).values_list("reference", flat=True))
    open_ones = set(ChangeRequest.objects.open().values_list("number", flat=True))
    return [f"{number}: open, its order does not know" for number in sorted(open_ones - hanging)] + [
        f"{number}: over, its order still waits for it" for number in sorted(hanging - open_ones)
    ]


def applied_changes_are_revisions() -> Violations:
    """CHG-08: each change that was applied made one revision of its order, and no other change the same."""
    wrong, seen = [], set()
    known = set(OrderRevision.objects.values_list("order_id", "number"))
    for change in ChangeRequest.objects.filter(state=ChangeState.APPLIED):
        made = (change.order_id, change.revision)
        if made not in known or made in seen:
            wrong.append(f"{change}: applied, but R{change.revision} is not its own")
        seen.add(made)
    return wrong


def changes_have_clocks() -> Violations:
    """CHG-01, CHG-02: who must classify, decide, circulate or sign has a clock, and nobody has one for what is done."""
    alive = ChangeRequest.objects.exclude(order__state__in=ENDS)
    changes = alive.filter(kind=ChangeRequest.Kind.CHANGE)
    first = changes.filter(Q(state=ChangeState.CLASSIFIED) | Q(state=ChangeState.RECEIVED, reviews=None))
    impossible = changes.filter(state=ChangeState.RECEIVED, reviews__isnull=False).distinct()
    asked = ChangeSignoff.objects.filter(state=SignoffState.ASKED).exclude(change__order__state__in=ENDS)
    rows = ChangeItem.objects.filter(state=ItemState.OPEN).exclude(change__order__state__in=ENDS).exclude(change__state__in=OVER)
    rows = rows.exclude(change__state=ChangeState.RECEIVED, change__kind=ChangeRequest.Kind.CHANGE)  # its class comes first
    wanted: dict[str, set[tuple[int, str]]] = {
        "change_response": {(pk, "") for pk in first.values_list("pk", flat=True)},
        "change_negotiation": {(pk, "") for pk in impossible.values_list("pk", flat=True)},
        "change_circulation": {(pk, "") for pk in alive.filter(state=ChangeState.NOTICED, circulated_at=None).values_list("pk", flat=True)},
        "rows_of_change": {(pk, role) for pk, role in rows.values_list("change_id", "role")},
        "change_signoff": set(asked.values_list("change_id", "role")),
    }
    off = set(ClockRule.objects.filter(active=False).values_list("name", flat=True))
    wrong = []
    for name, things in wanted.items():
        running = set(RunningClock.objects.open().filter(name=name).values_list("subject_id", "key"))
        wrong += [f"change {pk} {key}: no clock {name}" for pk, key in sorted(things - running) if name not in off]
        wrong += [f"change {pk} {key}: clock {name} runs for nothing" for pk, key in sorted(running - things)]
    return wrong


def nothing_is_held_for_what_is_over() -> Violations:
    """A review or an agreement on its way belongs to a change that is still open."""
    reviews = ChangeRequest.objects.filter(state__in=OVER, reviews__state="open")
    agreements = SupplementaryAgreement.objects.filter(state="sent", change__state__in=OVER).select_related("change")
    return [f"{change}: over, its review is open" for change in reviews] + [f"{a.change}: over, {a} is still out" for a in agreements]


def change_numbers_have_no_gaps() -> Violations:
    noticed = ChangeRequest.objects.exclude(notice_number="")
    found = number_gaps("CR", ChangeRequest.objects.all()) + number_gaps("BC", SupplementaryAgreement.objects.all())
    return found + number_gaps("GG", noticed, field="notice_number")


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], Any]]]:
    return [
        ("open changes hang on their orders", open_changes_hang_on_their_orders),
        ("applied changes are revisions", applied_changes_are_revisions),
        ("changes have clocks, and only where somebody must act", changes_have_clocks),
        ("reviews and agreements end with their change", nothing_is_held_for_what_is_over),
        ("numbers of changes, notices, agreements have no gaps", change_numbers_have_no_gaps),
    ]
