"""The customer's links of an order, made and revoked by the sales desk (CUS-03, SEC-05)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import translation
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.facts import act
from core.models import Delivery
from core.reasons import NotAllowed, NotReady, Reason, declare
from core.workflow import Offer
from documents import links
from documents.links import Purpose
from documents.models import PersonalLink
from orders.models import Order
from orders.services.signing import ABOUT, awaited, standing
from orders.workflow import UNSIGNED
from organization.roles import Role, may

declare(
    {
        "nothing_to_sign": gettext_lazy("Nothing waits for the customer's signature."),
        "paper_not_printed": gettext_lazy("What is to be signed is not printed as it stands now. Try again."),
    }
)
may_give_link = may(Role.SALES_CLERK, Role.SALESPERSON)


def against_signing(order: Order, purpose: str) -> list[Reason]:
    """Why no link for signing the contract, or the supplementary agreement, can be made now."""
    paper = awaited(order, purpose)
    if paper is None:
        return [Reason("nothing_to_sign")]
    return [] if paper.our_signed_at else [Reason("our_signature_missing", number=paper.number)]


def offer_link(order: Order, purpose: str, by: Actor) -> Offer | None:
    """The link for signing, offered beside filing the signature on paper; nothing where none can be made by them now."""
    try:
        may_give_link(order, by)
    except NotAllowed:
        return None
    return None if against_signing(order, purpose) else Offer("give_link", gettext_lazy("Let them sign by link"), "link", danger=False)


@act
def give_link(
    *, order: Order, purpose: str, name: str, phone: str = "", email: str = "", by: Actor, at: datetime
) -> tuple[PersonalLink, str]:
    """A link for one person at the customer's; returns it with its address, which is shown once and kept nowhere.

    For signing the paper must be printed as it stands (`standing`): what is shown is what is signed. It goes out by mail too
    when there is an address. Raises NotAllowed, NotReady.
    """
    order = Order.objects.locked(order)
    by = may_give_link(order, by)
    subject = Order._meta.label_lower, order.pk
    expires = at + timedelta(days=order.settings.link_days)
    if purpose in ABOUT:
        if reasons := against_signing(order, purpose):
            raise NotReady(*reasons)
        paper = awaited(order, purpose)
        assert paper is not None
        if standing(paper, at) is None:
            raise NotReady(Reason("paper_not_printed"))
        subject = type(paper)._meta.label_lower, paper.pk
        expires = _end_of_offer(order, at) or expires
    link = links.issue_link(
        order_id=order.pk, purpose=purpose, subject=subject, name=name, phone=phone, email=email, expires_at=expires, by=by, at=at
    )
    if email:
        send_link(link, order, by=by, at=at)
    return link, links.address(links.mint(link.pk, at=at))


def _end_of_offer(order: Order, at: datetime) -> datetime | None:
    """Midnight after the last day on which an unsigned offer can be signed (INT-17, SEC-05); a new link can be made any time."""
    if order.state not in UNSIGNED or order.valid_until is None or order.valid_until < localtime(at).date():
        return None
    return datetime.combine(order.valid_until + timedelta(days=1), time.min, get_current_timezone())


TITLES = {
    Purpose.SIGN: gettext_lazy("Order {number}: please sign the contract"),
    Purpose.AGREE: gettext_lazy("Order {number}: please sign the supplementary agreement"),
    Purpose.FOLLOW: gettext_lazy("Order {number}: follow it here"),
}


def send_link(link: PersonalLink, order: Order, *, by: Actor, at: datetime) -> None:
    """The mail with an address of its own, in the customer's language; it leaves after the act has committed."""
    with translation.override(order.customer.language):
        body = _("Dear {name},\n\nthis address opens your order {number} without log-in. It is meant for you alone:\n\n{link}\n\n{company}")
        company = order.sales_company.name if order.customer.language != "en" else order.sales_company.name_en or order.sales_company.name
        text = body.format(name=link.contact_name, number=order.number, link=links.in_letter(link), company=company)
        title = str(TITLES[Purpose(link.purpose)]).format(number=order.number)
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
