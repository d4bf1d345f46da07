"""Where every act can be taken: `SCENES` names the story that brings a thing there, and what is typed besides what the form proposes.

A story walks a new order by the services and gives back the thing that the act is about, so that each act has a world of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime

from demo.walk import Walk
from orders.meetings.services import earliest_day
from orders.services.ledger import goods_lines
from orders.workflow import OrderState as S
from orders.workflow.change import ChangeState as C
from production.models import ContactSheet
from tests.races.crowd import Typed
from tests.races.stories.after import (
    accepted_return,
    agreed_return,
    applied,
    asked_back,
    collected,
    contacted,
    freight_is_awaited,
    handed_over,
    inspected,
    paid_up,
    payment,
    rating,
    refund,
    service,
    solved,
    solving,
    to_exchange,
    told_costs,
)
from tests.races.stories.base import DAY, IN_STOCK, Story, after, at
from tests.races.stories.goods import (
    agreed_claim,
    answered_sheet,
    approved_purchase,
    by_carrier,
    came_after,
    claim,
    cleared,
    contact_sheet,
    damage,
    demand_sheet,
    dispatched,
    first_task,
    first_task_runs,
    heard_damage,
    inspection,
    lacking,
    missing_goods,
    nonconformity,
    notice,
    paid_notice,
    parts_are_in,
    picked,
    plan,
    purchase,
    received_purchase,
    sent_purchase,
    to_be_reworked,
    to_put_away,
    trace,
    verified,
    worked,
)
from tests.races.stories.orders import (
    agreement,
    agreement_signed_by_us,
    all_decided,
    all_signed,
    answered,
    called_back,
    called_off,
    changed,
    circulated,
    classified,
    contract,
    dear,
    first_opinion,
    irregular,
    meeting_day,
    negotiating,
    on_the_road_and_changed,
    one_forgotten,
    our_signature,
    papers_out,
    ready_to_end,
    refusal,
    short_of_a_part,
    touched,
    turned_round,
)

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
