"""A shipment that went all the way to the lorry, for whoever starts there."""

from collections.abc import Callable
from typing import Any

import pytest

from core.actor import Actor
from organization.models import Person
from shipping.models import Shipment
from tests.factories.shipping import left, noticed, picked


@pytest.fixture
def packer(packer_tian: Actor) -> Person:
    return Person.objects.get(pk=packer_tian.person_id)


@pytest.fixture
def shipped(order_manager_yan: Actor, store_keeper_qian: Actor, transport_zheng: Actor, packer: Person) -> Callable[..., Shipment]:
    """`shipped(order, {1: 2})`: noticed, picked and dispatched; the contract must free it or the money be in."""

    def go(order: Any, quantities: dict[int, Any] | None = None, **more: Any) -> Shipment:
        return left(picked(noticed(order, order_manager_yan, quantities), store_keeper_qian), transport_zheng, packer, **more)

    return go
