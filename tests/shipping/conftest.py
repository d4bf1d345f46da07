"""A shipment that went all the way to the lorry, for whoever starts there."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.actor import Actor
from shipping.models import Shipment
from tests.factories.shipping import left, noticed, picked, verified


@pytest.fixture
def shipped(order_manager_yan: Actor, store_keeper_qian: Actor, transport_zheng: Actor, packer_tian: Actor) -> Callable[..., Shipment]:
    """`shipped(order, {1: 2})`: noticed, picked, verified and dispatched; the contract must free it or the money be in."""

    def go(order: Any, quantities: dict[int, Any] | None = None, **more: Any) -> Shipment:
        return onward(noticed(order, order_manager_yan, quantities), **more)

    def onward(shipment: Shipment, **more: Any) -> Shipment:
        return left(verified(picked(shipment, store_keeper_qian), packer_tian), transport_zheng, **more)

    return go


@pytest.fixture
def picture() -> SimpleUploadedFile:
    """What somebody's telephone took of a dent."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "grey").save(buffer, "PNG")
    return SimpleUploadedFile("dent.png", buffer.getvalue(), content_type="image/png")
