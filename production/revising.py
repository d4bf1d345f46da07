"""A change or the cancelling of the order carried into its plan: tasks follow what is to be made now (CHG-08, CHG-09).

Everything is counted anew from the order, so that the same fact heard again changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM
from core.facts import act, publish
from inventory.services import receive_stock
from orders.changes import decisions
from orders.models import LineMovement, Order, OrderLine
from orders.services import ledger
from orders.services.making import to_make
from organization.calendars import work_time
from production import events
from production.drafting import CHECK_DAYS, COMPLETE_SET_PACKING, PACKING, Backwards, Span, assembly_days, department_for
from production.models import Handover, PlanTask, ProductionPlan
from production.services import finish_plan_if_done, issue
from production.workflow import ISSUED_PLANS, PlanState, TaskState

Z = Decimal(0)
Kind = PlanTask.Kind
OPEN = (TaskState.ISSUED, TaskState.RUNNING)
TASK = PlanTask._meta.label_lower
Alteration = tuple[str, str, str]


@act
def revise_plan(*, order_id: int, change_id: int, revision: int, at: datetime) -> None:
    """The order stands at a new revision: quantities, dates and new lines go into the plan as was decided; the tasks show what changed."""
    plan = _locked(order_id)
    if plan is None or plan.state == PlanState.CANCELLED or plan.revision >= revision:
        return
    plan.revision = revision
    work = Revising(plan, decisions(change_id, TASK), ("orders.changerequest", change_id), at)
    touched = work.carry_out()
    work.show()
    if plan.state in ISSUED_PLANS or (touched and plan.state == PlanState.FINISHED):
        plan.take("revise", by=SYSTEM, at=at)
    else:
        plan.bump().save()
    publish(
        events.PlanWasRevised(order_id=order_id, plan_id=plan.pk, number=plan.number, revision=revision, tasks=touched), by=SYSTEM, at=at
    )
    finish_plan_if_done(plan, at)


@act
def make_again(*, order_id: int, shortage_id: int, at: datetime) -> None:
    """Goods were lost and are made again (INV-06): the plan takes them up."""
    plan = _locked(order_id)
    if plan is None or plan.state not in (*ISSUED_PLANS, PlanState.FINISHED):
        return
    touched = Revising(plan, {}, ("orders.shortage", shortage_id), at).carry_out()
    if touched:
        plan.take("revise", by=SYSTEM, at=at)


@act
def plan_more_components(*, order_id: int, buy: bool, companies: tuple[int, ...], at: datetime) -> None:
    """Demand grew with a change: purchase and collaboration are tasks again where none of them is open."""
    plan = _locked(order_id)
    if plan is None or plan.state in (PlanState.CANCELLED, PlanState.FINISHED):
        return
    work = Revising(plan, {}, ("", 0), at)
    awaited = {(task.kind, task.supplier_company_id) for task in work.tasks if task.state in OPEN}
    for kind, company in [(Kind.PURCHASE, None)] * buy + [(Kind.COLLABORATION, sister) for sister in companies]:
        if (kind, company) not in awaited:
            work.add(kind, None, Decimal(1), supplier=company)


@act
def cancel_plan(*, order_id: int, change_id: int, at: datetime) -> None:
    """The order is cancelled: every open task ends; what was made and not handed over goes to free stock where it was decided so."""
    plan = _locked(order_id)
    if plan is None:
        return
    decided = decisions(change_id, TASK)
    for task in plan.tasks.select_for_update(of=("self",)).select_related("line__item", "line__unit").order_by("pk"):
        task.plan = plan
        if decided.get(task.pk) == "to_stock":
            _to_free_stock(task, at)
        if task.state in OPEN:
            _cancel(task, at)
    if plan.state in (PlanState.DRAFTED, *ISSUED_PLANS):
        plan.take("cancel_plan", by=SYSTEM, at=at)
        publish(events.PlanWasCancelled(order_id=order_id, plan_id=plan.pk, number=plan.number), by=SYSTEM, at=at)


def _locked(order_id: int) -> ProductionPlan | None:
    order = Order.objects.locked(order_id)
    found = ProductionPlan.objects.filter(order=order).first()
    if found is None:
        return None
    plan: ProductionPlan = ProductionPlan.objects.locked(found)
    plan.order = order
    return plan


def _cancel(task: PlanTask, at: datetime) -> None:
    task.altered, task.altered_from = [], None
    task.take("cancel_task", by=SYSTEM, at=at)
    publish(events.TaskWasCancelled(order_id=task.plan.order_id, **task.told), by=SYSTEM, at=at)


def _to_free_stock(task: PlanTask, at: datetime) -> None:
    """Assembled well and not handed over: through the final inspection like all others, but for nobody."""
    line, quantity = task.line, task.to_hand_over().get(task.line_id or 0, Z)
    if line is None or quantity <= 0:
        return
    assert line.item is not None and line.unit is not None
    order, row = task.plan.order, Handover(task=task, line=line, item=line.item, quantity=quantity, at=at)
    row.save()
    balance = receive_stock(
        item_id=line.item.pk, company_id=order.product_company_id, quantity=quantity, blocked=True,
        source=("production.handover", row.pk), by=SYSTEM, at=at, order_id=order.pk,
    )  # fmt: skip
    row.balance_id = balance.pk
    row.save(update_fields=["balance_id"])
    fact = events.GoodsWereFinished(
        order_id=order.pk, handover_id=row.pk, line_id=None, item_id=row.item_id, company_id=order.product_company_id,
        quantity=quantity, balance_id=balance.pk, code=line.item.code, unit=line.unit.code,
    )  # fmt: skip
    publish(fact, by=SYSTEM, at=at)


class Revising:
    """One pass over a plan: what each line needs against what its tasks make, then packing, then dates."""

    def __init__(self, plan: ProductionPlan, decided: dict[int, str], source: tuple[str, int], at: datetime) -> None:
        self.plan, self.decided, self.source, self.at = plan, decided, source, at
        self.wanted = to_make(plan.order)
        rows = plan.tasks.select_for_update(of=("self",)).select_related("line__item", "line__unit").order_by("sequence")
        self.tasks: list[PlanTask] = list(rows)
        for task in self.tasks:
            task.plan = plan
        self.altered: dict[int, list[Alteration]] = {}
        company = plan.order.product_company_id
        self.due = plan.order.instruction.due_date
        self.moved = self.due != plan.due_date
        self.count = Backwards(work=work_time(company_id=company), today=localtime(at).date(), due=self.due)

    def carry_out(self) -> int:
        """Returns how many tasks were changed, made or cancelled."""
        total, lines = Z, OrderLine.objects.in_bulk(self.wanted)
        for line_id in sorted(self.wanted, key=lambda pk: lines[pk].line_no):
            total += self.fit_line(lines[line_id], self.wanted[line_id])
        self.fit_packing(total)
        self.move_dates()
        self.plan.due_date = self.due
        return len(self.altered)

    def show(self) -> None:
        """Open tasks show what the change altered until their workshop reports (CHG-08)."""
        self.show_specifications()
        for task in self.tasks:
            if self.altered.get(task.pk) and task.state in OPEN:
                self.mark(task)

    def of(self, kind: str, line: OrderLine | None = None) -> list[PlanTask]:
        found = [task for task in self.tasks if task.kind == kind and task.state != TaskState.CANCELLED]
        return [task for task in found if task.line_id == line.pk] if line else found

    def fit_line(self, line: OrderLine, wanted: Decimal) -> Decimal:
        """Assembly of the line makes `wanted` in all, or what it has made already. Returns what it makes now."""
        tasks = self.of(Kind.ASSEMBLY, line)
        made = sum((task.good for task in tasks), Z)
        target, planned = max(wanted, made), sum((task.quantity for task in tasks), Z)
        if target > planned:
            self.more(tasks, Kind.ASSEMBLY, line, target - planned)
        elif target < planned:
            self.less(tasks, planned - target)
        if target != planned and self.plan.state != PlanState.DRAFTED:
            kind = LineMovement.Kind.PLANNED
            ledger.record(line=line, kind=kind, quantity=target - planned, source=self.source, by=SYSTEM, at=self.at)
        return target

    def fit_packing(self, total: Decimal) -> None:
        tasks = self.of(Kind.PACKING)
        planned = sum((task.quantity for task in tasks), Z)
        if total > planned:
            self.more(tasks, Kind.PACKING, None, total - planned)
        elif total < planned:
            self.less(tasks, planned - max(total, sum((task.good for task in tasks), Z)))

    def more(self, tasks: list[PlanTask], kind: str, line: OrderLine | None, quantity: Decimal) -> None:
        """Into the last open task, unless it was decided that a task of its own makes them."""
        fitting = [task for task in tasks if task.state in OPEN and self.decided.get(task.pk) != "new_task"]
        if fitting:
            self.set_quantity(fitting[-1], fitting[-1].quantity + quantity)
        else:
            self.add(kind, line, quantity)

    def less(self, tasks: list[PlanTask], quantity: Decimal) -> None:
        """Off the open tasks, the last first, never below what they have made."""
        for task in reversed([task for task in tasks if task.state in OPEN]):
            cut = min(quantity, task.quantity - task.good)
            quantity -= cut
            if cut == task.quantity:
                self.altered[task.pk] = []
                _cancel(task, self.at)
            elif cut > 0:
                self.set_quantity(task, task.quantity - cut)

    def set_quantity(self, task: PlanTask, quantity: Decimal) -> None:
        old, task.quantity = task.quantity, quantity
        task.bump().save()
        self.note(task, "quantity", f"{old.normalize():f}", f"{quantity.normalize():f}")

    def add(self, kind: str, line: OrderLine | None, quantity: Decimal, supplier: int | None = None) -> None:
        company, used = self.plan.order.product_company_id, {task.sequence for task in self.tasks}
        span = self.span(kind, line)
        task = PlanTask(
            plan=self.plan, kind=kind, title=line.item.code if line and line.item else "", line=line, quantity=quantity,
            department=department_for(kind, supplier or company) or department_for(Kind.PURCHASE, company),
            supplier_company_id=supplier, start_date=span.start, end_date=span.end,
            sequence=next(number for number in range(max(used, default=0) + 10, 32000) if number not in used),
        )  # fmt: skip
        task.save()
        if self.plan.state != PlanState.DRAFTED:
            issue(task, self.plan.order_id, by=SYSTEM, at=self.at)
        self.tasks.append(task)
        self.note(task, "new", "", f"{quantity.normalize():f}")

    def move_dates(self) -> None:
        """Open tasks go to the new date, unless it was decided that theirs stays; what runs keeps its first day."""
        for task in self.tasks if self.moved else []:
            if task.state not in OPEN or self.decided.get(task.pk) == "keep_dates":
                continue
            span = self.span(task.kind, task.line)
            start = task.start_date if task.state == TaskState.RUNNING and task.start_date else span.start
            self.set_dates(task, start, max(span.end, start))

    def set_dates(self, task: PlanTask, start: date, end: date) -> None:
        for name, new in (("start_date", start), ("end_date", end)):
            if (old := getattr(task, name)) != new:
                self.note(task, name, old.isoformat() if old else "", new.isoformat())
                setattr(task, name, new)
        task.bump().save()

    def span(self, kind: str, line: OrderLine | None) -> Span:
        """As the first draft would plan it, counted back from the date that holds now."""
        lines = [task.line for task in self.of(Kind.ASSEMBLY) if task.line] + ([line] if line else [])
        complete = any(each.item.complete_set for each in lines if each.item)
        packing = self.count.span(self.due, COMPLETE_SET_PACKING if complete else PACKING)
        if kind == Kind.PACKING:
            return packing
        assembled_by = self.count.work.day_before(packing.start, CHECK_DAYS)
        if kind == Kind.ASSEMBLY and line is not None:
            return self.count.span(assembled_by, assembly_days(line))
        return self.count.until(self.count.span(assembled_by, max(map(assembly_days, lines), default=1)).start)

    def show_specifications(self) -> None:
        """What the last two pictures of the order say differently about a line, its open tasks say, too (CHG-08)."""
        pictures = dict(self.plan.order.revisions.filter(number__gte=self.plan.revision - 1).values_list("number", "snapshot"))
        before = {row["line_no"]: row["spec"] for row in pictures.get(self.plan.revision - 1, [])}
        for row in pictures.get(self.plan.revision, []):
            old = before.get(row["line_no"])
            for task in self.tasks if old is not None and old != row["spec"] else []:
                if task.line is not None and task.line.line_no == row["line_no"]:
                    self.note(task, "spec", old, row["spec"])

    def note(self, task: PlanTask, *what: Any) -> None:
        self.altered.setdefault(task.pk, []).append(what)  # type: ignore[arg-type]

    def mark(self, task: PlanTask) -> None:
        task.altered, task.altered_from, task.altered_to = self.altered[task.pk], max(self.plan.revision - 1, 1), self.plan.revision
        task.bump().save()
        fact = events.TaskWasAltered(
            order_id=self.plan.order_id, **task.told, revision=self.plan.revision, start_date=task.start_date,
            end_date=task.end_date,
        )  # fmt: skip
        publish(fact, by=SYSTEM, at=self.at)
