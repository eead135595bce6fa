"""Lines of 80 columns whatever the script, plain in a pipe, and no text can steer the terminal."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from monitor.demo import screen
from monitor.demo.score import Score
from monitor.demo.script import PLANTED, Planted
from monitor.model.rulebook import Severity


def shown(thing: RenderableType, *, terminal: bool = False) -> str:
    out = Console(file=io.StringIO(), width=80, force_terminal=terminal, soft_wrap=True)
    screen.show(out, thing)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_an_entry_fits_into_80_columns_and_keeps_every_word(planted: Planted, language: str) -> None:
    text = planted.text * 3
    lines = [
        screen.alert_line(language, Severity.HIGH, "翠鸟", "出现了未发布产品的名称（写成繁体）；还有 3 天解禁" * 2)
    ]
    output = shown(screen.entry(12.3, "林晓舟", text, lines))
    assert all(cell_len(row) <= 80 for row in output.splitlines())
    assert output.startswith(" 12.3 林晓舟       ")
    assert "".join(text.split()) in "".join(output.split())


def test_a_pipe_gets_plain_lines_and_a_terminal_colour() -> None:
    thing = screen.note(1.0, "the chat is back.")
    assert shown(thing) == "  1.0 the chat is back.\n"
    assert "\x1b[" in shown(thing, terminal=True)


@pytest.mark.parametrize(
    ("text", "cells", "rows"),
    [
        ("short", 10, ["short"]),
        ("two words", 6, ["two", "words"]),
        ("云雀九今天发布。", 14, ["云雀九今天发", "布。"]),
        ("", 10, [""]),
    ],
)
def test_chinese_breaks_anywhere_but_before_a_mark(text: str, cells: int, rows: list[str]) -> None:
    assert screen.wrapped(text, cells) == rows


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\x1b[31mb", "a [31mb"),
        ("line\r\nline", "line line"),
        ("right\u202eleft", "right left"),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
    ],
)
def test_a_text_cannot_steer_the_terminal(text: str, seen: str) -> None:
    assert screen.plain(text) == seen
    assert seen in shown(screen.entry(0.0, "", text, []))


def test_a_long_text_is_cut_where_asked() -> None:
    assert screen.plain("云雀" * 10, 8) == "云雀云…"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_box_names_what_failed(language: str) -> None:
    score = Score(7, 6, 6, 10, 1, 1, 1.14, ("spaced: no alert",))
    output = shown(screen.summary(language, score))
    assert "spaced: no alert" in output
    assert "1.1" in output
    assert all(cell_len(row) == 80 for row in output.splitlines())
