"""Files come in, forms go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core import facts
from core.actor import Actor
from core.facts import act, publish

from . import render
from .events import FileWasAttached
from .models import Attachment, PrintedForm, StoredFile
from .registry import FORMS, Form
from .render import printing_available
from .templatetags.printing import qr
from .uploads import check_upload

__all__ = ["attach", "form_html", "print_form", "printing_available"]

_MARK = "\u2063print-mark\u2063"  # stands in the HTML until it is known who prints, when and which print it is
_CODE = "\u2063link-code\u2063"  # stands there until the form is really drawn: an address that opens something is made for each drawing
_PRICE_WORDS = ("price", "amount", "total_net", "total_tax", "total_gross", "capitals")


@act
def attach(
    *, upload: Any, order_id: int | None, subject: tuple[str, int], kind: str, by: Actor, at: datetime, note: str = ""
) -> Attachment:
    """Keep an upload beside a thing (`subject`: its kind and id). Whoever calls has asked whether this person may.

    `upload` is an uploaded file, or what an AttachmentField cleaned. Raises NotReady with a `file_refused_...` reason.
    """
    checked = check_upload(upload)
    subject_kind, subject_id = subject
    attachment = Attachment(
        file=StoredFile.keep(checked.content, content_type=checked.content_type, at=at),
        name=checked.name,
        order_id=order_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        kind=Attachment.Kind(kind),
        note=note,
        by_name=by.name or by.contact,
        person_id=by.person_id,
        at=at,
    )
    attachment.save()
    publish(FileWasAttached(order_id=order_id, attachment_id=attachment.pk, name=attachment.name), by=by, at=at)
    return attachment


def print_form(*, kind: str, document: Any, by: Actor, at: datetime) -> PrintedForm:
    """Print a document's form. Drawn outside any transaction, kept in one act.

    What was printed before with the same content at the same revision is not drawn again: the print is counted, and its PDF stays
    the one that was made first, mark included. Raises PrintingUnavailable, PrintingFailed. Permission is the caller's.
    """
    assert facts.in_hand() is None, "a form is drawn outside of acts: they hold locks"
    form = FORMS[kind]
    context = built(form, document, at)
    html = form_html(form, context)
    row = PrintedForm(
        kind=kind,
        subject_kind=form.about,
        subject_id=document.pk,
        order_id=context.get("order_id"),
        number=context["number"],
        revision=context.get("revision", 1),
        template_version=template_version(form.template),
        content_hash=content_hash(form, html),
        prices=form.prices,
        by_name=by.name or by.contact,
        person_id=by.person_id,
        at=at,
    )
    for _attempt in range(5):
        prints = list(_prints_of(row))
        kept = next((each for each in prints if each.content_hash == row.content_hash), None)
        row.print_number = prints[-1].print_number + 1 if prints else 1
        made = None if kept else render.pdf(_coded(_marked(html, form, by, at, row.print_number), form, document, by, at))
        try:
            return _count_print(row, kept) if kept else _keep_print(row, made or b"")
        except IntegrityError:  # somebody printed at the same time and has this number: the mark must say the next one
            row.pk = None
    raise RuntimeError(f"{kind} {document.pk}: no free print number")


def _prints_of(row: PrintedForm) -> QuerySet[PrintedForm]:
    """The prints of the same paper, whatever stood on it."""
    same = {name: getattr(row, name) for name in ("kind", "subject_kind", "subject_id", "revision")}
    return PrintedForm.objects.filter(**same).order_by("print_number")


def built(form: Form, document: Any, at: datetime) -> dict[str, Any]:
    """What stands on the form at this moment, in the form's language whoever prints it: the same paper for everybody, and one hash."""
    with translation.override(form.language):
        return form.build(document, at) if form.dated else form.build(document)


def standing_print(kind: str, document: Any, at: datetime) -> PrintedForm | None:
    """The latest print that says exactly what the form would say now; nothing when the document changed since, or was never printed."""
    form = FORMS[kind]
    context = built(form, document, at)
    prints = PrintedForm.objects.filter(kind=kind, subject_kind=form.about, subject_id=document.pk, revision=context.get("revision", 1))
    return prints.filter(content_hash=content_hash(form, form_html(form, context))).select_related("file").order_by("print_number").last()


def content_hash(form: Form, html: str) -> str:
    """The hash of what stands on the form, mark and code left out."""
    return hashlib.sha256(f"{template_version(form.template)}\n{html}".encode()).hexdigest()


@act
def _keep_print(row: PrintedForm, made: bytes) -> PrintedForm:
    row.file = StoredFile.keep(made, content_type="application/pdf", at=row.at)
    row.save()
    return row


@act
def _count_print(row: PrintedForm, kept: PrintedForm) -> PrintedForm:
    """One more of what is drawn already. However many ask at once: they wait for one another, and then count."""
    PrintedForm.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    row.file, row.print_number = kept.file, _prints_of(row).values_list("print_number", flat=True).reverse()[0] + 1
    row.save()
    return row


def form_html(form: Form, context: Mapping[str, Any]) -> str:
    """The form as HTML in its language, with a place held for the print mark."""
    if not form.prices:
        shown = sorted(set(_price_keys(context)))
        assert not shown, f"{form.kind} is a form without prices, but its context has {', '.join(shown)}"
    with translation.override(form.language):
        return render_to_string(
            form.template,
            {
                "title": form.title,
                **context,
                "form_kind": form.kind,
                "language": form.language,
                "print_mark": _MARK,
                "link_code": _CODE if form.link else "",
            },
        )


def _price_keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if any(word in str(key) for word in _PRICE_WORDS):
                yield str(key)
            yield from _price_keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _price_keys(inner)


def _marked(html: str, form: Form, by: Actor, at: datetime, number: int) -> str:
    with translation.override(form.language):
        sentence = _("Printed: {name} {at} (print {number})")
    name = by.name or by.contact
    return html.replace(_MARK, escape(sentence.format(name=name, at=f"{localtime(at):%Y-%m-%d %H:%M}", number=number)))


def _coded(html: str, form: Form, document: Any, by: Actor, at: datetime) -> str:
    """The form with the code of its personal link, made now."""
    return html.replace(_CODE, qr(form.link(document, by, at), 64)) if form.link and _CODE in html else html


def template_version(template: str) -> str:
    """Changes with the form's template, the parts that all share, and the style sheet."""
    return _template_version(template) if not settings.DEBUG else _template_version.__wrapped__(template)


@cache
def _template_version(template: str) -> str:
    own = Path(get_template(template).template.origin.name)  # type: ignore[attr-defined]
    base = Path(get_template("documents/base_print.html").template.origin.name)  # type: ignore[attr-defined]
    files = {own, base, *(base.parent / "parts").glob("*.html"), *render.ASSETS.iterdir()}
    told = [[each.name, hashlib.sha256(each.read_bytes()).hexdigest()] for each in sorted(files)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
