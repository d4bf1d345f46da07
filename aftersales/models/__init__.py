from aftersales.models.policy import ReturnPolicy
from aftersales.models.rating import Rating
from aftersales.models.returns import ReturnLine, ReturnRequest
from aftersales.models.service import Channel, ServiceRequest

__all__ = ["Channel", "Rating", "ReturnLine", "ReturnPolicy", "ReturnRequest", "ServiceRequest"]
