"""What a plan's first draft says: tasks counted back from the due date in working days (PLN-01). Proposals; the manager corrects them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import ceil

from django.utils.timezone import localtime

from orders.models import OrderLine
from organization.calendars import work_time
from organization.models import Department, Post
from organization.roles import Role
from organization.worktime import WorkTime
from production.guards import to_be_made
from production.models import PlanTask, ProductionPlan, WorkCentre

Kind = PlanTask.Kind

DESIGN_DAYS = 5
CHECK_DAYS = 1  # final inspection between assembly and packing
COMPLETE_SET_PACKING, PACKING = 2, 1
TRADES: dict[str, Role] = {Kind.DESIGN: Role.DESIGN_HEAD, Kind.PURCHASE: Role.BUYER, Kind.PACKING: Role.PACKER}


@dataclass(frozen=True)
class Span:
    """First and last day of a task."""

    start: date
    end: date


class Backwards:
    """Counts tasks back from the due date; nothing is planned for days that are already gone."""

    def __init__(self, *, work: WorkTime, today: date, due: date) -> None:
        self.work, self.first = work, work.next_working_day(today)
        self.due = due

    def span(self, before: date, days: int) -> Span:
        """`days` working days that end on the last working day before `before`."""
        end = max(self.work.day_before(before, 1), self.first)
        return Span(max(self.work.day_before(end, days - 1), self.first), end)

    def ahead(self, before: date, days: int) -> Span:
        """`days` working days from the first one on, at the latest the day before `before`."""
        latest = max(self.work.day_before(before, 1), self.first)
        end = self.first
        for _each in range(days - 1):
            end = self.work.next_working_day(end)
        return Span(self.first, min(end, latest))

    def until(self, before: date) -> Span:
        """From the first working day to the day before `before`."""
        return Span(self.first, max(self.work.day_before(before, 1), self.first))


def tasks_of(plan: ProductionPlan, at: datetime) -> list[PlanTask]:
    """Design when the order is irregular, assembly per line, final packing. Components come with the demand (`component_tasks`)."""
    order = plan.order
    company = order.product_company_id
    wanted = to_be_made(order)
    lines = list(OrderLine.objects.filter(pk__in=wanted).select_related("item", "unit").order_by("line_no"))
    count = Backwards(work=_work(company), today=localtime(at).date(), due=plan.due_date)
    complete = any(line.item.complete_set for line in lines if line.item)
    packing = count.span(plan.due_date, COMPLETE_SET_PACKING if complete else PACKING)
    assembled_by = count.work.day_before(packing.start, CHECK_DAYS)
    tasks = []
    if order.order_class == "irregular":
        tasks.append(_task(plan, Kind.DESIGN, "", count.ahead(assembled_by, DESIGN_DAYS), department_for(Kind.DESIGN, company)))
    for line in lines:
        tasks.append(
            _task(
                plan,
                Kind.ASSEMBLY,
                line.item.code if line.item else "",
                count.span(assembled_by, assembly_days(line)),
                department_for(Kind.ASSEMBLY, company),
                line=line,
                quantity=wanted[line.pk],
            )
        )
    total = sum(wanted.values(), Decimal(0))
    tasks.append(_task(plan, Kind.PACKING, "", packing, department_for(Kind.PACKING, company), quantity=total))
    return numbered(tasks)


def component_tasks(plan: ProductionPlan, *, buy: bool, companies: tuple[int, ...], at: datetime) -> list[PlanTask]:
    """Purchase of what is missing, and one collaboration task for each sister company that supplies; done before assembly starts."""
    existing = list(plan.tasks.all())
    kept = {(task.kind, task.supplier_company_id) for task in existing}
    first_assembly = min((t.start_date for t in existing if t.kind == Kind.ASSEMBLY and t.start_date), default=plan.due_date)
    company = plan.order.product_company_id
    count = Backwards(work=_work(company), today=localtime(at).date(), due=plan.due_date)
    span = count.until(first_assembly)
    tasks = []
    if buy and (Kind.PURCHASE, None) not in kept:
        tasks.append(_task(plan, Kind.PURCHASE, "", span, department_for(Kind.PURCHASE, company)))
    for sister in companies:
        if (Kind.COLLABORATION, sister) not in kept:
            task = _task(
                plan, Kind.COLLABORATION, "", span, department_for(Kind.COLLABORATION, sister) or department_for(Kind.PURCHASE, company)
            )
            task.supplier_company_id = sister
            tasks.append(task)
    return tasks


def assembly_days(line: OrderLine) -> int:
    """A quarter of the item's lead time is assembly, at least a day."""
    return max(1, ceil((line.item.lead_days if line.item else 0) / 4))


def numbered(tasks: list[PlanTask]) -> list[PlanTask]:
    """Tens, so that what comes later finds its place."""
    for number, task in enumerate(tasks, 1):
        task.sequence = 10 * number + (100 if task.kind in (Kind.ASSEMBLY, Kind.PACKING) else 0)
    return tasks


def department_for(kind: str, company_id: int) -> Department | None:
    """The department that does this kind of work: by its work centre, else by the posts of the trade."""
    centre_kind = WorkCentre.Kind.ASSEMBLY if kind == Kind.COLLABORATION else kind
    centres = WorkCentre.objects.filter(kind=centre_kind, department__isnull=False).select_related("department__company").order_by("pk")
    centre = centres.filter(company=company_id).first()
    if centre is None and kind == Kind.COLLABORATION:
        centre = centres.model.objects.filter(company=company_id, department__isnull=False).select_related("department__company").first()
    if centre is not None:
        return centre.department
    role = TRADES.get(kind, Role.WORKSHOP_HEAD)
    post = Post.objects.filter(role=role, department__company=company_id).select_related("department__company").order_by("pk").first()
    if post is None and kind == Kind.PACKING:  # without packers of its own: one company of the group packs for all
        centre = centres.first()
        return centre.department if centre else None
    return post.department if post else None


def _work(company_id: int) -> WorkTime:
    return work_time(company_id=company_id)


def _task(
    plan: ProductionPlan,
    kind: str,
    title: str,
    span: Span,
    department: Department | None,
    *,
    line: OrderLine | None = None,
    quantity: Decimal = Decimal(1),
) -> PlanTask:
    return PlanTask(
        plan=plan, kind=kind, title=title, department=department, line=line, start_date=span.start, end_date=span.end, quantity=quantity
    )
