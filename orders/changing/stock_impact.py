"""Finished goods that lie in store for the order's lines, when fewer are wanted (CHG-05, CHG-09)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.questions import answers
from core.templatetags.ui import qty
from orders.impact import Impact, Wanted
from orders.models import Order, OrderLine
from orders.services.ledger import goods_lines, quantities
from organization.roles import Role

FREE = ("free", gettext_lazy("what is too much goes to free group stock"))


@answers("order_impact")
def goods_in_store_are_touched(wanted: Wanted) -> list[Impact] | None:
    """Reserved for the line and not shipped, where the line wants less or nothing any more."""
    order = Order.objects.get(pk=wanted.order_id)
    lines = goods_lines(order)
    known = quantities(order, lines)
    found = []
    for line in lines:
        here = known[line.pk].stocked - known[line.pk].shipped
        less = known[line.pk].open - known[line.pk].shipped if wanted.cancel else -wanted.deltas.get(line.pk, 0)
        if here > 0 and less > 0:
            found.append(
                Impact(
                    kind=OrderLine._meta.label_lower,
                    reference=line.pk,
                    title=_("Goods in store for line {line}: {item}").format(line=line.line_no, item=line.item),
                    now=_("{quantity} reserved in store").format(quantity=qty(here, line.unit)),
                    effect=f"−{qty(less, line.unit)}",
                    touches=1,
                    options=(FREE,),
                    role=Role.MATERIAL_CONTROLLER,
                    company_id=order.product_company_id,
                    url=f"{order.get_absolute_url()}#panel-stock",
                )
            )
    return found
