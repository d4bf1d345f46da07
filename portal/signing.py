"""Read and sign by link: what the page says is what stands on the PDF, and what is signed is that PDF (CON-01, CHG-04)."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import PrintedForm
from documents.reasons import PrintingFailed, PrintingUnavailable
from documents.registry import FORMS
from documents.services import built, print_form
from documents.views import stream_print
from orders.models import Contract, Order, SupplementaryAgreement
from orders.models.deal import GONE
from orders.services.signing import ABOUT, FORM, Paper, sign_by_link, standing
from portal import door, page
from portal.door import SIGNING, Visitor, visit
from portal.forms import SignForm
from portal.frame import act, shown

log = logging.getLogger(__name__)
WORDS: dict[type, dict[str, Any]] = {
    Contract: {
        "read": gettext_lazy("Please read and sign the contract"),
        "signed": gettext_lazy("The contract is signed"),
        "sign": gettext_lazy("Sign the contract"),
        "there": gettext_lazy("To the contract"),
        "whole": gettext_lazy("The whole contract, PDF"),
        "agreed": gettext_lazy("I have read the whole contract and may sign for my company."),
        "what": "portal/parts/contract.html",
    },
    SupplementaryAgreement: {
        "read": gettext_lazy("Please read and sign the supplementary agreement"),
        "signed": gettext_lazy("The supplementary agreement is signed"),
        "sign": gettext_lazy("Sign the supplementary agreement"),
        "there": gettext_lazy("To the supplementary agreement"),
        "whole": gettext_lazy("The whole agreement, PDF"),
        "agreed": gettext_lazy("I have read the whole agreement and may sign for my company."),
        "what": "portal/parts/agreement.html",
    },
}


def words_of(paper: Paper) -> dict[str, Any]:
    return WORDS[type(paper)]


def paper_in(visitor: Visitor, order: Order) -> Paper | None:
    """The contract or agreement that the link is about, while it counts."""
    model = ABOUT.get(visitor.purpose)
    if visitor.link is None or model is None:
        return None
    return model.objects.filter(pk=visitor.link.subject_id, order=order).exclude(state__in=GONE).first()


def print_of(paper: Paper, request: HttpRequest) -> PrintedForm | None:
    """It as it stands now on paper; drawn when it changed since the link was made. Nothing where printing is not possible."""
    try:
        by, at = request.actor, request.now  # type: ignore[attr-defined]
        return standing(paper, at) or print_form(kind=FORM[type(paper)], document=paper, by=by, at=at)
    except (PrintingUnavailable, PrintingFailed):
        log.exception("%s cannot be printed for its customer", paper.number)
        return None


@visit(*SIGNING)
def contract_pdf(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponseBase:
    """The very PDF that is signed, or that was."""
    paper = paper_in(visitor, order)
    printed = print_of(paper, request) if paper is not None else None
    return stream_print(printed) if printed is not None else door.closed(request)


@visit(*SIGNING)
def sign(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponseBase:
    """The paper, and the form under it until it is signed."""
    paper = paper_in(visitor, order)
    if paper is None:
        return door.closed(request)
    form, status = SignForm(request.POST) if request.method == "POST" else None, 200
    if form is not None:
        if answer := _signed(request, order, paper, form):
            return answer
        status = 409 if form.stale else 422
        paper.refresh_from_db()
    at: datetime = request.now  # type: ignore[attr-defined]
    printed = None if paper.their_signed_at else print_of(paper, request)
    errors = form.non_field_errors() if form is not None else []
    if form is None or status == 409:
        first = {"signatory": visitor.name} if form is None else {name: form.data.get(name, "") for name in ("signatory", "position")}
        form = SignForm(initial={**first, "form_hash": printed.file.sha256 if printed else ""})
    context = {
        "paper": built(FORMS[FORM[type(paper)]], paper, at),
        "say": words_of(paper),
        "clerk_phone": order.sales_company.phone,
        "signed": {"at": paper.their_signed_at, "by": paper.their_name},
        "errors": errors,
        "form": form,
        "printed": printed is not None,
        "fingerprint": fingerprint(paper.signed_hash or (printed.file.sha256 if printed else "")),
        **_promise(paper, page.today_of(at)),
    }
    return shown(request, "portal/sign.html", visitor, order, status, **context)


def _signed(request: HttpRequest, order: Order, paper: Paper, form: SignForm) -> HttpResponse | None:
    now_signed = []

    def do() -> None:
        given = form.cleaned_data
        one = sign_by_link(
            paper=paper, by=request.actor, at=request.now, signatory=given["signatory"], position=given["position"],  # type: ignore[attr-defined]
            form_hash=given["form_hash"], signature_image=given["picture"],
        )  # fmt: skip
        now_signed.append(one)

    answer = act(request, order, form, do, "sign" if isinstance(paper, Contract) else "agree")
    if now_signed:  # a second click finds it printed
        paper.refresh_from_db()
        print_of(paper, request)  # the copy with both signatures; where drawing fails, it is drawn when somebody opens it
    return answer


def _promise(paper: Paper, today: date) -> dict[str, Any]:
    """CON-03 before one signs: the one date that is promised today, and what each further day does to it."""
    if not isinstance(paper, Contract):
        return {"promised_date": paper.promised_date}
    promised = paper.promised_on(today)
    moves = not paper.their_signed_at and paper.promised_on(today + timedelta(days=1)) != promised
    late = _("Signed today, we deliver on {day}; each day later moves the date by one day.").format(day=promised) if moves else ""
    return {"promised_date": promised, "late_words": late}


def fingerprint(sha256: str) -> str:
    """The first eight signs in two groups, for eyes; the whole stands on the signed copy."""
    return f"{sha256[:4]} {sha256[4:8]}".upper().strip()
