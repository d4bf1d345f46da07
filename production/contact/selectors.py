"""What pages read of contact sheets."""

from core.actor import Actor
from organization.roles import RIGHTS


def sees_sheets(actor: Actor) -> bool:
    """Whoever works in some department may be asked, and may ask."""
    return any("contact" in RIGHTS[hat.role].sees for hat in actor.hats)
