"""`leak-monitor explain`: why a text is flagged, or why not."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import show
from monitor.cli.files import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LangOption,
    language_of_user,
    open_store,
    readable_settings,
)
from monitor.clock import SystemClock
from monitor.errors import LeakMonitorError, NotFoundError
from monitor.match import CandidateStory, Matcher, PartStory
from monitor.match.join import Verdict
from monitor.model.findings import Disposition
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import NEVER
from monitor.rules import load_rules
from monitor.store import stories
from monitor.words import say, say_reason

STYLES = {Disposition.ALERT: "bold red", Disposition.CONTEXT: "yellow"}


def explain(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")] = "-",
    post: Annotated[int | None, typer.Option("--id", help="A stored post instead of a file.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Use this rules directory alone.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Judge as at this instant (ISO 8601 with offset); default now.")
    ] = None,
    knows: Annotated[list[str] | None, typer.Option(help="A product key that the author knows; repeatable.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every name that was seen in a text, what became of it, and what would have had to be different.

    The text comes by file or standard input, never as an argument, which other users of the machine could see.
    """
    settings = None if rules else readable_settings(config)
    book = load_rules(rules or (settings.rules_dir if settings else Path("rules")))
    parts: tuple[Part, ...] = ()
    instant = _instant(at)
    known = frozenset(knows or ())
    if post is None:
        parts = (Part(Origin.TEXT, _text(file)),)
    elif settings is None:
        raise LeakMonitorError("--id needs the configuration; leave out --rules")
    else:
        with open_store(settings) as store, store.read() as tx:
            stored = stories.show_post(tx, post)
        if stored is None:
            raise NotFoundError(f"no post {post}; `leak-monitor alerts show NUMBER` names the post of an alert")
        parts = stored.parts
        instant = stored.effective_at if at is None else instant
        known |= next((p.knows for p in settings.people if p.key == stored.person_key), frozenset())
    story = Matcher(book).explain(parts, knows=known, at=instant)
    if as_json:
        show.print_json({"at": instant, "parts": [_part(p) for p in story.parts]})
        return
    language = lang or (settings.language if settings else language_of_user())
    for part in story.parts:
        for line in _lines(part, parts[part.no].text, language):
            show.out().print(line)


# --- for people -------------------------------------------------------------------------------------------------


def _lines(part: PartStory, text: str, language: str) -> Iterator[Text]:
    yield Text(f"{say(language, f'origin_{part.origin}')}: ", "bold") + Text(show.printable(text))
    if not part.candidates:
        yield Text("  " + say(language, "explain_nothing"), "dim")
    for number, story in enumerate(part.candidates):
        seen = story.candidate
        name = show.printable(text[seen.start : seen.end])
        yield Text(f"  {number}. “{name}” {seen.start}-{seen.end} {say(language, f'kind_{seen.kind}')}: ") + Text(
            say_reason(language, story.fate), "green" if story.verdict else "dim"
        )
        if story.verdict is not None:
            yield from _verdict(story.verdict, language)


def _verdict(verdict: Verdict, language: str) -> Iterator[Text]:
    found = verdict.finding
    if found is None:
        if verdict.why_not is not None:
            yield Text("     " + say_reason(language, verdict.why_not), "dim")
        return
    said = f"{say(language, f'disposition_{found.disposition}')}, {say(language, f'severity_{found.severity}')}: "
    yield Text("     " + said, STYLES.get(found.disposition, "dim")) + Text(say_reason(language, found.reason))
    if verdict.window is not None:
        lifts_at = None if verdict.window.lifts_at == NEVER else verdict.window.lifts_at
        lift = verdict.window.lift_is if lifts_at is None else f"{show.short_time(lifts_at)} ({verdict.window.lift_is})"
        yield Text("     " + say(language, "explain_lift", lift=lift), "dim")
    for rule_id, why in verdict.rules:
        yield Text(f"     {rule_id}: {say_reason(language, why)}", "dim")


# --- for programs -----------------------------------------------------------------------------------------------


def _part(part: PartStory) -> dict[str, object]:
    return {"part": part.origin, "folded": part.folded, "candidates": [_candidate(c) for c in part.candidates]}


def _candidate(story: CandidateStory) -> dict[str, object]:
    seen, verdict = story.candidate, story.verdict
    shown: dict[str, object] = {
        "kind": seen.kind,
        "product": seen.subject,
        "start": seen.start,
        "end": seen.end,
        "fate": story.fate.code,
    }
    if verdict is not None and verdict.finding is not None:
        found = verdict.finding
        shown |= {"disposition": found.disposition, "severity": found.severity, "reason": found.reason.code}
        shown |= {"rule": found.rule_id, "lifts_at": found.lifts_at}
    if verdict is not None:
        shown["rules"] = {rule_id: why.code for rule_id, why in verdict.rules}
    return shown


# --- input ------------------------------------------------------------------------------------------------------


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    path = Path(file)
    if not path.is_file():
        raise LeakMonitorError(f"{file}: no such file; give a text file, or - for standard input")
    return path.read_text(encoding="utf-8", errors="replace")


def _instant(at: str | None) -> datetime:
    if at is None:
        return SystemClock().now()
    try:
        instant = datetime.fromisoformat(at)
    except ValueError as error:
        raise typer.BadParameter("--at is not ISO 8601, for example 2030-06-18T19:00:00+08:00") from error
    if instant.tzinfo is None:
        raise typer.BadParameter("--at needs an offset, for example +08:00")
    return instant.astimezone(UTC)
