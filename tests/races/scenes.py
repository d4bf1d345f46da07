"""Where every act can be taken: `SCENES` names the story that brings a thing there, and what is typed besides what the form proposes.

A story walks a new order by the services and gives back the thing that the act is about, so that each act has a world of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from aftersales import services as aftersales
from demo import walk_after, walk_changes, walk_delivery
from demo.walk import Lines, Walk
from finance import services as finance
from finance.models import Refund
from inventory.models import PutAway
from orders.guards import contract_of
from orders.meetings.services import earliest_day
from orders.models import Opinion
from orders.services import intake, review
from orders.services.change import outcome
from orders.services.ledger import goods_lines
from orders.services.shortage import record_shortage
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from orders.workflow.change import ChangeState as C
from organization.models import Department
from organization.roles import Role
from procurement import services as procurement
from procurement.models import Demand, PurchaseOrder
from procurement.selectors import suppliers_of
from production import services as production
from production.contact.services import answer_contact_sheet, send_contact_sheet
from production.models import ContactSheet, PlanTask
from quality import services as quality
from quality.models import Inspection, Nonconformity
from shipping import services as shipping
from shipping.models import Shipment
from tests.races.crowd import Typed

Story = Callable[[Walk], Any]
MADE: Lines = (("GGD", 2),)
BOUGHT: Lines = (("KYN28A-12", 1),)  # the store lacks parts of it
IN_STOCK: Lines = (("LZZBJ9-10", 2),)
DAY = timedelta(days=1)


def at(state: str, goods: Lines = MADE, customer: str = "C0003") -> Story:
    """An order that stands in this state."""

    def story(walk: Walk) -> Any:
        walk.register(customer, goods)
        return walk.to(state)

    return story


def after(story: Story, *acts: Callable[[Walk], Any]) -> Story:
    """The story goes on; it ends with what its last act brings, else with the order."""

    def longer(walk: Walk) -> Any:
        thing = story(walk)
        for act in acts:
            thing = act(walk) or walk.fresh()
        return thing

    return longer


# --- before the contract ------------------------------------------------------------------------------------------------------------


def classified(walk: Walk) -> None:
    answers = dict.fromkeys(("needs_design", "is_old_product", "above_standard", "tight_with_penalty"), False)
    intake.classify(order=walk.order, by=walk.clerk, at=walk.tick(), **answers)


def irregular(walk: Walk) -> Any:
    walk.register("C0003", MADE)
    walk.confirm(needs_design=True)
    walk.open_review()
    return walk.fresh()


def papers_out(walk: Walk) -> Any:
    irregular(walk)
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    return meeting


def meeting_day(walk: Walk) -> Any:
    meeting = papers_out(walk)
    walk.answer_papers(meeting)
    while localtime(walk.at).date() < meeting.day:
        walk.rest(timedelta(hours=1))
    return meeting


def negotiating(walk: Walk) -> Any:
    at(S.IN_REGULAR_REVIEW)(walk)
    later = {"earliest_date": walk.order.wanted_date + 7 * DAY, "comment": "装配线满载"}
    walk.opinions(Verdict.LATER, **later)
    return walk.fresh()


def refusal(walk: Walk) -> Any:
    negotiating(walk)
    review.ask_refusal(order=walk.order, by=walk.clerk, at=walk.tick(), reason="客户不能延期")
    return walk.fresh()


def dear(walk: Walk) -> Any:
    """Below the price by the rules; the sales head has not decided on it."""
    walk.register("C0003", [("GGD", 2, Decimal(100))])
    return walk.to(S.ACCEPTED)


def first_opinion(walk: Walk) -> Any:
    return Opinion.objects.filter(review__order=walk.order).order_by("pk").first()


def contract(walk: Walk) -> Any:
    return contract_of(walk.fresh())


def our_signature(walk: Walk) -> None:
    walk.sign_for_us()


# --- changes ------------------------------------------------------------------------------------------------------------------------


def changed(until: str) -> Story:
    """The customer wants one more: up to this state of the change."""
    return after(at(S.PLANNED), lambda walk: walk_changes.change(walk, klass=2, until=until))


def answered(walk: Walk) -> Any:
    """The customer agrees to what the change means."""
    change = changed(C.AWAITING_CUSTOMER)(walk)
    day = change.reviewed_date
    return outcome.record_answer(change=change, agrees=True, answered_by="王工", promised_date=day, by=walk.clerk, at=walk.tick())


def agreement(walk: Walk) -> Any:
    change = answered(walk)
    return outcome.draft_agreement(change=change, by=walk.clerk, at=walk.tick())


def agreement_signed_by_us(walk: Walk) -> Any:
    return outcome.sign_agreement_for_us(agreement=agreement(walk), by=walk.sales(Role.SALES_HEAD), at=walk.tick())


def all_decided(walk: Walk) -> Any:
    change = answered(walk)
    walk_changes.decide(walk, change)
    walk_changes.agree(walk, change)
    return type(change).objects.get(pk=change.pk)


def circulated(walk: Walk) -> Any:
    change = changed(C.NOTICED)(walk)
    walk_changes.onward(walk, change)
    return change.signoffs.order_by("pk").first()


def one_forgotten(walk: Walk) -> Any:
    """The notice goes round, not to everybody."""
    change = changed(C.NOTICED)(walk)
    role = outcome.signers_touched(change)[:1]
    return outcome.circulate(change=change, roles=role, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


def all_signed(walk: Walk) -> Any:
    change = circulated(walk).change
    for row in change.signoffs.order_by("pk"):
        outcome.sign_for_change(signoff=row, by=walk_changes.whoever(walk, row.role, row.company_id), at=walk.tick())
    return type(change).objects.get(pk=change.pk)


def on_the_road_and_changed(walk: Walk) -> Shipment:
    """A part is on the road when the customer wants it otherwise."""
    at(S.STOCKED)(walk)
    shipment = walk.ship({1: Decimal(1)})
    walk_changes.ask(walk)
    return Shipment.objects.get(pk=shipment.pk)


def called_back(walk: Walk) -> Shipment:
    return shipping.ask_recall(shipment=on_the_road_and_changed(walk), words="客户改配置", by=walk.clerk, at=walk.tick())


def turned_round(walk: Walk) -> Shipment:
    shipment, by, moment = called_back(walk), walk.who(Role.TRANSPORT_HEAD), walk.tick()
    return shipping.turn_round(shipment=shipment, answer="司机已掉头", back_on=localtime(moment).date(), by=by, at=moment)


def touched(walk: Walk, kind: str) -> Any:
    """A row of the change: work that has begun."""
    after(at(S.PLANNED), first_task_runs)(walk)
    change = walk_changes.change(walk, until=C.IN_REVIEW, klass=2)
    return change.items.filter(kind__contains=kind).order_by("pk").first()


def called_off(walk: Walk) -> Any:
    at(S.PLANNED)(walk)
    return walk_changes.ask_cancel(walk)


def ready_to_end(walk: Walk) -> Any:
    change = called_off(walk)
    walk_changes.decide(walk, change)
    outcome.agree_charge(change=change, charge=Decimal(0), charge_note="王工来电同意", by=walk.clerk, at=walk.tick())
    return walk.fresh()


def short_of_a_part(walk: Walk) -> Any:
    at(S.PLANNED)(walk)
    line = goods_lines(walk.order)[0]
    manager = walk.holder(walk.order.order_manager_post)
    return record_shortage(
        order=walk.order, line=line, item=line.item, quantity=Decimal(1), cause="库存柜体压坏", by=manager, at=walk.tick()
    )


# --- making -------------------------------------------------------------------------------------------------------------------------


def purchase(walk: Walk) -> Any:
    """Drafted, not approved."""
    at(S.PLANNED, BOUGHT, "C0001")(walk)
    demands = [each for each in Demand.objects.filter(order=walk.order).uncovered().order_by("pk") if each.open > 0]
    supplier = suppliers_of(demands)[demands[0].item_id][0]
    chosen = [each for each in demands if supplier in suppliers_of(demands)[each.item_id]]
    by = walk.who(Role.BUYER, walk.order.product_company_id)
    return procurement.make_purchase(supplier=supplier, demands=chosen, by=by, at=walk.tick())


def approved_purchase(walk: Walk) -> Any:
    row = purchase(walk)
    head = walk.who(Role.PURCHASING_HEAD, walk.order.product_company_id)
    return procurement.approve_purchase(purchase=row, by=head, at=walk.tick())


def sent_purchase(walk: Walk) -> Any:
    after(at(S.PLANNED, BOUGHT, "C0001"), Walk.order_parts)(walk)
    return PurchaseOrder.objects.filter(lines__order=walk.order, state="sent").order_by("pk").first()


def received_purchase(walk: Walk) -> Any:
    row = sent_purchase(walk)
    walk.receive_parts()
    return PurchaseOrder.objects.get(pk=row.pk)


def demand_sheet(walk: Walk) -> Any:
    return walk.order.demand_sheet


def plan(walk: Walk) -> Any:
    return walk.order.plan


def first_task(walk: Walk) -> Any:
    return next(walk.tasks())


def first_task_runs(walk: Walk) -> Any:
    return production.start_task(task=first_task(walk), by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


def parts_are_in(walk: Walk) -> Any:
    return after(at(S.PLANNED), Walk.buy)(walk)


def worked(walk: Walk) -> Any:
    """All is made, nothing handed over: the task that hands over."""
    after(parts_are_in, Walk.work)(walk)
    tasks = PlanTask.objects.filter(plan__order=walk.order, kind="packing").order_by("-sequence")
    return next(task for task in tasks if any(task.to_hand_over().values()))


def inspection(walk: Walk) -> Any:
    after(worked, Walk.finish_goods)(walk)
    return Inspection.objects.filter(order_id=walk.order.pk, state="waiting", line_id__isnull=False).order_by("pk").first()


def to_put_away(walk: Walk) -> Any:
    inspection(walk)
    walk.inspect()
    return PutAway.objects.filter(order_id=walk.order.pk, state="waiting").order_by("pk").first()


def nonconformity(walk: Walk) -> Any:
    row = inspection(walk)
    by = walk.who(Role.INSPECTOR, row.company_id)
    accepted = Decimal(row.quantity - 1)
    quality.finish_inspection(inspection=row, accepted=accepted, rejected=Decimal(1), findings="漆面划伤", by=by, at=walk.tick())
    return Nonconformity.objects.get(inspection=row)


def to_be_reworked(walk: Walk) -> Any:
    row = nonconformity(walk)
    head = walk.who(Role.QUALITY_HEAD, row.inspection.company_id)
    return quality.decide_nonconformity(nonconformity=row, disposition="rework", reason="补漆后复检", by=head, at=walk.tick())


def contact_sheet(walk: Walk) -> ContactSheet:
    asking = Department.objects.get(company__code="KG", name="装配一车间")
    asked = Department.objects.get(company__code="KG", name="采购部")
    by, moment = walk.who(Role.WORKSHOP_HEAD, asking.company_id), walk.tick()
    words = {"problem": "母线支架缺 4 件", "wanted": "今天送到，或明确到货时间"}
    return send_contact_sheet(asking=asking, asked=asked, due_at=moment + DAY, by=by, at=moment, **words)


def answered_sheet(walk: Walk) -> Any:
    sheet = contact_sheet(walk)
    return answer_contact_sheet(sheet=sheet, answer="下午三点到货", by=walk.holder(sheet.asked.head), at=walk.tick())


# --- on the road --------------------------------------------------------------------------------------------------------------------


def notice(walk: Walk) -> Shipment:
    at(S.STOCKED, IN_STOCK)(walk)
    rows = {line.pk: walk.in_store()[line.line_no] for line in goods_lines(walk.order)}
    return shipping.issue_notice(
        order=walk.order, quantities=rows, place=walk.order.delivery_address, planned_on=localtime(walk.at).date(),
        by=walk.holder(walk.order.order_manager_post), at=walk.tick(),
    )  # fmt: skip


def paid_notice(walk: Walk) -> Shipment:
    shipment = notice(walk)
    walk.pay("effect", "shipment")
    return Shipment.objects.get(pk=shipment.pk)


def cleared(walk: Walk) -> Shipment:
    return shipping.clear_shipment(shipment=paid_notice(walk), by=walk.sales(Role.FINANCE), at=walk.tick())


def picked(walk: Walk) -> Shipment:
    shipment = cleared(walk)
    boxes = {line.pk: ("", "") for line in shipment.lines.all()}
    return shipping.pick_shipment(shipment=shipment, picked=boxes, by=walk.who(Role.STORE_KEEPER, shipment.company_id), at=walk.tick())


def verified(walk: Walk) -> Shipment:
    shipment = picked(walk)
    lines = [line.pk for line in shipment.lines.all()]
    return shipping.verify_shipment(shipment=shipment, checked=lines, by=walk.who(Role.PACKER, shipment.company_id), at=walk.tick())


def by_carrier(walk: Walk) -> Shipment:
    how = {"carriage": "carrier", "carrier_name": "德邦物流", "carrier_reason": "路程远", "tracking_number": "DB001"}
    return shipping.dispatch_shipment(shipment=verified(walk), by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick(), **how)


def dispatched(walk: Walk) -> Shipment:
    at(S.STOCKED, IN_STOCK)(walk)
    return Shipment.objects.get(pk=walk.ship().pk)


def lacking(walk: Walk) -> Any:
    """A key stays with the workshop."""
    shipment = cleared(walk)
    department = Department.objects.filter(company_id=shipment.company_id).order_by("pk")[0]
    return shipping.record_missing(
        shipment=shipment, text="柜门钥匙", quantity=Decimal(1), department=department, expected_on=localtime(walk.at).date() + DAY,
        by=walk.holder(walk.order.order_manager_post), at=walk.tick(),
    )  # fmt: skip


def came_after(walk: Walk) -> Shipment:
    """What was missing is in store now, the rest has left."""
    part = lacking(walk)
    first = shipping.record_consent(shipment=part.shipment, agreed_by="王工", how="phone", by=walk.clerk, at=walk.tick())
    walk.send(first)
    shipping.part_arrived(part=part, by=walk.holder(walk.order.order_manager_post), at=walk.tick())
    return Shipment.objects.get(pk=first.pk)


def missing_goods(walk: Walk) -> Any:
    return walk_delivery.receive_short(walk, dispatched(walk))


def damage(walk: Walk) -> Any:
    return walk_delivery.receive_damaged(walk, dispatched(walk))


def heard_damage(walk: Walk) -> Any:
    row, company = damage(walk), walk.order.product_company_id
    for role in (Role.INSPECTOR, Role.PRODUCTION_MANAGER):
        shipping.say_cause(damage=row, words="出厂合格", by=walk.who(role, company), at=walk.tick())
    return row


def claim(walk: Walk) -> Any:
    row, head = damage(walk), walk.who(Role.TRANSPORT_HEAD)
    return shipping.raise_claim(
        shipment=row.shipment, damage=row, against="supplier", against_name="宏运包装", amount=Decimal(1800), reason="木箱开裂", by=head,
        at=walk.tick(),
    )  # fmt: skip


def agreed_claim(walk: Walk) -> Any:
    row, head = claim(walk), walk.who(Role.TRANSPORT_HEAD)
    return shipping.agree_claim(claim=row, agreed_amount=Decimal(900), agreed_with="宏运包装 吴经理", by=head, at=walk.tick())


def trace(walk: Walk) -> Any:
    return walk_delivery.report_missing(walk, dispatched(walk))


# --- money and what comes after -----------------------------------------------------------------------------------------------------


def payment(walk: Walk) -> Any:
    at(S.CONTRACTED)(walk)
    return finance.record_payment(
        order=walk.order, kind="deposit", amount=Decimal(1000), method="transfer", paid_on=localtime(walk.at).date(),
        by=walk.sales(Role.FINANCE), at=walk.tick(),
    )  # fmt: skip


def paid_up(walk: Walk) -> Any:
    at(S.INVOICED, IN_STOCK)(walk)
    walk.pay()
    return walk.fresh()


def refund(walk: Walk) -> Any:
    paid_up(walk)
    walk_after.take_back(walk, walk_after.apply(walk, {1: Decimal(1)}))
    return Refund.objects.get(order=walk.order)


def rating(walk: Walk) -> Any:
    paid_up(walk)
    walk.close()
    return walk.order.ratings.get()


def service(walk: Walk) -> Any:
    """Asked for, not handed over."""
    at(S.DELIVERED, IN_STOCK)(walk)
    asked = {"words": "三号柜合闸后有异响", "contact": "王工 138", "channel": "phone"}
    return aftersales.receive_request(order=walk.order, by=walk.clerk, at=walk.tick(), **asked)


def handed_over(walk: Walk) -> Any:
    return aftersales.hand_over_service(service=service(walk), by=walk.clerk, at=walk.tick())


def contacted(walk: Walk) -> Any:
    row = handed_over(walk)
    walk_after.contact(walk, row)
    return row


def solving(walk: Walk) -> Any:
    row, engineer = contacted(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    told = {"solution": "更换操动机构", "cost": Decimal(520), "told_to": "王工"}
    return aftersales.record_solution(service=row, by=engineer, at=walk.tick(), **told)


def solved(walk: Walk) -> Any:
    row = contacted(walk)
    walk_after.solve(walk, row)
    return row


def applied(walk: Walk, wanted: str = "refund") -> Any:
    paid_up(walk)
    return walk_after.apply(walk, {1: Decimal(1)}, wanted=wanted)


def asked_back(walk: Walk) -> Any:
    row = applied(walk)
    return aftersales.ask_information(request=row, question="请发铭牌照片", by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def told_costs(walk: Walk) -> Any:
    row, by = applied(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    return aftersales.tell_costs(request=row, cause="defect", told_to="王工", by=by, at=walk.tick())


def agreed_return(walk: Walk) -> Any:
    row = told_costs(walk)
    return aftersales.agree_return(request=row, by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def freight_is_awaited(walk: Walk) -> Any:
    """The customer needs it no longer: they pay the freight before anybody drives."""
    row, by = applied(walk), walk.sales(Role.AFTERSALES_ENGINEER)
    aftersales.tell_costs(request=row, cause="not_needed", told_to="王工", freight_amount=Decimal(860), by=by, at=walk.tick())
    return aftersales.agree_return(request=row, exception="老客户", by=walk.sales(Role.AFTERSALES_HEAD), at=walk.tick())


def accepted_return(walk: Walk) -> Any:
    row = applied(walk)
    walk_after.accept(walk, row)
    return row


def collected(walk: Walk) -> Any:
    row = accepted_return(walk)
    came = {line.pk: line.quantity for line in row.lines.all()}
    return aftersales.receive_returned(request=row, quantities=came, by=walk.product(Role.STORE_KEEPER), at=walk.tick())


def inspected(walk: Walk) -> Any:
    row = accepted_return(walk)
    walk_after.fetch(walk, row)
    return row


def to_exchange(walk: Walk) -> Any:
    return walk_after.take_back(walk, applied(walk, "exchange"), outcome="exchange")


# --- act: story, and what is typed --------------------------------------------------------------------------------------------------


def soon(_thing: Any, moment: Any) -> str:
    return f"{localtime(moment + DAY):%Y-%m-%d}"


def far(_thing: Any, moment: Any) -> str:
    return f"{localtime(moment + 60 * DAY):%Y-%m-%d}"


def hours_later(_thing: Any, moment: Any) -> str:
    return f"{localtime(moment + timedelta(hours=30)):%Y-%m-%dT%H:%M}"


def now(_thing: Any, moment: Any) -> str:
    return f"{localtime(moment):%Y-%m-%dT%H:%M}"


def all_of_it(order: Any) -> dict[str, Any]:
    return {f"q_{goods_lines(order)[0].pk}": "2"}


SCENES: dict[str, tuple[Story, Typed]] = {
    "orders:act/answer_order": (at(S.REGISTERED), {}),
    "orders:act/classify": (at(S.REGISTERED), {}),
    "orders:act/confirm_requirements": (after(at(S.REGISTERED), classified), {}),
    "orders:act/decline_intake": (at(S.REGISTERED), {}),
    "orders:act/extend_validity": (at(S.REGISTERED), {}),
    "orders:act/withdraw": (at(S.REGISTERED), {}),
    "orders:act/start_review": (at(S.CONFIRMED), {}),
    "orders:act/take_back": (at(S.CONFIRMED), {}),
    "orders:opinion_act/give_opinion": (after(at(S.IN_REGULAR_REVIEW), first_opinion), {}),
    "orders:act/call_meeting": (irregular, {"day": lambda order, moment: earliest_day(order, moment), "place": "三楼会议室"}),
    "orders:meeting_act/send_papers": (after(irregular, Walk.call_meeting), {}),
    "orders:meeting_act/move": (papers_out, {"day": far}),
    "orders:paper_act/answer": (lambda walk: papers_out(walk).papers.order_by("pk").first(), {"possible_date": far}),
    "orders:meeting_act/hold": (meeting_day, {"final_date": far}),
    "orders:act/propose_date": (negotiating, {}),
    "orders:act/ask_refusal": (negotiating, {}),
    "orders:act/approve_refusal": (refusal, {}),
    "orders:act/overrule_refusal": (refusal, {"reviewed_date": far}),
    "orders:act/record_decision": (dear, {}),
    "orders:act/issue_quotation": (at(S.ACCEPTED), {}),
    "orders:act/draft_contract": (after(at(S.QUOTED), Walk.decide), {}),
    "orders:contract_act/sign_for_us": (after(at(S.CONTRACTED), contract), {}),
    "orders:act/sign": (after(at(S.CONTRACTED), our_signature), {}),
    "orders:act/sign_later": (at(S.EFFECTIVE, customer="C0001"), {}),
    "orders:act/issue_instruction": (at(S.EFFECTIVE), {}),
    "orders:act/fulfil_from_stock": (at(S.EFFECTIVE, IN_STOCK), {}),
    "orders:act/record_follow_up": (at(S.PLANNED), {}),
    "orders:act/record_shortage": (at(S.PLANNED), {"item": "GGD"}),
    "orders:shortage_act/decide": (short_of_a_part, {"outcome": "part_ship"}),
    "orders:act/close": (paid_up, {}),
    "orders:give_link": (at(S.EFFECTIVE), {"email": ""}),
    # changes and cancelling
    "orders:act/register_change": (at(S.EFFECTIVE), {}),
    "orders:change_act/describe": (changed(C.RECEIVED), {}),
    "orders:change_act/classify": (changed(C.RECEIVED), {}),
    "orders:change_act/refuse_change": (changed(C.RECEIVED), {}),
    "orders:change_act/enter_prices": (changed(C.RECEIVED), {}),
    "orders:change_act/record_answer": (changed(C.AWAITING_CUSTOMER), {}),
    "orders:change_act/draft_agreement": (answered, {}),
    "orders:change_act/issue_notice": (all_decided, {}),
    "orders:change_act/circulate": (changed(C.NOTICED), {}),
    "orders:change_act/add_departments": (one_forgotten, {}),
    "orders:change_signoff_act/sign_for": (circulated, {}),
    "orders:change_act/apply_change": (all_signed, {}),
    "orders:change_item_act/decide": (lambda walk: touched(walk, "task"), {}),
    "orders:change_item_act/set_hold": (lambda walk: touched(walk, "task"), {}),
    "orders:agreement_act/sign_for_us": (agreement, {}),
    "orders:agreement_act/sign_for_customer": (agreement_signed_by_us, {}),
    "orders:act/ask_cancel": (at(S.PLANNED), {}),
    "orders:change_act/agree_charge": (called_off, {"charge": "500"}),
    "orders:act/cancel": (ready_to_end, {}),
    # parts, work, inspection, store
    "procurement:sheet_act/add_demand": (after(at(S.PLANNED), demand_sheet), {}),
    "procurement:purchase_act/approve": (purchase, {}),
    "procurement:purchase_act/drop": (purchase, {}),
    "procurement:purchase_act/send": (approved_purchase, {}),
    "procurement:purchase_act/confirm_arrival_date": (sent_purchase, {}),
    "procurement:purchase_act/record_arrival": (sent_purchase, {}),
    "procurement:purchase_act/close": (received_purchase, {}),
    "production:plan_act/change_tasks": (after(at(S.INSTRUCTED), plan), {}),
    "production:plan_act/release": (after(at(S.INSTRUCTED), plan), {}),
    "production:task_act/start": (after(parts_are_in, first_task), {}),
    "production:task_act/report": (after(parts_are_in, first_task_runs), {"good": "1"}),
    "production:task_act/finish": (after(parts_are_in, first_task_runs), {}),
    "production:task_act/hand_over": (worked, {}),
    "production:contact_act/answer_sheet": (contact_sheet, {}),
    "production:contact_act/close_sheet": (answered_sheet, {}),
    "production:new_contact": (lambda walk: ContactSheet(), {"due_at": hours_later}),
    "quality:inspection_act/finish": (inspection, {"accepted": "2", "rejected": "0"}),
    "quality:nonconformity_act/route": (nonconformity, {}),
    "quality:nonconformity_act/decide": (nonconformity, {"disposition": "rework"}),
    "quality:nonconformity_act/finish_rework": (to_be_reworked, {}),
    "inventory:put_away_act/put_away": (to_put_away, {}),
    # on the road
    "shipping:notice": (at(S.STOCKED, IN_STOCK), {"wanted_at": ""}),
    "shipping:act/clear": (paid_notice, {}),
    "shipping:act/cancel": (notice, {}),
    "shipping:act/record_missing": (notice, {"expected_on": soon}),
    "shipping:act/record_consent": (lambda walk: lacking(walk).shipment, {}),
    "shipping:part_act/part_arrived": (lacking, {}),
    "shipping:act/issue_follow_up": (came_after, {}),
    "shipping:act/pick": (cleared, {}),
    "shipping:act/verify": (picked, {}),
    "shipping:act/dispatch": (verified, {"carriage": "own", "vehicle": "浙A·6K218", "driver": "金永康"}),
    "shipping:act/record_carrier_receipt": (by_carrier, {}),
    "shipping:act/tell_customer": (dispatched, {}),
    "shipping:act/move_arrival": (dispatched, {"arrives_at": hours_later}),
    "shipping:act/confirm_receipt": (dispatched, {"received_at": now}),
    "shipping:act/report_not_received": (dispatched, {}),
    "shipping:act/report_damage": (dispatched, {}),
    "shipping:act/raise_claim": (dispatched, {}),
    "shipping:act/ask_recall": (on_the_road_and_changed, {}),
    "shipping:act/turn_round": (called_back, {"back_on": soon}),
    "shipping:act/answer_in_vain": (called_back, {}),
    "shipping:act/take_back_in": (turned_round, {}),
    "shipping:trace_act/answer_trace": (trace, {"result": "elsewhere", "arrives_at": hours_later}),
    "shipping:shortage_act/find": (missing_goods, {}),
    "shipping:shortage_act/resend": (missing_goods, {}),
    "shipping:shortage_act/credit": (missing_goods, {}),
    "shipping:damage_act/say_cause": (damage, {}),
    "shipping:damage_act/establish_cause": (heard_damage, {}),
    "shipping:claim_act/agree_claim": (claim, {}),
    "shipping:claim_act/drop_claim": (claim, {}),
    "shipping:claim_act/settle_claim": (agreed_claim, {}),
    # money
    "finance:record_payment": (at(S.CONTRACTED), {"amount": "100"}),
    "finance:payment_act/confirm": (payment, {}),
    "finance:payment_act/reverse": (payment, {}),
    "finance:issue_invoice": (at(S.DELIVERED, IN_STOCK), {}),
    "finance:refund_act/pay": (refund, {}),
    # after delivery
    "aftersales:order_act/request_service": (at(S.DELIVERED, IN_STOCK), {}),
    "aftersales:service_act/hand_over": (service, {}),
    "aftersales:service_act/contact_customer": (handed_over, {}),
    "aftersales:service_act/record_solution": (contacted, {}),
    "aftersales:service_act/finish": (solving, {}),
    "aftersales:service_act/close": (solved, {}),
    "aftersales:order_act/apply_return": (at(S.DELIVERED, IN_STOCK), all_of_it),
    "aftersales:order_act/exchange": (at(S.PLANNED), all_of_it),
    "aftersales:return_act/ask_information": (applied, {}),
    "aftersales:return_act/give_information": (asked_back, {}),
    "aftersales:return_act/tell_costs": (applied, {}),
    "aftersales:return_act/agree": (told_costs, {}),
    "aftersales:return_act/refuse": (applied, {}),
    "aftersales:return_act/confirm_freight": (freight_is_awaited, {}),
    "aftersales:return_act/arrange_collection": (agreed_return, {"collect_on": soon}),
    "aftersales:return_act/receive_goods": (accepted_return, {}),
    "aftersales:return_act/inspect": (collected, {}),
    "aftersales:return_act/settle": (inspected, {}),
    "aftersales:return_act/order_exchange": (to_exchange, {}),
    "aftersales:rating_act/rate": (rating, {}),
}
