"""The store keeper's clock (spec/sla.md)."""

from django.utils.translation import gettext_lazy as _

from inventory.events import GoodsWerePutAway, PutAwayWasAsked
from organization.finding import role_at
from organization.roles import Role
from sla.declare import Clock, declare, end_of_day

declare(
    Clock(
        name="arrival_putaway",
        label=_("Put accepted goods into store"),
        starts=PutAwayWasAsked,
        met_by=GoodsWerePutAway,
        limit=end_of_day(),
        responsible=role_at(Role.STORE_KEEPER, "product"),
        act="put_away",
        chain=(role_at(Role.STORE_HEAD, "product"), role_at(Role.PURCHASING_HEAD, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    )
)
