"""Floors of quality on the labelled posts in LEAK_MONITOR_CORPUS, for names alone."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.match import Matcher
from monitor.model.findings import Disposition
from monitor.model.posts import Origin, Part
from monitor.rules import check_examples, import_watchlist
from monitor.rules.load import book_of

DATA = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "data"
BY_SOUND_OR_SHAPE = {"leetspeak", "homophone", "pinyin-initials"}  # not looked for yet


@pytest.fixture(scope="module", name="matcher")
def make_matcher() -> Matcher:
    book = book_of(import_watchlist((DATA / "watchlist.json").read_bytes(), None).files)
    matcher = Matcher(book)
    assert check_examples(book, matcher) == []
    return matcher


def labelled() -> Iterator[dict[str, Any]]:
    for name in ("leaks.jsonl", "evasions.jsonl"):
        yield from map(json.loads, (DATA / name).read_text(encoding="utf-8").splitlines())


def found(matcher: Matcher, post: dict[str, Any]) -> set[tuple[str, int, int]]:
    at = datetime.fromisoformat(post["published_at"])
    evaluation = matcher.evaluate([Part(Origin.TEXT, post["text"])], knows=frozenset(), at=at)
    return {(f.subject, f.start, f.end) for f in evaluation.findings if f.disposition is Disposition.ALERT}


def wanted(post: dict[str, Any]) -> set[tuple[str, int, int]]:
    names = [e for e in post["expect"] if e["kind"] == "product" and not e.get("optional")]
    return {(e["product"], e["start"], e["end"]) for e in names}


def test_names_in_plain_and_squeezed_writing_are_found_where_they_stand(matcher: Matcher) -> None:
    posts = [post for post in labelled() if post.get("technique") not in BY_SOUND_OR_SHAPE]
    names = sum(len(wanted(post)) for post in posts)
    hits = sum(len(wanted(post) & found(matcher, post)) for post in posts)
    assert names > 0
    assert hits / names >= 0.97


def test_harmless_posts_raise_nothing(matcher: Matcher) -> None:
    harmless = [post for post in labelled() if not post["leak"]]
    assert len(harmless) > 0
    assert [post["id"] for post in harmless if found(matcher, post)] == []
