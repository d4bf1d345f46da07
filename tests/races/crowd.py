"""Many browsers of one person send the same form at one moment; what came of it is counted in rows of every table."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.actor import Actor
from core.acts import ActView
from demo.walk import SCAN
from organization.models import Person, actor_of
from tests.structure.sources import routes
from tests.trust.player import Player, flat, written

Answer = tuple[int, str]
Typed = dict[str, Any] | Callable[[Any], dict[str, Any]]
# Who is logged in, and what says that a form was sent, is no effect of it.
BESIDE = {"sessions.Session", "core.OnceKey"}


@dataclass(frozen=True)
class Upload:
    """A file in a form; whoever sends the form sends a copy, for a file is read to its end."""

    name: str = "scan.pdf"
    content: bytes = SCAN

    def copy(self) -> SimpleUploadedFile:
        return SimpleUploadedFile(self.name, self.content, content_type="application/pdf")


@dataclass
class Post:
    """A form that is filled in, and the browser of who sends it."""

    address: str
    client: Client
    body: dict[str, Any]
    wrong: Any = field(default="", repr=False)

    def send(self, client: Client | None = None) -> Any:
        body = {name: value.copy() if isinstance(value, Upload) else value for name, value in self.body.items()}
        return (client or self.client).post(self.address, body)

    def alone(self) -> tuple[Answer, Counter[str]]:
        """What one post answers and writes; taken back afterwards, with the session that it may have begun."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            before = rows()
            answer = self.send()
            written_rows = rows() - before
            transaction.set_rollback(True)
        self.client.cookies = cookies
        context = answer.context or {}
        form = context.get("form")
        self.wrong = getattr(form, "errors", "") or answer.status_code
        return (answer.status_code, answer.get("Location", "")), written_rows

    def by_many(self, number: int) -> list[Answer]:
        """From as many browsers of the same person at one moment, and once more when all is done: status and where it leads."""
        start, answers, cookies = Barrier(number), [(0, "")] * number, self.client.cookies

        def post(nth: int) -> None:
            mine = Client(raise_request_exception=False)
            mine.cookies = deepcopy(cookies)
            try:
                start.wait(20)
                answer = self.send(mine)
                answers[nth] = answer.status_code, answer.get("Location", "")
            finally:
                connection.close()

        threads = [Thread(target=post, args=(nth,)) for nth in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        late = self.send()
        return [*answers, (late.status_code, late.get("Location", ""))]


def rows() -> Counter[str]:
    """How many rows every table has."""
    tables = {model._meta.label: model._meta.db_table for model in apps.get_models() if model._meta.managed}
    tables = {label: table for label, table in tables.items() if label not in BESIDE}
    counts = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return Counter(dict(zip(tables, cursor.fetchone(), strict=True)))


def client_of(person_id: int | None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Person.objects.get(pk=person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_post(name: str, thing: Any, typed: Typed, at: datetime) -> Post:
    """The act's form as its page shows it, filled in by somebody whose step it is and from whom it is taken."""
    route, _, step = name.partition("/")
    view: type[ActView] = routes()[route].callback.view_class  # type: ignore[attr-defined]
    step = step or next(iter(view.forms))
    address = reverse(route, kwargs=arguments(route, view, thing, step))
    tried: list[Any] = []
    people = [actor_of(person, at) for person in Person.objects.filter(posts__isnull=False).distinct().order_by("pk")]
    for actor in (each for each in people if permitted(view, thing, step, each)):
        if thing.pk and not view.model.objects.visible_to(actor).filter(pk=thing.pk).exists():
            continue
        thing = view.model.objects.get(pk=thing.pk) if thing.pk else thing
        form = view.forms[step](thing=thing, actor=actor)
        post = Post(address, client_of(actor.person_id), {**typed_in(form, at), **values(typed, thing, at)})
        (status, _where), _rows = post.alone()
        if status in (200, 302):
            return post
        tried.append(f"{actor.name}: {post.wrong}")
    raise AssertionError(f"{name}: {thing} in {getattr(thing, 'state', '')}: {tried or 'nobody may'}")


def permitted(view: type[ActView], thing: Any, step: str, actor: Actor) -> bool:
    try:
        return Player.permitted(view, thing, step, actor)
    except PermissionDenied:
        return False


def arguments(route: str, view: type[ActView], thing: Any, step: str) -> dict[str, Any]:
    known = {"ref": view.model.objects.filter(pk=thing.pk).values_list(view.lookup, flat=True).first(), "step": step}
    return {name: value for name, value in known.items() if name in routes()[route].pattern.converters}


def values(typed: Typed, thing: Any, at: datetime) -> dict[str, Any]:
    typed = typed(thing) if callable(typed) else typed
    found = {name: value(thing, at) if callable(value) else value for name, value in typed.items()}
    return {name: written(value) if isinstance(value, date | datetime) else value for name, value in found.items()}


def typed_in(form: forms.BaseForm, at: datetime) -> dict[str, Any]:
    """What the form proposes, and something sensible where it proposes nothing."""
    found = {name: an_answer(field, form.get_initial_for_field(field, name), at) for name, field in form.fields.items()}
    return {name: value for name, value in found.items() if value is not None} | {"once": secrets.token_hex(16)}


def an_answer(field: forms.Field, proposed: Any, at: datetime) -> Any:
    if isinstance(field, forms.MultipleChoiceField):
        return [str(value) for value in proposed or [flat(field.choices)[0][0]]]
    if isinstance(proposed, date | datetime):
        return written(proposed)
    if proposed not in (None, ""):
        return str(getattr(proposed, "pk", proposed))
    if isinstance(field, forms.FileField):
        return Upload()
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.values_list("pk", flat=True)[0]) if field.required else None  # type: ignore[union-attr]
    if isinstance(field, forms.ChoiceField):
        return next((str(value) for value, _label in flat(field.choices) if value != ""), None)
    if isinstance(field, forms.DateTimeField | forms.DateField) and field.required:
        return written(at if isinstance(field, forms.DateTimeField) else at.date())
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return "1" if field.required else None
    return "同意" if isinstance(field, forms.CharField) and field.required else None
