"""What changes answer to the questions of the house: navigation, My work, their panel on the order page, the contract that they touch."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.actor import Actor
from core.panels import Panel, hang
from core.questions import answers
from orders.change_guards import open_changes
from orders.guards import contract_of
from orders.impact import Impact, Wanted
from orders.models import ChangeItem, ChangeRequest, Contract, Order
from organization.roles import RIGHTS, Role


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not any("change" in RIGHTS[hat.role].sees for hat in actor.hats):
        return None
    title = pgettext("change", "Changes")
    return [{"section": "", "title": title, "url": reverse("orders:changes"), "icon": "git-pull-request", "position": 4}]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind != ChangeRequest._meta.label_lower:
        return None
    rows = ChangeRequest.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
    return {
        row.pk: {"title": row.number, "text": f"{row.order.number} {row.order.customer.name}", "url": row.get_absolute_url()}
        for row in rows
    }


@answers("order_impact")
def the_contract_is_touched(wanted: Wanted) -> list[Impact] | None:
    """Price, date and address stand in the contract: sales says whether an agreement supplements it or the customer's word will do."""
    order = Order.objects.select_related("sales_company").get(pk=wanted.order_id)
    contract: Contract | None = contract_of(order)
    in_sum = wanted.touched_lines or wanted.new_lines or wanted.date
    if wanted.cancel or contract is None or not (in_sum or wanted.header):
        return None
    options = [("confirm", gettext_lazy("customer's word on price and date")), ("agreement", gettext_lazy("supplementary agreement"))]
    return [
        Impact(
            kind=Contract._meta.label_lower,
            reference=contract.pk,
            title=_("Contract {number}").format(number=contract.number),
            now=str(contract.get_state_display()),
            effect=_("lines, amount or date of the contract") if in_sum else _("address or contact in the contract"),
            touches=1,
            options=tuple(reversed(options) if wanted.structural else options),
            role=Role.SALES_CLERK,
            company_id=order.sales_company_id,
            url=order.get_absolute_url(),
        )
    ]


def panel_context(order: Order, actor: Actor) -> dict[str, Any]:
    return {"changes": list(ChangeRequest.objects.visible_to(actor).filter(order=order).order_by("-pk")), "revision": order.revision}


hang(Panel("changes", pgettext_lazy("change", "Changes"), "change", "orders/panels/changes.html", panel_context, 25))


def under_way(order: Order) -> list[dict[str, Any]]:
    """Open changes of an order as labels beside its state, with the work that is stopped for them (states.md)."""
    rows = open_changes(order)
    held: dict[int, list[str]] = {}
    for item in ChangeItem.objects.filter(change__in=rows, hold=True):
        held.setdefault(item.change_id, []).append(item.title)
    return [
        {
            "change": row,
            "label": LABELS.get(row.state) or _("{kind}: {state}").format(kind=row.get_kind_display(), state=row.standing[0]),
            "held": held.get(row.pk, []),
        }
        for row in rows
    ]


LABELS = {"in_review": gettext_lazy("change in review")}  # states.md; else as its own page says
