"""Entry by hand: the pages on which a clerk registers and corrects orders (INT-01, INT-02, INT-04, INT-12)."""

from orders.entry.views import OrderEdit, OrderNew, complete_item

__all__ = ["OrderEdit", "OrderNew", "complete_item"]
