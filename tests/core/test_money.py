"""Money: what stands on a contract is right to the cent, in figures and in words."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import capitals, cents, format_money, line_amount, tax_in

pytestmark = pytest.mark.req("QUO-06")

amounts = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda n: Decimal(n).scaleb(-2))
in_practice = st.one_of(amounts, st.integers(-(10**10), 10**10).map(lambda n: Decimal(n).scaleb(-2)))
with_gaps = st.text("00001", min_size=1, max_size=18).map(lambda digits: Decimal(int(digits) * 9).scaleb(-2) if digits else Decimal(0))


def half_up(exact: Fraction) -> Decimal:
    """Rounding with whole numbers only, halves away from zero."""
    size, sign = abs(exact) * 100, -1 if exact < 0 else 1
    return Decimal(sign * int(size + Fraction(1, 2))).scaleb(-2)


# rounding


@pytest.mark.parametrize(
    ("given_amount", "rounded"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("-0.005", "-0.01"), ("-0.004", "0.00"), ("2.675", "2.68"), ("1.005", "1.01"), (7, "7.00")],
)
def test_halves_are_rounded_away_from_zero(given_amount, rounded):
    assert str(cents(given_amount)) == rounded


def test_a_float_is_no_money():
    with pytest.raises(TypeError, match="float"):
        cents(0.1)


@pytest.mark.parametrize("nonsense", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_money(nonsense):
    with pytest.raises(ValueError, match="not an amount"):
        cents(nonsense)


@given(gross=in_practice, rate=st.sampled_from(["0", "0.01", "0.03", "0.06", "0.09", "0.13", "0.16", "0.17", "0.25", "1"]))
def test_tax_is_gross_less_net_to_the_cent(gross, rate):
    assert tax_in(gross, rate) == half_up(Fraction(gross) - Fraction(gross) / (1 + Fraction(rate)))


def test_tax_in_known_prices():
    assert tax_in(Decimal("113.00"), Decimal("0.13")) == Decimal("13.00")
    assert tax_in(Decimal("715600.00"), "0.13") == Decimal("82325.66")
    assert tax_in(Decimal("-113.00"), "0.13") == Decimal("-13.00"), "a red invoice"
    assert tax_in(Decimal("41400.00"), 0) == Decimal("0.00"), "export"


def test_a_line_is_quantity_times_price():
    assert line_amount(4, Decimal("68500")) == Decimal("274000.00")
    assert line_amount(Decimal("1.235"), Decimal("9.9999")) == Decimal("12.35")


def test_money_has_separators():
    assert format_money(Decimal("68500")) == "68,500.00"
    assert format_money("-1234567.895") == "-1,234,567.90"
    assert format_money("-0.001") == "0.00"


# in words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("715600", "柒拾壹万伍仟陆佰元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("10.01", "壹拾元零壹分"),
        ("20.30", "贰拾元叁角整"),
        ("105", "壹佰零伍元整"),
        ("1005.05", "壹仟零伍元零伍分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("10005", "壹万零伍元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("105000", "壹拾万伍仟元整"),
        ("1000005", "壹佰万零伍元整"),
        ("20000000", "贰仟万元整"),
        ("100000001", "壹亿零壹元整"),
        ("100050000", "壹亿零伍万元整"),
        ("1010101010.10", "壹拾亿壹仟零壹拾万壹仟零壹拾元壹角整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("-113", "负壹佰壹拾叁元整"),
        ("0.004", "零元整"),
        ("-0.004", "零元整"),
    ],
)
def test_amounts_in_words(amount, words):
    assert capitals(amount) == f"人民币{words}"


def test_other_currencies_have_their_own_name():
    assert capitals("41400", currency="USD") == "美元肆万壹仟肆佰元整"
    assert capitals("0.20", currency="EUR") == "欧元贰角整"
    assert capitals(5, currency="NOK") == "NOK伍元整"


def test_more_than_words_can_tell_is_refused():
    with pytest.raises(ValueError, match="too much"):
        capitals(10**16)


VALUES = {"拾": 10, "佰": 100, "仟": 1000}


def number_read(words: str) -> int:
    """A person reading capitals aloud: 亿 splits, then 万, then places are added."""
    for sign, size in (("亿", 10**8), ("万", 10**4)):
        if sign in words:
            head, tail = words.rsplit(sign, 1)
            return number_read(head) * size + number_read(tail)
    total, digit = 0, 0
    for char in words:
        if char in VALUES:
            total, digit = total + digit * VALUES[char], 0
        else:
            digit = "零壹贰叁肆伍陆柒捌玖".index(char)
    return total + digit


def amount_read(text: str) -> Decimal:
    words = text.removeprefix("人民币")
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    yuan, _, rest = words.partition("元") if "元" in words else ("零", "", words)
    jiao, _, rest = rest.partition("角") if "角" in rest else ("零", "", rest)
    parts = number_read(yuan) * 100 + number_read(jiao) * 10 + number_read(rest.removesuffix("分"))
    return Decimal(sign * parts).scaleb(-2)


@settings(max_examples=300)
@given(st.one_of(amounts, in_practice, with_gaps))
def test_whoever_reads_the_words_gets_the_amount(amount):
    words = capitals(amount)
    assert amount_read(words) == amount
    assert "零零" not in words
    assert words[-1] in "整分"
    assert not any(f"零{place}" in words for place in "拾佰仟万亿角分")
