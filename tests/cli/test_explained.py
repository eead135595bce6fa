"""What `explain` says of ten hard posts, in both languages, word by word: it must read as a colleague would put it."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.home import command

EXPLAINED = Path(__file__).parent.parent / "data" / "explained"
RULES = Path(__file__).parents[2] / "rules"
TABLE: dict[str, Any] = tomllib.loads((EXPLAINED / "posts.toml").read_text(encoding="utf-8"))
POSTS: list[dict[str, Any]] = TABLE["posts"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("post", POSTS, ids=lambda post: post["name"])
def test_a_hard_post_is_explained_as_a_colleague_would_put_it(
    post: dict[str, Any], language: str, tmp_path: Path
) -> None:
    at = post.get("at", TABLE["at"]).isoformat()
    words = ["explain", "--rules", str(RULES), "--at", at, "--lang", language]
    for key in post.get("knows", []):
        words += ["--knows", key]
    if "parent" in post:
        (tmp_path / "parent.txt").write_text(post["parent"], encoding="utf-8")
        words += ["--parent", str(tmp_path / "parent.txt")]
    told = command(*words, stdin=post["text"]).out
    golden = EXPLAINED / language / f"{post['name']}.txt"
    if os.environ.get("LEAK_MONITOR_WRITE_EXPLAINED"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def test_no_explanation_is_left_over() -> None:
    names = {f"{post['name']}.txt" for post in POSTS}
    assert {path.name for path in EXPLAINED.glob("*/*.txt")} == names
    assert len(names) == len(POSTS)
