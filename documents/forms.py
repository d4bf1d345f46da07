"""A form field for files: what it refuses stands beside it, what it gives goes to `services.attach`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.reasons import NotReady

from .uploads import CONTENT_TYPES, MAX_BYTES, CheckedUpload, check_upload


class AttachmentField(forms.FileField):
    """Cleans to a CheckedUpload (None when empty and not required)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ",".join(f".{each}" for each in CONTENT_TYPES)}))
        super().__init__(**{"allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> CheckedUpload | None:  # type: ignore[override]
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return check_upload(upload)
        except NotReady as refusal:
            raise ValidationError([ValidationError(str(each), code=each.code) for each in refusal.reasons]) from refusal


__all__ = ["MAX_BYTES", "AttachmentField", "CheckedUpload"]
