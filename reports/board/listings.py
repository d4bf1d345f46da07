"""The rows behind each figure of the board, whole, on an ordinary page with links to the things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.lists import Column
from organization.models import Company
from organization.roles import Role
from reports.board import rows
from sla.models import RunningClock
from sla.work import chip, tasks

SHOWN = 500


@dataclass(frozen=True)
class Listing:
    title: Any
    rows: Callable[[Company, datetime], QuerySet]
    columns: list[Column]
    related: tuple[str, ...] = ()


def _in_time(found: QuerySet, condition: Any) -> QuerySet:
    return found.annotate(in_time=Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()))


def why(task: Any) -> str:
    """What a blocked task waits for."""
    if task.change:
        return gettext("waits for change %(number)s") % {"number": task.change}
    return task.lack or gettext("waits for components")


TASK = [
    Column("task", _("Task"), lambda t: t.label, link=True),
    Column("order", _("Order"), lambda t: t.plan.order.number),
    Column("customer", _("Customer"), lambda t: t.plan.order.customer.name),
    Column("department", _("Department"), lambda t: str(t.department or "")),
    Column("end", _("Planned end"), lambda t: t.end_date),
]
OF_TASK = ("plan__order__customer", "department__company")
ORDER = [
    Column("number", _("Number"), lambda o: o.number, link=True),
    Column("customer", _("Customer"), lambda o: o.customer.name),
    Column("company", _("Product company"), lambda o: o.product_company.short_name),
    Column("promised", _("Promised"), lambda o: o.promised_date),
]
OF_ORDER = ("customer", "product_company")
LISTINGS = {
    "shipments": Listing(
        _("To leave today"),
        rows.shipments,
        [
            Column("number", _("Notice"), lambda s: s.number, link=True),
            Column("order", _("Order"), lambda s: s.order.number),
            Column("customer", _("Customer"), lambda s: s.order.customer.name),
            Column("company", _("Ships from"), lambda s: s.company.short_name),
            Column("place", _("Place"), lambda s: s.place),
            Column("planned", _("Planned dispatch"), lambda s: s.planned_on),
            Column("left", _("Left at"), lambda s: s.dispatched_at),
            Column("state", _("State"), lambda s: s.get_state_display()),
        ],
        ("order__customer", "company"),
    ),
    "late": Listing(
        _("Late orders"), rows.late_orders, [*ORDER, Column("state", _("State"), lambda o: o.get_state_display())], OF_ORDER
    ),
    "clocks": Listing(
        _("Overdue clocks, and those due soon"),
        rows.pressing_clocks,
        [
            Column("clock", _("Clock"), lambda c: chip(c, c.started_at).label, link=True),
            Column("order", _("Order"), lambda c: c.number),
            Column("due", _("Due at"), lambda c: c.due_at),
            Column("role", _("Responsible"), lambda c: str(Role(c.role).label)),
        ],
        ("rule",),
    ),
    "blocked": Listing(_("Blocked tasks"), rows.blocked_tasks, [*TASK, Column("why", _("Why"), why)], OF_TASK),
    "plan": Listing(
        _("Plan kept last week"),
        lambda company, at: _in_time(rows.planned_last_week(company, at), rows.KEPT),
        [*TASK, Column("finished", _("Actual end"), lambda t: t.finished_at), Column("in_time", _("In time"), lambda t: t.in_time)],
        OF_TASK,
    ),
    "delivery": Listing(
        _("In time this month"),
        lambda company, at: _in_time(rows.promised_this_month(company, at), rows.DELIVERED_IN_TIME),
        [*ORDER, Column("delivered", _("Delivered"), lambda o: o.delivered_at), Column("in_time", _("In time"), lambda o: o.in_time)],
        OF_ORDER,
    ),
}  # fmt: skip


def listed(listing: Listing, company: Company, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The rows as a list page shows them; a link only to what this person may open."""
    found = list(listing.rows(company, at).select_related(*listing.related)[:SHOWN])
    urls = addresses(found, actor, at)
    return [{"cells": [(c, c.value(row)) for c in listing.columns], "url": urls.get(row.pk, "")} for row in found]


def addresses(found: list[Any], actor: Actor, at: datetime) -> dict[int, str]:
    if not found:
        return {}
    if isinstance(found[0], RunningClock):  # seen by whoever sees the thing that it belongs to
        return {task["pk"]: task["clock_url"] for task in tasks(found, actor, at)}
    model = type(found[0])
    theirs = set(model.objects.visible_to(actor).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    return {row.pk: row.get_absolute_url() for row in found if row.pk in theirs}
