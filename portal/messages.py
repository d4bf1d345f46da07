"""Messages to customers (CUS-04): a template for each occasion, in their language, sent after commit and kept on the timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import SYSTEM
from core.facts import act, publish
from core.models import Delivery
from core.reasons import plain
from documents.links import Purpose, in_letter, issue_link
from documents.models import PersonalLink
from orders.models import Customer, Order
from portal.events import CustomerWasWritten


@dataclass(frozen=True)
class Template:
    title: Any
    text: Any


# `number` is the order's; the other names are fields of the fact.
TEMPLATES: dict[str, Template] = {
    "registered": Template(
        gettext_lazy("Order {number}: received"),
        gettext_lazy("We have received your order and check it. Your sales clerk is {clerk}."),
    ),
    "confirmed": Template(
        gettext_lazy("Order {number}: requirements confirmed"),
        gettext_lazy("Your requirements are confirmed, delivery wanted by {wanted_date}. Our departments now check date and feasibility."),
    ),
    "date_moved": Template(
        gettext_lazy("Order {number}: the delivery date moves"),
        gettext_lazy(
            "The delivery of your order is now expected on {new_date}; agreed was {old_date}. {reason}\n\nWe are sorry where this is later."
        ),
    ),
    "short": Template(
        gettext_lazy("Order {number}: something is short"),
        gettext_lazy("Of your order, line {line_no}, {code} is short. Our decision: {decision}. {told}"),
    ),
    "change_ended": Template(
        gettext_lazy("Order {number}: {what} {change_number}"),
        gettext_lazy("{what} {change_number} is not carried out, your order stays as it is: {reason}"),
    ),
    "cancelled": Template(
        gettext_lazy("Order {number}: cancelled"),
        gettext_lazy("Your order is cancelled: {reason}"),
    ),
    "instructed": Template(
        gettext_lazy("Order {number}: released to production"),
        gettext_lazy("Your order has been released to production, to be ready on {due_date}."),
    ),
    "stocked": Template(
        gettext_lazy("Order {number}: ready"),
        gettext_lazy("All goods of your order are made, tested and in our store. Dispatch is planned for {promised_date}."),
    ),
    "dispatched": Template(
        gettext_lazy("Order {number}: delivery {delivery_number} has left"),
        gettext_lazy("Delivery {delivery_number} has left with {carried_by}. {tracking_number}"),
    ),
    "arrival_moved": Template(
        gettext_lazy("Order {number}: delivery {delivery_number} arrives on another day"),
        gettext_lazy("Delivery {delivery_number} is now expected on {arrives_on}: {reason}"),
    ),
    "delivered": Template(
        gettext_lazy("Order {number}: delivered"),
        gettext_lazy("All goods of your order have been delivered. Tell us at once if anything is missing or damaged."),
    ),
    "return_agreed": Template(
        gettext_lazy("Order {number}: return {return_number} agreed"),
        gettext_lazy("We agree to your return {return_number} and arrange with you when the goods are collected."),
    ),
    "return_refused": Template(
        gettext_lazy("Order {number}: return {return_number}"),
        gettext_lazy("We could not agree to your return {return_number}: {reason}"),
    ),
    "return_asked": Template(
        gettext_lazy("Order {number}: a question about return {return_number}"),
        gettext_lazy(
            "Before we can answer your return {return_number} we need to know: {question}\n\nAnswer here, with pictures if you like: {link}"
        ),
    ),
    "refunded": Template(
        gettext_lazy("Order {number}: refund paid"),
        gettext_lazy("Refund {refund_number} of {amount} {currency} for your order was paid on {paid_on}."),
    ),
}
# Channel -> where a customer is reached by it. Another channel is one more line here, and one in the outbox.
CHANNELS: dict[str, Callable[[Customer], str]] = {Delivery.EMAIL: lambda customer: customer.email}


@act
def write_to_customer(
    *, order: Order, message: str, fact_id: int, at: datetime, answer_on: tuple[str, int] | None = None, **figures: Any
) -> None:
    """Write the message of this fact once on every channel by which the customer is reached; it leaves after commit.

    `answer_on` is what they are asked about: the letter brings a link of its own to the page where they answer.
    """
    order = Order.objects.locked(order)
    customer = order.customer
    for channel, address_of in CHANNELS.items():
        key, address = f"customer-{message}-{fact_id}-{channel}", address_of(customer)
        if not address or Delivery.objects.filter(key=key).exists():
            continue
        if answer_on is not None:
            figures["link"] = in_letter(_link(order, answer_on, address, at))
        title, body = drawn(order, message, figures)
        Delivery.objects.create(
            key=key, channel=channel, address=address, title=title, body=body, order_id=order.pk, at=at, next_at=at
        )  # fmt: skip
        fact = CustomerWasWritten(order_id=order.pk, message=message, channel=channel, address=address, title=title)
        publish(fact, by=SYSTEM, at=at)


def _link(order: Order, subject: tuple[str, int], address: str, at: datetime) -> PersonalLink:
    customer, expires = order.customer, at + timedelta(days=order.settings.link_days)
    name = order.contact_name or customer.contact_name or customer.name
    given = {"purpose": Purpose.FOLLOW, "subject": subject, "name": name[:40], "email": address, "expires_at": expires}
    return issue_link(order_id=order.pk, by=SYSTEM, at=at, **given)  # type: ignore[arg-type]


def drawn(order: Order, message: str, figures: dict[str, Any]) -> tuple[str, str]:
    """Title and text in the customer's language."""
    template, customer, company = TEMPLATES[message], order.customer, order.sales_company
    english = customer.language == "en"
    known = {"number": order.number, "clerk": order.clerk_post.holder or "", "currency": order.currency, **figures}
    with translation.override(customer.language):
        values = {name: plain(value) for name, value in known.items()}
        greeting = str(_("Dear {name},")).format(name=order.contact_name or customer.contact_name or customer.name)
        text = str(template.text).format(**values).strip()
        foot = "\n".join(filter(None, [(english and company.name_en) or company.name, company.phone]))
        return str(template.title).format(**values), f"{greeting}\n\n{text}\n\n{foot}"
