"""What the order's pages read: stepper, whose turn, timeline, lines with their quantities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.facts import EVENTS
from core.models import Fact
from core.reading import keep
from core.reasons import plain
from orders.models import Contract, Order, OrderLine, Shortage
from orders.services.ledger import Quantities, quantities
from orders.workflow import OrderState
from organization.models import Person, Post
from organization.roles import Role, sees_sale_prices
from sla.models import RunningClock

S = OrderState
# The stepper: label, the states that stand on it, and the fact that shows when it was passed.
STAGES: list[tuple[Any, tuple[str, ...], str]] = [
    (pgettext_lazy("stage", "Registered"), (S.REGISTERED, S.CONFIRMED), "orders.OrderWasRegistered"),
    (
        pgettext_lazy("stage", "Review"),
        (S.IN_REGULAR_REVIEW, S.IN_IRREGULAR_REVIEW, S.NEGOTIATING, S.REFUSAL_PENDING),
        "orders.ReviewWasPassed",
    ),
    (pgettext_lazy("stage", "Quotation"), (S.ACCEPTED, S.QUOTED), "orders.QuotationWasIssued"),
    (pgettext_lazy("stage", "Contract"), (S.CONTRACTED, S.SIGNED), "orders.ContractWasSent"),
    (pgettext_lazy("stage", "Effective"), (S.EFFECTIVE,), "orders.ContractTookEffect"),
    (pgettext_lazy("stage", "Instruction"), (S.INSTRUCTED,), "orders.InstructionWasIssued"),
    (pgettext_lazy("stage", "Plan"), (S.PLANNED,), "orders.PlanWasReleasedForOrder"),
    (pgettext_lazy("stage", "Production"), (S.IN_PRODUCTION,), "orders.ProductionWasStarted"),
    (pgettext_lazy("stage", "In store"), (S.STOCKED,), "orders.OrderWasStocked"),
    (pgettext_lazy("stage", "Shipping"), (S.SHIPPING,), "orders.ShippingWasBegun"),
    (pgettext_lazy("stage", "Delivered"), (S.DELIVERED,), "orders.OrderWasDelivered"),
    (pgettext_lazy("stage", "Invoiced, closed"), (S.INVOICED, S.CLOSED), "orders.OrderWasClosed"),
]
NEXT = 4  # obligations shown ahead of the timeline
ENDED = (S.REFUSED, S.WITHDRAWN, S.CANCELLED)


def stages(order: Order, facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Where the order stands, with the dates of what is passed and the promises for what comes."""
    when: dict[str, datetime] = {}
    for fact in sorted(facts, key=lambda fact: fact.pk):
        when[fact.kind] = fact.at
    now = next((i for i, (_label, states, _kind) in enumerate(STAGES) if order.state in states), None)
    if now is None:
        now = max((i for i, stage in enumerate(STAGES) if stage[2] in when), default=0)
    rows = []
    for i, (label, _states, kind) in enumerate(STAGES):
        done = i < now or order.state == S.CLOSED
        small = plain(when[kind])[:5] if kind in when and i <= now else ""
        if not small and i > now and label == STAGES[10][0] and order.promised_date:
            small = f"{order.promised_date:%m-%d}"
        rows.append({"label": label, "small": small, "state": "done" if done else "now" if i == now else "todo"})
    return rows


def turn(clocks: list[RunningClock], actor: Actor, holders: dict[int, str]) -> dict[str, Any] | None:
    """Whose move it is: the most urgent clock that is open now says it."""
    if not clocks:
        return None
    clock = clocks[0]
    mine = (
        clock.post_id in actor.post_ids
        if clock.post_id
        else any(hat.role == clock.role and clock.company_id in (hat.company_id, 0) for hat in actor.hats)
    )
    return {"text": clock.label, "name": actor.name if mine else holders[clock.pk], "mine": mine, "clock": clock}


def holders_of(clocks: list[RunningClock]) -> dict[int, str]:
    """Clock -> who is responsible for it now; the role's name when nobody holds it. One query."""
    wanted = Q(pk__in=[c.post_id for c in clocks if c.post_id])
    for role, company_id in {(c.role, c.company_id) for c in clocks if not c.post_id}:
        wanted |= Q(role=role, department__company=company_id)
    posts = Post.objects.filter(wanted, holder__isnull=False).select_related("holder", "department").order_by("-pk") if clocks else ()
    held: dict[Any, str] = {}
    for post in posts:  # the first of a role is the last one written here
        held[post.pk] = held[post.role, post.department.company_id] = str(post.holder)
    return {c.pk: held.get(c.post_id or (c.role, c.company_id)) or str(Role(c.role).label) for c in clocks}


def looked_after(actor: Actor) -> Q:
    """The condition for orders that this person looks after, as clerk or salesperson."""
    return Q(clerk_post__in=actor.post_ids) | Q(salesperson_post__in=actor.post_ids)


def upcoming(clocks: list[RunningClock], holders: dict[int, str], at: datetime) -> list[dict[str, Any]]:
    """What is overdue, oldest first, then what is due next, latest first, as the head of the timeline (FUP-04); what stands still has no
    time to be said."""
    states = {"paused": _("stands still"), "breached": _("is overdue")}
    late = [c for c in clocks if c.state_at(at) == "breached"]
    return [
        {
            "at": None if c.paused_at else c.due_at,
            "text": c.label,
            "hint": " · ".join(str(word) for word in (holders[c.pk], states.get(c.state_at(at))) if word),
            "kind": "next",
            "url": c.get_absolute_url(),
        }
        for c in [*late, *reversed([c for c in clocks if c not in late])]
    ]


def timeline(facts: Iterable[Fact], actor: Actor) -> list[dict[str, Any]]:
    """Facts as lines, money only for who may see it; what was done on behalf of somebody says so."""
    prices = sees_sale_prices(actor)
    shown = list(facts)
    behalf = {f.on_behalf_of_id for f in shown if f.on_behalf_of_id}
    names = dict(Person.objects.filter(pk__in=behalf).values_list("pk", "name")) if behalf else {}
    return [entry(fact, prices=prices, names=names) for fact in shown]


def entry(fact: Fact, *, prices: bool, names: dict[int, str] | None = None) -> dict[str, Any]:
    """One fact as a line of a timeline. Texts are made when shown, in the reader's language; an unknown kind shows its name."""
    kind = EVENTS.get(fact.kind)
    event = kind.of(fact) if kind else None
    text = fact.kind
    if event is not None and kind is not None:
        values = {k: _shown(v) for k, v in event.in_words().items()}
        text = str(kind.text).format(**values)
        if prices and kind.money_text:
            text = f"{text} · {str(kind.money_text).format(**values)}"
    who = "" if fact.actor_kind == "system" else fact.actor_name
    if fact.on_behalf_of_id and names:
        who = str(_("{who} for {owner}")).format(who=who, owner=names.get(fact.on_behalf_of_id, "—"))
    moved = "；".join(f"{_field(name)} {_short(old)} → {_short(new)}" for name, (old, new) in fact.changes.items() if name != "lines")
    hint = " · ".join(part for part in (who, moved) if part)
    return {"at": fact.at, "text": text, "hint": hint, "kind": kind.tone if kind else "", "customer_visible": fact.customer_visible}


ROLES = frozenset(Role.values)
LONG = 40  # of a changed text the timeline shows the beginning; the whole stands in the fact


def _field(name: str) -> str:
    try:
        return str(Order._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def _short(value: Any) -> str:
    text = str(value or "—")
    return text if len(text) <= LONG else text[:LONG] + "…"


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, tuple):
        return plain([_shown(each) for each in value])
    return str(Role(value).label) if isinstance(value, str) and value in ROLES else plain(value)


def facts_of(order: Order, *, customer_only: bool = False) -> QuerySet[Fact]:
    """The order's history, newest first: one query (decision 13)."""
    facts = Fact.objects.filter(order_id=order.pk).order_by("-id")
    return facts.filter(customer_visible=True) if customer_only else facts


def promise(contract: Contract, at: datetime) -> date:
    """What the contract promises as of `at`: a form that is still out moves it from day to day (CON-03)."""
    return contract.promised_on(localtime(at).date())


def line_rows(order: Order) -> list[tuple[OrderLine, Quantities]]:
    """Every line with its ledger; `short` says that something of it is missing and undecided (INV-06)."""
    short = Exists(Shortage.objects.open().filter(line=OuterRef("pk")))
    lines = list(order.lines.select_related("item", "unit", "surcharge").annotate(short=short).order_by("line_no"))
    keep(order, Order.lines_in_order, lines)
    known = quantities(order, lines)
    return [(line, known[line.pk]) for line in lines]
