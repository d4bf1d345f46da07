"""The parts of the entry page as one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from orders.entry.forms import Extras, HeadForm, LineForm, Lines, QuestionsForm
from orders.models import Order, OrderLine
from orders.services.intake import LineInput, against_wanted


class EntryForms:
    """The four parts of the entry page as one: valid together, handed to the services together."""

    def __init__(self, data: Any = None, *, order: Order | None, actor: Actor, at: datetime, known: dict[str, tuple[bool, str]]) -> None:
        lines = list(order.lines.all()) if order else []  # as the view has read them, with everything at hand
        goods = [line for line in lines if line.kind != OrderLine.Kind.SURCHARGE]
        self.order, self.actor, self.at = order, actor, at
        self.head = HeadForm(data, order=order, at=at)
        self.questions = QuestionsForm(data, order=order, known=known, prefix="q")
        self.lines = Lines(data, prefix="lines", lines=goods)
        self.extras = Extras(data, prefix="extras", lines=lines)

    def is_valid(self) -> bool:
        parts = [part.is_valid() for part in (self.head, self.questions, self.lines, self.extras)]
        return all(parts) and self._parents_stand() and self._dates_stand()

    def _parents_stand(self) -> bool:
        """Every surcharge and remark names a line that stands in the grid."""
        known = {number for number, _form in self.numbered()}
        for form in self.extras.kept:
            if form.cleaned_data["parent"] not in known:
                form.add_error("parent", _("There is no such line."))
        return not any(form.errors for form in self.extras.kept)

    def _dates_stand(self) -> bool:
        """Nothing is wanted before the order came."""
        received_at, dated = self.head.cleaned_data["received_at"], [self.head, *self.lines.kept]
        for form in dated:
            if found := against_wanted(form.cleaned_data["wanted_date"], received_at):
                form.add_error("wanted_date", str(found))
        return not any(form.errors for form in dated)

    def header(self) -> dict[str, Any]:
        """The fields of the order for the services; without lines the order itself keeps the date that they will get."""
        wanted = {} if self.lines.kept or self.extras.kept else {"wanted_date": self.head.cleaned_data["wanted_date"]}
        return self.head.header() | wanted

    def numbered(self) -> list[tuple[int, LineForm]]:
        """The rows with the numbers that they have, or will get by the service."""
        following = max([self.order.last_line_no, *(line.line_no for line in self.order.lines.all())] if self.order else [0])
        found = []
        for form in self.lines.kept:
            number = form.line.line_no if form.line else None
            if number is None:
                following += 1
                number = following
            found.append((number, form))
        return found

    def inputs(self) -> list[LineInput]:
        """All lines for the service, goods first: surcharges name them."""
        wanted = self.head.cleaned_data["wanted_date"]
        goods = [
            form.to_input(number=form.line.line_no if form.line else None, wanted=wanted, remark=self.extras.of_line(number))
            for number, form in self.numbered()
        ]
        return [*goods, *self.extras.surcharges()]

    def answers(self) -> dict[str, bool | None]:
        return dict(self.questions.cleaned_data)
