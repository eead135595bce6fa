"""`leak-monitor scan`: judge posts of a file, one JSON line in, one JSON line out."""

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor import alert
from monitor.cli import show
from monitor.cli.files import lasting, load_runtime, rules_in
from monitor.cli.lines import lines_of
from monitor.config import Settings
from monitor.match import CHOSEN, CandidateStory, Matcher, PartStory, Said
from monitor.model.findings import Disposition, Finding
from monitor.model.posts import Origin, Part

OWN, OTHERS = True, False
_DECODER = json.JSONDecoder()
_OTHER_PARTS = (("client", Origin.CLIENT, OWN), ("parent", Origin.PARENT, OTHERS), ("quoted", Origin.QUOTED, OTHERS))
OPEN_WINDOW = (Disposition.ALERT, Disposition.CONTEXT)


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the input."""

    id: str
    parts: tuple[Part, ...]
    published_at: datetime | None
    author: str


class BadLineError(Exception):
    """A line that is no post; the message names the field, never its content."""


def scan(
    files: Annotated[list[str] | None, typer.Argument(help="JSON lines, also .gz; - for standard input.")] = None,
    rules: Annotated[Path, typer.Option(help="The rules directory.")] = Path("rules"),
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Add what the service would do.")] = None,
    candidates: Annotated[bool, typer.Option(help="Every name, price, date and spec, joined or not, as hits.")] = False,
) -> None:
    """Judge each post by its text and instant, and write {"id", "leak", "hits"} a line.

    A post is {"id", "text", "published_at"} and may have "author", "platform", "client", "parent" and "quoted". Offsets
    are code points of the original text. Exit code 1 if any line was no post; the others are judged all the same.
    """
    settings: Settings | None = None
    if config is not None:
        runtime = load_runtime(config)
        settings, matcher = runtime.settings, runtime.matcher
    else:
        with lasting():
            matcher = Matcher(rules_in(rules))
    bad = 0
    for lines in lines_of(files or ["-"], with_bar=sys.stderr.isatty() and not sys.stdout.isatty()):
        posts = []
        for place, raw in lines:
            if not raw.strip():
                continue
            try:
                posts.append(parse_line(raw))
            except BadLineError as error:
                bad += 1
                show.err().print(f"{place}: {error}", style="yellow", markup=False)
        for answer in _judged(posts, matcher, settings, candidates=candidates):
            show.print_json(answer)
        sys.stdout.flush()
    if bad:
        raise typer.Exit(1)


def parse_line(raw: bytes) -> Line:
    """One line as a post; BadLineError names what is wrong with it."""
    try:
        record = _DECODER.decode(raw.removeprefix(BOM_UTF8).decode())
    except (ValueError, RecursionError) as error:
        raise BadLineError("not JSON") from error
    if not isinstance(record, dict):
        raise BadLineError("not an object")
    parts = [Part(Origin.TEXT, _text(record, "text", needed=True))]
    for field, origin, own in _OTHER_PARTS:
        if field in record and (text := _text(record, field)):
            parts.append(Part(origin, text, by_author=own))
    return Line(_id(record), tuple(parts), _instant(record), _text(record, "author"))


def _id(record: Mapping[str, object]) -> str:
    value = record.get("id")
    if not isinstance(value, (str, int)):
        raise BadLineError("'id' is missing")
    return str(value)


def _text(record: Mapping[str, object], field: str, *, needed: bool = False) -> str:
    value = record.get(field)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise BadLineError(f"'{field}' is not text")
    return value


def _instant(record: Mapping[str, object]) -> datetime | None:
    value = record.get("published_at")
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadLineError("'published_at' is not ISO 8601") from error
    if at.tzinfo is None:
        raise BadLineError("'published_at' has no offset")
    return at.astimezone(UTC)


# --- judging ----------------------------------------------------------------------------------------------------


def _judged(
    lines: Sequence[Line], matcher: Matcher, settings: Settings | None, *, candidates: bool
) -> Iterator[dict[str, object]]:
    said = [Said(line.parts, _knows(settings, line.author), line.published_at) for line in lines]
    for line, post, evaluation in zip(lines, said, matcher.evaluate_all(said), strict=True):
        answer = _answer(line, evaluation.findings, settings)
        if candidates:
            explained = matcher.explain(post.parts, knows=post.knows, at=post.at, everything=True)
            seen = [(part, story) for part in explained.parts for story in part.candidates]
            answer["hits"] = [_recognised(part, story) for part, story in seen if _is_recognised(story)]
            answer["candidates"] = [_candidate(part, story) for part, story in seen]
        yield answer


def _answer(line: Line, found: tuple[Finding, ...], settings: Settings | None) -> dict[str, object]:
    secret = [f for f in found if f.disposition in OPEN_WINDOW]
    result: dict[str, object] = {"id": line.id, "leak": bool(secret), "hits": [_hit(f, line.parts) for f in secret]}
    if settings is not None:
        result["alert"] = _alert(found)
    return result


def _knows(settings: Settings | None, author: str) -> frozenset[str]:
    people = settings.people if settings else ()
    for person in people:
        if author in (person.key, person.name) or any(author in (a.key, a.native_id) for a in person.accounts):
            return person.knows
    return frozenset()


def _hit(finding: Finding, parts: tuple[Part, ...]) -> dict[str, object]:
    hit: dict[str, object] = {
        "kind": finding.kind,
        "start": finding.start,
        "end": finding.end,
        "value": finding.value or None,
        "product": finding.subject,
        "rule": finding.rule_id,
        "reason": finding.reason.code,
    }
    origin = parts[finding.part_no].origin
    return hit if origin is Origin.TEXT else {**hit, "part": origin}


def _is_recognised(story: CandidateStory) -> bool:
    """Whether it is a name, price, date or spec to a reader: chosen, no harmless number, no mere word of a brand."""
    return story.fate is CHOSEN and not story.candidate.harmless


def _recognised(part: PartStory, story: CandidateStory) -> dict[str, object]:
    seen, verdict = story.candidate, story.verdict
    found = verdict.finding if verdict else None
    hit: dict[str, object] = {
        "kind": seen.kind,
        "start": seen.start,
        "end": seen.end,
        "value": (found.value if found else seen.value) or None,
        "product": (found.subject if found else seen.subject) or None,
        "joined": found is not None and found.disposition in OPEN_WINDOW,
    }
    return hit if part.origin is Origin.TEXT else {**hit, "part": part.origin}


def _candidate(part: PartStory, story: CandidateStory) -> dict[str, object]:
    seen = story.candidate
    return {
        "part": part.origin,
        "kind": seen.kind,
        "start": seen.start,
        "end": seen.end,
        "value": seen.value or None,
        "product": seen.subject,
        "fate": story.fate.code,
    }


def _alert(findings: tuple[Finding, ...]) -> dict[str, object] | None:
    telling = [f for f in findings if f.disposition is Disposition.ALERT]
    if not telling:
        return None
    worst = max(telling, key=lambda f: f.severity.rank)
    return {"severity": worst.severity, "reason": worst.reason.code, "facts": sorted(map(alert.fact_of, telling))}
