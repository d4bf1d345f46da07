"""Changes and cancelling as other apps use them: register, ask what was decided, ask what work is on hold, and what orders may end."""

from orders.impact import Impact, Wanted
from orders.services.change.items import cancelling, decisions, held
from orders.services.change.register import register_change

__all__ = ["Impact", "Wanted", "cancelling", "decisions", "held", "register_change"]
