"""What is asked of a clock: its rule, why it stands still, and when it would be due."""

from datetime import date, datetime, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from core.acts import ExplainingForm, one_time_key
from organization.finding import head_of, owner, role_at
from organization.models import Company, Department
from organization.roles import Role
from sla.causes import said_of
from sla.declare import CLOCKS
from sla.explain import needs_date
from sla.models import ClockRule, LateCause, RunningClock
from sla.rules import counts_at

CHAIN_LENGTH = 5
DATED = (ClockRule.Unit.DAYS_BEFORE, ClockRule.Unit.ON_DATE)
BARE = (ClockRule.Unit.END_OF_DAY, ClockRule.Unit.ON_DATE)
"""Limits without an amount."""
AHEAD = timedelta(days=2 * 366)
"""A start to try a rule with lies at most so far from today: no calendar is kept further."""
OWNERS = {
    "clerk": _("clerk of the order"),
    "salesperson": _("salesperson of the order"),
    "order_manager": _("contract order manager of the order"),
    "production_manager": _("production manager of the order"),
    "receiver": _("who received it"),
    "follower": _("who issued it"),
    "asked": _("department asked"),
    "worker": _("who does the task"),
}
COMPANIES = {"sales": _("At the sales company"), "product": _("At the product company"), "group": _("Anywhere in the group")}


def posts() -> list[Any]:
    """What a manager chooses from as responsible, or to be told: resolvers with their words, grouped."""
    of_thing = [choice for name, label in OWNERS.items() for choice in ((owner(name), label), (head_of(name), _head_of(label)))]
    roles = [(str(title), [(role_at(role, where), f"{role.label} · {title}") for role in Role]) for where, title in COMPANIES.items()]
    return [("", "—"), (str(_("Of the thing itself")), of_thing), *roles]


def in_words(resolver: str) -> str:
    """What a resolver is called: the role with its company, or whose post it is."""
    role, _at, company = resolver.partition("@")
    if company:
        return f"{Role(role).label} · {COMPANIES[company]}"
    return dict(posts()[1][1]).get(resolver, resolver)


def _head_of(label: Any) -> Any:
    return format_lazy("{} · {}", label, _("head of the department"))


class ChainField(forms.MultiValueField):
    """Who is told one after the other; the resolvers are kept in one text, separated by blanks."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.ChoiceField(choices=posts, required=False) for _n in range(CHAIN_LENGTH)]
        super().__init__(fields, widget=ChainWidget(), require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> str:
        chain = super().clean(value)
        if len(set(chain.split())) < len(chain.split()):
            raise ValidationError(_("Each post stands in the chain once."))
        return chain

    def compress(self, data_list: list[str]) -> str:
        return " ".join(filter(None, data_list))


class ChainWidget(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__([forms.Select(choices=posts) for _n in range(CHAIN_LENGTH)])  # type: ignore[arg-type]  # the stubs know no callable

    def decompress(self, value: str | None) -> list[str]:
        return (value or "").split()


class ClockRuleForm(forms.ModelForm):
    """A rule as managers edit it (SLA-02)."""

    def clean_unit(self) -> str:
        """A clock that hangs on a date cannot do without one, and the others have none: the act that starts it would fail."""
        unit, clock = self.cleaned_data["unit"], CLOCKS.get(self.cleaned_data.get("name") or self.instance.name)
        if clock and bool(clock.anchor) != (unit in DATED):
            raise ValidationError(_("This clock hangs on a date.") if clock.anchor else _("This clock has no date to hang on."))
        return unit

    def clean_amount(self) -> int:
        """A slip of the pen (minutes for days) must not lead beyond the calendar: whoever starts the clock would be refused."""
        amount, unit = self.cleaned_data["amount"], str(self.cleaned_data.get("unit", ""))
        if unit in BARE:
            return 0
        if not amount:
            raise ValidationError(_("At least 1: without any time it would be late as it begins."))
        return within_a_year(amount, in_minutes=unit.endswith("_minutes"))

    def clean_opens(self) -> int:
        """Only what hangs on a date opens before it."""
        return within_a_year(self.cleaned_data["opens"], in_minutes=False) if self.cleaned_data.get("unit") in DATED else 0

    def clean_interval(self) -> int:
        return within_a_year(self.cleaned_data["interval"], in_minutes=True)

    def clean_case(self) -> str:
        clock, case = CLOCKS.get(self.cleaned_data.get("name", "")), self.cleaned_data["case"]
        if case and clock and case not in clock.cases:
            raise ValidationError(_("This clock does not know that case."))
        return case

    def clean(self) -> dict[str, Any]:
        """One rule of a company for each clock and case, and only where it can count."""
        values = super().clean() or {}
        company, responsible = values.get("company"), values.get("responsible", "")
        company = company or self.instance.company
        where = counts_at(responsible)
        if company and where is not None and company.pk not in where:
            who = in_words(responsible)
            self.add_error("responsible" if self.instance.pk else "company", _RULE_COUNTS_NOWHERE % {"company": company, "who": who})
        if not self.instance.pk and ClockRule.objects.filter(**{name: values.get(name) for name in ("name", "case", "company")}).exists():
            self.add_error("name", _("There is a rule of this clock and case already: change that one."))
        return values


_RULE_COUNTS_NOWHERE = _(
    "A company's rule counts where the responsible sits, and %(who)s does not sit in %(company)s: this rule would never count."
)


def within_a_year(amount: int, *, in_minutes: bool) -> int:
    if amount > 366 * (24 * 60 if in_minutes else 1):
        raise ValidationError(_("At most a year."))
    return amount


class ResumeForm(ExplainingForm):
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, clock: RunningClock) -> None:
        super().__init__(data, initial={"once": one_time_key(), **self.standing(clock)})
        self.helper = FormHelper()
        self.helper.form_tag = False

    def standing(self, clock: RunningClock) -> dict[str, Any]:
        """What stands there already, to begin with."""
        return {}


class PauseForm(ResumeForm):
    reason = forms.CharField(label=_("What the customer is waited for"), max_length=200)


class CauseForm(ResumeForm):
    cause = forms.ChoiceField(label=_("Cause"), choices=LateCause.Cause.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In a few words"), max_length=200, required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def standing(self, clock: RunningClock) -> dict[str, Any]:
        said = said_of(clock)
        return {"cause": said.cause, "note": said.note, "seen": said.at.isoformat()} if said else {}


class PreviewForm(forms.Form):
    """A start to try a rule with; the date where the clock hangs on one."""

    company = forms.ModelChoiceField(label=_("Calendar of"), queryset=Company.objects.order_by("pk"))
    department = forms.ModelChoiceField(
        label=_("Department with hours of its own"), queryset=Department.objects.exclude(calendar=None), required=False
    )
    start = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    anchor = forms.DateField(label=_("The date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, rule: ClockRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule.company_id:
            self.fields["company"].queryset = Company.objects.filter(pk=rule.company_id)  # type: ignore[attr-defined]
        if not needs_date(rule):
            del self.fields["anchor"]

    def clean_start(self) -> datetime:
        start: datetime = self.cleaned_data["start"]
        return _near(start.date(), start)

    def clean_anchor(self) -> date | None:
        anchor = self.cleaned_data["anchor"]
        return _near(anchor, anchor) if anchor else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if needs_date(self.rule) and not values.get("anchor") and "anchor" not in self.errors:
            raise ValidationError({"anchor": _("This clock hangs on a date: say which.")})
        department = values.get("department")
        if department and department.company != values.get("company"):
            self.add_error("department", _("%(department)s does not belong to this company.") % {"department": department})
        return values


def _near(day: date, given: Any) -> Any:
    if abs(day - localdate()) > AHEAD:
        raise ValidationError(_("At most two years from today: no calendar is kept further."))
    return given
