"""What we wrote to customers, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class CustomerWasWritten(Event):
    """A message left for the customer: which one, how, to whom, and its first line (CUS-04)."""

    text = _("Message to the customer ({address}): {title}")

    message: str
    channel: str
    address: str
    title: str
