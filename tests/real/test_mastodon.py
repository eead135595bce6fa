"""What is posted, edited and deleted on a server that speaks Mastodon's API, read from there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.model.posts import PostKind
from monitor.store.schema import posts
from tests.deliver.receiver import ScriptedReceiver
from tests.real.mastodon import AUTHORS, MISSING, PROGRAM, Mastodon, mastodon
from tests.real.programs import program
from tests.real.town import CLEAN, LEAK, RealTown, account_of

pytestmark = pytest.mark.skipif(program(PROGRAM) is None, reason=MISSING)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mastodon]:
    with mastodon(tmp_path_factory.mktemp("mastodon")) as running:
        yield running


@pytest.fixture(scope="module")
def authors() -> Iterator[str]:
    return iter(AUTHORS)


@pytest.fixture
def town(server: Mastodon, authors: Iterator[str], tmp_path: Path, file_url: str) -> Iterator[RealTown]:
    """It has read an account of its own once."""
    server.author = next(authors)
    server.post(CLEAN)
    account = account_of("mastodon", "lin-mastodon", instance=server.url, acct=server.author)
    with (
        ScriptedReceiver() as desk,
        RealTown(tmp_path, [("desk", desk)], database_url=file_url, read=(account,)) as town,
    ):
        town.round()
        yield town


def kinds(town: RealTown) -> dict[str, str]:
    return {native_id.rpartition("/")[2]: kind for native_id, kind in town.posts_of(posts.c.native_id, posts.c.kind)}


def test_posts_replies_and_boosts_are_told_apart(server: Mastodon, town: RealTown) -> None:
    asked = server.post("下一款什么时候来？", by="fan")
    post, warned = server.post(CLEAN), server.post(CLEAN, spoiler_text="关于云雀9")
    reply, boost = server.post("明天", in_reply_to_id=asked), server.share(asked)
    polled = server.post(CLEAN, poll={"options": ["云雀9", "别的"], "expires_in": 3600})
    town.round()
    told = {post: "post", warned: "post", reply: "reply", boost: "repost", polled: "post"}
    assert {key: kind for key, kind in kinds(town).items() if key in told} == told
    texts = town.texts()
    assert (texts[post], texts[reply]) == (CLEAN, "明天 / 下一款什么时候来？")
    assert "下一款" in texts[boost]
    assert asked not in texts
    assert town.alerts() == sorted([warned, polled])


def test_an_edit_is_a_new_text_and_a_deletion_is_told(server: Mastodon, town: RealTown) -> None:
    edited, deleted = server.post(CLEAN), server.post(LEAK)
    town.round()
    assert town.alerts() == [deleted]
    server.edit(edited, LEAK)
    server.delete(deleted)
    for _ in range(3):
        town.round()
    assert town.revisions()[-1] == (edited, 2, "edited")
    assert town.alerts() == sorted([edited, deleted])
    assert town.types().count("alert.gone") == 1
    assert [key.rpartition("/")[2] for key, at in town.posts_of(posts.c.native_id, posts.c.gone_at) if at] == [deleted]


def test_what_does_not_fit_on_a_page_is_read_from_those_behind(server: Mastodon, town: RealTown) -> None:
    made = [server.post(f"{CLEAN} {n}") for n in range(95)]
    server.pin(made[0])
    hidden = server.post(LEAK, visibility="private")
    town.round()
    assert set(made) <= set(town.texts())
    assert (hidden in town.texts(), town.open_gaps(), town.alerts()) == (False, 0, [])
    before = len(town.revisions())
    town.round()
    assert len(town.revisions()) == before, "nothing is new"


def test_a_short_refusal_and_an_outage_are_named_and_read_over(server: Mastodon, town: RealTown) -> None:
    for effect, failure in (
        ({"type": "ratelimit", "status": 429}, "rate_limited"),
        ({"type": "status", "status": 503}, "server"),
        ({"type": "malformed"}, "not_a_feed"),
    ):
        rule = {"match": {"path": "/api/v1/accounts/*"}, "effect": effect}
        made = server.ask("POST", "_mock/faults", rule)
        town.round(hours=2)
        assert town.standing()[1] == failure
        server.ask("DELETE", f"_mock/faults/{made['id']}", None)
    leak = server.post(LEAK)
    town.round(hours=2)
    assert (town.standing()[0], town.alerts()) == ("ok", [leak])


def test_an_account_that_is_not_there_is_named(server: Mastodon, town: RealTown) -> None:
    town.watches(account_of("mastodon", "lin-other", instance=server.url, acct="nobody"))
    town.round()
    assert town.standing("lin-other")[1] == "gone"
    assert town.standing("lin-mastodon")[0] == "ok"
    assert set(kinds(town).values()) <= set(PostKind)
