"""What stands beside the fields of the entry page: findings with their cure, what is missing, what changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.actor import Actor
from core.reasons import Reason, plain
from core.templatetags.ui import moment
from inventory.models import Item
from orders.entry.fields import shown
from orders.entry.forms import HEADER, LineForm, name_of, removed
from orders.entry.whole import EntryForms
from orders.guards import LINE_REQUIRED, QUESTIONS, REQUIRED, line_gap, missing_requirements
from orders.models import Customer, Order, OrderLine, PriceRule
from orders.services.masters import findings_on, near_items, recent_twins
from orders.services.pricing import rules_on

NAMED = 3


def set_link(name: str, value: Any) -> str:
    """An address that entry.js understands: put this value into that field."""
    return f"#set:{name}={quote(str(value))}"


def as_findings(reason: Reason, item: Item, quantity: Decimal | None, prefix: str) -> list[dict[str, Any]]:
    """A reason as it stands under its field, with the cure as a link."""
    field = reason.figures["field"]
    target = f"{prefix}-{field}"
    cures: list[tuple[str, Any]] = []
    if reason.code == "item_discontinued" and item.successor:
        cures = [(_("Change to {code}").format(code=item.successor.code), item.successor.code)]
    elif reason.code == "quantity_multiple" and quantity is not None:
        below = quantity // item.multiple * item.multiple
        cures = [(shown(value), shown(value)) for value in (below, below + item.multiple) if value >= item.min_quantity]
    elif reason.code == "quantity_minimum":
        cures = [(shown(item.min_quantity), shown(item.min_quantity))]
    elif reason.code in ("price_differs", "price_too_low"):
        cures = [(_("take it"), shown(reason.figures["price"], 2))]
    kind = {"item_forbidden": "late", "price_filled": ""}.get(reason.code, "soon")
    first = {"field": field, "kind": kind, "text": words(reason)}
    if not cures:
        return [first]
    links = [{"url": set_link(target, value), "link": label} for label, value in cures]
    return [{**first, **links[0]}, *({"field": field, "kind": kind, "text": _("or"), **link} for link in links[1:])]


def words(reason: Reason) -> str:
    """The reason's sentence; quantities as quantities, prices with the decimals that they have."""
    numbers = {name: shown(value, 2 if name == "price" else 0) for name, value in reason.figures.items() if isinstance(value, Decimal)}
    return str(Reason(reason.code, **{**reason.figures, **numbers}))


def check_row(form: Any, item: Item | None, values: dict[str, Any], rules: list[PriceRule], currency: str) -> list[dict[str, Any]]:
    """All findings on one row of a grid; an unknown item offers what it is like."""
    if item is None:
        return nearest(form, values.get("item") or "") if "item" in form.errors else []
    found = []
    for reason in findings_on(item, values.get("quantity"), values.get("unit_price"), rules, currency):
        found += as_findings(reason, item, values.get("quantity"), form.prefix)
    return found


def nearest(form: Any, text: str) -> list[dict[str, Any]]:
    name = form.add_prefix("item")
    text = text or form.data.get(name, "")
    return [{"field": "item", "kind": "soon", "text": _("Is it"), "url": set_link(name, code), "link": code} for code in near_items(text)]


def put_findings(forms: EntryForms) -> None:
    """Check every row and the order as a whole (INT-04)."""
    customer, received_at, currency = _context(forms)
    rules = rules_on(localtime(received_at).date(), customer) if customer else []
    rows = []
    for form in forms.lines.forms:
        values, item = row_values(form)
        if form.is_bound or item:
            form.findings = check_row(form, item, values, rules, currency)
        if item is not None and not removed(form):
            rows.append((item.pk, values.get("quantity")))
    if customer is not None:
        reference = _value(forms, "customer_reference") or ""
        forms.head.twins = twin_words(forms.actor, customer, reference, rows, forms.at, forms.order)  # type: ignore[attr-defined]


def row_values(form: LineForm) -> tuple[dict[str, Any], Item | None]:
    """What the row says: as typed when it was, else as it is stored."""
    if form.is_bound:
        return getattr(form, "cleaned_data", {}), form.found
    line = form.line
    return ({"quantity": line.quantity, "unit_price": line.unit_price}, line.item) if line else ({}, None)


def _value(forms: EntryForms, name: str) -> Any:
    if forms.head.is_bound:
        return getattr(forms.head, "cleaned_data", {}).get(name)
    return getattr(forms.order, name, None)


def _context(forms: EntryForms) -> tuple[Customer | None, datetime, str]:
    customer = _value(forms, "customer")
    currency = _value(forms, "currency") or (customer.currency if customer else "CNY")
    return customer, _value(forms, "received_at") or forms.at, currency


def twin_words(
    actor: Actor, customer: Customer, reference: str, rows: Iterable[tuple[int, Any]], at: datetime, order: Order | None
) -> list[dict[str, Any]]:
    """Recent orders of this customer that this one may repeat, in words with links."""
    found = []
    for twin in recent_twins(actor=actor, customer=customer, reference=reference, lines=rows, at=at, but=order.pk if order else None)[:3]:
        said = []
        if twin.same_reference:
            said.append(_("the same contract number"))
        if twin.equal:
            said.append(ngettext("%(n)s equal line", "%(n)s equal lines", twin.equal) % {"n": twin.equal})
        text = _("{number} of {day}: {what}.").format(number=twin.number, day=f"{localtime(twin.at):%m-%d}", what=_(" and ").join(said))
        found.append({"kind": "soon", "text": text, "url": twin.url, "link": _("Compare")})
    return found


def check_list(forms: EntryForms) -> dict[str, Any]:
    """The right rail: what of the requirement confirmation is there and what is missing, each gap with its field (INT-02).

    Counted is what is listed: a row per requirement that is met, and per gap where it is not.
    """
    order = forms.order
    heads = {name_of(Order, name): f"#id_{name}" for name in REQUIRED}
    gaps = missing_requirements(order) if order else [*heads, _("at least one line")]
    rest = set(gaps)
    rows = []

    def row(label: str, places: dict[str, str]) -> None:
        missing = [{"text": gap, "url": url} for gap, url in places.items() if gap in rest]
        rest.difference_update(places)
        rows.append({"label": label, "gaps": missing})

    for label, url in heads.items():
        row(label, {label: url})
    kept = [(index, form.line) for index, form in enumerate(forms.lines.forms) if form.line is not None]
    for name in LINE_REQUIRED:
        label = name_of(OrderLine, name)
        rest |= set() if kept else {label}  # of the first line, which is not there yet
        row(label, {line_gap(line.line_no, label): f"#id_lines-{i}-{name}" for i, line in kept} or {label: f"#id_lines-0-{name}"})
    row(_("Lines"), {gap: "#id_lines-0-item" for gap in gaps if gap in rest})
    done, listed = sum(not each["gaps"] for each in rows), sum(len(each["gaps"]) or 1 for each in rows)
    return {"rows": rows, "done": done, "all": listed, "percent": done * 100 // listed, "foot": foot(order, gaps if order else [])}


def foot(order: Order | None, gaps: list[str]) -> str:
    """Why confirming is closed, short enough for the foot of the page."""
    said = []
    if gaps:
        named = plain(gaps[:NAMED])
        more = len(gaps) - NAMED
        said.append(_("{what} and {n} more").format(what=named, n=more) if more > 0 else named)
    unanswered = sum(1 for name in QUESTIONS if order and getattr(order, name) is None)
    if unanswered:
        said.append(ngettext("%(n)s question to be answered", "%(n)s questions to be answered", unanswered) % {"n": unanswered})
    return _("; ").join(said)


def compare(forms: EntryForms) -> list[dict[str, Any]]:
    """What stands there now beside what was typed, where the two differ (a stale save shows both versions)."""
    order = forms.order
    assert order is not None
    rows = []
    for name in HEADER:
        label, now, typed = name_of(Order, name), getattr(order, name), forms.head.cleaned_data[name]
        if (now or "") != (typed or ""):
            rows.append({"label": label, "now": _said(forms, name, now), "typed": _said(forms, name, typed)})
    typed_lines = dict(forms.numbered())
    now_lines = {line.line_no: line for line in order.lines.all() if line.kind != OrderLine.Kind.SURCHARGE}
    wanted = forms.head.cleaned_data["wanted_date"]
    for number in sorted({*typed_lines, *now_lines}):
        now, typed = _now_words(now_lines.get(number)), _typed_words(typed_lines.get(number), wanted)
        if now != typed:
            rows.append({"label": _("Line {number}").format(number=number), "now": now or _("not there"), "typed": typed or _("taken out")})
    return rows


def _said(forms: EntryForms, name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    choices = dict(getattr(forms.head.fields[name], "choices", ()) if isinstance(value, str) else ())
    return choices.get(value, value) or "—"


def _words(item: Any, spec: str, quantity: Decimal | None, price: Decimal | None, wanted: Any) -> str:
    parts = [
        str(item or ""),
        spec,
        f"× {shown(quantity)}" if quantity is not None else "",
        f"@ {shown(price, 2)}" if price is not None else "",
    ]
    return " ".join(part for part in [*parts, f"{wanted:%Y-%m-%d}" if wanted else ""] if part)


def _now_words(line: OrderLine | None) -> str:
    return _words(line.item, line.spec, line.quantity, line.unit_price, line.wanted_date) if line else ""


def _typed_words(form: LineForm | None, wanted: Any) -> str:
    if form is None:
        return ""
    values = form.cleaned_data
    return _words(form.found, values["spec"], values["quantity"], values["unit_price"], values["wanted_date"] or wanted)
