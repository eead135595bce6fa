"""`leak-monitor explain`: why a text is flagged, or why not."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.actor import log_view
from monitor.cli.files import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LangOption,
    language_of_user,
    open_store,
    readable_settings,
    rules_in,
    rules_of,
)
from monitor.cli.instants import parse_instant
from monitor.cli.story import Teller
from monitor.clock import SystemClock
from monitor.errors import LeakMonitorError, NotFoundError
from monitor.match import CandidateStory, Matcher, PartStory
from monitor.model.posts import Origin, Part
from monitor.store import stories


def explain(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")] = "-",
    post: Annotated[int | None, typer.Option("--id", help="A stored post instead of a file.")] = None,
    parent: Annotated[str | None, typer.Option(help="A file with the post that the text answers.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Use this rules directory alone.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Judge as at this instant (ISO 8601 with offset); default now.")
    ] = None,
    knows: Annotated[list[str] | None, typer.Option(help="A product key that the author knows; repeatable.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every name, price, date and spec that was seen in a text, what became of it, and what would change that.

    The text comes by file or standard input, never as an argument, which other users of the machine could see.
    """
    settings = None if rules else readable_settings(config)
    book = rules_of(settings) if settings else rules_in(rules or Path("rules"))
    parts: tuple[Part, ...] = ()
    instant = _instant(at)
    known = frozenset(knows or ())
    if post is None:
        parts = (Part(Origin.TEXT, _text(file)),)
        if parent is not None:
            parts += (Part(Origin.PARENT, _text(parent), by_author=False),)
    elif settings is None:
        raise LeakMonitorError("--id needs the configuration; leave out --rules")
    else:
        with open_store(settings) as store:
            with store.read() as tx:
                stored = stories.show_post(tx, post)
            if stored is None:
                raise NotFoundError(f"no post {post}; `leak-monitor alerts show NUMBER` names the post of an alert")
            log_view(store, f"post:{post}", {})
        parts = stored.parts
        instant = stored.effective_at if at is None else instant
        known |= next((p.knows for p in settings.people if p.key == stored.person_key), frozenset())
    story = Matcher(book).explain(parts, knows=known, at=instant, everything=True)
    if as_json:
        show.print_json({"at": instant, "parts": [_part(p) for p in story.parts], "skipped": list(story.skipped)})
        return
    language = lang or (settings.language if settings else language_of_user())
    for line in Teller(language).story(story, parts):
        show.out().print(line)


# --- for programs -----------------------------------------------------------------------------------------------


def _part(part: PartStory) -> dict[str, object]:
    return {"part": part.origin, "folded": part.folded, "candidates": [_candidate(c) for c in part.candidates]}


def _candidate(story: CandidateStory) -> dict[str, object]:
    seen, verdict = story.candidate, story.verdict
    shown: dict[str, object] = {
        "kind": seen.kind,
        "product": seen.subject or None,
        "start": seen.start,
        "end": seen.end,
        "value": seen.value or None,
        "row": seen.row or None,
        "harmless": seen.harmless,
        "fate": story.fate.code,
    }
    if verdict is not None and verdict.why_not is not None:
        shown["why_not"] = verdict.why_not.code
    if verdict is not None and verdict.finding is not None:
        found = verdict.finding
        shown |= {"product": found.subject, "value": found.value or None, "how": dict(found.reason.args)}
        shown["moved"] = list(verdict.moved)
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
    return SystemClock().now() if at is None else parse_instant(at, "--at")
