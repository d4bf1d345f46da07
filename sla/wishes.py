"""One's own account: how I am told of my notices (SLA-09)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sla.listeners import Wish


class WishForm(forms.ModelForm):
    class Meta:
        model = Wish
        fields = ("by_mail", "every", "quiet_from", "quiet_until")
        widgets: dict[str, Any] = {
            "quiet_from": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "quiet_until": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }


@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Mail or none, gathered or at once, quiet hours; the page itself always tells."""
    person: Any = request.user
    form = WishForm(request.POST or None, instance=Wish.objects.filter(person=person).first() or Wish(person=person))
    if request.method == "POST" and form.is_valid():
        Wish.objects.update_or_create(person=person, defaults=form.cleaned_data)  # two windows at once: the last one counts
        messages.success(request, _("Saved. What comes from now on is told like this."))
        return redirect("sla:wishes")
    context = {"form": form, "address": person.email, "mail_enabled": settings.MAIL_ENABLED}
    return render(request, "sla/wishes.html", context, status=422 if form.errors else 200)
