"""Somebody who tries things: any person, any act of any thing that has a page, filled in well or badly. Learns new acts by itself."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localtime

from core.actor import Actor
from core.acts import ActView
from core.questions import ask
from core.reasons import NotAllowed, Refused
from demo.walk import SCAN
from tests.structure.sources import routes

WORDS = ("同意", "客户来电要求", "无", "", "=1+1", "<b>x</b>", "'; --", "长" * 400, "\u202e倒", "0")
GOOD = 0.9  # share of sensible answers
OWN = 0.85  # share of tries by somebody whose step it is


def doors() -> list[type[ActView]]:
    """Every view that does acts, with its model and forms."""
    found = {getattr(pattern.callback, "view_class", None) for pattern in routes().values()}
    views = [view for view in found if isinstance(view, type) and issubclass(view, ActView) and "forms" in vars(view)]
    return sorted(views, key=lambda view: (view.__module__, view.__name__))


class Player:
    """Tries acts for whoever; says what came of each try."""

    def __init__(self, people: list[Actor]) -> None:
        self.people = people
        self.doors = doors()

    def try_something(self, dice: Random, at: datetime) -> str:
        """One try: "view/step by whom: done" or why not. Anything but a refusal is an error of the product and is raised."""
        view, thing, name = self.something(dice)
        if thing is None:
            return f"{view.__name__}: nothing there"
        actor = self.somebody(view, thing, name, dice)
        return f"{view.__name__}/{name} by {actor.name}: {self.attempt(view, thing, name, actor, dice, at)}"

    def something(self, dice: Random) -> tuple[type[ActView], Any, str]:
        """A step of a thing, mostly one that its state and its guards allow."""
        for _look in range(25):
            view = dice.choices(self.doors, [len(view.forms) for view in self.doors])[0]
            keys = list(view.model.objects.order_by("-pk").values_list("pk", flat=True)[:12])
            if not keys:
                continue
            thing = view.model.objects.get(pk=dice.choice(keys))
            steps, names = thing.steps(), sorted(view.forms)
            dice.shuffle(names)
            if dice.random() > GOOD:
                return view, thing, names[0]
            for name in names:
                step = steps.get(name)
                # An act that is no step of a life (a payment, a notice) finds out by itself whether it fits.
                if dice.random() < 0.2 if step is None else thing.state in step.sources and not any(g.reasons(thing) for g in step.guards):
                    return view, thing, name
        return self.doors[0], None, ""

    def somebody(self, view: type[ActView], thing: Any, name: str, dice: Random) -> Actor:
        if dice.random() < OWN:
            theirs = [each for each in self.people if self.permitted(view, thing, name, each)]
            if theirs:
                return dice.choice(theirs)
        return dice.choice(self.people)

    @staticmethod
    def permitted(view_class: type[ActView], thing: Any, name: str, actor: Actor) -> bool:
        view = view_class()
        view.thing, view.name = thing, name
        try:
            view.permit(SimpleNamespace(actor=actor))  # type: ignore[arg-type]
        except NotAllowed:
            return False
        return True

    def attempt(self, view_class: type[ActView], thing: Any, name: str, actor: Actor, dice: Random, at: datetime) -> str:
        """As the page does it: form, one-time key, version, service."""
        from core.acts import once

        form_class = view_class.forms[name]
        blank = form_class(thing=thing, actor=actor)
        data, files = filled(blank, dice, at)
        form = form_class(data, files, thing=thing, actor=actor)
        if not form.is_valid():
            return f"form: {sorted(form.errors)}"
        view = view_class()
        view.thing, view.name, view.form_class = thing, name, form_class
        request: Any = SimpleNamespace(actor=actor, now=at, user=SimpleNamespace(pk=actor.person_id), GET={})
        view.request = request
        try:
            view.permit(request)
            once(form.cleaned_data["once"], person_id=actor.person_id or 0, at=at, do=lambda: view.perform(request, form))
        except (Refused, ValidationError) as refused:
            return f"refused: {refused}"
        return "done"


def filled(form: Any, dice: Random, at: datetime) -> tuple[MultiValueDict, MultiValueDict]:
    """What somebody types into the form: what it proposes, something sensible, or nonsense."""
    data, files = MultiValueDict(), MultiValueDict()
    for name, field in form.fields.items():
        proposed = form.get_initial_for_field(field, name)
        value = str(proposed) if name == "version" and dice.random() < GOOD else answer(field, proposed, dice, at)
        if isinstance(value, SimpleUploadedFile):
            files.appendlist(name, value)
        elif value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    data["once"] = secrets.token_hex(16)
    return data, files


def answer(field: forms.Field, proposed: Any, dice: Random, at: datetime) -> Any:
    good = dice.random() < GOOD
    if proposed not in (None, "") and dice.random() < 0.6:
        return str(proposed) if not isinstance(proposed, date | datetime) else written(proposed)
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("scan.pdf", SCAN if good else b"MZ", content_type="application/pdf")
    if isinstance(field, forms.BooleanField):
        return "on" if good or dice.random() < 0.5 else None
    if isinstance(field, forms.ModelChoiceField):
        keys = list(field.queryset.values_list("pk", flat=True)[:30]) if field.queryset is not None else []
        return str(dice.choice(keys)) if keys and good else "0"
    if isinstance(field, forms.ChoiceField):
        values = [str(value) for value, _label in flat(field.choices) if value != ""]
        return dice.choice(values) if values and good else "nonsense"
    if isinstance(field, forms.DateTimeField):
        return written(at + timedelta(hours=dice.randint(-4, 90)))
    if isinstance(field, forms.DateField):
        return written(localtime(at).date() + timedelta(days=dice.choice((0, 0, 1, 3, 20, 60)) if good else -400))
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return dice.choice(("0", "1", "1", "2", "3", "100")) if good else dice.choice(("-1", "0.5", "1e9", "NaN", ""))
    return WORDS[dice.randrange(3)] if good else dice.choice(WORDS)


def flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += flat(label) if isinstance(label, list | tuple) else [(value, label)]
    return found


def written(value: date | datetime) -> str:
    return f"{localtime(value):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else f"{value:%Y-%m-%d}"


def violations() -> dict[str, list[str]]:
    """What `manage.py verify` would say."""
    checks = [check for some in ask("invariants") for check in some]
    return {name: found for name, find in checks if (found := find())}


__all__ = ["Decimal", "Player", "violations"]
