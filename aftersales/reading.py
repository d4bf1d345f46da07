"""What the pages after delivery show, in groups of labelled facts; money only for who sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models import ReturnLine, ReturnRequest, ServiceRequest
from core.actor import Actor
from documents.models import Attachment
from organization.roles import Role, has_role, sees_costs, sees_sale_prices

Facts = list[dict[str, Any]]


def sees_amounts(actor: Actor) -> bool:
    """Costs of a service and freight of a return: after-sales records them; else whoever sees prices or costs."""
    return sees_sale_prices(actor) or sees_costs(actor) or has_role(actor, Role.AFTERSALES_ENGINEER)


def labelled(*pairs: tuple[Any, Any]) -> Facts:
    return [{"label": label, "value": value} for label, value in pairs if value not in (None, "")]


def service_facts(thing: ServiceRequest, actor: Actor) -> list[tuple[Any, Facts]]:
    """Groups of a service request: asked, done, agreed."""
    cost = f"{thing.cost:,.2f}" if thing.cost is not None and sees_amounts(actor) else ""
    asked = labelled(
        (_("kind"), thing.get_kind_display()),
        (_("channel"), thing.get_channel_display()),
        (_("contact"), thing.contact),
        (pgettext_lazy("service", "received by"), thing.received_by),
        (_("received at"), thing.received_at),
        (_("handed over by"), thing.handed_over_by),
        (_("handed over at"), thing.handed_over_at),
    )
    done = labelled(
        (_("contacted by"), thing.contacted_by),
        (_("contacted at"), thing.contacted_at),
        (_("what was said"), thing.contact_note),
        (_("solution"), thing.solution),
        (_("solution by"), thing.solution_by),
        (_("told to"), thing.told_to),
        (_("cost of the solution, CNY"), cost),
        (_("done at"), thing.solved_at),
        (_("agreed for the customer by"), thing.agreed_by),
        (_("closed at"), thing.closed_at),
    )
    return [group for group in ((_("What was asked"), asked), (_("What was done"), done)) if group[1]]


def return_facts(thing: ReturnRequest, actor: Actor) -> list[tuple[Any, Facts]]:
    """Groups of a return: applied for, answered, back."""
    freight = f"{thing.freight_amount:,.2f} {thing.order.currency}" if thing.freight_amount and sees_amounts(actor) else ""
    asked = labelled(
        (_("wanted"), thing.get_wanted_display()),
        (_("reason as told"), thing.get_reason_display()),
        (_("identity checked by"), thing.get_identity_display()),
        (_("applied by"), thing.applied_by),
        (_("applied at"), thing.applied_at),
    )
    answered = labelled(
        (_("cause found"), thing.get_cause_display()),
        (_("freight paid by"), (_("us") if thing.is_ours else _("the customer")) if thing.costs_told_at else ""),
        (_("freight both ways, paid by the customer"), freight),
        (_("costs told to"), thing.costs_told_to),
        (_("information asked"), thing.question),
        (_("agreed in spite of the conditions because"), thing.exception),
        (_("refused because"), thing.refusal),
        (_("answered by"), thing.answered_by),
        (_("answered at"), thing.answered_at),
    )
    back = labelled(
        (_("collected on"), thing.collect_on),
        (_("carrier"), thing.carrier),
        (_("freight prepaid with"), thing.freight_reference),
        (_("freight paid on"), thing.freight_paid_on),
        (_("freight confirmed by"), thing.freight_confirmed_by),
        (_("goods received by"), thing.received_by),
        (_("goods received at"), thing.received_at),
        (_("inspected by"), thing.inspected_by),
        (_("conclusion"), thing.conclusion),
        (_("settled by"), thing.settled_by),
        (_("settled at"), thing.settled_at),
    )
    groups = ((_("Application"), asked), (_("Answer"), answered), (_("Collection and settling"), back))
    return [group for group in groups if group[1]]


def return_lines(thing: ReturnRequest) -> list[ReturnLine]:
    return list(thing.lines.select_related("line__item", "line__unit").order_by("line__line_no"))


def papers_of(thing: Any) -> list[Attachment]:
    """What the customer or our people put beside it; whoever sees the thing may read it."""
    return list(Attachment.objects.filter(subject_kind=thing._meta.label_lower, subject_id=thing.pk).order_by("pk"))
