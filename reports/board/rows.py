"""What stands on the board: rows of the departments as far as one company has to do with them (KPI-02). None of them holds a price."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from orders.models import ChangeItem, Order, Shortage
from orders.workflow.change import OVER
from organization.models import Company
from procurement.models import Demand
from production.models import PlanTask
from production.workflow import ISSUED_PLANS, PlanState, TaskState
from shipping.models import MissingPart, Shipment
from sla.models import RunningClock

Rows = TypeVar("Rows", bound=QuerySet)
TASK = PlanTask._meta.label_lower
WORK_PLANS = (*ISSUED_PLANS, PlanState.FINISHED)


def reaching(rows: Rows, company: Company, *paths: str) -> Rows:
    """The rows that the company has to do with by one of these look-ups; the headquarters has to do with all of them."""
    if company.kind == Company.Kind.HEADQUARTERS:
        return rows
    return rows.filter(reduce(or_, [Q(**{path: company.pk}) for path in paths]))


def today(at: datetime) -> date:
    return localtime(at).date()


def shipments(company: Company, at: datetime) -> QuerySet:
    """What is to leave today: first what waits, the longest overdue on top, then what has left, as it left.

    `unanswered`: parts stay behind, and the customer has not agreed to it.
    """
    rows = reaching(Shipment.objects.leaving(today(at)), company, "company", "order__sales_company")
    parts = MissingPart.objects.unanswered().filter(shipment=OuterRef("pk"))
    return rows.annotate(unanswered=Exists(parts)).order_by(F("dispatched_at").asc(nulls_first=True), "planned_on", "pk")


def late_orders(company: Company, at: datetime) -> QuerySet:
    """Orders past the day that was promised, the latest on top. `lack`: why, where a shortage waits for a decision."""
    rows = reaching(Order.objects.late(today(at)), company, "sales_company", "product_company")
    lack = Shortage.objects.open().filter(order=OuterRef("pk")).order_by("pk").values("cause")[:1]
    return rows.annotate(lack=Subquery(lack)).order_by("promised_date", "pk")


def work(company: Company) -> QuerySet[PlanTask]:
    """The tasks of plans that the workshops work to: done at this company, or for what it sold."""
    rows = PlanTask.objects.filter(plan__state__in=WORK_PLANS).exclude(state=TaskState.CANCELLED)
    return reaching(rows, company, "department__company", "plan__order__sales_company")


def blocked_tasks(company: Company, at: datetime) -> QuerySet[PlanTask]:
    """Work that cannot go on, what is to be finished first on top, and why: a change holds it (`change`: its number), a shortage of its
    line is not decided (`lack`: the cause), or its day has come and components are missing (`waits`)."""
    hold = ChangeItem.objects.filter(kind=TASK, reference=OuterRef("pk"), hold=True).exclude(change__state__in=OVER)
    lack = Shortage.objects.open().filter(line=OuterRef("line")).order_by("pk")
    waits = Demand.objects.uncovered().filter(line=OuterRef("line"), dropped_at=None)
    rows = work(company).filter(plan__state__in=ISSUED_PLANS, state__in=[TaskState.ISSUED, TaskState.RUNNING])
    rows = rows.annotate(change=Subquery(hold.values("change__number")[:1]), lack=Subquery(lack.values("cause")[:1]), waits=Exists(waits))
    of_line = Q(lack__isnull=False) | Q(waits=True, state=TaskState.ISSUED, start_date__lte=today(at))
    return rows.filter(Q(change__isnull=False) | Q(of_line, kind=PlanTask.Kind.ASSEMBLY)).order_by("end_date", "pk")


def last_week(at: datetime) -> tuple[date, date]:
    """Monday and Sunday of the week before this one."""
    monday = today(at) - timedelta(days=today(at).weekday() + 7)
    return monday, monday + timedelta(days=6)


KEPT = Q(state=TaskState.DONE, finished_at__date__lte=F("end_date"))
DELIVERED_IN_TIME = Q(delivered_at__date__lte=F("promised_date"))


def planned_last_week(company: Company, at: datetime) -> QuerySet[PlanTask]:
    """The tasks that were to be finished last week; `KEPT` says of which that is true."""
    return work(company).filter(end_date__range=last_week(at)).order_by("end_date", "pk")


def work_figures(company: Company, at: datetime) -> dict[str, int]:
    """How many tasks are under way, how many were to be finished last week, and of how many of those it is true. One query."""
    due = Q(end_date__range=last_week(at))
    under_way = Q(plan__state__in=ISSUED_PLANS, state__in=[TaskState.ISSUED, TaskState.RUNNING])
    sums: dict[str, Any] = {"under_way": under_way, "due": due, "kept": due & KEPT}
    return work(company).aggregate(**{name: Count("pk", filter=condition) for name, condition in sums.items()})


def promised_this_month(company: Company, at: datetime) -> QuerySet[Order]:
    """Orders promised for a day of this month that is over, or for a later one of it and delivered already; cancelled ones left out."""
    day = today(at)
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    rows = Order.objects.filter(promised_date__gte=first, promised_date__lt=after)
    judged = rows.filter(Q(delivered_at__isnull=False) | Q(pk__in=Order.objects.late(day).values("pk")))
    return reaching(judged, company, "sales_company", "product_company").order_by("promised_date", "pk")


def pressing_clocks(company: Company, at: datetime) -> QuerySet[RunningClock]:
    """What this company's people have let run out, longest ago on top, and what runs out next and has been warned of. What stands still
    for the customer is neither. `number`: of its order."""
    rows = RunningClock.objects.open().filter(paused_at=None, opens_at__lte=at).filter(Q(warn_at__lte=at) | Q(due_at__lte=at))
    number = Order.objects.filter(pk=OuterRef("order_id")).values("number")
    return reaching(rows, company, "company_id").annotate(number=Subquery(number)).order_by("due_at", "pk")


def overdue_at(company: Company, moment: datetime) -> int:
    """How many clocks were overdue at an earlier moment: due by then, and neither met nor ended nor standing still. What was met or has
    ended since counts for that moment and not for now."""
    still = [Q(**{name: None}) | Q(**{f"{name}__gt": moment}) for name in ("stopped_at", "cancelled_at", "paused_at")]
    return reaching(RunningClock.objects.filter(*still, due_at__lte=moment), company, "company_id").count()
