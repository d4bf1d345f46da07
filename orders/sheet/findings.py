"""What can be said about an order sheet and its cells: codes with figures, sentences only when shown (decision 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.reasons import Reason, Refused, plain

REFUSALS = {
    "wrong_type": _("This is no Excel workbook (.xlsx)."),
    "unreadable": _("This workbook cannot be read; save it again with Excel."),
    "too_big": _("The file is too big: {size} bytes, allowed are {limit}."),
    "too_many_rows": _("The sheet has more than {limit} rows."),
    "no_head_row": _("No row with the column names customer, product and quantity was found."),
}
BLOCKING = {
    "customer_missing": _("The customer is missing."),
    "product_missing": _("The product is missing."),
    "quantity_missing": _("The quantity is missing."),
    "quantity_unreadable": _("“{text}” is no quantity."),
    "quantity_not_positive": _("The quantity must be more than nothing: “{text}”."),
    "quantity_too_fine": _("The quantity has more than three decimals: “{text}”."),
    "quantity_too_large": _("The quantity is too large: “{text}”."),
    "price_unreadable": _("“{text}” is no price."),
    "price_negative": _("The price is negative: “{text}”."),
    "price_too_large": _("The price is too large: “{text}”."),
    "amount_too_large": _("Quantity times price is too large."),
    "date_unreadable": _("“{text}” is no date."),
    "date_implausible": _("“{text}” cannot be a date of delivery."),
    "currency_unreadable": _("“{text}” is no currency."),
    "currency_mixed": _("One order in several currencies: {currencies}."),
    "text_too_long": _("The text has {length} characters, allowed are {limit}."),
    "formula_ignored": _("A formula is not taken over: enter the value itself."),
    "error_value": _("Excel shows an error here: {text}."),
}
TO_CONFIRM = {
    "date_missing": _("No date of delivery is given."),
    "date_to_confirm": _("“{text}” is read as {date}: to be confirmed."),
    "price_missing": _("No price is given."),
    "price_zero": _("The price is nothing."),
    "price_rounded": _("The price is rounded to {price}."),
    "prices_without_tax": _("Prices without tax, it seems: “{text}”."),
    "amount_differs": _("The sheet says {given}, quantity times price is {computed}."),
    "amount_unreadable": _("“{text}” is no amount; it is computed again."),
    "unit_given": _("The unit is given as {unit}."),
    "currency_noted": _("The currency is read as {currency}."),
    "penalty_clause": _("A penalty is asked for: “{text}”."),
    "partial_deliveries": _("Delivery in parts: “{text}”."),
    "taken_from": _("Taken from {cells}."),
    "text_like_formula": _("A text that looks like a formula: “{text}”."),
}
SENTENCES = REFUSALS | BLOCKING | TO_CONFIRM
LONGEST_QUOTE = 80


class SheetReason(Reason):
    """A reason in the words of the sheet: the codes are its own, because "price_missing" is said differently elsewhere."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(SENTENCES[self.code]).format(**{name: plain(figure) for name, figure in self.figures.items()})


@dataclass(frozen=True)
class Finding:
    """Something to know about one cell (`ref` such as "I9", or "9:9" for a row without that column)."""

    ref: str
    code: str
    figures: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def blocking(self) -> bool:
        """Whether the row cannot be imported before the sheet is corrected; otherwise somebody confirms it."""
        return self.code in BLOCKING

    def __str__(self) -> str:
        return str(SheetReason(self.code, **self.figures))


class SheetRefused(Refused):
    """The file is not read at all: `code` says why, `figures` how much (INT-08)."""

    def __init__(self, code: str, **figures: Any) -> None:
        super().__init__(SheetReason(code, **figures))
        self.code, self.figures = code, figures


def quote(text: str) -> str:
    """A text short enough to stand in a sentence."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
