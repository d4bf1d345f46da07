"""What must hold of purchases at any moment (trust I2)."""

from __future__ import annotations

from collections.abc import Callable

from core.models import Fact
from core.questions import answers
from core.verify import number_gaps
from orders.workflow import OrderState
from organization.models import Post
from organization.roles import Role
from procurement.events import PurchaseWasApproved
from procurement.models import Demand, PurchaseOrder, PurchaseServes
from procurement.workflow import PurchaseState

UNSENT = (PurchaseState.DRAFTED, PurchaseState.APPROVED)


def purchases_are_approved_by_another() -> list[str]:
    """PUR-02: who made a purchase never approved it, unless as the buyer of a company without a head; what was sent was approved."""
    alone = set(Post.objects.filter(role=Role.BUYER).values_list("pk", flat=True))
    facts = Fact.objects.filter(kind=PurchaseWasApproved.kind()).order_by("pk")
    signed = {pk: (person, post) for pk, person, post in facts.values_list("subject_id", "person_id", "post_id")}
    wrong = []
    for purchase in PurchaseOrder.objects.exclude(approved_at=None, sent_at=None).order_by("pk"):
        person, post = signed.get(purchase.pk, (None, None)) if purchase.approved_at else (None, None)
        if person is None:
            wrong.append(f"{purchase.number}: nobody approved it")
        elif person == purchase.made_by_id and post not in alone:
            wrong.append(f"{purchase.number}: made and approved by {purchase.made_by}")
    return wrong


def purchase_numbers_have_no_gaps() -> list[str]:
    return number_gaps("CG", PurchaseOrder.objects.all())


def cancelled_orders_need_nothing() -> list[str]:
    """CHG-09: after the cancelling no demand is open, and no draft or unsent purchase stands for it."""
    demands = Demand.objects.uncovered().filter(order__state=OrderState.CANCELLED).select_related("order", "item")
    found = [f"demand {row.pk} of cancelled order {row.order}: {row.item} × {row.missing}" for row in demands]
    serves = PurchaseServes.objects.filter(demand__order__state=OrderState.CANCELLED, line__purchase__state__in=UNSENT)
    return found + [
        f"{row.line.purchase} serves demand {row.demand_id} of a cancelled order" for row in serves.select_related("line__purchase")
    ]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [
        ("purchases are approved by another than their maker", purchases_are_approved_by_another),
        ("cancelled orders need nothing", cancelled_orders_need_nothing),
        ("purchase numbers have no gaps", purchase_numbers_have_no_gaps),
    ]
