"""Import of the order sheet: upload, preview with corrections, one act that stores, and what came of it (INT-08)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.acts import once, one_time_key
from core.reasons import NotAllowed, Refused, Stale
from orders.entry.views import clerks_only
from orders.importing.forms import UploadForm
from orders.importing.preview import Preview, too_large
from orders.models import Order
from orders.services.import_sheet import import_orders, pack, unpack
from orders.sheet import SheetRefused, read_sheet


class ClerksView(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        clerks_only(request.actor)  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)


class ImportUpload(ClerksView):
    """Ask for the file; show what it says. Nothing is stored here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "orders/import.html", {"form": UploadForm(), "made": self.made(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, "orders/import.html", {"form": form}, status=422)
        try:
            token = pack(read_sheet(form.cleaned_data["file"]), request.user.pk or 0)
        except SheetRefused as refused:
            form.add_error("file", str(refused))
            return render(request, "orders/import.html", {"form": form}, status=422)
        sheet = unpack(token, request.user.pk or 0)
        if too_large(sheet):
            form.add_error("file", _("Too many rows for one preview: split the sheet."))
            return render(request, "orders/import.html", {"form": form}, status=422)
        return show(request, Preview(sheet, token, None, actor=request.actor, at=request.now))  # type: ignore[attr-defined]

    def made(self, request: HttpRequest) -> list[Order]:
        """The orders of the import whose moment stands in the address, as far as this person sees them."""
        try:
            at = datetime.fromisoformat(request.GET.get("made", ""))
        except ValueError:
            return []
        visible = Order.objects.visible_to(request.actor).filter(imported_rows__at=at)  # type: ignore[attr-defined]
        return list(visible.distinct().select_related("customer").prefetch_related("lines").order_by("pk"))


class ImportConfirm(ClerksView):
    """Check again, or store what is taken."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("orders:import"))

    def post(self, request: HttpRequest) -> HttpResponse:
        token = request.POST.get("sheet", "")
        try:
            sheet = unpack(token, request.user.pk or 0)
        except BadSignature:
            messages.warning(request, _("The preview is too old or not yours: upload the sheet again."))
            return HttpResponseRedirect(reverse("orders:import"))
        preview = self.preview(request, sheet, token)
        if "confirm" not in request.POST:
            return show(request, preview)
        return self.store(request, sheet, token)

    def preview(self, request: HttpRequest, sheet: dict[str, Any], token: str) -> Preview:
        return Preview(sheet, token, request.POST, actor=request.actor, at=request.now)  # type: ignore[attr-defined]

    def store(self, request: HttpRequest, sheet: dict[str, Any], token: str) -> HttpResponse:
        """One act, once: the second of two equal posts is shown what came of the first."""
        person_id, at = request.user.pk or 0, request.now  # type: ignore[attr-defined]
        try:
            key = (request.POST.get("once") or one_time_key())[:64]
            url = once(key, person_id=person_id, at=at, do=lambda: self.perform(request, sheet, token))
        except NotAllowed:
            raise
        except NotYet as wrong:
            return show(request, wrong.preview, 422, _("Nothing is imported yet: see what is marked."))
        except (Refused, ValidationError) as refused:
            return show(request, self.preview(request, sheet, token), 409 if isinstance(refused, Stale) else 422, str(refused))
        return HttpResponseRedirect(url)

    def perform(self, request: HttpRequest, sheet: dict[str, Any], token: str) -> str:
        preview = self.preview(request, sheet, token)
        if preview.wrong or not preview.taken:
            raise NotYet(preview)
        made = import_orders(orders=preview.inputs(), by=request.actor, at=request.now)  # type: ignore[attr-defined]
        messages.success(request, ngettext("%(n)s order imported.", "%(n)s orders imported.", len(made)) % {"n": len(made)})
        return f"{reverse('orders:import')}?{urlencode({'made': request.now.isoformat()})}"  # type: ignore[attr-defined]


class NotYet(Exception):
    """Something in the preview is still to be corrected."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def show(request: HttpRequest, preview: Preview, status: int = 200, problem: str = "") -> HttpResponse:
    return render(request, "orders/import_preview.html", {"preview": preview, "problem": problem}, status=status)
