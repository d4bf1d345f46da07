"""Acts in the browser: a form that carries version and one-time key, and one view that does any act of any thing (decision 22)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.actor import Actor
from core.facts import act
from core.models import Fact, OnceKey
from core.reasons import NotAllowed, Reason, Refused, Stale
from core.workflow import Offer


def one_time_key() -> str:
    """The key of one form: whatever is posted with it is done once."""
    return secrets.token_urlsafe(24)


class ExplainingForm(forms.Form):
    """A form that says why its service refused."""

    def explain(self, refused: Refused | ValidationError) -> None:
        """Put a refusal beside its field where the reason names one (`field=` figure), else above the form."""
        if isinstance(refused, ValidationError):
            fields = getattr(refused, "error_dict", None)
            for name, errors in (fields or {None: refused}).items():
                self.add_error(name if name in self.fields else None, errors)
            return
        for reason in refused.reasons:
            name = reason.figures.get("field")
            self.add_error(name if name in self.fields else None, str(reason))


class ActForm(ExplainingForm):
    """The fields of one act. `service` does it; `consequence` says beforehand what follows; `takes` names the service's thing."""

    service: ClassVar[Callable[..., Any]]
    takes: ClassVar[str]
    consequence: Any = ""

    version = forms.IntegerField(widget=forms.HiddenInput)
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, thing: Any, actor: Actor, **kwargs: Any) -> None:
        self.thing, self.actor = thing, actor
        kwargs["initial"] = {"version": thing.version, "once": one_time_key(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values from `self.thing`."""

    def closed_by(self) -> Iterable[Reason]:
        """Why the service would refuse whatever is filled in: said as the form is opened, from an old address, too."""
        return ()

    def values(self) -> dict[str, Any]:
        """What the service gets besides the thing, `by` and `at`."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("version", "once")}

    def perform(self, thing: Any, by: Actor, at: datetime) -> Any:
        return type(self).service(**{self.takes: thing}, by=by, at=at, **self.values())


@act
def once(key: str, *, person_id: int, at: datetime, do: Callable[[], str]) -> str:
    """Do it once per key and person: the second of two equal posts gets the first one's answer, however close they come (SEC-04)."""
    kept = OnceKey.objects.filter(key=key).first()
    if kept is None:
        try:
            with transaction.atomic():
                kept = OnceKey.objects.create(key=key, person_id=person_id, at=at)
        except IntegrityError:
            kept = OnceKey.objects.get(key=key)
        else:
            kept.answer = do()
            kept.save(update_fields=["answer"])
            return kept.answer
    if kept.person_id != person_id:
        raise Stale(Reason("gone"))
    return kept.answer


def answered(request: HttpRequest, person_id: int) -> str:
    """What came of the same post when it was sent before, empty when it was not: a form whose choices or limits follow from the state of
    things does not fit any more once it is done, and who clicked twice is not to be told so (SEC-04)."""
    kept = OnceKey.objects.filter(key=request.POST.get("once", "")[:64], person_id=person_id).first()
    return kept.answer if kept else ""


def fresh(thing: Any, version: int) -> None:
    """Refuse a form that was made from an older version, and say who changed what when (SEC-04)."""
    if thing.version != version:
        last = Fact.objects.filter(subject_kind=thing._meta.label_lower, subject_id=thing.pk).order_by("-id").first()
        raise Stale(Reason("stale", who=last.actor_name, at=last.at) if last else Reason("gone"))


class ActView(View):
    """One act on one thing, `<thing>/do/<step>/`: shows the form and its consequence, or why it is closed; does it once.

    `model`, `lookup` (a field such as `number`) and `forms` (step name to ActForm) come from the app's urls.
    """

    model: ClassVar[Any]
    lookup: ClassVar[str] = "number"
    forms: ClassVar[Mapping[str, type[ActForm]]]
    template: ClassVar[str] = "ui/act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.thing = self.find(request, kwargs["ref"])
        if kwargs["step"] not in self.forms:
            raise Http404
        self.form_class = self.forms[kwargs["step"]]
        self.name = kwargs["step"]
        self.permit(request)
        return super().dispatch(request, *args, **kwargs)

    def find(self, request: HttpRequest, ref: str) -> Any:
        """The thing, if this person may see it at all; otherwise it does not exist (P2)."""
        found = self.model.objects.visible_to(request.actor).filter(**{self.lookup: ref}).first()  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return found

    def permit(self, request: HttpRequest) -> None:
        """Refuse everybody to whom the step does not belong, whatever the state (SEC-01)."""
        self.thing.steps()[self.name].permission(self.thing, request.actor)  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        return self.show(request, self.form_class(thing=self.thing, actor=request.actor))  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        form, person_id = self.form_class(request.POST, request.FILES, thing=self.thing, actor=request.actor), request.user.pk or 0  # type: ignore[attr-defined]
        try:
            if form.is_valid():
                at: datetime = request.now  # type: ignore[attr-defined]
                url = once(form.cleaned_data["once"], person_id=person_id, at=at, do=lambda: self.perform(request, form))
            elif not (url := answered(request, person_id)):
                return self.show(request, form, 422)
        except NotAllowed:
            raise
        except Stale as stale:
            self.thing = self.find(request, ref)
            form.data = {**request.POST.dict(), "version": self.thing.version, "once": one_time_key()}
            form.explain(stale)
            return self.show(request, form, 409)
        except (Refused, ValidationError) as refused:
            form.explain(refused)
            return self.show(request, form, 422)
        messages.success(request, _("Done: {step}").format(step=self.step_label()))
        return HttpResponseRedirect(url)

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        thing = self.model.objects.locked(self.thing)
        fresh(thing, form.cleaned_data["version"])
        result = form.perform(thing, request.actor, request.now)  # type: ignore[attr-defined]
        return self.answer(thing, result)

    def answer(self, thing: Any, result: Any) -> str:
        """Where to go after the act: the result's page where it has one, else back to the thing."""
        return result.get_absolute_url() if hasattr(result, "get_absolute_url") else thing.get_absolute_url()

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        """What the person should see before deciding, for templates that show it."""
        return {}

    def step_label(self) -> str:
        return str(self.thing.label_of(self.name))

    def offer(self, request: HttpRequest) -> Offer:
        """The step as it stands open to this person; of a step that is not the thing's own, what the view says."""
        offer: Offer | None = self.thing.offer(self.name, request.actor)  # type: ignore[attr-defined]
        if offer is None:
            reasons = [str(Reason("wrong_state", state=self.thing.get_state_display()))]
            return Offer(self.name, self.step_label(), "lock", False, reasons)
        return offer

    def show(self, request: HttpRequest, form: ActForm, status: int = 200) -> HttpResponse:
        offer = self.offer(request)
        offer.reasons += [said for said in map(str, form.closed_by()) if said not in offer.reasons]
        context = {"thing": self.thing, "form": form, "offer": offer, "back": self.thing.get_absolute_url(), **self.evidence(request)}
        if not offer.open:
            context["instead_open"] = self.open_steps(request)
        return render(request, self.template, context, status=status)

    def open_steps(self, request: HttpRequest) -> list[Offer]:
        """What this person can do with the thing now: where a step is closed, and somebody was led to it, these are the way on."""
        here = request.resolver_match
        assert here is not None

        def url(step: str) -> str:
            return reverse(here.view_name, kwargs={**here.kwargs, "step": step})

        return [offer for offer in offers_of(self.thing, request.actor, url, self.forms) if offer.open and offer.name != self.name]  # type: ignore[attr-defined]


def offers_of(thing: Any, actor: Actor, url: Callable[[str], str], forms: Mapping[str, Any]) -> list[Offer]:
    """The thing's offers that have a page, with their addresses; the first open one is what is expected now."""
    found = [offer for offer in thing.offers(actor) if offer.name in forms]
    for offer in found:
        offer.url = url(offer.name)
    main = next((offer for offer in found if offer.open and not offer.danger), None)
    if main is not None:
        main.main = True
    return found
