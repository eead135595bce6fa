"""Both languages say the same things."""

from string import Formatter

import pytest

from monitor.demo.texts import TEXTS, say


@pytest.mark.parametrize("code", TEXTS)
def test_both_languages_have_the_same_gaps(code: str) -> None:
    chinese, english = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in TEXTS[code])
    assert chinese == english


def test_an_unknown_language_is_answered_in_english() -> None:
    assert say("fr", "stopped") == "Stopped. Nothing was left behind."
    assert say("zh", "stopped") == "已停止。没有留下任何东西。"
