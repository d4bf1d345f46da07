"""How a story begins and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from demo.walk import Lines, Walk

Story = Callable[[Walk], Any]
MADE: Lines = (("GGD", 2),)
BOUGHT: Lines = (("KYN28A-12", 1),)  # the store lacks parts of it
IN_STOCK: Lines = (("LZZBJ9-10", 2),)
DAY = timedelta(days=1)


def at(state: str, goods: Lines = MADE, customer: str = "C0003") -> Story:
    """An order that stands in this state."""

    def story(walk: Walk) -> Any:
        walk.register(customer, goods)
        return walk.to(state)

    return story


def after(story: Story, *acts: Callable[[Walk], Any]) -> Story:
    """The story goes on; it ends with what its last act brings, else with the order."""

    def longer(walk: Walk) -> Any:
        thing = story(walk)
        for act in acts:
            thing = act(walk) or walk.fresh()
        return thing

    return longer
