"""The order desk's own panels, and its answers to questions that others ask."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import Fact
from core.panels import Panel, hang
from core.questions import answers
from documents.models import Attachment, PrintedForm
from orders.acts import ATTACHERS, AddFile
from orders.meetings.documents import refusal_was_asked
from orders.models import Meeting, MeetingPaper, Order, Shortage
from orders.selectors import entry, looked_after
from orders.services.money import received_by_due
from orders.workflow import AFTER_SIGNING, ENDS
from organization.roles import RIGHTS, Role, covers, has_role, sees_costs, sees_prices, sees_sale_prices
from sla.falling_due import Due, Source, Wanted, first_of_days


def review_context(order: Order, actor: Actor) -> dict[str, Any]:
    meetings = list(order.meetings.select_related("order").prefetch_related("papers").order_by("-id"))
    return {
        "reviews": list(order.reviews.prefetch_related("opinions").order_by("-round")),
        "meetings": meetings,
        "minutes": any(meeting.state == "held" for meeting in meetings),
        "refusal": refusal_was_asked(order),
        "costs": sees_costs(actor),
    }


def deal_context(order: Order, actor: Actor) -> dict[str, Any]:
    got = received_by_due(order)
    return {
        "prices": sees_sale_prices(actor),
        "quotations": list(order.quotations.order_by("-id")),
        "contracts": [(contract, contract.promised_on(localdate())) for contract in order.contracts.order_by("-id")],
        "decisions": list(order.decisions.order_by("-id")),
        "dues": [(due, got.get(due.pk, 0)) for due in order.dues.order_by("position")],
        "instruction": getattr(order, "instruction", None),
    }


def follow_context(order: Order, actor: Actor) -> dict[str, Any]:
    return {"follow_ups": list(order.follow_ups.order_by("-id"))}


def papers_context(order: Order, actor: Actor) -> dict[str, Any]:
    prints = PrintedForm.objects.filter(order_id=order.pk).order_by("-id")
    kept = [p for p in prints if not p.prices or sees_prices(actor, p.prices)]
    return {"attachments": readable(order, actor), "prints": kept, "form": AddFile() if has_role(actor, *ATTACHERS) else None}


def readable(order: Order, actor: Actor) -> list[Attachment]:
    """Attachments of the order; what may show prices (the signed contract) only for who sees them."""
    found = Attachment.objects.filter(order_id=order.pk).order_by("-id")
    return list(found if sees_sale_prices(actor) else found.exclude(kind=Attachment.Kind.SCAN))


hang(Panel("review", _("Review"), "order", "orders/panels/review.html", review_context, 10))
hang(Panel("deal", _("Quotation and contract"), "order", "orders/panels/deal.html", deal_context, 20))
hang(Panel("follow", _("Follow-up"), "order", "orders/panels/follow.html", follow_context, 70))


def shortages_context(order: Order, actor: Actor) -> dict[str, Any]:
    """What was short, what was decided; the way to the customer's change where the decision needs one."""
    rows = [(row, row.offer("decide", actor)) for row in order.shortages.select_related("order", "line", "item__unit").order_by("-pk")]
    change = order.offer("register_change", actor)
    return {"rows": rows, "may_change": change is not None and change.open, "needs_change": Shortage.NEEDS_CHANGE}


hang(Panel("shortages", _("Shortages"), "order", "orders/panels/shortages.html", shortages_context, 30))
hang(Panel("papers", _("Documents"), "order", "orders/panels/papers.html", papers_context, 90))


def _sees_orders(actor: Actor) -> bool:
    return any("order" in RIGHTS[hat.role].sees for hat in actor.hats)


@answers("nav")
def nav(actor: Actor) -> list[dict[str, Any]] | None:
    if not _sees_orders(actor):
        return None
    found = [{"section": "", "title": _("Orders"), "url": reverse("orders:list"), "icon": "search", "position": 1}]
    if has_role(actor, Role.SALES_CLERK):
        found.append({"section": "", "title": _("Register order"), "url": reverse("orders:new"), "icon": "message-plus", "position": 2})
        found.append(
            {"section": "", "title": _("Import from Excel"), "url": reverse("orders:import"), "icon": "file-spreadsheet", "position": 3}
        )
    return found


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    """Orders, payments due and meetings as My work shows them."""
    if kind == "orders.meeting":
        meetings = Meeting.objects.filter(pk__in=ids).select_related("order__customer")
        return {
            each.pk: {"title": each.order.number, "text": f"{each.order.customer} {each.day} {each.place}", "url": each.get_absolute_url()}
            for each in meetings
        }
    if kind == "orders.shortage":
        short, act = Shortage.objects.visible_to(actor).filter(pk__in=ids).select_related("order", "line", "item"), "orders:shortage_act"
        return {row.pk: {"title": row.order.number, "text": str(row), "url": reverse(act, args=[row.pk, "decide"])} for row in short}
    if kind not in ("orders.order", "orders.paymentdue"):
        return None
    path = "pk" if kind == "orders.order" else "dues__pk"
    rows = Order.objects.filter(**{f"{path}__in": ids}).values_list(path, "number", "customer__name")
    return {key: {"title": number, "text": name, "url": reverse("orders:detail", args=[number])} for key, number, name in rows}


@answers("own_orders")
def own_orders(actor: Actor) -> Any:
    """The ids of the orders that this person looks after, for what they wait for from others."""
    return Order.objects.filter(looked_after(actor)).values("pk") if has_role(actor, Role.SALES_CLERK, Role.SALESPERSON) else None


@answers("own_figure")
def own_figure(actor: Actor) -> dict[str, Any] | None:
    """How many open orders this person looks after, for My work; the list of them behind it."""
    mine = own_orders(actor)
    if mine is None:
        return None
    count = mine.exclude(state__in=ENDS).count()
    return {"label": _("My open orders"), "value": count, "url": f"{reverse('orders:list')}?mine=on&open=on"}


@answers("falls_due")
def promised_dates(wanted: Wanted) -> Source | None:
    """Promised dates of orders that have not arrived, for the calendar."""
    if not _sees_orders(wanted.actor):
        return None

    def rows() -> list[Due]:
        found = Order.objects.visible_to(wanted.actor).filter(state__in=AFTER_SIGNING, promised_date__range=(wanted.first, wanted.last))
        if wanted.mine:
            found = found.filter(looked_after(wanted.actor))
        days = first_of_days(found.select_related("customer"), F("promised_date"), "number", wanted.few)
        return [Due(o.on_day, o.of_day, o.number, o.customer.name, o.get_absolute_url(), o.on_day < wanted.today) for o in days]

    return Source("orders", _("Promised dates"), "package", rows)


@answers("recent")
def recent(actor: Actor) -> list[dict[str, Any]] | None:
    """What just happened on orders that this person sees."""
    if not _sees_orders(actor):
        return None
    facts = list(Fact.objects.filter(order_id__isnull=False).order_by("-id")[:40])
    seen = dict(Order.objects.visible_to(actor).filter(pk__in={f.order_id for f in facts}).values_list("pk", "number"))
    prices = sees_sale_prices(actor)
    rows = [(entry(f, prices=prices), seen[f.order_id]) for f in facts if f.order_id in seen][:6]
    return [{**row, "text": f"{number} {row['text']}", "url": reverse("orders:detail", args=[number])} for row, number in rows]


@answers("may_register")
def may_register(actor: Actor) -> bool:
    return any(covers(hat.role, Role.SALES_CLERK) for hat in actor.hats)


@answers("may_read_document")
def may_read_document(actor: Actor, attachment: Attachment | None, printed: PrintedForm | None) -> bool | None:
    """Papers of an order are read by whoever may see the order."""
    paper = attachment or printed
    if paper is None or not paper.subject_kind.startswith("orders.") or paper.order_id is None:
        return None
    if attachment is not None and attachment.kind == Attachment.Kind.SCAN and not sees_sale_prices(actor):
        return False
    if Order.objects.visible_to(actor).filter(pk=paper.order_id).exists():
        return True
    # Whoever is asked to a review meeting reads the drawings that went out with its papers (REV-09).
    asked = MeetingPaper.objects.visible_to(actor).filter(meeting__order=paper.order_id, sent_at__isnull=False)
    return attachment is not None and asked.exists()


@answers("drawings")
def drawings(order_id: int) -> bool:
    return Attachment.objects.filter(order_id=order_id, kind=Attachment.Kind.DRAWING).exists()
