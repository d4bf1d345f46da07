"""What a customer fills in; each form with a one-time key, and errors beside their fields."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from core.acts import ExplainingForm, one_time_key
from core.reasons import NotReady, Refused, Stale
from documents.uploads import CheckedUpload, check_upload

PICTURE = "data:image/png;base64,"
LARGEST = 400_000  # characters of a drawn signature; one has about 20,000


class CustomerForm(ExplainingForm):
    """`stale`: what was shown is no longer so; the page shows it anew."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": one_time_key(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.stale = False
        for field in self.visible_fields():
            if not isinstance(field.field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.field.widget.attrs.setdefault("class", "form-control")

    def explain(self, refused: Refused | ValidationError) -> None:
        self.stale = isinstance(refused, Stale)
        super().explain(refused)


class SignForm(CustomerForm):
    """Name, position, and the drawn signature where the browser can draw; the hash says which paper was shown."""

    form_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    picture = forms.CharField(widget=forms.HiddenInput(attrs={"data-sign-picture": ""}), required=False)
    signatory = forms.CharField(label=_("Your name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    position = forms.CharField(
        label=_("Your position"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "organization-title"})
    )
    agreed = forms.BooleanField()

    def clean_picture(self) -> CheckedUpload | None:
        """The drawing as a checked picture, drawn anew; nothing when nobody drew."""
        given = self.cleaned_data["picture"]
        if not given:
            return None
        if not given.startswith(PICTURE) or len(given) > LARGEST:
            raise ValidationError(_("The drawn signature cannot be read. Draw it again."))
        try:
            content = base64.b64decode(given.removeprefix(PICTURE), validate=True)
            return check_upload(ContentFile(content, name="signature.png"))
        except (binascii.Error, NotReady) as problem:
            raise ValidationError(_("The drawn signature cannot be read. Draw it again.")) from problem
