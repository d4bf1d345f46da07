"""Who may do and see what: one table, read by `may` (acts) and by `visible_to` (lists, pages). Roles are code, who holds them is data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.actor import Actor, Hat
from core.reasons import NotAllowed, Reason


class Role(models.TextChoices):
    SALES_CLERK = "sales_clerk", _("sales clerk")
    SALESPERSON = "salesperson", _("salesperson")
    QUOTER = "quoter", _("quoter")
    DOCUMENTS_CLERK = "documents_clerk", _("documents clerk")
    SALES_HEAD = "sales_head", _("sales head")
    ORDER_MANAGER = "order_manager", _("contract order manager")
    PLANNER = "planner", _("planner")
    EQUIPMENT_ENGINEER = "equipment_engineer", _("equipment engineer")
    PRODUCTION_MANAGER = "production_manager", _("production manager")
    MATERIAL_CONTROLLER = "material_controller", _("material controller")
    WORKSHOP_HEAD = "workshop_head", _("workshop head")
    OPERATOR = "operator", _("operator")
    DESIGNER = "designer", _("designer")
    DESIGN_HEAD = "design_head", _("technical head")
    BUYER = "buyer", _("buyer")
    PURCHASING_HEAD = "purchasing_head", _("purchasing head")
    INSPECTOR = "inspector", _("inspector")
    QUALITY_HEAD = "quality_head", _("quality head")
    STORE_KEEPER = "store_keeper", _("store keeper")
    STORE_HEAD = "store_head", _("store head")
    PACKER = "packer", _("packer")
    TRANSPORT = "transport", _("transport")
    TRANSPORT_HEAD = "transport_head", _("transport head")
    FREIGHT_AUDITOR = "freight_auditor", _("freight auditor")
    AFTERSALES_ENGINEER = "aftersales_engineer", _("after-sales engineer")
    AFTERSALES_HEAD = "aftersales_head", _("after-sales head")
    FINANCE = "finance", _("finance")
    FINANCE_HEAD = "finance_head", _("finance head")
    GENERAL_MANAGER = "general_manager", _("general manager")
    DEPUTY_MANAGER = "deputy_manager", _("deputy manager")
    GROUP_MANAGER = "group_manager", _("group manager")
    ADMINISTRATOR = "administrator", _("administrator")


class Scope(models.TextChoices):
    """How far a role's eye and hand reach. The names are keys of a model's `scope_paths`."""

    OWN = "own", _("own")
    DEPARTMENT = "department", _("department")
    SALES = "sales", _("sales company")
    PRODUCT = "product", _("product company")
    COMPANY = "company", _("company")
    GROUP = "group", _("group")
    CUSTOMER = "customer", _("the customer of the order")


@dataclass(frozen=True)
class Rights:
    """What one role sees: kinds of things with the scope of each, and the two price flags (freight apart)."""

    sees: dict[str, Scope] = field(default_factory=dict)
    sale_prices: bool = False
    costs: bool = False
    freight: bool = False


KINDS = ("order", "plan", "task", "purchase", "inspection", "stock", "shipment", "money", "change", "service", "contact")


def _all(scope: Scope, *kinds: str) -> dict[str, Scope]:
    return dict.fromkeys(kinds or KINDS, scope)


R, S = Role, Scope
_sales_desk = _all(S.SALES, "order", "plan", "shipment", "money", "change", "service")
_production = {**_all(S.PRODUCT, "order", "plan", "task", "purchase", "inspection", "stock", "shipment", "change", "service")}
_planning = _all(S.PRODUCT, "order", "plan", "task", "stock", "change")
_purchasing = _all(S.PRODUCT, "purchase", "stock", "change")
_quality = _all(S.PRODUCT, "inspection", "stock", "change", "service")
_store = _all(S.PRODUCT, "stock", "shipment", "change", "service")
_technical = _all(S.PRODUCT, "order", "plan", "task", "change")
_aftersales = _all(S.COMPANY, "order", "shipment", "service")
_finance = _all(S.COMPANY, "order", "money", "shipment", "change", "service")
_transport = _all(S.GROUP, "shipment", "service")
RIGHTS: dict[str, Rights] = {
    R.SALES_CLERK: Rights(_sales_desk, sale_prices=True),
    R.SALESPERSON: Rights(_all(S.OWN, "order", "plan", "shipment", "money", "change", "service"), sale_prices=True),
    R.QUOTER: Rights(_all(S.SALES, "order"), sale_prices=True, costs=True),
    R.DOCUMENTS_CLERK: Rights(_all(S.SALES, "order", "shipment"), sale_prices=True),
    R.SALES_HEAD: Rights(_sales_desk, sale_prices=True),
    R.ORDER_MANAGER: Rights(_all(S.GROUP, "order", "plan", "task", "shipment", "stock", "money", "change", "service"), sale_prices=True),
    R.PLANNER: Rights(_planning),
    R.EQUIPMENT_ENGINEER: Rights(_all(S.PRODUCT, "plan", "task")),
    R.PRODUCTION_MANAGER: Rights(_production),
    R.MATERIAL_CONTROLLER: Rights(_production),
    R.WORKSHOP_HEAD: Rights({"task": S.DEPARTMENT, "change": S.PRODUCT}),
    R.OPERATOR: Rights(_all(S.DEPARTMENT, "task")),
    R.DESIGNER: Rights(_technical),
    R.DESIGN_HEAD: Rights(_technical),
    R.BUYER: Rights(_purchasing, costs=True),
    R.PURCHASING_HEAD: Rights(_purchasing, costs=True),
    R.INSPECTOR: Rights(_quality),
    R.QUALITY_HEAD: Rights(_quality),
    R.STORE_KEEPER: Rights(_store),
    R.STORE_HEAD: Rights(_store),
    R.PACKER: Rights({"shipment": S.PRODUCT, "task": S.DEPARTMENT, "change": S.PRODUCT}),
    R.TRANSPORT: Rights(_transport, freight=True),
    R.TRANSPORT_HEAD: Rights({**_transport, "change": S.GROUP}, freight=True),
    R.FREIGHT_AUDITOR: Rights(_transport, freight=True),
    R.AFTERSALES_ENGINEER: Rights(_aftersales),
    R.AFTERSALES_HEAD: Rights({**_aftersales, "change": S.COMPANY}, sale_prices=True),
    R.FINANCE: Rights({**_finance, "purchase": S.COMPANY}, sale_prices=True, costs=True),
    R.FINANCE_HEAD: Rights({**_finance, "purchase": S.COMPANY}, sale_prices=True, costs=True),
    R.GENERAL_MANAGER: Rights(_all(S.COMPANY), sale_prices=True, costs=True, freight=True),
    R.DEPUTY_MANAGER: Rights(_all(S.COMPANY), sale_prices=True, costs=True, freight=True),
    R.GROUP_MANAGER: Rights(_all(S.GROUP), sale_prices=True, costs=True, freight=True),
    R.ADMINISTRATOR: Rights(),
}
for _rights in RIGHTS.values():
    if _rights.sees:
        _rights.sees.setdefault("contact", S.DEPARTMENT)  # any department may be asked by another (EXE-04)

# Heads can do what their people can.
HEADS: dict[str, frozenset[str]] = {
    R.SALES_HEAD: frozenset({R.SALES_CLERK, R.SALESPERSON, R.QUOTER, R.DOCUMENTS_CLERK}),
    R.PRODUCTION_MANAGER: frozenset({R.PLANNER}),
    R.WORKSHOP_HEAD: frozenset({R.OPERATOR}),
    R.DESIGN_HEAD: frozenset({R.DESIGNER}),
    R.PURCHASING_HEAD: frozenset({R.BUYER}),
    R.QUALITY_HEAD: frozenset({R.INSPECTOR}),
    R.STORE_HEAD: frozenset({R.STORE_KEEPER, R.PACKER}),
    R.TRANSPORT_HEAD: frozenset({R.TRANSPORT}),
    R.AFTERSALES_HEAD: frozenset({R.AFTERSALES_ENGINEER}),
    R.FINANCE_HEAD: frozenset({R.FINANCE}),
}
MASTER_KEEPERS = frozenset({R.ADMINISTRATOR, R.GENERAL_MANAGER, R.GROUP_MANAGER})


def covers(role: str, wanted: str) -> bool:
    """May a post with `role` do what `wanted` does?"""
    return role == wanted or wanted in HEADS.get(role, ())


def sees_sale_prices(actor: Actor) -> bool:
    return any(RIGHTS[hat.role].sale_prices for hat in actor.hats)


def sees_costs(actor: Actor) -> bool:
    return any(RIGHTS[hat.role].costs for hat in actor.hats)


def sees_freight(actor: Actor) -> bool:
    """Freight is a price flag of its own: transport, freight audit, managers."""
    return any(RIGHTS[hat.role].freight for hat in actor.hats)


def sees_claims(actor: Actor) -> bool:
    """What is claimed for goods spoiled on the way: for who sees freight or costs."""
    return sees_freight(actor) or sees_costs(actor)


def sees_prices(actor: Actor, flag: str) -> bool:
    """May the actor read a paper that bears prices of this kind: sale, cost, or freight with the claims?"""
    return {"cost": sees_costs, "freight": sees_claims}.get(flag, sees_sale_prices)(actor)


class Scoped:
    """Mixin of models that belong to companies: `scope_kind` is a kind of the table, `scope_paths` says where each scope is read.

    Paths are ORM look-ups from the model; COMPANY is the union of the sales and the product paths.
    """

    scope_kind: ClassVar[str]
    scope_paths: ClassVar[dict[str, tuple[str, ...]]] = {}

    def reached_by(self, hat: Hat) -> bool:
        """Does this post's scope reach this thing?"""
        scope = RIGHTS[hat.role].sees.get(self.scope_kind)
        if scope is None:
            return False
        return scope == S.GROUP or any(_read(self, path) == _own(hat, scope) for path in _paths(type(self), scope))


def _of_their_order(thing: Any, by: Actor) -> bool:
    return by.order_id is not None and any(_read(thing, path) == by.order_id for path in thing.scope_paths.get(S.CUSTOMER, ()))


def _own(hat: Hat, scope: Scope) -> int:
    return {S.OWN: hat.post_id, S.DEPARTMENT: hat.department_id}.get(scope, hat.company_id)


def _paths(model: Any, scope: Scope) -> tuple[str, ...]:
    if scope == S.COMPANY:
        return model.scope_paths.get(S.SALES, ()) + model.scope_paths.get(S.PRODUCT, ())
    return model.scope_paths.get(scope, ())


def _read(thing: Any, path: str) -> Any:
    return reduce(lambda value, name: getattr(value, name, None), path.split("__"), thing)


def company_of(thing: Any, scope: str) -> int:
    """The id of the thing's `sales` or `product` company."""
    return _read(thing, thing.scope_paths[Scope(scope)][0])


def visible(queryset: QuerySet, actor: Actor) -> QuerySet:
    """What of this queryset the actor may see at all; every view starts here (trust P2). A customer sees what hangs on their one order."""
    if actor.kind == "system":
        return queryset
    model: Any = queryset.model
    if actor.kind == "customer":
        paths = model.scope_paths.get(S.CUSTOMER, ())
        return queryset.filter(reduce(or_, [Q(**{path: actor.order_id}) for path in paths])) if paths else queryset.none()
    conditions = []
    for hat in actor.hats:
        scope = RIGHTS[hat.role].sees.get(model.scope_kind)
        if scope == S.GROUP:
            return queryset
        if scope is not None:
            conditions += [Q(**{path: _own(hat, scope)}) for path in _paths(model, scope)]
    return queryset.filter(reduce(or_, conditions)) if conditions else queryset.none()


class may:
    """Permission of a step: a post with one of the roles (or the head of one) whose scope reaches the thing.

    `customer`: the customer of the order may take the step too, through their link.
    """

    def __init__(self, *roles: Role, customer: bool = False) -> None:
        self.roles, self.customer = roles, customer

    def __call__(self, thing: Any, by: Actor) -> Actor:
        if by.kind == "customer" and self.customer and _of_their_order(thing, by):
            return by
        for hat in by.hats:
            if any(covers(hat.role, role) for role in self.roles) and thing.reached_by(hat):
                return by.using(hat)
        raise NotAllowed(Reason("not_yours", roles=[str(role.label) for role in self.roles]))


def has_role(actor: Actor, *roles: Role) -> bool:
    """Does the actor hold a post with one of these roles, or as the head of one?"""
    return any(covers(hat.role, role) for hat in actor.hats for role in roles)
