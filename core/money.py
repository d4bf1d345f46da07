"""Money to the cent (QUO-06): rounding, tax inside a price, amounts in writing. Decimals only, a float is a mistake and is refused."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
TOO_MUCH = 10**16
CURRENCIES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元"}


def cents(x: Decimal | int | str) -> Decimal:
    """The amount rounded to two places, halves away from zero; never a negative zero.

    Raises TypeError for a float and ValueError for what is no finite number.
    """
    if isinstance(x, float):
        raise TypeError(f"money is never a float: {x!r}")
    amount = Decimal(x)
    if not amount.is_finite():
        raise ValueError(f"not an amount: {x!r}")
    return amount.quantize(CENT, ROUND_HALF_UP) + NOTHING


def tax_in(gross: Decimal | int | str, rate: Decimal | int | str) -> Decimal:
    """The tax inside a gross amount: gross less gross / (1 + rate), to the cent (decision 8); `rate` is 0.13, not 13."""
    gross, rate = Decimal(gross), Decimal(rate)
    return cents(gross * rate / (1 + rate))  # the same value, divided once only


def line_amount(quantity: Decimal | int, unit_price: Decimal | int | str) -> Decimal:
    """Amount of a line, to the cent."""
    return cents(Decimal(quantity) * Decimal(unit_price))


def format_money(amount: Decimal | int | str) -> str:
    """The amount in figures with separators: "68,500.00"."""
    return f"{cents(amount):,.2f}"


def capitals(amount: Decimal | int | str, currency: str = "CNY") -> str:
    """The amount in Chinese financial capitals, as it stands on contracts and invoices: "人民币柒拾壹万伍仟陆佰元整".

    Follows the rules for bank notes (支付结算办法, appendix 1): one 零 for a gap however long, 整 after 元 and after 角, none after 分.
    Negative amounts take 负. A currency without a Chinese name here keeps its code. Raises ValueError from 10^16 (beyond 万亿) on.
    """
    amount = cents(amount)
    yuan, rest = divmod(int(abs(amount) * 100), 100)
    if yuan >= TOO_MUCH:
        raise ValueError(f"too much to be written in words: {amount}")
    jiao, fen = divmod(rest, 10)
    words = f"{_numeral(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        words += DIGITS[0]
    words += f"{DIGITS[fen]}分" if fen else "整"
    return f"{CURRENCIES.get(currency, currency)}{'负' if amount < 0 else ''}{words}"


def _numeral(n: int) -> str:
    """A whole number in capitals; a place left out between two others is one 零."""
    for size, name in PLACES:
        if n >= size:
            head, tail = divmod(n, size)
            gap = DIGITS[0] if 0 < tail < size // 10 else ""
            return f"{_numeral(head)}{name}{gap}{_numeral(tail) if tail else ''}"
    return DIGITS[n]
