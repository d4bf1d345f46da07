"""What the page of a change request shows: classes with their grounds, the rows of the impact, who signs, what it costs."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.acts import offers_of, one_time_key
from core.models import Fact
from core.questions import ask
from core.workflow import Offer
from documents.links import Purpose
from documents.models import Attachment, PrintedForm
from orders.change_events import OrderWasCancelled
from orders.changing.compare import differences, of_change
from orders.changing.forms import AGREEMENT_ACTS, ITEM_ACTS, SIGNOFF_ACTS
from orders.changing.lines import CHANGE_ACTS
from orders.models import ChangeItem, ChangeRequest, Opinion
from orders.panels import readable
from orders.selectors import entry, holders_of, turn
from orders.services import links
from orders.services.change.classes import grounds
from orders.services.change.credit import credit_row, over_limit
from orders.services.ledger import goods_lines, quantities
from orders.workflow.change import ChangeState, ItemState
from organization.calendars import work_time
from organization.roles import Role, sees_costs, sees_sale_prices
from sla.models import RunningClock
from sla.work import chip

CANCEL_ONLY = {"agree_charge"}
CHANGE_ONLY = set(CHANGE_ACTS) - CANCEL_ONLY - {"refuse_change"}


def acts_of(change: ChangeRequest) -> dict[str, Any]:
    """A change is classified and applied, a cancelling charged and carried out on the order: each shows its own acts only."""
    hidden = CHANGE_ONLY if change.kind == ChangeRequest.Kind.CANCEL else CANCEL_ONLY
    return {name: form for name, form in CHANGE_ACTS.items() if name not in hidden}


def _url(route: str, ref: Any, step: str) -> str:
    return reverse(f"orders:{route}", args=[ref, step])


def offers_on(change: ChangeRequest, actor: Actor) -> list[Offer]:
    """What this person may do on the request, its agreement, its review and its signatures."""
    found = offers_of(change, actor, partial(_url, "change_act", change.number), acts_of(change))
    if change.state != ChangeState.AWAITING_CUSTOMER:
        found = [offer for offer in found if offer.name != "record_answer" or offer.open]
    for agreement in change.agreements.exclude(state="void"):
        agreement.change = change
        found += offers_of(agreement, actor, partial(_url, "agreement_act", agreement.number), AGREEMENT_ACTS)
    if (link := links.offer_link(change.order, Purpose.AGREE, actor)) and change.agreements.exclude(state="void").exists():
        link.url = reverse("orders:give_link", args=[change.order.number])
        found.append(link)
    for signoff in change.signoffs.filter(state="asked").select_related("change__order"):
        found += offers_of(signoff, actor, partial(_url, "change_signoff_act", signoff.pk), SIGNOFF_ACTS)
    for opinion in _opinions(change):
        if opinion.review.state == "open":
            found += offers_of(opinion, actor, partial(_url, "opinion_act", opinion.pk), {"give_opinion": None})
    if change.kind == ChangeRequest.Kind.CANCEL and change.is_open:
        found += offers_of(change.order, actor, partial(_url, "act", change.order.number), {"cancel": None})
    for offer in found:
        offer.main = False
    ready = change.wanted and change.state == ChangeState.RECEIVED  # said in figures: the next thing is the class
    open_ones = [offer for offer in found if offer.open and not offer.danger and offer.name != "add_departments"]
    if change.state == ChangeState.IN_REVIEW or any(offer.name == "record_answer" for offer in open_ones):
        open_ones = [offer for offer in open_ones if offer.name != "enter_prices"]  # may be done, is not what the request waits for
    if change.charge is not None:
        open_ones = [offer for offer in open_ones if offer.name != "agree_charge"]  # agreed: the order is to be cancelled, or it is refused
    main = next((offer for offer in open_ones if not ready or offer.name == "classify"), None)
    if main is not None:
        main.main = True
    return found


def rows_of(change: ChangeRequest, actor: Actor) -> list[dict[str, Any]]:
    """Every thing touched, with the decision in place for who may take it."""
    rows: list[dict[str, Any]] = []
    items = list(change.items.select_related("company").order_by("pk"))
    readable = readable_things(items, actor)
    for item in items:
        item.change = change
        offers = {offer.name: offer for offer in offers_of(item, actor, partial(_url, "change_item_act", item.pk), ITEM_ACTS)}
        seen = (item.kind, item.reference) in readable
        rows.append(
            {"item": item, "decide": offers.get("decide"), "hold": offers.get("set_hold"), "once": one_time_key(), "readable": seen}
        )
    return rows


PAGE_OF = {"procurement.purchaseline": "purchase", "orders.orderline": "order"}  # what has no page of its own is shown on this one


def readable_things(items: list[ChangeItem], actor: Actor) -> set[tuple[str, int]]:
    """The things touched whose pages this person may open; the others are named without a link (P2)."""
    found = set()
    for kind in {item.kind for item in items if item.url}:
        model: Any = apps.get_model(kind)
        rows = model.objects.filter(pk__in=[item.reference for item in items if item.kind == kind])
        if owner := PAGE_OF.get(kind):
            seen = model._meta.get_field(owner).related_model.objects.visible_to(actor)
            rows = rows.filter(**{f"{owner}__in": seen})
        else:
            rows = rows.visible_to(actor)
        found |= {(kind, pk) for pk in rows.values_list("pk", flat=True)}
    return found


def context(change: ChangeRequest, actor: Actor, at: Any) -> dict[str, Any]:
    order, prices = change.order, sees_sale_prices(actor)
    items: list[ChangeItem] = list(change.items.all())
    cancelling = change.kind == ChangeRequest.Kind.CANCEL
    offers = offers_on(change, actor)
    return {
        "change": change,
        "order": order,
        "prices": prices,
        "costs": sees_costs(actor),
        "cancelling": cancelling,
        "revisions_label": f"R{change.base_revision} → R{change.revision or change.base_revision + 1}",
        "new_date": new_date(change),
        "shipped": sum(of.shipped for of in quantities(order, goods_lines(order)).values()),
        "turns": turns(change, actor, at),
        "offers": offers,
        "classify": next((offer for offer in offers if offer.name == "classify"), None),
        "describe": next((offer for offer in offers if offer.name == "describe" and offer.open), None),
        "impossible": change.state == ChangeState.RECEIVED and change.reviews.exists(),
        "day_off": day_off(change),
        "once": one_time_key(),
        "classes": [] if cancelling else classes(change, items),
        "rows": rows_of(change, actor),
        "decided": sum(item.state == ItemState.DECIDED for item in items),
        "spent": sum((item.spent for item in items if item.spent), start=0),
        "to_come": sum((item.to_come for item in items if item.to_come), start=0),
        "credit": credit(change) if prices else None,
        "unknown": sum(item.spent_unknown for item in items),
        "ending": Fact.objects.filter(kind=OrderWasCancelled.kind(), order_id=order.pk).first() if cancelling else None,
        "held": [item for item in items if item.hold and change.is_open],
        "differences": [] if cancelling else difference_rows(change, prices),
        "opinions": _opinions(change),
        "signoffs": change.signoffs.order_by("pk"),
        "agreements": change.agreements.order_by("-pk"),
        "files": [each for each in readable(order, actor) if _belongs(each, change)],
        "prints": prints(change, prices),
        **(what_left(order, actor) if change.is_open else {}),
    }


def turns(change: ChangeRequest, actor: Actor, at: Any) -> list[dict[str, Any]]:
    """Whose turn it is, the reader's own first, then the most urgent: what is to be done, by which persons and posts, until when.

    Who has the same to do stands in one line, with the clock that ends first.
    """
    waits = Q(subject_kind=ChangeRequest._meta.label_lower, subject_id=change.pk)
    waits |= Q(name="cancelling", order_id=change.order_id, key=str(change.pk))
    if change.state == ChangeState.IN_REVIEW:
        waits |= Q(name="review_opinion", order_id=change.order_id)
    clocks = list(RunningClock.objects.open().filter(waits).select_related("rule").urgent_first())
    holders = holders_of(clocks)
    lines: dict[tuple[str, bool], dict[str, Any]] = {}
    for clock in clocks:
        found, post = turn([clock], actor, holders) or {}, str(Role(clock.role).label)
        line = lines.setdefault((clock.name, found["mine"]), {**found, "clock": chip(clock, at), "who": []})
        line["who"].append(found["name"] if found["name"] == post else _("{name} ({post})").format(name=found["name"], post=post))
    return sorted(lines.values(), key=lambda each: not each["mine"])


def credit(change: ChangeRequest) -> dict[str, Any] | None:
    """The credit check against the new amount, for who sees prices; None where the order gets no dearer or the change is over (REV-11)."""
    dearer = change.kind == ChangeRequest.Kind.CHANGE and (change.price_difference or 0) > 0
    return {"over": over_limit(change), "row": credit_row(change)} if dearer and change.is_open else None


def what_left(order: Any, actor: Actor) -> dict[str, Any]:
    """Goods that have left, who calls them back, and the way to a return, beside the reason why they take no change (CHG-10)."""
    ways = ask("way_back", order=order, actor=actor)
    return {"left": [row for rows in ask("goods_that_left", order=order, actor=actor) for row in rows], "way_back": next(iter(ways), None)}


def day_off(change: ChangeRequest) -> dict[str, date] | None:
    """The day wished and the next working day, where the works do not work on the former and it can still be another."""
    wished = change.wanted.get("date")
    if not wished or change.state not in (ChangeState.RECEIVED, ChangeState.CLASSIFIED):
        return None
    work, day = work_time(company_id=change.order.product_company_id), date.fromisoformat(wished)
    return None if work.is_working_day(day) else {"wished": day, "next": work.next_working_day(day)}


def new_date(change: ChangeRequest) -> date | None:
    """The date that counts if the change is carried out, as far as it is known; None while it is the promised one."""
    wanted = change.wanted.get("date")
    found = change.promised_date or change.reviewed_date or (date.fromisoformat(wanted) if wanted else None)
    return None if found == change.order.promised_date else found


def classes(change: ChangeRequest, items: list[ChangeItem]) -> list[dict[str, Any]]:
    why = grounds(change, items)
    return [
        {
            "value": klass.value,
            "label": klass.label,
            "grounds": why[klass.value] if change.wanted else [],  # nothing is known before it is entered what changes
            "proposed": change.proposed_class == klass.value,
            "chosen": (change.change_class or change.proposed_class) == klass.value,
        }
        for klass in ChangeRequest.Class
    ]


def difference_rows(change: ChangeRequest, prices: bool) -> list[Any]:
    """What the request alters; once applied, the two revisions say it."""
    if change.state == ChangeState.APPLIED:
        return []
    return [row for row in differences(*of_change(change), prices=prices) if row.differs]


def _opinions(change: ChangeRequest) -> list[Opinion]:
    found = Opinion.objects.filter(review__change=change).select_related("review__order", "review__change").order_by("pk")
    return list(found)


def _belongs(attachment: Attachment, change: ChangeRequest) -> bool:
    agreements = [("orders.supplementaryagreement", agreement.pk) for agreement in change.agreements.all()]
    return (attachment.subject_kind, attachment.subject_id) in [("orders.changerequest", change.pk), *agreements]


def prints(change: ChangeRequest, prices: bool) -> list[PrintedForm]:
    numbers = [change.notice_number, *change.agreements.values_list("number", flat=True)]
    found = PrintedForm.objects.filter(order_id=change.order_id, kind__in=["D07", "D38"], number__in=numbers).order_by("-pk")
    return [each for each in found if prices or not each.prices]


def history(change: ChangeRequest, actor: Actor) -> list[dict[str, Any]]:
    facts = Fact.objects.filter(subject_kind=ChangeRequest._meta.label_lower, subject_id=change.pk).order_by("-pk")[:40]
    return [entry(fact, prices=sees_sale_prices(actor)) for fact in facts]
