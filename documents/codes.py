"""One-time codes by mail: who can read a customer's mail address sees that customer's orders (SEC-05).

A code has eight digits, lives a quarter of an hour, is used once and tried five times. It is made when its letter leaves, and kept as hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from core.facts import act
from core.models import Delivery
from core.questions import answers

from .models import LoginCode

LASTS = timedelta(minutes=15)
TRIES = 5
_IN_LETTER = re.compile(r"\[\[code:(\d+)\]\]")


def hashed(row: LoginCode, code: str) -> str:
    return hashlib.sha256(f"{row.pk}:{code}".encode()).hexdigest()


@act
def send_code(*, customer_id: int, email: str, title: str, body: str, at: datetime) -> LoginCode:
    """A letter with a code; `body` names the place of the code as {code}."""
    row = LoginCode.objects.create(customer_id=customer_id, email=email, made_at=at, expires_at=at + LASTS)
    text = body.format(code=f"[[code:{row.pk}]]")
    Delivery.objects.create(key=f"code-{row.pk}", channel=Delivery.EMAIL, address=email, title=title, body=text, at=at, next_at=at)
    return row


@act
def redeem(*, email: str, code: str, at: datetime) -> LoginCode | None:
    """The latest code of this address, if it is this one; every attempt counts, right or wrong."""
    row = LoginCode.objects.select_for_update().filter(email__iexact=email, expires_at__gt=at, used_at=None).order_by("-pk").first()
    if row is None or not row.sha256 or row.tries >= TRIES:
        return None
    row.tries += 1
    right = hmac.compare_digest(row.sha256, hashed(row, code))
    row.used_at = at if right else None
    row.save(update_fields=["tries", "used_at"])
    return row if right else None


@answers("letter")
def letter(delivery: Delivery, body: str, at: datetime) -> str | None:
    """The letter with its code, made now; a second try makes a new one, and only the last holds."""
    mark = _IN_LETTER.search(body)
    row = LoginCode.objects.filter(pk=int(mark[1]), email=delivery.address).first() if mark else None
    if row is None or delivery.key != f"code-{row.pk}":
        return None
    code = f"{secrets.randbelow(10**8):08d}"
    row.sha256 = hashed(row, code)
    row.save(update_fields=["sha256"])
    return body.replace(f"[[code:{row.pk}]]", code)
