"""Import of the sales office's order sheet: preview, correct, confirm (INT-08)."""

from orders.importing.views import ImportConfirm, ImportUpload

__all__ = ["ImportConfirm", "ImportUpload"]
