"""Feeds as files of a real nginx: its 304, its gzip, its redirects, its refusals, its death."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.store.schema import posts
from tests.deliver.receiver import ScriptedReceiver
from tests.real.nginx import MISSING, Nginx
from tests.real.programs import program
from tests.real.town import CLEAN, LEAK, RealTown, account_of
from tests.town import NOON

pytestmark = pytest.mark.skipif(program("nginx") is None, reason=MISSING)

Item = tuple[str, str]  # its id and its text
GONE = (posts.c.native_id, posts.c.gone_at, posts.c.gone_why)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    (tmp_path / "nginx").mkdir()
    with Nginx(tmp_path / "nginx") as server:
        yield server


class Watched:
    """A town that reads a file of nginx, and the hand that writes it."""

    def __init__(self, town: RealTown, nginx: Nginx) -> None:
        self.town, self.nginx = town, nginx
        self._at_s = int(town.clock.now().timestamp()) - 10**6

    def write(self, *items: Item, path: str = "feed.rss") -> None:
        """These items, the newest first, an hour after what was written before."""
        self._at_s += 3600
        self.nginx.write(path, rss(items, self.town.clock.now()), at_s=self._at_s)

    def statuses(self) -> list[int]:
        """The statuses of all answers that nginx says it gave."""
        return [int(line.split()[1]) for line in self.nginx.log()]


def rss(items: Sequence[Item], now: datetime) -> str:
    made = "".join(
        f"<item><guid isPermaLink='false'>{key}</guid><title>t</title><description>{text}</description>"
        f"<pubDate>{format_datetime(now.astimezone(UTC))}</pubDate></item>"
        for key, text in items
    )
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>n</title>{made}</channel></rss>"


@pytest.fixture
def desk() -> Iterator[ScriptedReceiver]:
    with ScriptedReceiver() as receiver:
        yield receiver


@pytest.fixture
def watched(
    request: pytest.FixtureRequest, tmp_path: Path, nginx: Nginx, desk: ScriptedReceiver, file_url: str
) -> Iterator[Watched]:
    account = account_of("feed", "lin-notes", url=nginx.url(getattr(request, "param", "feed.rss")))
    with RealTown(tmp_path, [("desk", desk)], database_url=file_url, read=(account,)) as town:
        yield Watched(town, nginx)


@pytest.mark.parametrize(
    ("watched", "by_etag"),
    [pytest.param("feed.rss", True, id="etag and date"), pytest.param("bare.rss", False, id="date alone")],
    indirect=["watched"],
)
def test_what_has_not_changed_is_not_sent_again_and_an_edit_is(watched: Watched, *, by_etag: bool) -> None:
    town = watched.town
    watched.write(("a", CLEAN))
    for _ in range(3):
        town.round()
    assert watched.statuses() == [200, 304, 304]
    first, second = (line.split('"') for line in watched.nginx.log()[:2])
    assert first[4].strip() == "gzip", "nginx packed the answer"
    assert [second[at] != "-" for at in (1, 3)] == [by_etag, True], "the validators that it gave came back"
    watched.write(("b", LEAK), ("a", CLEAN + "!"))
    town.round()
    town.round()
    assert watched.statuses() == [200, 304, 304, 200, 304]
    assert town.revisions() == [("a", 1, "first"), ("b", 1, "first"), ("a", 2, "edited")]
    assert (town.types(), town.standing()[0]) == (["alert.opened"], "ok")


def test_an_edit_in_the_second_of_the_read_is_seen(watched: Watched) -> None:
    """Nginx makes both validators of the second of the change and the size, so this edit has the same ones."""
    town = watched.town
    at_s = int(SystemClock().now().timestamp()) + 30
    for text in ("明天来看云雀1", LEAK):
        watched.nginx.write("feed.rss", rss([("a", text)], NOON), at_s=at_s)
        town.round()
    assert town.revisions() == [("a", 1, "first"), ("a", 2, "edited")]
    assert town.types() == ["alert.opened"]


def test_a_leak_that_is_edited_and_taken_down_is_told(watched: Watched) -> None:
    town = watched.town
    watched.write(("z", CLEAN))
    town.round()
    address = watched.nginx.url("a.html")
    watched.nginx.write("a.html", "<p>a post</p>", at_s=10**9)
    watched.write((address, LEAK), ("z", CLEAN))
    town.round()
    assert town.types() == ["alert.opened"]
    watched.write((address, LEAK + "，2999元"), ("z", CLEAN))
    town.round()
    assert town.revisions()[-1] == ("a.html", 2, "edited")
    watched.nginx.remove("a.html")
    watched.write(("z", CLEAN))
    town.round()
    town.round()
    assert town.types()[-1] == "alert.gone"
    gone = {key.rpartition("/")[2]: (at is not None, why) for key, at, why in town.posts_of(*GONE)}
    assert [value for key, value in gone.items() if key == "a.html"] == [(True, "not_found")]
    assert (town.standing()[0], len(gone)) == ("ok", 2)


@pytest.mark.parametrize("watched", ["old.rss"], indirect=True)
def test_a_feed_that_has_moved_for_good_is_read_and_said_to_have_moved(watched: Watched) -> None:
    watched.write(("a", CLEAN))
    watched.town.round()
    assert (watched.statuses(), list(watched.town.texts())) == ([301, 200], ["a"])
    watched.town.round()
    assert watched.statuses() == [301, 200, 301, 304]
    assert watched.town.standing()[0] == "ok"


@pytest.mark.parametrize(
    ("flag", "status", "failure", "waits"),
    [
        pytest.param("busy", 429, "rate_limited", True, id="429 with Retry-After"),
        pytest.param("broken", 503, "server", True, id="503 with Retry-After"),
        pytest.param("shut", 403, "blocked", False, id="403"),
        pytest.param("over", 410, "gone", False, id="410"),
        pytest.param("", 404, "gone", False, id="404"),
    ],
)
def test_a_refusal_is_named_waited_out_and_over(
    watched: Watched, flag: str, status: int, failure: str, *, waits: bool
) -> None:
    town, nginx = watched.town, watched.nginx
    watched.write(("a", CLEAN))
    town.round()
    if flag:
        nginx.write(flag, "", at_s=10**9)
    else:
        nginx.remove("feed.rss")
    for _ in range(3):
        town.round(minutes=10)
    assert set(watched.statuses()[1:]) == {status}
    assert town.standing()[1] == failure
    assert (town.waits_s() >= 239) is True or not waits, "as long as Retry-After wishes"
    if flag:
        nginx.remove(flag)
    town.clock.move(hours=2)
    watched.write(("b", LEAK), ("a", CLEAN))
    town.round()
    assert (town.standing()[0], town.alerts()) == ("ok", ["b"])
    assert town.revisions() == [("a", 1, "first"), ("b", 1, "first")]


@pytest.mark.parametrize("watched", ["limited/feed.rss"], indirect=True)
def test_the_limiter_of_nginx_slows_us_down(watched: Watched) -> None:
    town = watched.town
    watched.write(("a", CLEAN), path="limited/feed.rss")
    for _ in range(2):
        town.round()
    assert watched.statuses() == [200, 429]
    assert town.standing()[1] == "rate_limited"
    town.round(seconds=1)
    assert watched.statuses() == [200, 429], "it is not asked again at once"


def test_an_outage_is_named_and_what_was_written_meanwhile_is_found(watched: Watched) -> None:
    town, nginx = watched.town, watched.nginx
    watched.write(("a", CLEAN))
    town.round()
    nginx.stop()
    for _ in range(3):
        town.round(minutes=10)
    assert town.standing()[1] == "network"
    watched.write(("b", LEAK), ("a", CLEAN))
    nginx.start()
    town.round(hours=2)
    assert (town.standing()[0], town.alerts(), town.open_gaps()) == ("ok", ["b"], 0)


@pytest.mark.parametrize(
    ("watched", "body"),
    [
        pytest.param(
            "feed.atom",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>n</title><entry><id>urn:a</id><title>t</title>"
            f"<updated>2030-06-05T12:00:00Z</updated><content type='html'>{LEAK}</content></entry></feed>",
            id="Atom",
        ),
        pytest.param(
            "feed.json",
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "n",
                    "items": [{"id": "urn:a", "content_text": LEAK}],
                }
            ),
            id="JSON Feed",
        ),
    ],
    indirect=["watched"],
)
def test_other_formats_come_through_as_well(watched: Watched, request: pytest.FixtureRequest, body: str) -> None:
    name = request.node.callspec.params["watched"]
    watched.nginx.write(name, body, at_s=10**9)
    for _ in range(2):
        watched.town.round()
    assert watched.statuses() == [200, 304]
    assert [LEAK in text for text in watched.town.texts().values()] == [True]
