"""Whether an order waits only for its closing (FIN-05), in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class OrderBecameReadyToClose(Event):
    """Delivered, invoiced and paid, and nothing hangs on it."""

    text = _("Everything is delivered, invoiced and paid: the order can be closed")
    tone = "ok"


@dataclass(frozen=True, kw_only=True)
class OrderStayedOpen(Event):
    """Something came up before it was closed: a service, a return, money that went back."""

    text = _("Something is open again: the order cannot be closed yet")
