"""Personal links: addresses that nobody can guess, each for one order, one purpose and one person (SEC-05, trust 12).

A token is 192 random bits; the database has its SHA-256 alone. Looking a token up by its hash takes the same time whatever is
wrong with it, and nothing found, expired, revoked and altered are one answer: None.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from core.actor import Actor
from core.facts import act, publish
from core.models import Delivery
from core.questions import answers

from .events import LinkWasIssued, LinkWasRevoked, LinkWasUsed
from .models import DoorCount, LinkSecret, PersonalLink

BYTES = 24
WINDOW = timedelta(minutes=15)
Purpose = PersonalLink.Purpose
_IN_LETTER = re.compile(r"\[\[link:(\d+)\]\]")


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address(token: str) -> str:
    """The whole address as it is shown, mailed and printed."""
    return f"{settings.BASE_URL}{reverse('portal:enter', args=[token])}"


@act
def issue_link(
    *, order_id: int, purpose: str, subject: tuple[str, int], name: str, phone: str = "", email: str = "", expires_at: datetime,
    by: Actor, at: datetime,
) -> PersonalLink:  # fmt: skip
    """A new link without an address yet (`mint` makes one). Whoever calls has asked whether this person may."""
    link = PersonalLink.objects.create(
        order_id=order_id, purpose=Purpose(purpose), subject_kind=subject[0], subject_id=subject[1], contact_name=name,
        contact_phone=phone, contact_email=email, made_by=by.name or by.contact, made_at=at, expires_at=expires_at,
    )  # fmt: skip
    publish(LinkWasIssued(order_id=order_id, link_id=link.pk, purpose=str(link.get_purpose_display()), contact=name), by=by, at=at)
    return link


def mint(link_id: int, *, at: datetime) -> str:
    """A new token of the link; here is the only moment in which it is known."""
    token = secrets.token_urlsafe(BYTES)
    LinkSecret.objects.create(link_id=link_id, sha256=hashed(token), made_at=at)
    return token


@act
def revoke_link(*, link: PersonalLink, by: Actor, at: datetime) -> PersonalLink:
    """From now on none of its addresses opens anything; a session that it opened ends with it. Twice is once."""
    link = PersonalLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = at, by.name or by.contact
        link.save(update_fields=["revoked_at", "revoked_by"])
        event = LinkWasRevoked(order_id=link.order_id, link_id=link.pk, purpose=str(link.get_purpose_display()), contact=link.contact_name)
        publish(event, by=by, at=at)
    return link


def links_about(subject: tuple[str, int]) -> QuerySet[PersonalLink]:
    """The links that hang on a thing and are not revoked."""
    return PersonalLink.objects.filter(subject_kind=subject[0], subject_id=subject[1], revoked_at=None)


def end_later(subject: tuple[str, int], *, at: datetime, days: int) -> None:
    """What they were about is signed, however: whoever has a link that still opens may read it for so many days more, and no longer."""
    still_open = links_about(subject).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    still_open.update(expires_at=at + timedelta(days=days))


@act
def revoke_links(*, subject: tuple[str, int], by: Actor, at: datetime) -> None:
    """What they were about is no more (a void contract)."""
    for link in links_about(subject).order_by("pk"):
        revoke_link(link=link, by=by, at=at)


def found(token: str, at: datetime) -> PersonalLink | None:
    """The link that this token opens now. One question to the database in every case, none of which tells the others apart."""
    secret = LinkSecret.objects.select_related("link").filter(sha256=hashed(token)).first()
    return secret.link if secret is not None and secret.link.opens(at) else None


@act
def note_use(*, link: PersonalLink, by: Actor, at: datetime) -> None:
    """When it was opened last; the first time is a fact."""
    if PersonalLink.objects.filter(pk=link.pk, last_used_at=None).update(last_used_at=at):
        event = LinkWasUsed(order_id=link.order_id, link_id=link.pk, purpose=str(link.get_purpose_display()), contact=link.contact_name)
        publish(event, by=by, at=at)
    else:
        PersonalLink.objects.filter(pk=link.pk).update(last_used_at=at)


# --- how often somebody asks ------------------------------------------------------------------------------------------------


def window_of(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


@transaction.atomic
def count_try(key: str, at: datetime) -> int:
    """How often this key was here in this window, now included: who come at one moment are counted one after another. What is older than
    a day is swept out with the first of a window."""
    row, new = DoorCount.objects.get_or_create(key=key, since=window_of(at))
    if new:
        DoorCount.objects.filter(since__lt=at - timedelta(days=1)).delete()
    row = DoorCount.objects.select_for_update().get(pk=row.pk)
    row.count += 1
    row.save(update_fields=["count"])
    return row.count


# --- what must not lie in the outbox is put in when the letter leaves ----------------------------------------------------------------


def in_letter(link: PersonalLink) -> str:
    """What stands in a letter until it is sent: then a token of its own takes the place."""
    return f"[[link:{link.pk}]]"


@answers("letter")
def letter(delivery: Delivery, body: str, at: datetime) -> str | None:
    """The letter with its addresses; each sending has its own, so a second try after a lost answer kills nothing.

    Only links of the letter's own order and addressee: what somebody wrote into a text of theirs stays a text.
    """

    def filled(mark: re.Match[str]) -> str:
        own = PersonalLink.objects.filter(pk=int(mark[1]), order_id=delivery.order_id or 0, contact_email=delivery.address)
        return address(mint(int(mark[1]), at=at)) if own.exists() else mark[0]

    return _IN_LETTER.sub(filled, body) if _IN_LETTER.search(body) else None
