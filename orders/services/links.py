"""The customer's links of an order, made and revoked by the sales desk (CUS-03, SEC-05)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.facts import act
from core.models import Delivery
from core.reasons import NotReady, Reason, declare
from documents import links
from documents.links import Purpose
from documents.models import PersonalLink
from documents.services import standing_print
from orders.guards import contract_of
from orders.models import Contract, Order
from organization.roles import Role, may

declare(
    {
        "no_contract_to_sign": gettext_lazy("There is no contract that waits for the customer's signature."),
        "contract_not_printed": gettext_lazy("The contract is not printed as it stands now. Try again."),
    }
)
may_give_link = may(Role.SALES_CLERK, Role.SALESPERSON)


def against_signing(order: Order) -> list[Reason]:
    """Why no link for signing can be made now."""
    contract = contract_of(order)
    if contract is None or contract.their_signed_at:
        return [Reason("no_contract_to_sign")]
    return [] if contract.our_signed_at else [Reason("our_signature_missing", number=contract.number)]


@act
def give_link(
    *, order: Order, purpose: str, name: str, phone: str = "", email: str = "", by: Actor, at: datetime
) -> tuple[PersonalLink, str]:
    """A link for one person at the customer's; returns it with its address, which is shown once and kept nowhere.

    For signing the contract must be printed as it stands (`standing_print`): what is shown is what is signed. It goes out by mail too
    when there is an address. Raises NotAllowed, NotReady.
    """
    order = Order.objects.locked(order)
    by = may_give_link(order, by)
    subject = Order._meta.label_lower, order.pk
    expires: datetime | None = at + timedelta(days=order.settings.link_days)
    if purpose == Purpose.SIGN:
        if reasons := against_signing(order):
            raise NotReady(*reasons)
        contract = contract_of(order)
        if standing_print("D04", contract) is None:
            raise NotReady(Reason("contract_not_printed"))
        subject, expires = (Contract._meta.label_lower, contract.pk), None
    link = links.issue_link(
        order_id=order.pk, purpose=purpose, subject=subject, name=name, phone=phone, email=email, expires_at=expires, by=by, at=at
    )
    if email:
        send_link(link, order, by=by, at=at)
    return link, links.address(links.mint(link.pk, at=at))


def send_link(link: PersonalLink, order: Order, *, by: Actor, at: datetime) -> None:
    """The mail with an address of its own, in the customer's language; it leaves after the act has committed."""
    with translation.override(order.customer.language):
        title = _("Order {number}: please sign the contract") if link.purpose == Purpose.SIGN else _("Order {number}: follow it here")
        body = _("Dear {name},\n\nthis address opens your order {number} without log-in. It is meant for you alone:\n\n{link}\n\n{company}")
        company = order.sales_company.name if order.customer.language != "en" else order.sales_company.name_en or order.sales_company.name
        text = body.format(name=link.contact_name, number=order.number, link=links.in_letter(link), company=company)
        title = title.format(number=order.number)
    Delivery.objects.create(
        key=f"link-{link.pk}",
        channel=Delivery.EMAIL,
        address=link.contact_email,
        title=title,
        body=text,
        order_id=order.pk,
        at=at,
        next_at=at,
    )


@act
def take_back_link(*, link: PersonalLink, by: Actor, at: datetime) -> PersonalLink:
    """It opens nothing any more."""
    by = may_give_link(Order.objects.locked(link.order_id), by)
    return links.revoke_link(link=link, by=by, at=at)
