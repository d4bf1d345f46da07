"""A shipment that went all the way to the lorry, for whoever starts there."""

from tests.shipping.conftest import shipped

__all__ = ["shipped"]
