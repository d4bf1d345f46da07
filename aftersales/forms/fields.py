"""Fields that several forms after delivery have."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from documents.forms import AttachmentField
from documents.uploads import CONTENT_TYPES, CheckedUpload


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PapersField(AttachmentField):
    """Several papers or pictures at once; cleans to a list of CheckedUpload."""

    def __init__(self, **kwargs: Any) -> None:
        accept = ",".join(f".{each}" for each in CONTENT_TYPES)
        super().__init__(**{"required": False, "widget": ManyFiles(attrs={"accept": accept, "multiple": True}), **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[CheckedUpload]:  # type: ignore[override]
        given = data if isinstance(data, list) else [data] if data else []
        return [checked for each in given if (checked := super(PapersField, self).clean(each, initial)) is not None]


class WithPapers(ActForm):
    """A form that papers or pictures may come with."""

    uploads = PapersField(label=_("Papers, pictures"), help_text=_("Several at once; a phone offers its camera."))


def words(label: Any, *, rows: int = 3, length: int = 500, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def quantity(label: Any, *, decimals: int = 3, **kwargs: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, max_digits=14, decimal_places=decimals, min_value=0, widget=widget, **kwargs)


def known(label: Any) -> forms.TypedChoiceField:
    """Yes, no, or nobody knows."""
    choices = [("", _("not known")), ("1", _("yes")), ("0", _("no"))]
    return forms.TypedChoiceField(label=label, choices=choices, required=False, empty_value=None, coerce=lambda value: value == "1")


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def today() -> date:
    """The first value of a date field."""
    return timezone.localdate()
