"""What finance answers to the questions of the house: navigation, My work, and who may read its papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from finance.models import Invoice, Payment, Receivable, Refund
from finance.selectors import Credited, credited, sees_money, value_of_returned
from orders.models import Order
from organization.roles import Role, has_role


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not sees_money(actor):
        return None
    entries = [(_("Receivables"), "receivables", "report-money"), (_("Invoices"), "invoices", "file-invoice")]
    if has_role(actor, Role.FINANCE):
        entries = [(_("Payments"), "payments", "cash"), (_("Refunds"), "refunds", "cash-banknote"), *entries]
    return [
        {"section": "money", "title": title, "url": reverse(f"finance:{name}"), "icon": icon, "position": 80 + i}
        for i, (title, name, icon) in enumerate(entries)
    ]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if not (actor.kind == "system" or sees_money(actor)):
        return None
    if kind == "finance.receivable":
        dues = Receivable.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
        return {
            due.pk: {"title": due.order.number, "text": f"{due.order.customer} {due.amount:,.2f} {due.order.currency}",
                     "url": due.get_absolute_url()}
            for due in dues
        }  # fmt: skip
    model = {"finance.payment": Payment, "finance.invoice": Invoice, "finance.refund": Refund}.get(kind)
    if model is None:
        return None
    rows = model.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")  # type: ignore[attr-defined]
    return {
        row.pk: {"title": row.number, "text": f"{row.order.number} {row.order.customer}", "url": row.get_absolute_url()} for row in rows
    }


@answers("worth_of_goods")
def worth_of_goods(order: Order, quantities: dict[int, Decimal]) -> Decimal:
    """What goods of the order, by line id, are worth when they come back (RET-07)."""
    return value_of_returned(order, quantities)


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """Papers of an invoice or a payment belong to whoever sees it."""
    paper = attachment or printed
    model = {"finance.payment": Payment, "finance.invoice": Invoice, "finance.refund": Refund}.get(paper.subject_kind) if paper else None
    if model is None:
        return None
    return model.objects.visible_to(actor).filter(pk=paper.subject_id).exists()  # type: ignore[attr-defined]


@answers("money_of_return")
def money_of_return(order: Order, number: str) -> list[Credited]:
    """What a settled return did to the money: credited, paid back, set off, owed no more (RET-04, RET-07)."""
    return [each for each in credited(order) if each.credit.reason == number]
