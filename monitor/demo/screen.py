"""How the demo looks: plain lines that are added one by one, 80 columns wide, coloured only on a terminal. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from monitor import words
from monitor.demo.score import Score
from monitor.demo.texts import say
from monitor.model.rulebook import Severity

WIDTH: Final = 80
_WHO_CELLS: Final = 12
_TIME_CELLS: Final = 6
_ROOM: Final = WIDTH - _TIME_CELLS - _WHO_CELLS - 1
_MARKS: Final = "，。；：！？、）》」』”’…"
_PIECES: Final = re.compile(rf"(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[{_MARKS}]*\s*")
_STYLES: Final = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "dim"}

Line: TypeAlias = tuple[str, str]  # words and their style


def show(out: Console, *things: RenderableType) -> None:
    """Print each on lines of its own, wrapped to the width, whatever the console does elsewhere."""
    for thing in things:
        # A text is never markup: it may hold brackets.
        out.print(
            Text(thing) if isinstance(thing, str) else thing,
            soft_wrap=False,
            highlight=False,
            width=min(out.width, WIDTH),
        )


def opening(language: str) -> tuple[RenderableType, ...]:
    """The title, and the promise that nobody else is contacted."""
    return Text(say(language, "title"), "bold"), Text(say(language, "alone")), Text("")


def parting(language: str, folder: Path, *, stopped: bool) -> Text:
    """That nothing was left behind; if that is not true, what was."""
    if folder.exists():
        return Text(say(language, "left", folder=folder), "red")
    return Text(say(language, "stopped" if stopped else "removed"))


def entry(at_s: float, who: str, text: str, lines: Iterable[Line]) -> Text:
    """When, who, what, and below it what we think."""
    rows = [(row, "") for row in wrapped(plain(text), _ROOM)]
    rows += [(row, style) for said, style in lines for row in wrapped(said, _ROOM)]
    shown = _time(at_s).append(f"{set_cell_size(who, _WHO_CELLS)} ")
    for no, (row, style) in enumerate(rows):
        shown.append("\n" + " " * (WIDTH - _ROOM) if no else "").append(row, style)
    return shown


def note(at_s: float, said: str, style: str = "yellow") -> Text:
    """When, and what happened to us rather than to a post."""
    rows = wrapped(said, WIDTH - _TIME_CELLS)
    return _time(at_s).append(("\n" + " " * _TIME_CELLS).join(rows), style)


def _time(at_s: float) -> Text:
    return Text().append(f"{at_s:{_TIME_CELLS - 1}.1f} ", "dim")


def wrapped(text: str, cells: int) -> list[str]:
    """The text in rows of at most so many cells: divided at blanks, and in Chinese anywhere but before a mark."""
    rows, row = [], ""
    for piece in _PIECES.findall(text):
        if cell_len(row + piece.rstrip()) > cells:
            rows.append(row.rstrip())
            row = ""
        row += piece if row else piece.lstrip()
    return [*rows, row.rstrip()]


def alert_line(language: str, severity: Severity, label: str, why: str) -> Line:
    """How bad, about what, and why."""
    return f"● {words.say(language, f'severity_{severity}')} · {label} · {why}", _STYLES[severity]


def nothing_line(language: str, why: str) -> Line:
    """Nothing to tell, and why not."""
    return say(language, "nothing", why=why), "dim"


def summary(language: str, result: Score) -> RenderableType:
    """The box at the end."""
    sums = [
        say(language, "sum_leaks", planted=result.leaks, alerted=result.alerted, delivered=result.delivered_once),
        say(language, "sum_harmless", planted=result.harmless, alerted=result.alarmed),
        say(language, "sum_blind", count=result.blind),
    ]
    if result.slowest_s is not None:
        sums.append(say(language, "sum_slowest", seconds=seconds(result.slowest_s)))
    box = Text(" · ".join(sums))
    for item in result.failed:
        box.append("\n" + say(language, "failed", item=item), "red")
    return Panel(box, border_style="red" if result.failed else "green", width=WIDTH)


def next_steps(language: str) -> Sequence[RenderableType]:
    """What one can do from here."""
    return [Text(say(language, code)) for code in ("next_try", "next_list", "next_init")]


def seconds(length_s: float) -> str:
    """A length of time to a tenth."""
    return f"{max(0.0, length_s):.1f}"


def plain(text: str, most_cells: int = 0) -> str:
    """Somebody's text on one line, without anything that could steer a terminal, cut to so many cells if asked."""
    seen = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    line = " ".join(seen.split())
    return set_cell_size(line, most_cells - 1).rstrip() + "…" if most_cells and cell_len(line) > most_cells else line
