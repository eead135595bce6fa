"""Trying one feed: what it would do with each post, and why a feed cannot be read."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from monitor.clock import SystemClock
from monitor.demo import company, run_try
from monitor.demo.site import Site
from monitor.errors import RuleError
from monitor.model.routes import DIRECT, Route
from tests.net.proxies import HttpProxy

CLOCK = SystemClock()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"news": "atom", "empty": "json"}) as site:
        for days in range(12):
            site.publish("news", f"old-{days}", f"Hello {days}", at(days))
        yield site


def at(days: float) -> datetime:
    return CLOCK.now() - timedelta(days=20 - days)


def tried(
    url: str, *, for_s: float = 1.5, language: str = "en", rules_dir: Path | None = None, route: Route = DIRECT
) -> tuple[int, str]:
    out = Console(file=io.StringIO(), width=80)
    code = run_try(url, rules_dir=rules_dir, for_s=for_s, language=language, out=out, clock=CLOCK, route=route)
    assert isinstance(out.file, io.StringIO)
    return code, out.file.getvalue()


def test_every_post_is_shown_with_what_would_be_done(site: Site) -> None:
    site.publish("news", "leak", "明天见云 雀 9", at(18))
    site.publish("news", "years", "云雀90周年", at(19))
    code, said = tried(site.feed_url("news"))
    assert code == 0
    assert "Read 14 posts." in said
    assert "● HIGH · Kingfisher" in said
    assert "wakes nobody" in said  # it is older than our watching
    assert "“云雀9”: the number goes on" in said
    assert "3 older ones: nothing." in said
    assert "Hello 2\n" not in said
    assert said.index("Hello 3\n") < said.index("Hello 11\n")
    assert "14 posts read, 1 would alert." in said
    assert said.endswith("Nothing was left behind.\n")


def test_a_post_that_appears_while_watching_would_be_sent_at_once(site: Site) -> None:
    site.publish("news", "fresh", "Yunque 9 is here", CLOCK.now() + timedelta(seconds=2))
    _, said = tried(site.feed_url("news"))
    assert "would be sent at once" in said


def test_own_rules_judge_instead_of_the_sample(site: Site, tmp_path: Path) -> None:
    company.write_rules(tmp_path / "own", "en", CLOCK.now())
    products = tmp_path / "own" / "products.toml"
    products.write_text(products.read_text(encoding="utf-8").replace("Kingfisher", "Heron"), encoding="utf-8")
    site.publish("news", "leak", "明天见云 雀 9", at(19))
    _, said = tried(site.feed_url("news"), rules_dir=tmp_path / "own")
    assert "Heron" in said
    assert "Rules: " in said


def test_wrong_rules_are_told_as_everywhere(site: Site, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("[[products]]\nkye = 1\n", encoding="utf-8")
    with pytest.raises(RuleError, match="kye"):
        tried(site.feed_url("news"), rules_dir=tmp_path)


def test_a_feed_without_posts_is_no_error(site: Site) -> None:
    code, said = tried(site.feed_url("empty"))
    assert (code, "Read 0 posts." in said) == (0, True)


@pytest.mark.parametrize(
    ("path", "language", "says"),
    [
        ("/nothing.atom?token=secret", "en", "The address is gone"),
        ("/nothing.atom?token=secret", "zh", "地址已不存在"),
    ],
)
def test_an_unreadable_feed_ends_at_once_with_cause_and_remedy(site: Site, path: str, language: str, says: str) -> None:
    code, said = tried(site.feed_url("news").removesuffix("/news.atom") + path, for_s=20, language=language)
    assert code == 1
    assert says in said
    assert "secret" not in said


def test_a_sign_in_page_is_told_as_such(site: Site) -> None:
    site.lock("news", locked=True)
    code, said = tried(site.feed_url("news"), for_s=20)
    assert code == 1
    assert "asks to sign in" in said


def test_a_feed_is_tried_by_a_proxy(site: Site) -> None:
    with HttpProxy() as by:
        code, said = tried(site.feed_url("news"), route=Route(by.proxy(host="127.0.0.1")))
        assert (code, "Read 12 posts." in said) == (0, True)
        assert {told.target for told in by.told} == {site.feed_url("news")}


def test_an_address_of_the_machines_own_network_is_refused() -> None:
    code, said = tried("169.254.1.1/feed", for_s=20)
    assert code == 1
    assert "Watching https://169.254.1.1/feed" in said
    assert "not a public one" in said
