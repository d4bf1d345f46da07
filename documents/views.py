"""Files leave the house only here: who may read one is asked of whoever owns the thing it hangs on."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from core.actor import Actor
from core.questions import ask
from organization.roles import sees_prices

from .models import Attachment, PrintedForm, StoredFile
from .reasons import PrintingFailed, PrintingUnavailable
from .services import print_form

log = logging.getLogger(__name__)

# Chromium shows no PDF inside a sandbox, so our own PDFs, which hold no scripts, are only forbidden to load anything.
_SANDBOX = "default-src 'none'; sandbox"
_NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """An attachment, always as a download; 404 for whoever may not know that it exists."""
    attachment = get_object_or_404(Attachment.objects.select_related("file"), pk=pk)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not any(answer is True for answer in ask("may_read_document", actor=actor, attachment=attachment, printed=None)):
        raise Http404
    return stream(attachment.file, name=attachment.name, download=True, policy=_SANDBOX)


@require_safe
def printed(request: HttpRequest, pk: int) -> FileResponse:
    """A form as it was printed, shown in the browser."""
    form = get_object_or_404(PrintedForm.objects.select_related("file"), pk=pk)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not (may_see_prices(actor, form) and any(a is True for a in ask("may_read_document", actor=actor, attachment=None, printed=form))):
        raise Http404
    return stream_print(form)


def may_see_prices(actor: Actor, form: PrintedForm) -> bool:
    """Whatever the owner of the document answers: a form with prices is not for eyes without that flag. Customers see their own."""
    if not form.prices:
        return True
    if actor.kind == "customer":
        return form.prices == "sale"
    return sees_prices(actor, form.prices)


def stream(stored: StoredFile, *, name: str, download: bool, policy: str) -> FileResponse:
    try:
        content = default_storage.open(stored.path)
    except FileNotFoundError:
        log.error("file %s is missing in the storage", stored.sha256)
        raise Http404 from None
    response = FileResponse(content, as_attachment=download, filename=name, content_type=stored.content_type)
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def stream_print(form: PrintedForm) -> FileResponse:
    """The PDF, shown in the browser. Permission is the caller's."""
    return stream(form.file, name=f"{form.number}-{form.kind}-R{form.revision}.pdf", download=False, policy=_NOTHING_ELSE)


def print_and_show(request: HttpRequest, *, kind: str, document: Any, back: str) -> HttpResponse:
    """For the views of other apps, after their check who may: print and go to the PDF, or go back with the reason as a message."""
    try:
        form = print_form(kind=kind, document=document, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    except (PrintingUnavailable, PrintingFailed) as refusal:
        messages.error(request, str(refusal))
        return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/")
    return redirect("documents:print", form.pk)
