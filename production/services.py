"""Planning an order, and what the workshops do with the plan."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.questions import ask
from core.reasons import NotReady, Reason
from inventory.models import Reservation, StockMovement
from inventory.services import receive_stock, use_reservations
from orders.models import LineMovement, Order, OrderLine
from orders.services import ledger, progress
from production import events
from production.drafting import component_tasks, tasks_of
from production.guards import to_be_made
from production.models import Handover, PlanTask, ProductionPlan, TaskReport
from production.workflow import ISSUED_PLANS, PlanState, TaskState

Z = Decimal(0)


@act
def draft_plan(*, order_id: int, by: Actor, at: datetime) -> ProductionPlan:
    """The plan of an instruction, with dated tasks to be corrected and released (PLN-01). Again gives the same plan."""
    order = Order.objects.locked(order_id)
    kept = ProductionPlan.objects.filter(order=order).first()
    if kept is not None:
        return kept
    plan = ProductionPlan(order=order, due_date=order.instruction.due_date, drafted_at=at)
    tasks = tasks_of(plan, at)
    plan.number = next_number("PL", at)
    plan.save()
    for task in tasks:
        task.plan = plan
        task.save()
    publish(events.PlanWasDrafted(order_id=order.pk, plan_id=plan.pk, number=plan.number, tasks=len(tasks)), by=by, at=at)
    return plan


@act
def plan_components(*, order_id: int, buy: bool, companies: tuple[int, ...], by: Actor, at: datetime) -> None:
    """Demand was found: tasks for purchase and collaboration join the draft. Again changes nothing; a released plan stays as it is."""
    draft_plan(order_id=order_id, by=by, at=at)
    Order.objects.locked(order_id)
    plan = ProductionPlan.objects.locked(ProductionPlan.objects.get(order=order_id))
    if plan.state != PlanState.DRAFTED:
        return
    used = set(plan.tasks.values_list("sequence", flat=True))
    for task in component_tasks(plan, buy=buy, companies=companies, at=at):
        task.sequence = next(number for number in range(50, 1000) if number not in used)
        used.add(task.sequence)
        task.save()
        plan.bump().save()


@act
def change_tasks(*, plan: ProductionPlan, by: Actor, at: datetime, changes: list[dict[str, Any]]) -> ProductionPlan:
    """Correct dates and departments of a drafted plan in one go. `changes`: task_id, department, start_date, end_date."""
    plan = _locked_plan(plan)
    by = plan.take("change_tasks", by=by, at=at)
    tasks = {task.pk: task for task in PlanTask.objects.select_for_update(of=("self",)).filter(plan=plan).order_by("pk")}
    for change in changes:
        _change(plan, tasks[change["task_id"]], change, by, at)
    return plan


def _change(plan: ProductionPlan, task: PlanTask, change: dict[str, Any], by: Actor, at: datetime) -> None:
    start, end, department = change["start_date"], change["end_date"], change["department"]
    if start and end and end < start:
        raise NotReady(Reason("task_ends_before_it_starts"))
    new = {"start_date": start, "end_date": end, "department_id": department.pk if department else None}
    changed = {name: (getattr(task, name), value) for name, value in new.items() if getattr(task, name) != value}
    if not changed:
        return
    for name, value in new.items():
        setattr(task, name, value)
    task.bump().save()
    publish(
        events.TaskWasChanged(order_id=plan.order_id, **task.told, start_date=start, end_date=end),
        by=by,
        at=at,
        changes=changed,
    )


@act
def change_task(
    *, task: PlanTask, by: Actor, at: datetime, start_date: date | None = None, end_date: date | None = None, department: Any = None
) -> PlanTask:
    """Correct one task; what is not given stays."""
    change = {
        "task_id": task.pk,
        "start_date": start_date or task.start_date,
        "end_date": end_date or task.end_date,
        "department": department or task.department,
    }
    change_tasks(plan=task.plan, by=by, at=at, changes=[change])
    return PlanTask.objects.get(pk=task.pk)


@act
def release_plan(*, plan: ProductionPlan, by: Actor, at: datetime) -> ProductionPlan:
    """Issue every task to its department (PLN-01). The clock plan_breakdown stops; lines count as planned."""
    plan = _locked_plan(plan)
    plan.released_at, plan.released_by = at, by.name
    by = plan.take("release", by=by, at=at)
    wanted = to_be_made(plan.order)
    for line in OrderLine.objects.filter(pk__in=wanted).order_by("pk"):
        source = ("production.productionplan", plan.pk)
        ledger.record(line=line, kind=LineMovement.Kind.PLANNED, quantity=wanted[line.pk], source=source, by=by, at=at)
    tasks = plan.tasks.count()
    publish(events.PlanWasReleased(order_id=plan.order_id, plan_id=plan.pk, number=plan.number, tasks=tasks), by=by, at=at)
    for task in plan.tasks.select_related("department").filter(state=TaskState.ISSUED).order_by("sequence"):
        task.plan = plan
        issue(task, plan.order_id, by=by, at=at)
    progress.plan_was_released(order=plan.order, by=by, at=at)
    finish_plan_if_done(plan, at)
    return plan


def issue(task: PlanTask, order_id: int, *, by: Actor, at: datetime) -> None:
    """The department has it from now on, with a clock for its first day."""
    fact = events.TaskWasIssued(
        order_id=order_id,
        **task.told,
        department=str(task.department or ""),
        start_date=task.start_date,
        end_date=task.end_date,
        worked=task.is_worked,
    )
    publish(fact, by=by, at=at, thing=task)


@act
def start_task(*, task: PlanTask, by: Actor, at: datetime) -> PlanTask:
    """The department begins. Assembly takes the components of its line out of stock; the order is in production from the first start on."""
    task = _locked_task(task)
    task.started_at, task.started_by = at, by.name
    by = task.take("start", by=by, at=at)
    if task.kind == PlanTask.Kind.ASSEMBLY:
        _issue_components(task, by, at)
    fact = events.TaskWasStarted(order_id=task.plan.order_id, **task.told, end_date=task.end_date)
    publish(fact, by=by, at=at, thing=task)
    progress.production_has_started(order=task.plan.order, by=by, at=at)
    return task


def _issue_components(task: PlanTask, by: Actor, at: datetime) -> None:
    for answer in ask("components", order_id=task.plan.order_id, line_id=task.line_id):
        for demand_id, quantity in answer:
            use_reservations(
                purpose=Reservation.Purpose.COMPONENT,
                reference_id=demand_id,
                quantity=quantity,
                kind=StockMovement.Kind.ISSUE,
                source=("production.plantask", task.pk),
                by=by,
                at=at,
            )


@act
def report_progress(*, task: PlanTask, by: Actor, at: datetime, good: Decimal = Z, scrap: Decimal = Z, note: str = "") -> TaskReport:
    """What was made since the last report (EXE-02). Never more good than the task asks for."""
    task = _locked_task(task)
    if good < 0 or scrap < 0 or good + scrap == 0:
        raise NotReady(Reason("nothing_reported", field="good"))
    if good > task.left:
        raise NotReady(Reason("report_too_much", quantity=task.left, field="good"))
    _fit(task, good, scrap)
    task.good, task.scrap = task.good + good, task.scrap + scrap
    task.altered, task.altered_from = [], None  # whoever reports has seen what the change altered (CHG-08)
    by = task.take("report", by=by, at=at)
    return _report(task, good, scrap, note, by, at)


def _report(task: PlanTask, good: Decimal, scrap: Decimal, note: str, by: Actor, at: datetime) -> TaskReport:
    row = TaskReport.objects.create(task=task, good=good, scrap=scrap, note=note, person_name=by.name, person_id=by.person_id, at=at)
    publish(
        events.ProgressWasReported(order_id=task.plan.order_id, report_id=row.pk, **task.told, good=good, scrap=scrap, note=note),
        by=by,
        at=at,
    )
    return row


def _fit(task: PlanTask, *quantities: Decimal) -> None:
    if task.line is not None and task.line.unit is not None:
        for quantity in quantities:
            task.line.unit.fit(quantity)


@act
def finish_task(*, task: PlanTask, by: Actor, at: datetime) -> PlanTask:
    """The department is done; what was not reported yet counts as good. The last task finishes the plan."""
    task = _locked_task(task)
    rest = task.left
    task.good, task.finished_at, task.finished_by = task.good + rest, at, by.name
    task.altered, task.altered_from = [], None
    by = task.take("finish", by=by, at=at)
    if rest > 0:
        _report(task, rest, Z, "", by, at)
    _is_done(task, by, at)
    return task


@act
def components_are_in(*, order_id: int, by: Actor = SYSTEM, at: datetime) -> None:
    """All components are in store: purchase and collaboration are done. Again changes nothing."""
    Order.objects.locked(order_id)
    tasks = PlanTask.objects.select_for_update(of=("self",)).filter(
        plan__order=order_id,
        kind__in=[PlanTask.Kind.PURCHASE, PlanTask.Kind.COLLABORATION],
        state__in=[TaskState.ISSUED, TaskState.RUNNING],
    )
    for task in tasks.select_related("plan").order_by("pk"):
        task.good, task.finished_at = task.quantity, at
        task.take("be_done", by=by, at=at)
        _is_done(task, by, at)


def _is_done(task: PlanTask, by: Actor, at: datetime) -> None:
    publish(events.TaskWasFinished(order_id=task.plan.order_id, **task.told), by=by, at=at)
    finish_plan_if_done(ProductionPlan.objects.locked(task.plan_id), at)


def finish_plan_if_done(plan: ProductionPlan, at: datetime) -> None:
    """The last task finishes the plan. The order must be locked."""
    unfinished = plan.tasks.exclude(state__in=[TaskState.DONE, TaskState.CANCELLED])
    if plan.state in ISSUED_PLANS and not unfinished.exists():
        plan.finished_at = at
        plan.take("finish_plan", by=SYSTEM, at=at)
        publish(events.PlanWasFinished(order_id=plan.order_id, plan_id=plan.pk, number=plan.number), by=SYSTEM, at=at)


@act
def hand_over_goods(*, task: PlanTask, line: OrderLine, quantity: Decimal, by: Actor, at: datetime, batch: str = "") -> Handover:
    """Finished units go to the final inspection: blocked in the product company's stock until quality accepts them (EXE-10)."""
    task = _locked_task(task)
    possible = task.to_hand_over().get(line.pk, Z)
    if quantity <= 0:
        raise NotReady(Reason("quantity_positive", field="quantity"))
    by = task.take("hand_over", by=by, at=at)
    if quantity > possible:
        raise NotReady(Reason("hand_over_too_much", quantity=possible, field="quantity"))
    assert line.item is not None and line.unit is not None
    line.unit.fit(quantity)
    order = task.plan.order
    row = Handover.objects.create(task=task, line=line, item=line.item, quantity=quantity, batch=batch, person_name=by.name, at=at)
    source = ("production.handover", row.pk)
    company = order.product_company_id
    balance = receive_stock(
        item_id=line.item.pk, company_id=company, quantity=quantity, blocked=True, source=source, by=by, at=at, order_id=order.pk
    )
    row.balance_id = balance.pk
    row.save(update_fields=["balance_id"])
    ledger.record(line=line, kind=LineMovement.Kind.PRODUCED, quantity=quantity, source=source, by=by, at=at)
    publish(
        events.GoodsWereFinished(
            order_id=order.pk,
            handover_id=row.pk,
            line_id=line.pk,
            item_id=row.item_id,
            company_id=company,
            quantity=quantity,
            balance_id=balance.pk,
            code=line.item.code,
            unit=line.unit.code,
        ),
        by=by,
        at=at,
    )
    return row


def _locked_plan(plan: ProductionPlan) -> ProductionPlan:
    order = Order.objects.locked(plan.order_id)
    plan = ProductionPlan.objects.locked(plan)
    plan.order = order
    return plan


def _locked_task(task: PlanTask) -> PlanTask:
    """Order first, then the task (the lock order of the house)."""
    order = Order.objects.locked(ProductionPlan.objects.values_list("order_id", flat=True).get(tasks=task.pk))
    task = PlanTask.objects.select_related("plan").locked(task)
    task.plan.order = order
    return task
