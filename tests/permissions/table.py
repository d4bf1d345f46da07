"""Who may open which address, and who may post to it: read against spec/roles.md. A new route fails the test until it stands here.

Acts stand as `<route>/<step>`; who may take a step may see its page, nobody else. The people meant are those where the thing is: the
order's own sales company and product company. `tests/permissions/test_outsiders.py` asks for everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from organization.roles import HEADS
from organization.roles import Role as R

Roles = frozenset[str]


def who(*roles: str) -> Roles:
    return frozenset(roles)


PUBLIC = who("*")  # without log-in
EVERYBODY = who("logged in")
NOBODY: Roles = frozenset()  # the method is not offered


@dataclass(frozen=True)
class Access:
    """Roles that get an answer to GET and to POST; `empty` lists answer the others with a page on which nothing stands."""

    get: Roles = NOBODY
    post: Roles = NOBODY
    empty: bool = False
    customer: bool = False  # no post of ours opens it: it takes a session of the customer's own (tests/portal)


CLERKS = who(R.SALES_CLERK, R.SALES_HEAD)
SALES = CLERKS | who(R.SALESPERSON)
MANAGEMENT = who(R.GENERAL_MANAGER, R.DEPUTY_MANAGER)
LEADERS = MANAGEMENT | who(R.GROUP_MANAGER)
LEAD = LEADERS | who(*HEADS, R.ORDER_MANAGER)  # in some company or other
MONEY = who(R.FINANCE, R.FINANCE_HEAD)
BUYERS = who(R.BUYER, R.PURCHASING_HEAD)
STORE = who(R.STORE_KEEPER, R.STORE_HEAD)
TRANSPORT = who(R.TRANSPORT, R.TRANSPORT_HEAD)
INSPECTORS = who(R.INSPECTOR, R.QUALITY_HEAD)
DESIGN = who(R.DESIGNER, R.DESIGN_HEAD)
WORKSHOP = who(R.WORKSHOP_HEAD, R.PRODUCTION_MANAGER)
PLANNING = who(R.PLANNER, R.PRODUCTION_MANAGER)
AFTERSALES = who(R.AFTERSALES_ENGINEER, R.AFTERSALES_HEAD)
OFFICE = SALES | LEADERS | who(R.ORDER_MANAGER)
PRODUCTION = who(R.PRODUCTION_MANAGER, R.MATERIAL_CONTROLLER)

# The board of the world's product company: whoever leads there, and who keeps the orders of the group.
SEE_BOARD = LEAD - who(R.SALES_HEAD, R.FINANCE_HEAD, R.AFTERSALES_HEAD, R.TRANSPORT_HEAD)
SEE_ORDERS = OFFICE | MONEY | DESIGN | AFTERSALES | PRODUCTION | who(R.QUOTER, R.DOCUMENTS_CLERK, R.PLANNER)
SEE_SALE_PRICES = OFFICE | MONEY | who(R.QUOTER, R.DOCUMENTS_CLERK, R.AFTERSALES_HEAD)
SEE_MONEY = OFFICE | MONEY
SEE_PLANS = OFFICE | PRODUCTION | DESIGN | who(R.PLANNER, R.EQUIPMENT_ENGINEER)
SEE_TASKS = LEADERS | PRODUCTION | DESIGN | who(R.ORDER_MANAGER, R.PLANNER, R.EQUIPMENT_ENGINEER, R.WORKSHOP_HEAD, R.OPERATOR)
SEE_PURCHASES = LEADERS | PRODUCTION | BUYERS
SEE_STOCK = LEADERS | PRODUCTION | BUYERS | INSPECTORS | STORE | who(R.PLANNER, R.ORDER_MANAGER)
SEE_INSPECTIONS = LEADERS | PRODUCTION | INSPECTORS
SIGN_CHANGES = who(R.PLANNER, R.WORKSHOP_HEAD, R.PACKER, R.TRANSPORT_HEAD, R.AFTERSALES_HEAD)
SEE_CHANGES = OFFICE | MONEY | DESIGN | PRODUCTION | BUYERS | INSPECTORS | STORE | SIGN_CHANGES
SEE_SHIPMENTS = OFFICE | MONEY | AFTERSALES | PRODUCTION | STORE | TRANSPORT | who(R.DOCUMENTS_CLERK, R.PACKER, R.FREIGHT_AUDITOR)
# The world's contact sheet goes from the workshop to the headquarters: who may what hangs on the department, not on the role.
ASKED = TRANSPORT | who(R.ORDER_MANAGER, R.FREIGHT_AUDITOR, R.GROUP_MANAGER)
ASKING = who(R.WORKSHOP_HEAD, R.OPERATOR)

SEE_SERVICE = OFFICE | MONEY | AFTERSALES | PRODUCTION | INSPECTORS | STORE | TRANSPORT | who(R.FREIGHT_AUDITOR)
TAKE_DOWN = SALES | AFTERSALES | who(R.ORDER_MANAGER)
SEE_DAMAGES = OFFICE | MONEY | AFTERSALES | PRODUCTION | STORE | TRANSPORT | INSPECTORS | who(R.FREIGHT_AUDITOR)
SEE_CLAIMS = LEADERS | MONEY | TRANSPORT | who(R.FREIGHT_AUDITOR)


def page(readers: Roles) -> Access:
    return Access(get=readers)


def rows(readers: Roles) -> Access:
    """A list: whoever sees none of its kind gets it without a row."""
    return Access(get=readers, empty=True)


def act(doers: Roles) -> Access:
    return Access(get=doers, post=doers)


def button(doers: Roles) -> Access:
    return Access(post=doers)


CUSTOMERS = Access(customer=True)
SCREENS = Access(customer=True)  # it takes the link of a screen on a wall (tests/reports)

TABLE: dict[str, Access] = {
    "home": page(EVERYBODY),
    "login": act(PUBLIC),
    "login_code": act(PUBLIC),
    "second_step": act(EVERYBODY),
    "logout": button(EVERYBODY),
    "set_language": act(PUBLIC),
    "choose_theme": button(EVERYBODY),
    "healthz": act(PUBLIC),
    "readyz": act(PUBLIC),
    "sla:clock": page(SEE_ORDERS),  # whoever may see the thing that it belongs to
    "sla:clock_act": act(who(R.SALES_HEAD, R.GROUP_MANAGER)),  # the clerk of the order, and who leads her
    "sla:calendar": page(EVERYBODY),  # everybody's own days, and a leader's people's
    "sla:notices": page(EVERYBODY),
    "sla:new_notices": page(EVERYBODY),
    "sla:wishes": Access(get=EVERYBODY, post=EVERYBODY),
    "sla:read_notices": button(EVERYBODY),
    # compliance of the clocks: everybody has their own, who leads has more (tests/reports)
    "reports:clocks": page(EVERYBODY),
    "reports:clock_records": page(EVERYBODY),
    "reports:issued_list": page(EVERYBODY),
    "reports:issued": page(LEADERS | who(R.ORDER_MANAGER, R.WORKSHOP_HEAD)),  # the workshop's
    # orders
    "orders:list": rows(SEE_ORDERS),
    "orders:search": page(EVERYBODY),  # leads to the list of what one sees
    "orders:new": act(CLERKS),
    "orders:import": act(CLERKS),
    "orders:import_confirm": act(CLERKS),
    "orders:complete_item": page(CLERKS),
    "orders:opinion": page(SEE_ORDERS),
    "orders:opinion_act/give_opinion": act(who(R.PRODUCTION_MANAGER)),
    "orders:contract": page(SEE_ORDERS),
    "orders:contract_act/sign_for_us": act(who(R.SALES_HEAD)),
    "orders:meeting": page(SEE_ORDERS | who(R.PURCHASING_HEAD)),  # who is asked to it
    "orders:my_paper": page(SEE_ORDERS | who(R.PURCHASING_HEAD)),
    "orders:meeting_act/send_papers": act(CLERKS),
    "orders:meeting_act/hold": act(CLERKS),
    "orders:meeting_act/move": act(CLERKS),
    "orders:paper_act/answer": act(who(R.PURCHASING_HEAD)),
    "orders:detail": page(SEE_ORDERS),
    "orders:edit": act(CLERKS),
    "orders:panel": page(SEE_ORDERS),
    "orders:print": button(SEE_ORDERS),  # D05 has no prices; the others are asked for in test_prices.py
    "orders:add_file": button(SALES | DESIGN | who(R.ORDER_MANAGER, R.PRODUCTION_MANAGER)),
    "orders:my_opinion": page(SEE_ORDERS),
    "orders:our_signature": page(SEE_ORDERS),
    "orders:signature": page(SEE_ORDERS),
    "orders:act/answer_order": act(CLERKS),
    "orders:act/classify": act(CLERKS),
    "orders:act/confirm_requirements": act(CLERKS),
    "orders:act/start_review": act(CLERKS),
    "orders:act/call_meeting": act(CLERKS),
    "orders:act/extend_validity": act(CLERKS),
    "orders:act/propose_date": act(CLERKS),
    "orders:act/ask_refusal": act(CLERKS),
    "orders:act/decline_intake": act(CLERKS),
    "orders:act/approve_refusal": act(MANAGEMENT),
    "orders:act/overrule_refusal": act(MANAGEMENT),
    "orders:act/issue_quotation": act(CLERKS | who(R.QUOTER)),
    "orders:act/record_decision": act(MONEY | who(R.SALES_HEAD, R.DOCUMENTS_CLERK)),
    "orders:act/draft_contract": act(CLERKS),
    "orders:act/sign": act(CLERKS),
    "orders:act/sign_later": act(CLERKS),
    "orders:act/issue_instruction": act(CLERKS),
    "orders:act/fulfil_from_stock": act(who(R.ORDER_MANAGER)),
    "orders:act/record_follow_up": act(who(R.ORDER_MANAGER)),
    "orders:act/close": act(MONEY),
    "orders:act/record_shortage": act(who(R.ORDER_MANAGER, R.MATERIAL_CONTROLLER)),
    "orders:shortage": page(SEE_ORDERS),
    "orders:shortage_act/decide": act(who(R.ORDER_MANAGER)),
    "orders:act/take_back": act(CLERKS),
    "orders:act/withdraw": act(CLERKS),
    # changes and cancelling
    "orders:act/register_change": act(SALES | DESIGN),
    "orders:act/ask_cancel": act(SALES),
    "orders:act/cancel": act(who(R.SALES_HEAD)),
    "orders:changes": rows(SEE_CHANGES),
    "orders:all_changes": rows(SEE_CHANGES),
    "orders:change": page(SEE_CHANGES),
    "orders:change_item": page(SEE_CHANGES),
    "orders:print_change": button(SEE_CHANGES),
    "orders:my_signoff": page(SEE_CHANGES),
    "orders:revisions": page(SEE_ORDERS),
    "orders:change_act/describe": act(SALES | DESIGN),
    "orders:change_act/classify": act(SALES | DESIGN),
    "orders:change_act/enter_prices": act(SALES),
    "orders:change_act/record_answer": act(SALES),
    "orders:change_act/draft_agreement": act(CLERKS),
    "orders:change_act/issue_notice": act(who(R.ORDER_MANAGER)),
    "orders:change_act/circulate": act(who(R.PRODUCTION_MANAGER)),
    "orders:change_act/apply_change": act(who(R.ORDER_MANAGER)),
    "orders:change_act/add_departments": act(who(R.PRODUCTION_MANAGER)),
    "orders:change_act/refuse_change": act(SALES | who(R.ORDER_MANAGER)),
    "orders:change_act/agree_charge": act(SALES),
    "orders:change_item_act/decide": act(who(R.PRODUCTION_MANAGER)),
    "orders:change_item_act/set_hold": act(CLERKS | who(R.ORDER_MANAGER, R.PRODUCTION_MANAGER)),
    "orders:change_signoff_act/sign_for": act(who(R.QUALITY_HEAD)),
    "orders:agreement_act/sign_for_us": act(who(R.SALES_HEAD)),
    "orders:agreement_act/sign_for_customer": act(CLERKS),
    # the store
    "inventory:stock": rows(SEE_STOCK),
    "inventory:balance": page(SEE_STOCK),
    "inventory:put_aways": rows(SEE_STOCK),
    "inventory:all_put_aways": rows(SEE_STOCK),
    "inventory:put_away": page(SEE_STOCK),
    "inventory:put_away_act/put_away": act(STORE),
    # production
    "production:plans": rows(SEE_PLANS),
    "production:tasks": rows(SEE_TASKS),
    "production:task": page(SEE_TASKS),
    "production:task_act/start": act(WORKSHOP),
    "production:task_act/report": act(WORKSHOP | who(R.OPERATOR)),
    "production:task_act/hand_over": act(WORKSHOP),
    "production:task_act/finish": act(WORKSHOP),
    "production:plan": page(SEE_PLANS),
    "production:plan_act/change_tasks": act(PLANNING),
    "production:plan_act/release": act(who(R.PRODUCTION_MANAGER)),
    "production:contacts": rows(ASKING | ASKED | MANAGEMENT),
    "production:new_contact": act(frozenset(R.values) - {R.ADMINISTRATOR}),
    "production:contact": page(ASKING | ASKED | MANAGEMENT),
    "production:contact_act/answer_sheet": act(ASKED),
    "production:contact_act/close_sheet": act(ASKING),
    "production:print_contact": button(ASKING | ASKED | MANAGEMENT),
    # purchasing
    "procurement:purchases": rows(SEE_PURCHASES | MONEY),
    "procurement:demand": Access(get=SEE_PURCHASES | MONEY, post=BUYERS),
    "procurement:sheet": page(SEE_PURCHASES),
    "procurement:sheet_act/add_demand": act(BUYERS | who(R.MATERIAL_CONTROLLER)),
    "procurement:purchase": page(SEE_PURCHASES),
    "procurement:purchase_act/approve": act(who(R.PURCHASING_HEAD, R.GENERAL_MANAGER)),
    "procurement:purchase_act/send": act(BUYERS),
    "procurement:purchase_act/record_arrival": act(BUYERS),
    "procurement:purchase_act/confirm_arrival_date": act(BUYERS),
    "procurement:purchase_act/close": act(BUYERS),
    "procurement:purchase_act/drop": act(BUYERS),
    "procurement:print": button(BUYERS | LEADERS),
    # quality
    "quality:inspections": rows(SEE_INSPECTIONS),
    "quality:all_inspections": rows(SEE_INSPECTIONS),
    "quality:nonconformities": rows(SEE_INSPECTIONS),
    "quality:all_nonconformities": rows(SEE_INSPECTIONS),
    "quality:nonconformity": page(SEE_INSPECTIONS),
    "quality:nonconformity_act/route": act(INSPECTORS),
    "quality:nonconformity_act/decide": act(who(R.QUALITY_HEAD)),
    "quality:nonconformity_act/finish_rework": act(INSPECTORS),
    "quality:inspection": page(SEE_INSPECTIONS),
    "quality:inspection_act/finish": act(INSPECTORS),
    # shipping
    "shipping:list": rows(SEE_SHIPMENTS),
    "shipping:notice": act(who(R.ORDER_MANAGER)),
    "shipping:detail": page(SEE_SHIPMENTS),
    "shipping:act/clear": act(MONEY),
    "shipping:act/pick": act(STORE),
    "shipping:act/dispatch": act(TRANSPORT),
    "shipping:act/verify": act(STORE | who(R.PACKER)),
    "shipping:act/confirm_receipt": act(SALES),
    "shipping:act/report_not_received": act(SALES),
    "shipping:act/report_damage": act(SALES),
    "shipping:act/record_missing": act(STORE | who(R.ORDER_MANAGER, R.PACKER)),
    "shipping:act/record_consent": act(SALES),
    "shipping:act/issue_follow_up": act(who(R.ORDER_MANAGER)),
    "shipping:part_act/part_arrived": act(STORE | who(R.ORDER_MANAGER, R.WORKSHOP_HEAD, R.OPERATOR)),
    "shipping:act/move_arrival": act(TRANSPORT),
    "shipping:act/record_carrier_receipt": act(TRANSPORT),
    "shipping:act/tell_customer": act(CLERKS),
    "shipping:act/raise_claim": act(TRANSPORT),
    "shipping:act/ask_recall": act(SALES),
    "shipping:act/turn_round": act(TRANSPORT),
    "shipping:act/answer_in_vain": act(TRANSPORT),
    "shipping:act/take_back_in": act(STORE),
    "shipping:trace_act/answer_trace": act(TRANSPORT),
    "shipping:damages": rows(SEE_DAMAGES),
    "shipping:damage": page(SEE_DAMAGES),
    "shipping:damage_act/say_cause": act(INSPECTORS | who(R.PRODUCTION_MANAGER)),
    "shipping:damage_act/establish_cause": act(TRANSPORT),
    "shipping:claims": rows(SEE_CLAIMS),
    "shipping:claim": page(SEE_CLAIMS),
    "shipping:claim_act/agree_claim": act(TRANSPORT),
    "shipping:claim_act/settle_claim": act(MONEY | who(R.FREIGHT_AUDITOR)),
    "shipping:claim_act/drop_claim": act(who(R.TRANSPORT_HEAD)),
    "shipping:print_claim": button(SEE_CLAIMS),
    "shipping:shortage_act/find": act(SALES | TRANSPORT),
    "shipping:shortage_act/resend": act(who(R.ORDER_MANAGER)),
    "shipping:shortage_act/credit": act(who(R.SALES_HEAD)),
    "shipping:act/cancel": act(who(R.ORDER_MANAGER)),
    "shipping:print": button(SEE_SHIPMENTS),
    # finance
    "finance:receivables": page(SEE_MONEY),
    "finance:payments": page(SEE_MONEY),
    "finance:record_payment": act(MONEY),
    "finance:payment": page(SEE_MONEY),
    "finance:payment_act/confirm": act(MONEY),
    "finance:payment_act/reverse": act(MONEY),
    "finance:invoices": page(SEE_MONEY),
    "finance:issue_invoice": act(MONEY),
    "finance:invoice": page(SEE_MONEY),
    "finance:print_invoice": button(SEE_MONEY),
    "finance:choose": act(MONEY),
    "finance:refunds": page(SEE_MONEY),
    "finance:refund": page(SEE_MONEY),
    "finance:refund_act/pay": act(MONEY),
    # after delivery
    "aftersales:services": rows(SEE_SERVICE),
    "aftersales:all_services": rows(SEE_SERVICE),
    "aftersales:returns": rows(SEE_SERVICE),
    "aftersales:all_returns": rows(SEE_SERVICE),
    "aftersales:ratings": rows(SEE_SERVICE),
    "aftersales:service": page(SEE_SERVICE),
    "aftersales:service_act/hand_over": act(TAKE_DOWN),
    "aftersales:service_act/contact_customer": act(who(R.AFTERSALES_HEAD)),
    "aftersales:service_act/record_solution": act(AFTERSALES),
    "aftersales:service_act/finish": act(AFTERSALES),
    "aftersales:service_act/close": act(AFTERSALES),
    "aftersales:return": page(SEE_SERVICE),
    "aftersales:return_act/tell_costs": act(AFTERSALES),
    "aftersales:return_act/agree": act(who(R.AFTERSALES_HEAD)),
    "aftersales:return_act/ask_information": act(who(R.AFTERSALES_HEAD)),
    "aftersales:return_act/give_information": act(SALES | AFTERSALES),
    "aftersales:return_act/refuse": act(who(R.AFTERSALES_HEAD)),
    "aftersales:return_act/confirm_freight": act(MONEY),
    "aftersales:return_act/arrange_collection": act(AFTERSALES | TRANSPORT),
    "aftersales:return_act/receive_goods": act(STORE),
    "aftersales:return_act/inspect": act(INSPECTORS),
    "aftersales:return_act/settle": act(who(R.AFTERSALES_HEAD)),
    "aftersales:return_act/order_exchange": act(CLERKS),
    "aftersales:rating": page(SEE_SERVICE),
    "aftersales:rating_act/rate": act(SALES | AFTERSALES),
    "aftersales:order_act/request_service": act(TAKE_DOWN),
    "aftersales:order_act/apply_return": act(TAKE_DOWN),
    "aftersales:order_act/exchange": act(CLERKS),
    "aftersales:print": button(SEE_SERVICE),
    # papers; the printed one is a contract, with prices
    "documents:file": page(SEE_ORDERS),
    "documents:print": page(SEE_SALE_PRICES),
    # the customer's links, and their own pages
    "orders:give_link": act(SALES),
    "orders:take_back_link": button(SALES),
    "portal:home": CUSTOMERS,
    "portal:enter": CUSTOMERS,
    "portal:order": CUSTOMERS,
    "portal:sign": CUSTOMERS,
    "portal:contract_pdf": CUSTOMERS,
    "portal:paper": CUSTOMERS,
    "portal:act": CUSTOMERS,
    "portal:return": CUSTOMERS,
    "portal:answer": CUSTOMERS,
    "portal:login": act(PUBLIC),
    "portal:code": act(PUBLIC),
    "portal:leave": CUSTOMERS,
    "portal:orders": CUSTOMERS,
    "portal:delivery": CUSTOMERS,
    # the board on the wall
    "board:home": page(LEAD),
    "board:company": page(SEE_BOARD),
    "board:rows": Access(get=SEE_BOARD),
    "board:screen": SCREENS,
    "board:enter": SCREENS,
}
