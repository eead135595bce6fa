"""Pictures of flagged posts are fetched at once and kept as received; what cannot be had is recorded as such."""

import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from monitor.collecting import collect_due
from monitor.config import Retention
from monitor.housekeeping import keep_house, sweep
from monitor.model.messages import Verdict
from monitor.model.people import AfterDeletion
from monitor.net.client import Client
from monitor.net.line import look_up
from monitor.store import accounts, blobs, pictures, retention, reviews
from monitor.store.invariants import broken_rows
from monitor.store.schema import alert_events, alerts, deliveries, findings, media, posts, revisions
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import FeedServer, Raw, Reply
from tests.town import RULES, SECRET, Town

LEAK, HARMLESS = "明天来看云雀9", "今天下雨"
PNG = b"\x89PNG one"
OTHER = b"\x89PNG another"
CDN, PRIVATE = "cdn.example", "93.184.215.14"


def shows(body: bytes = PNG, *, headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
    return Reply(200, body, {"Content-Type": "image/png", **headers})


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)], database_url=database_url) as town:
        town.round()
        yield town
        with town.store.read() as tx:
            assert broken_rows(tx) == []


def rows(town: Town, *names: str) -> list[Any]:
    with town.store.read() as tx:
        found = tx.execute(select(*(media.c[name] for name in names)).order_by(media.c.id)).all()
    return [tuple(row) if len(names) > 1 else row[0] for row in found]


def files(town: Town) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (town.folder / "evidence").glob("*/*")}


def asked(town: Town, path: str) -> int:
    return sum(request.path.partition("?")[0] == path for request in town.site.asked)


def leak_with(town: Town, *paths: str, text: str = LEAK) -> None:
    """A post that is flagged, with pictures at these paths of the site."""
    town.says(text, attachments=[{"url": town.site.url(path), "mime_type": "image/png"} for path in paths])


def told(town: Town) -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET)["data"] for got in dict(town.receivers)["desk"].received]


# --- which are fetched, and how they are kept -----------------------------------------------------------------------


def test_pictures_of_a_flagged_post_are_kept_as_received_for_our_user_alone(town: Town) -> None:
    town.site.routes |= {
        "/1.png": shows(headers={"ETag": '"e1"', "Set-Cookie": "visitor=1"}),
        "/2.png": shows(OTHER),
    }
    leak_with(town, "/1.png", "/2.png")
    town.round()
    digests = [sha256(body).hexdigest() for body in (PNG, OTHER)]
    assert files(town) == dict(zip(digests, (PNG, OTHER), strict=True))
    assert rows(town, "state", "sha256", "size") == [
        ("kept", digest, len(PNG) + 4 * no) for no, digest in enumerate(digests)
    ]
    (headers, _), (content_type, _) = rows(town, "headers"), rows(town, "content_type")
    assert (headers["etag"], "set-cookie" in headers, content_type) == ('"e1"', False, "image/png")
    evidence = town.folder / "evidence"
    assert {file.stat().st_mode & 0o777 for file in evidence.glob("*/*")} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (evidence, *evidence.glob("*"))} == {0o700}


def test_the_message_of_an_alert_tells_its_pictures_and_a_later_one_what_became_of_them(town: Town) -> None:
    town.site.routes |= {"/1.png": shows(), "/p/1": Reply(404)}
    leak_with(town, "/1.png")
    town.posts[0]["url"] = town.site.url("/p/1")
    town.round()
    town.round(seconds=61)
    town.round(seconds=61)
    opened, gone = told(town)
    url = town.site.url("/1.png")
    assert opened["media"][0]["url"] == url
    assert opened["media"][0]["kind"] == "picture"
    assert gone["media"] == [
        {
            "kind": "picture",
            "state": "kept",
            "sha256": sha256(PNG).hexdigest(),
            "fetched_at": gone["media"][0]["fetched_at"],
            "url": url,
        }
    ]
    assert gone["media"][0]["fetched_at"] is not None


def test_pictures_of_other_posts_are_left_alone(town: Town) -> None:
    town.site.routes["/1.png"] = shows()
    leak_with(town, "/1.png", text=HARMLESS)
    town.round()
    assert (rows(town, "state"), asked(town, "/1.png")) == ([], 0)


def test_a_post_that_is_flagged_later_has_its_pictures_fetched_then(town: Town) -> None:
    town.site.routes["/1.png"] = shows()
    town.use_rules(RULES)
    leak_with(town, "/1.png", text="明天来看苍鹭3")
    town.round()
    assert rows(town, "state") == []
    town.use_rules(RULES.replace("云雀", "苍鹭").replace("苍鹭9", "苍鹭3"))
    town.round()
    assert rows(town, "state") == ["kept"]


@pytest.mark.parametrize(("days", "states"), [(9, []), (10.5, ["kept"]), (14, [])])
def test_near_a_launch_pictures_of_whoever_knows_of_it_are_fetched(town: Town, days: float, states: list[str]) -> None:
    (lin,) = town.runtime.settings.people
    knowing = replace(lin, knows=frozenset({"yunque-9"}))
    town.runtime = replace(town.runtime, settings=replace(town.runtime.settings, people=(knowing,)))
    town.site.routes["/1.png"] = shows()
    town.clock.move(days=days)
    leak_with(town, "/1.png", text=HARMLESS)
    town.round()
    town.round()
    assert rows(town, "state") == states


def test_an_edit_that_adds_a_picture_and_no_word_brings_it_and_none_twice(town: Town) -> None:
    town.site.routes |= {"/1.png": shows(), "/2.png": shows(OTHER)}
    leak_with(town, "/1.png")
    town.round()
    town.posts[0]["image"] = town.site.url("/2.png")
    town.round()
    assert rows(town, "state", "position") == [("kept", 0), ("kept", 1)]
    town.edits("明天真的来看云雀9")
    town.round()
    assert [asked(town, path) for path in ("/1.png", "/2.png")] == [1, 1]
    assert [message["seq"] for message in told(town)] == [1]


def test_an_edit_that_takes_the_words_away_leaves_the_pictures_wanted(town: Town) -> None:
    town.site.routes |= {"/1.png": Reply(503), "/2.png": shows(OTHER)}
    leak_with(town, "/1.png")
    town.round()
    town.site.routes["/1.png"] = shows()
    town.posts[0] |= {"content_text": HARMLESS, "attachments": [], "image": town.site.url("/2.png")}
    town.round()
    assert rows(town, "state") == ["kept", "kept"]


def test_an_address_that_changes_from_read_to_read_is_one_picture_and_its_newest_is_asked(town: Town) -> None:
    town.site.routes["/1.png"] = lambda request: shows() if request.path.endswith("bbbb") else Reply(403)
    leak_with(town, "/1.png?sig=aaaaaaaaaaaa")
    town.round()
    assert rows(town, "state", "note") == [("wanted", "status 403")]
    town.posts[0]["attachments"][0]["url"] = town.site.url("/1.png?sig=bbbbbbbbbbbb")
    town.round()
    town.round()
    assert rows(town, "state") == ["kept"]
    assert asked(town, "/1.png") == 2


def test_pictures_in_the_html_of_a_feed_count_and_those_that_count_readers_do_not(town: Town) -> None:
    town.site.routes |= {"/1.png": shows(), "/pixel.gif": shows(OTHER)}
    html = f'<p>{LEAK}</p><img src="/1.png" alt="原型机"><img src="/pixel.gif" width="1" height="1">'
    town.says(LEAK, content_html=html, url=town.site.url("/p/1"))
    town.round()
    assert (rows(town, "state"), asked(town, "/pixel.gif")) == (["kept"], 0)


# --- what cannot be had ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "state", "note"),
    [
        pytest.param(Reply(404), "gone", "status 404", id="gone"),
        pytest.param(Reply(410), "gone", "status 410", id="gone for good"),
        pytest.param(shows(bytes(20 * 2**20 + 1)), "refused", "too large", id="more than 20 MB"),
        pytest.param(
            Reply(302, headers={"Location": "file:///etc/passwd"}), "refused", "refused address", id="to a file"
        ),
        pytest.param(Reply(503), "wanted", "status 503", id="a fault"),
        pytest.param(Raw([b"no HTTP"]), "wanted", "network", id="no answer"),
        pytest.param(Reply(200, b"<html>", {"Content-Type": "text/html"}), "wanted", "no picture", id="a sign-in page"),
    ],
)
def test_what_cannot_be_had_is_recorded_as_such(town: Town, script: Reply | Raw, state: str, note: str) -> None:
    town.site.routes |= {"/1.png": script, "/2.png": shows(OTHER)}
    leak_with(town, "/1.png", "/2.png")
    town.round()
    (bad, good) = rows(town, "state", "note", "fetched_at", "sha256")
    assert bad[:2] == (state, note)
    assert (bad[2], bad[3]) == (None if state == "wanted" else town.clock.now(), None)
    assert good[0] == "kept"


def test_a_picture_is_tried_for_a_day_and_then_missed(town: Town) -> None:
    town.site.routes["/1.png"] = Reply(503)
    leak_with(town, "/1.png")
    town.round()
    for _ in range(30):
        town.round(hours=1)
    assert rows(town, "state", "note") == [("missed", "status 503")]
    tries = asked(town, "/1.png")
    town.round(hours=5)
    assert asked(town, "/1.png") == tries > 20


def test_a_picture_that_comes_at_the_second_try_is_kept(town: Town) -> None:
    town.site.routes["/1.png"] = Reply(503)
    leak_with(town, "/1.png")
    town.round()
    town.site.routes["/1.png"] = shows()
    town.round(seconds=11)
    assert rows(town, "state", "note", "attempts") == [("kept", "", 0)]


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/meta-data", "http://127.0.0.1:9/1.png", "http://user:hush@pics.example/1.png"],
)
def test_an_address_that_is_not_public_is_refused(town: Town, url: str) -> None:
    town.says(LEAK, image=url)
    town.round()
    assert rows(town, "state", "note") == [("refused", "refused address")]


def test_more_than_a_hundred_megabytes_of_one_post_are_refused(town: Town) -> None:
    paths = [f"/{number}.png" for number in range(7)]
    town.site.routes |= {path: shows(path.encode() + bytes(18 * 2**20)) for path in paths}
    leak_with(town, *paths)
    for _ in range(5):
        town.round()
    found = rows(town, "state", "note", "size")
    assert sum(size or 0 for state, _, size in found if state == "kept") <= 100 * 2**20
    assert sorted(row[:2] for row in found) == [("kept", "")] * 5 + [("refused", "post too large")] * 2


def test_the_hundred_and_first_picture_is_recorded_and_not_asked_for(town: Town) -> None:
    town.site.routes |= {f"/{number}.png": shows() for number in range(103)}
    leak_with(town, *(f"/{number}.png" for number in range(103)))
    town.round()
    for _ in range(25):
        town.round(seconds=1)
    found = rows(town, "state", "note")
    assert found == [("kept", "")] * 100 + [("refused", "too many")]
    assert len(files(town)) == 1


def test_only_the_accounts_own_origin_gets_its_credentials(town: Town) -> None:
    with FeedServer({"/1.png": shows()}) as cdn:
        town.store.close()
        town.client = Client(
            elapsed_s=town.clock.elapsed_s,
            user_agent="leak-monitor tests",
            resolve=lambda host: [PRIVATE] if host == CDN else look_up(host),
            dial=lambda to, wait_s: socket.create_connection(
                ("127.0.0.1", cdn.port) if to[0] == PRIVATE else to, wait_s
            ),
        )
        town.open_store()
        (lin,) = town.runtime.settings.people
        keyed = replace(lin.accounts[0], secret_headers={"Cookie": "hush"})
        settings = replace(town.runtime.settings, people=(replace(lin, accounts=(keyed,)),))
        town.runtime = replace(town.runtime, settings=settings)
        town.site.routes["/2.png"] = shows(OTHER)
        town.says(
            LEAK, url="https://blog.example/lin/1", image=f"http://{CDN}/1.png", banner_image=town.site.url("/2.png")
        )
        town.round()
        assert rows(town, "state") == ["kept", "kept"]
        (away,) = cdn.asked
        (home,) = [request for request in town.site.asked if request.path == "/2.png"]
        assert ("cookie" in away.headers, home.headers["cookie"]) == (False, "hush")
        assert away.headers["referer"] == "https://blog.example/"


def test_a_host_that_hangs_takes_no_more_than_its_share_of_the_workers(town: Town) -> None:
    urls = [f"http://slow.example/{number}.png" for number in range(9)] + ["http://fast.example/1.png"]
    town.says(LEAK, attachments=[{"url": url, "mime_type": "image/png"} for url in urls])
    town.runtime = replace(town.runtime, settings=replace(town.runtime.settings, evidence_dir=None))
    town.round()
    with town.store.write() as tx:
        first = pictures.claim_pictures(tx, town.clock.now(), limit=8)
        second = pictures.claim_pictures(tx, town.clock.now(), limit=8)
    assert [wanted.url for wanted in first] == urls[:4]
    assert [wanted.url for wanted in second] == urls[9:]
    assert {wanted.tries for wanted in (*first, *second)} == {1}


def test_a_file_that_cannot_be_written_leaves_the_picture_wanted(town: Town) -> None:
    town.site.routes["/1.png"] = shows()
    (town.folder / "evidence").write_text("in the way")
    leak_with(town, "/1.png")
    town.round()
    assert rows(town, "state", "note") == [("wanted", "not stored")]
    (town.folder / "evidence").unlink()
    town.round(seconds=11)
    assert rows(town, "state") == ["kept"]


def test_pictures_of_an_account_that_is_read_no_more_are_not_asked_for_and_end_as_missed(town: Town) -> None:
    town.site.routes["/1.png"] = Reply(503)
    leak_with(town, "/1.png")
    town.round()
    town.runtime = replace(town.runtime, settings=replace(town.runtime.settings, people=()))
    tries = asked(town, "/1.png")
    for _ in range(30):
        town.clock.move(hours=1)
        wait(collect_due(town.world, town.runtime, town.pool))
    assert (rows(town, "state", "note"), asked(town, "/1.png")) == ([("missed", "unknown account")], tries)


# --- how long they stay ---------------------------------------------------------------------------------------------


def judged(town: Town, number: int = 1) -> None:
    with town.store.write() as tx:
        reviews.save_review(tx, number, Verdict.LEAK, reviewer="zhou", now=town.clock.now())


def house(town: Town) -> None:
    keep_house(town.world, town.runtime, 0.0)


def test_pictures_go_with_the_last_text_of_their_post_and_a_file_when_no_row_needs_it(town: Town) -> None:
    town.site.routes |= {"/1.png": shows(), "/2.png": shows(OTHER)}
    leak_with(town, "/1.png", "/2.png")
    town.round()
    town.clock.move(days=2)
    leak_with(town, "/1.png")
    town.round()
    judged(town, 1)
    few_days = replace(town.runtime.settings, retention=Retention(flagged_days=3, unflagged_days=3))
    town.runtime = replace(town.runtime, settings=few_days)
    house(town)
    assert len(files(town)) == 2
    town.clock.move(days=2)
    house(town)
    assert rows(town, "state", "url") == [("purged", ""), ("purged", ""), ("kept", town.site.url("/1.png"))]
    assert list(files(town).values()) == [PNG]
    assert rows(town, "sha256")[1] == sha256(OTHER).hexdigest()


def test_what_a_death_left_is_swept_once_it_is_old(town: Town) -> None:
    folder = town.folder / "evidence"
    blobs.keep(folder, b"without a row", town.clock.now())
    half = folder / "ab" / "tmp1.partial"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"ha")
    os.utime(half, (town.clock.now().timestamp(),) * 2)
    (folder / "ab" / "notes.txt").write_text("not ours")
    town.clock.move(minutes=59)
    assert sweep(town.world, folder) == 0
    town.clock.move(minutes=2)
    assert sweep(town.world, folder) == 2
    assert list(files(town)) == ["notes.txt"]


def test_pictures_that_are_purged_while_they_are_fetched_stay_purged(town: Town) -> None:
    leak_with(town, "/1.png")
    town.runtime = replace(town.runtime, settings=replace(town.runtime.settings, evidence_dir=None))
    town.round()
    with town.store.write() as tx:
        (wanted,) = pictures.claim_pictures(tx, town.clock.now(), limit=1)
        pictures.purge(tx, [wanted.post_id])
        assert pictures.claim_pictures(tx, town.clock.now() + timedelta(hours=3), limit=1) == []
    assert rows(town, "state", "due_at") == [("purged", None)]


# --- when the post is taken down ------------------------------------------------------------------------------------


def gone_town(town: Town, wish: AfterDeletion) -> None:
    """A leak with a picture, which was told and then taken down; less of it is wished to stay."""
    (lin,) = town.runtime.settings.people
    account = replace(lin.accounts[0], after_deletion=wish)
    settings = replace(town.runtime.settings, people=(replace(lin, accounts=(account,)),))
    town.runtime = replace(town.runtime, settings=settings)
    with town.store.write() as tx:
        accounts.sync_people(tx, settings.people, town.clock.now())
    town.use_rules(PRICED)
    town.site.routes |= {"/1.png": shows(), "/p/1": Reply(404)}
    leak_with(town, "/1.png", text="云雀9 卖2999元")
    town.posts[0]["url"] = town.site.url("/p/1")
    town.round()
    town.posts.clear()
    town.says(HARMLESS, id="rain")
    town.round(seconds=61)
    town.round(seconds=61)
    assert [message["seq"] for message in told(town)] == [1, 2]


def left(town: Town) -> dict[str, Any]:
    """What is there of the first post."""
    with town.store.read() as tx:
        text = tx.execute(select(revisions.c.parts, revisions.c.content_hash).order_by(revisions.c.id).limit(1)).one()
        events = tx.execute(select(alert_events.c.findings, alert_events.c.facts).order_by(alert_events.c.id)).all()
        return {
            "text": text.parts != [],
            "hash": bool(text.content_hash),
            "findings": sorted(tuple(row) for row in tx.execute(select(findings.c.kind, findings.c.value))),
            "told": sorted({(found["kind"], found["value"]) for event in events for found in event.findings}),
            "facts": sorted({fact for event in events for fact in event.facts}),
            "bodies": len(tx.execute(select(deliveries.c.id).where(deliveries.c.body.is_not(None))).all()),
            "pictures": [tuple(row) for row in tx.execute(select(media.c.state, media.c.sha256))],
            "files": len(files(town)),
            "alerts": len(tx.execute(select(alerts)).all()),
            "gone": tx.execute(select(posts.c.gone_at).order_by(posts.c.id).limit(1)).scalar_one() is not None,
        }


PRICED = RULES.replace('kinds = ["product"]', 'kinds = ["product", "price"]')
DIGEST_OF_PNG = sha256(PNG).hexdigest()
ALL = {
    "text": True,
    "hash": True,
    "findings": [("price", "2999 CNY"), ("product", "")],
    "told": [("price", "2999 CNY"), ("product", "")],
    "facts": ["price:2999 CNY", "product:"],
    "bodies": 2,
    "pictures": [("kept", DIGEST_OF_PNG)],
    "files": 1,
    "alerts": 1,
    "gone": True,
}
NO_TEXT = {**ALL, "text": False, "bodies": 0, "files": 0}
AFTER: dict[AfterDeletion, dict[str, Any]] = {
    AfterDeletion.KEEP: ALL,
    AfterDeletion.DIGEST: {
        **NO_TEXT,
        "findings": [("price", ""), ("product", "")],
        "told": [("price", ""), ("product", "")],
        "facts": ["price:", "product:"],
        "pictures": [("purged", DIGEST_OF_PNG)],
    },
    AfterDeletion.PURGE: {**NO_TEXT, "findings": [], "told": [], "facts": [], "pictures": [("purged", None)]},
}


@pytest.mark.parametrize("wish", AfterDeletion)
@pytest.mark.parametrize("reviewed", [True, False])
def test_of_a_deleted_post_as_much_stays_as_is_wished_once_it_is_judged_or_a_day_is_over(
    town: Town, wish: AfterDeletion, *, reviewed: bool
) -> None:
    gone_town(town, wish)
    house(town)
    assert left(town) == ALL, "whoever has to judge it must see it"
    town.clock.move(hours=2 if reviewed else 24)
    if reviewed:
        judged(town)
    house(town)
    assert left(town) == AFTER[wish]
    with town.store.write() as tx:
        assert retention.purge_deleted(tx, town.clock.now()) == 0, "once is enough"


@pytest.mark.parametrize("wish", [AfterDeletion.DIGEST, AfterDeletion.PURGE])
def test_what_was_blanked_neither_alerts_anew_nor_makes_anything_public(town: Town, wish: AfterDeletion) -> None:
    gone_town(town, wish)
    town.clock.move(hours=24)
    house(town)
    with town.store.write() as tx:
        reviews.save_review(tx, 1, Verdict.PUBLIC, reviewer="zhou", now=town.clock.now())
    town.round(minutes=5)
    before = len(told(town))
    town.says("云雀9 卖3999元")
    town.round(minutes=5)
    (after,) = told(town)[before:]
    assert (after["number"], after["kinds"]) == ("A-2", ["product", "price"]), "no text is left that could be public"


def test_a_message_that_is_being_sent_keeps_its_bytes(town: Town) -> None:
    gone_town(town, AfterDeletion.PURGE)
    judged(town)
    with town.store.write() as tx:
        waiting = deliveries.update().where(deliveries.c.topic == "alert:1:2")
        tx.execute(waiting.values(state="waiting", due_at=town.clock.now()))
    house(town)
    assert left(town)["text"], "all attempts carry the same bytes"
    town.round()
    house(town)
    assert not left(town)["text"]
