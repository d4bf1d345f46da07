"""The entry page: a new order, and the intake of one that is not confirmed yet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_GET

from core.actor import Actor
from core.acts import answered, fresh, once, one_time_key
from core.keys import row_id
from core.reasons import NotAllowed, NotReady, Reason, Refused, Stale
from inventory.models import Item
from orders.entry.fields import shown
from orders.entry.findings import check_list, compare, put_findings
from orders.entry.whole import EntryForms
from orders.models import Customer, Order, OrderLine, Settings
from orders.services.intake import classify, edit_intake, known_answers, register_order
from orders.services.masters import search_items
from orders.services.pricing import price_by_rules, rules_on
from orders.sheet.values import quantity_in
from organization.roles import Role, has_role


def clerks_only(actor: Actor) -> None:
    """Entry is the clerks' (SEC-01)."""
    if not has_role(actor, Role.SALES_CLERK):
        raise NotAllowed(Reason("not_yours", roles=str(Role.SALES_CLERK.label)))


class Entry(View):
    """Shows and takes the four forms of the entry page; what saving is, the two kinds of page say."""

    order: Order | None = None
    template = "orders/entry.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.forms())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forms, person_id = self.forms(request.POST), request.user.pk or 0
        try:
            if forms.is_valid():
                at = request.now  # type: ignore[attr-defined]
                url = once(forms.head.cleaned_data["once"], person_id=person_id, at=at, do=lambda: self.perform(forms))
            elif not (url := answered(request, person_id)):
                return self.show(forms, 422)
        except NotAllowed:
            raise
        except Stale as stale:
            return self.show_both(stale)
        except (Refused, ValidationError) as refused:
            forms.head.explain(refused)
            return self.show(forms, 422)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(url)

    def forms(self, data: Any = None) -> EntryForms:
        known = known_answers(self.order) if self.order else {}
        return EntryForms(data, order=self.order, actor=self.request.actor, at=self.request.now, known=known)  # type: ignore[attr-defined]

    def perform(self, forms: EntryForms) -> str:
        """Save, and say where to go: back to the page, or on to the order."""
        order = self.save(forms, _open_answers(forms))
        answers = forms.answers()
        given = {name: value for name, value in answers.items() if value is not None}
        if len(given) == len(answers) and (not order.order_class or any(getattr(order, name) != value for name, value in given.items())):
            order = classify(order=order, by=self.request.actor, at=self.request.now, **given)  # type: ignore[attr-defined]
        return order.get_absolute_url() if "continue" in self.request.POST else reverse("orders:edit", args=[order.number])

    def save(self, forms: EntryForms, answers: dict[str, bool]) -> Order:
        raise NotImplementedError

    def show_both(self, stale: Stale) -> HttpResponse:
        """Somebody saved meanwhile: what stands there now beside what was typed; saving again is knowing it."""
        self.refresh()
        data = self.request.POST.copy()
        data["once"] = one_time_key()
        data["version"] = str(self.order.version) if self.order else ""
        forms = self.forms(data)
        valid = forms.is_valid()
        if self.closed:
            return self.show(forms, 409)
        forms.head.explain(stale)
        return self.show(forms, 409, both=compare(forms) if valid and self.order else [])

    def refresh(self) -> None:
        """Read the order anew."""

    @property
    def closed(self) -> bool:
        """Whether the order's life is past corrections: no save can succeed any more, whoever sends it."""
        return self.order is not None and self.order.state not in self.order.steps()["edit_intake"].sources

    def show(self, forms: EntryForms, status: int = 200, both: list | None = None) -> HttpResponse:
        put_findings(forms)
        if self.closed:
            forms.head.explain(NotReady(Reason("intake_closed", state=self.order.get_state_display())))  # type: ignore[union-attr]
        offer = self.order.offer("confirm_requirements", self.request.actor) if self.order else None  # type: ignore[attr-defined]
        context = {
            "order": self.order,
            "forms": forms,
            "head": forms.head,
            "formset": forms.lines,
            "extras": forms.extras,
            "questions": forms.questions,
            "checks": check_list(forms),
            "offer": offer,
            "both": both,
            "stale": status == 409 and not self.closed,
            "closed": self.closed,
            "tax_rate": shown(self.tax_rate()),
            "complete_url": reverse("orders:complete_item"),
        }
        return render(self.request, self.template, context, status=status)

    def tax_rate(self) -> Decimal:
        if self.order and self.order.currency != "CNY":
            return Decimal(0)
        companies = [hat.company_id for hat in self.request.actor.hats]  # type: ignore[attr-defined]
        settings = (
            Settings.objects.filter(company_id=self.order.sales_company_id)
            if self.order
            else Settings.objects.filter(company__in=companies)
        )
        found = settings.first()
        return found.vat_percent if found else Decimal(13)


def _open_answers(forms: EntryForms) -> dict[str, bool]:
    """Answers that cannot make a class yet, because others are open: they are kept with the draft."""
    answers = forms.answers()
    return {name: value for name, value in answers.items() if value is not None} if None in answers.values() else {}


class OrderNew(Entry):
    """Register an enquiry or order by hand (INT-01)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        clerks_only(request.actor)  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)

    def save(self, forms: EntryForms, answers: dict[str, bool]) -> Order:
        values = forms.head.cleaned_data
        return register_order(
            by=self.request.actor,  # type: ignore[attr-defined]
            at=self.request.now,  # type: ignore[attr-defined]
            customer=values["customer"],
            channel=values["channel"],
            received_at=values["received_at"],
            lines=forms.inputs(),
            **forms.header(),
            **answers,
        )


class OrderEdit(Entry):
    """Correct the intake, as long as the order's life allows it (INT-12)."""

    order: Order

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.request = request
        found = self.find(kwargs["number"])
        found.steps()["edit_intake"].permission(found, request.actor)  # type: ignore[attr-defined]
        self.order = found
        if request.method == "GET" and found.offer("edit_intake", request.actor) is None:  # type: ignore[attr-defined]
            messages.warning(request, str(Reason("wrong_state", state=found.get_state_display())))
            return HttpResponseRedirect(found.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def find(self, number: str) -> Order:
        visible = Order.objects.visible_to(self.request.actor)  # type: ignore[attr-defined]
        lines = OrderLine.objects.select_related("item__unit", "item__successor", "unit", "surcharge").order_by("line_no")
        related = visible.select_related("customer__grade", "payment_term", "sales_company__order_settings")
        found = related.prefetch_related(Prefetch("lines", lines)).filter(number=number).first()
        if found is None:
            raise Http404
        return found

    def refresh(self) -> None:
        self.order = self.find(self.order.number)

    def save(self, forms: EntryForms, answers: dict[str, bool]) -> Order:
        locked = Order.objects.locked(self.order)
        values = forms.head.cleaned_data
        fresh(locked, values["version"])
        named = {name: values[name] for name in ("customer", "channel", "received_at")}
        return edit_intake(
            order=locked,
            by=self.request.actor,  # type: ignore[attr-defined]
            at=self.request.now,  # type: ignore[attr-defined]
            lines=forms.inputs(),
            **named,
            **forms.header(),
            **answers,
        )


@require_GET
def complete_item(request: HttpRequest) -> JsonResponse:
    """What the grid offers for what is typed: `q`; the price is that of `customer` for `quantity` (QUO-01)."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    clerks_only(actor)
    customer = Customer.objects.filter(pk=row_id(request.GET.get("customer")) or 0).first()
    quantity = quantity_in(request.GET.get("quantity", "")).value or Decimal(1)
    rules = rules_on(localtime(at).date(), customer) if customer else []
    currency = request.GET.get("currency") or (customer.currency if customer else "CNY")
    found = search_items(request.GET.get("q", "")[:80])
    return JsonResponse([_completion(item, price_by_rules(item, quantity, rules, currency=currency)) for item in found], safe=False)


def _completion(item: Item, price: Decimal | None) -> dict[str, Any]:
    hint = ""
    if item.status == Item.Status.DISCONTINUED:
        hint = _("discontinued, successor {code}").format(code=item.successor.code) if item.successor else _("discontinued")
    elif item.status == Item.Status.FORBIDDEN:
        hint = _("not to be sold")
    return {
        "code": item.code,
        "name": item.name,
        "unit": item.unit.code,
        "price": shown(price, 2),
        "lead_days": item.lead_days,
        "hint": hint,
    }
