"""What a change or a cancelling does to finished goods that wait for their final inspection (CHG-05, CHG-09)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.questions import answers
from core.templatetags.ui import qty
from orders.changes import Impact, Wanted
from organization.roles import Role
from quality.models import Inspection

FREE = ("stock", gettext_lazy("inspect; what is good and too much goes to free group stock"))
NEWEST = ("newest", gettext_lazy("inspect to the newest revision"))


@answers("order_impact")
def inspections_are_touched(wanted: Wanted) -> list[Impact] | None:
    """Finished goods of the order between workshop and store: of a cancelled order all, else where their line is not what it was."""
    rows = Inspection.objects.waiting().filter(order=wanted.order_id, source_kind=Inspection.Source.HANDOVER)
    less = {pk for pk, delta in wanted.deltas.items() if delta < 0}
    others = wanted.respecified | wanted.structural
    if not wanted.cancel:
        rows = rows.filter(line__in=less | others)
    return [
        Impact(
            kind=Inspection._meta.label_lower,
            reference=row.pk,
            title=_("Inspection {number}: {item}").format(number=row.number, item=row.item),
            now=_("{quantity} wait for the final inspection").format(quantity=qty(row.quantity, row.item.unit)),
            effect=_effect(wanted, row.line_id in others),
            touches=2,
            options=(NEWEST,) if row.line_id in others else (FREE,),
            role=Role.QUALITY_HEAD,
            company_id=row.company_id,
            url=row.get_absolute_url(),
        )
        for row in rows.select_related("item__unit").order_by("pk")
    ]


def _effect(wanted: Wanted, other: bool) -> str:
    if wanted.cancel:
        return _("no longer wanted")
    return _("another specification") if other else _("fewer are wanted")
