"""What is asked of a person about their own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.models import Person
from organization.second_step import prove_second_step


class CodeForm(forms.Form):
    """A code from the phone or, once it is switched on, a recovery code. A right one is used up by being checked."""

    code = forms.CharField(label=_("Code"), max_length=20)

    def __init__(self, *arguments: Any, person: Person, at: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.person, self.at = person, at

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not prove_second_step(person=self.person, code=code, at=self.at):
            raise forms.ValidationError(_("Wrong, used already, or too soon after a wrong one. Wait for the next code."))
        return code
