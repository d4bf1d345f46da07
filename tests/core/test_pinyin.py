"""What people type to find a customer, a contract or a product."""

import pytest

from core.pinyin import initials, search_texts


def test_a_customer_is_found_by_characters_and_by_initials():
    assert search_texts("杭州恒达") == {"杭州恒达", "杭州", "州恒", "恒达", "hzhd"}


def test_a_contract_number_is_found_whole_and_in_parts():
    assert search_texts("SGHB-2026-1187") == {"sghb-2026-1187", "sghb", "2026", "1187"}
    assert search_texts("PO 4500123987") == {"po 4500123987", "po", "4500123987"}
    assert search_texts("KYN28A-12") == {"kyn28a-12", "kyn28a", "12"}


def test_a_code_within_a_name_is_found_too():
    texts = search_texts("S13-M-630/10变压器 (配电)")
    assert {"s13-m-630/10变压器", "s13", "630", "10", "变压器", "变压", "配电", "s13m63010byqpd"} <= texts


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("重庆银行", "cqyh"),
        ("重量", "zl"),
        ("厦门", "xm"),
        ("呼和浩特市䶮达机电有限公司", "hhhtsydjdyxgs"),
        ("苏州ABC柜", "szabcg"),
        ("𠮷祥", "x"),
        ("Nordlys Energi AS", ""),
        ("", ""),
    ],
)
def test_initials_follow_the_reading_of_the_word(name, letters):
    assert initials(name) == letters


def test_a_foreign_name_is_found_with_and_without_its_marks():
    assert {"kari ødegård", "ødegård", "odegard", "kari"} <= search_texts("Kari Ødegård")
    assert {"điện", "dien", "mien"} <= search_texts("Công ty TNHH Điện Miền Nam")


def test_full_width_letters_and_stray_blanks_make_no_difference():
    assert search_texts(" ＨＤ－2611　018 ") == search_texts("hd-2611 018")


def test_one_character_is_found_by_itself():
    assert search_texts("柜") == {"柜", "g"}


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_a_blank_text_is_found_by_nothing(text):
    assert search_texts(text) == set()


def test_signs_alone_are_found_only_as_they_stand():
    assert search_texts("--/--") == {"--/--"}
