"""What all of the customers' forms share: one thing, one service, the one-time key, and words about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from portal.forms import CustomerForm


def words(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), **more)


class ThingForm(CustomerForm):
    """`thing` is the order or one of its shipments."""

    title: ClassVar[Any]
    explained: Any = ""
    closed: Any = _("This is not possible for your order at this moment. Your sales clerk helps you.")
    icon: ClassVar[str]
    done: ClassVar[Any]

    def __init__(self, *args: Any, thing: Any, actor: Actor, **kwargs: Any) -> None:
        self.thing, self.actor = thing, actor
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.visible_fields():
            if not isinstance(field.field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.field.widget.attrs.setdefault("class", "form-control")

    def prepare(self) -> None:
        """Fields and first values that follow from the thing."""

    def perform(self, thing: Any, by: Actor, at: datetime) -> None:
        raise NotImplementedError

    @property
    def uploads(self) -> list[Any]:
        return [self.cleaned_data["upload"]] if self.cleaned_data.get("upload") else []
