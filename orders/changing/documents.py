"""The papers of a change: order change notice (D07, no prices) and supplementary agreement (D38)."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.money import capitals
from documents.models import Attachment
from documents.registry import form
from orders.changing import compare
from orders.documents import letterhead
from orders.guards import contract_of
from orders.models import ChangeRequest, Order, SupplementaryAgreement
from orders.workflow.change import ChangeState
from organization.roles import Role


def _rows(change: ChangeRequest, *, prices: bool) -> list[dict[str, str]]:
    applied = change.state == ChangeState.APPLIED and change.revision
    pictures = compare.of_applied(change) if applied else compare.of_change(change)
    found = compare.differences(*pictures, prices=prices)
    return [
        {"place": row.place, "field": row.field, "before": row.before, "after": row.after, "more": row.more} for row in found if row.differs
    ]


@form("D07", template="documents/D07.html", title=_("Order change notice"), about="orders.changerequest")
def change_notice(change: ChangeRequest) -> dict[str, Any]:
    order: Order = change.order
    contract = contract_of(order)
    files = Attachment.objects.filter(subject_kind="orders.changerequest", subject_id=change.pk).values_list("name", flat=True)
    agreement = change.agreements.exclude(state="void").first()
    signed = change.signoffs.order_by("pk")
    opinions = change.reviews.values_list("opinions__role", "opinions__person_name", "opinions__given_at").order_by("opinions__pk")
    return {
        "number": change.notice_number,
        "revision": change.revision or change.base_revision + 1,
        "order_id": order.pk,
        "url": change.get_absolute_url(),
        "company": letterhead(order.sales_company),
        "date": localtime(change.noticed_at or change.received_at).date(),
        "revisions": f"R{change.base_revision} → R{change.revision or change.base_revision + 1}",
        "order_number": order.number,
        "contract_number": contract.number if contract else "",
        "customer": order.customer.name,
        "classes": [(str(klass.label), klass.value == change.change_class) for klass in ChangeRequest.Class],
        "received": f"{localtime(change.received_at):%Y-%m-%d %H:%M} {change.get_channel_display()} {change.asked_by}",
        "received_by": change.receiver_name,
        "words": change.words,
        "changes": _rows(change, prices=False),
        "decisions": [
            {
                "thing": item.title,
                "effect": item.effect,
                "decision": item.decision_label,
                "note": item.note,
                "role": str(item.get_role_display()),
                "name": item.decided_by,
            }
            for item in change.items.order_by("pk")
        ],
        "held": [item.title for item in change.items.filter(hold=True)],
        "attachments": list(files),
        "agreement": agreement.number if agreement else "",
        "opinions": [{"title": str(Role(role).label), "name": name, "at": at} for role, name, at in opinions if role and at],
        "signoffs": [{"title": str(each.get_role_display()), "name": each.signed_by, "at": each.signed_at} for each in signed],
        "signatures": [
            {"title": str(_("Change received by")), "name": change.receiver_name, "at": change.received_at},
            {"title": str(_("Issued by (contract order management)")), "name": change.noticed_by, "at": change.noticed_at},
        ],
    }


@form("D38", template="documents/D38.html", title=_("Supplementary agreement"), about="orders.supplementaryagreement", prices=True)
def agreement_sheet(agreement: SupplementaryAgreement) -> dict[str, Any]:
    order, change = agreement.order, agreement.change
    ours, theirs = order.sales_company, order.customer
    return {
        "number": agreement.number,
        "order_id": order.pk,
        "url": change.get_absolute_url(),
        "company": letterhead(ours),
        "date": localtime(agreement.drafted_at).date(),
        "order_number": order.number,
        "contract_number": agreement.contract_number,
        "seller": {
            "name": ours.name,
            "address": ours.address,
            "phone": ours.phone,
            "bank": ours.bank,
            "tax_number": ours.tax_number,
            "signed_by": agreement.our_name,
            "signed_at": agreement.our_signed_at,
        },
        "buyer": {
            "name": theirs.name,
            "address": theirs.address,
            "agent": order.contact_name,
            "phone": order.contact_phone,
            "tax_number": theirs.tax_number,
            # a signature on paper stands on the scan
            "signed_by": " ".join(filter(None, [agreement.their_name, agreement.their_position])) if agreement.signed_hash else "",
            "signed_at": agreement.their_signed_at if agreement.signed_hash else None,
        },
        "signed_hash": agreement.signed_hash,
        "words": change.words,
        "changes": _rows(change, prices=True),
        "total_amount": agreement.amount,
        "difference_amount": agreement.difference,
        "amount_capitals": capitals(agreement.amount, order.currency),
        "currency": order.currency,
        "promised_date": agreement.promised_date,
        "terms": agreement.terms,
    }
