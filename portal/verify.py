"""What must hold of what customers signed (trust P4, CON-01)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from core.questions import answers
from documents.models import PersonalLink, PrintedForm
from orders.models import Order
from orders.services.signing import FORM


def signatures_have_their_paper() -> list[str]:
    """What was signed by link is a kept print of that very contract or supplementary agreement."""
    wrong = []
    for model, kind in FORM.items():
        rows = model.objects.exclude(signed_hash="").values_list("pk", "number", "signed_hash")  # type: ignore[attr-defined]
        kept = set(PrintedForm.objects.filter(kind=kind).values_list("subject_id", "file__sha256"))
        wrong += [f"{number}: what was signed ({sha256[:8]}) is not kept" for pk, number, sha256 in rows if (pk, sha256) not in kept]
    return wrong


def links_lead_to_orders() -> list[str]:
    """No link hangs in the air."""
    known = Order.objects.values("pk")
    return [
        f"link {pk}: no order {order_id}" for pk, order_id in PersonalLink.objects.exclude(order_id__in=known).values_list("pk", "order_id")
    ]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [
        (_("what customers signed is kept"), signatures_have_their_paper),
        (_("customers' links lead to orders"), links_lead_to_orders),
    ]
