"""The rows of shipping: a shipment with what it carries, and what did not arrive as it should."""

from shipping.models.arrival import Shortage
from shipping.models.claim import Claim
from shipping.models.parts import MissingPart
from shipping.models.shipment import PackingLine, Shipment, ShipmentLine
from shipping.models.trouble import Damage, DamageWord, Trace

__all__ = ["Claim", "Damage", "DamageWord", "MissingPart", "PackingLine", "Shipment", "ShipmentLine", "Shortage", "Trace"]
