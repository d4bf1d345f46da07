"""A living group: many orders at once, each walked by the people whose turn it is, in its own time, some off the straight road."""

from demo.simulate.play import Summary, simulate

__all__ = ["Summary", "simulate"]
