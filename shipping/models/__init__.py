"""The rows of shipping: a shipment with what it carries, and what did not arrive as it should."""

from shipping.models.arrival import Shortage
from shipping.models.shipment import PackingLine, Shipment, ShipmentLine

__all__ = ["PackingLine", "Shipment", "ShipmentLine", "Shortage"]
