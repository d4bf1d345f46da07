"""What the order page shows of the money: what is due and in, payments, invoices (kind "money": only roles with sale prices)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from finance.models import Invoice, Payment, Refund
from finance.selectors import against_invoice, credited, delivery_names, receivables, sees_money, uninvoiced, uninvoiced_deliveries
from organization.roles import Role, has_role


def money_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """Seven queries; for finance four more about what can be invoiced."""
    if not sees_money(actor):
        return {"hidden": True}
    day, dues = timezone.localdate(), receivables(order)
    due, got = sum((each.amount for each in dues), Decimal(0)), sum((each.got for each in dues), Decimal(0))
    context = {
        "order": order,
        "dues": [{"due": each, "overdue": each.overdue_days(day)} for each in dues],
        "total": due,
        "received": got,
        "percent": int(got * 100 / due) if due else 0,
        "payments": list(Payment.objects.visible_to(actor).filter(order=order).order_by("-pk")),
        "invoices": list(Invoice.objects.visible_to(actor).filter(order=order).order_by("-pk")),
        "refunds": list(Refund.objects.visible_to(actor).filter(order=order).order_by("-pk")),
        "credits": credited(order),
        "is_finance": has_role(actor, Role.FINANCE),
    }
    return context | _for_finance(order, actor) if context["is_finance"] else context


def _for_finance(order: Any, actor: Actor) -> dict[str, Any]:
    url = reverse("finance:issue_invoice", args=[order.number])
    reasons = [str(reason) for reason in against_invoice(uninvoiced(order))]
    deliveries = [] if reasons else list(uninvoiced_deliveries(order))
    names = delivery_names(deliveries, actor)
    return {
        "record_url": reverse("finance:record_payment", args=[order.number]),
        "invoice_url": url,
        "invoice_reasons": reasons,
        "deliveries": [{"name": names[pk]["title"], "url": f"{url}?shipment={pk}"} for pk in deliveries if pk in names],
    }


hang(Panel("money", _("Money"), "money", "finance/panel.html", money_of_order, 80))
