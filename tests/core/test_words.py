"""Long words of people are folded to their beginning, and the whole is a tap away, without JavaScript."""

from django.utils.safestring import SafeString

from core.templatetags.words import LONG, folded


def test_long_words_are_folded_and_lose_nothing():
    words = "现场<b>土建</b>推迟。" * 30
    page = folded(words)
    assert page.startswith("<details")
    assert page.count("&lt;b&gt;土建") > 30, "the beginning and the whole, and nothing of it is markup"
    assert "<b>" not in page


def test_short_words_markup_and_figures_stay_as_they_are():
    for text in ("好的", "x" * LONG, SafeString("<b>y</b>" * 100), 17, None):
        assert folded(text) is text
