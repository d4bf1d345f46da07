"""The customer signs in the browser: the contract (D04), what a change alters in it (D38). What was shown is what is signed (CON-01)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.facts import act
from core.reasons import NotAllowed, Reason, Stale
from documents.links import Purpose
from documents.models import Attachment, PrintedForm
from documents.services import attach, standing_print
from orders.change_guards import agreement_of
from orders.guards import contract_of
from orders.models import Contract, Order, SupplementaryAgreement
from orders.models.deal import GONE
from orders.services.change.outcome import sign_agreement_for_customer
from orders.services.deal import record_signature
from organization.roles import Scope

Paper = Contract | SupplementaryAgreement
FORM: dict[type, str] = {Contract: "D04", SupplementaryAgreement: "D38"}
ABOUT: dict[str, type[Paper]] = {Purpose.SIGN: Contract, Purpose.AGREE: SupplementaryAgreement}


def awaited(order: Order, purpose: str) -> Paper | None:
    """The paper of this purpose that waits for a signature of either side: of the contract the one in force, of agreements the newest."""
    if purpose == Purpose.SIGN:
        paper = contract_of(order)
    else:
        found = [agreement_of(change) for change in order.changes.open().order_by("-pk")]
        paper = next((each for each in found if each is not None), None)
    return None if paper is None or paper.their_signed_at else paper


def standing(paper: Paper, at: datetime) -> PrintedForm | None:
    """The print of the paper that says what it says now; nothing when there is none, or when the paper counts no more."""
    return None if paper.state in GONE else standing_print(FORM[type(paper)], paper, at)


@act
def sign_by_link(
    *, paper: Paper, by: Actor, at: datetime, signatory: str, position: str, form_hash: str, signature_image: Any = None
) -> Paper:
    """The customer signs exactly the PDF that was shown: `form_hash` is its SHA-256, kept on the paper (CON-01).

    `signature_image` is an uploaded picture, or None for a typed name. Raises Stale(paper_changed) when the paper says something else by
    now (another date, too: CON-03), was replaced, or was never printed like this; NotAllowed for whoever is not this order's customer.
    """
    order = Order.objects.locked(paper.order_id)
    if by.kind != "customer" or by.order_id != order.pk:  # a clerk files the paper
        raise NotAllowed(Reason("not_yours", roles=str(Scope.CUSTOMER.label)))
    now = type(paper).objects.get(pk=paper.pk)
    now.order = order
    if now.their_signed_at:
        raise Stale(Reason("already_signed", name=now.their_name))
    printed = standing(now, at)
    if printed is None or printed.file.sha256 != form_hash:
        raise Stale(Reason("paper_changed"))
    subject = (type(paper)._meta.label_lower, paper.pk)
    kept = None
    if signature_image is not None:
        given = {"upload": signature_image, "kind": Attachment.Kind.SCAN, "note": signatory}
        kept = attach(**given, order_id=order.pk, subject=subject, by=by, at=at).pk
    proof: dict[str, Any] = {"their_position": position, "signature_id": kept, "signed_hash": form_hash}
    return (
        record_signature(order, by=by, at=at, their_name=signatory, **proof)
        if isinstance(now, Contract)
        else sign_agreement_for_customer(agreement=now, by=by, at=at, signatory=signatory, **proof)
    )
