"""Posts that are sent to the real web server, signed by the library of Standard Webhooks, into a real database."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from monitor.model.people import Account
from monitor.pipeline import Runtime
from monitor.service import Service
from monitor.store.schema import accounts, gaps, incidents, payloads, posts, revisions
from monitor.web.health import health_app
from monitor.web.inbound import MOST_BYTES, add_inbound
from monitor.web.serve import WebServer
from tests.cli.running import until
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.of_table import account_of
from tests.town import SECRET, SHANGHAI, Town

LEAK = "明天来看云雀9"
OLD = b"o" * 32
NONE: Mapping[str, str] = {}
POST = {"id": "7", "text": "今天跑了十公里", "time": "2030-06-05T20:00:30+08:00", "url": "https://notes.example/7"}


def vendor(key: str = "lin-vendor", **keys: object) -> Account:
    made = account_of("inbound", {"key": key, "platform": "notes", **keys})
    return replace(made, key=key, person_key="lin", timezone=SHANGHAI, push_secrets=(SECRET, OLD))


@dataclass
class Door:
    """A town whose web server takes pushes."""

    town: Town
    port: int
    number: int = 0

    def push(
        self, body: object, *, key: str = "lin-vendor", secret: bytes = SECRET, headers: Mapping[str, str] = NONE
    ) -> tuple[int, Any]:
        """Status and JSON of the answer to what is sent now."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(key, raw, {**self.signed(raw, secret), **headers})

    def signed(self, raw: bytes, secret: bytes) -> dict[str, str]:
        self.number += 1
        name, now = f"msg_{self.number}", self.town.clock.now()
        signature = Webhook(b64encode(secret).decode()).sign(name, now, raw.decode("utf-8", "replace"))
        stamp = str(int(now.timestamp()))
        return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}

    def send(self, key: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", f"/inbound/{key}", raw, dict(headers))
            answer = connection.getresponse()
            self.retry_after = answer.headers.get("Retry-After")
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def rows(self, table: Any, *names: str) -> list[tuple[Any, ...]]:
        with self.town.store.read() as tx:
            return [tuple(row) for row in tx.execute(select(*(table.c[name] for name in names)).order_by(table.c.id))]


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Iterator[Door]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        yield stack.enter_context(
            opened(tmp_path, desk, database_url, vendor(), vendor("lin-quiet", silent_after="2h"))
        )


class opened(ExitStack):  # noqa: N801 - reads as a verb
    """A door for these accounts."""

    def __init__(self, folder: Path, desk: ScriptedReceiver, database_url: str, *pushed: Account) -> None:
        super().__init__()
        self.made = (folder, desk, database_url, pushed)

    def __enter__(self) -> Door:  # type: ignore[override]
        folder, desk, database_url, pushed = self.made
        town = self.enter_context(Town(folder, [("desk", desk)], database_url=database_url))
        (person,) = town.runtime.settings.people
        people = (replace(person, accounts=(*person.accounts, *pushed)),)
        town.runtime = Runtime(replace(town.runtime.settings, people=people), town.book, town.runtime.matcher)
        service = Service(town.runtime, town.store, town.clock)
        service._install(town.runtime)
        town.world = replace(service.world, draw=lambda: 0.5)
        pages = health_app(service.health)
        add_inbound(pages, town.world, lambda: town.runtime.accounts, body_timeout_s=2.0)
        web = WebServer(pages, "127.0.0.1", 0)
        web.start()
        self.callback(web.stop)
        until(lambda: answers(web.port), "the web server answers")
        return Door(town, web.port)


def answers(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


# --- what is taken --------------------------------------------------------------------------------------------------


def test_what_is_pushed_goes_the_way_of_every_post(door: Door) -> None:
    door.town.round()
    assert door.push({"posts": [{**POST, "id": 7, "text": LEAK, "time": "2030-06-05T20:01:30+08:00"}]}) == (
        202,
        {"new": 1, "edited": 0, "known": 0},
    )
    door.town.round()
    (got,) = dict(door.town.receivers)["desk"].received
    message = got.check_as_of_then(SECRET)
    assert (message["type"], message["data"]["found"]) == ("alert.opened", "live")
    assert door.rows(posts, "platform", "native_id", "url", "person_key") == [
        ("notes", "pushed:lin-vendor#7", POST["url"], "lin")
    ]
    assert door.rows(payloads, "url", "headers") == [("pushed:lin-vendor", {"webhook-id": "msg_1"})]


def test_everything_that_may_be_said_of_a_post(door: Door) -> None:
    item = {
        **POST,
        "title": "Re: X9",
        "parent": "What will it cost?",
        "quoted": "somebody's words",
        "client": "a phone",
        "edited": 1907000000,
        "author": "is not read",
    }
    assert door.push({"posts": [item, {"id": "8", "text": "mine", "kind": "repost"}]})[0] == 202
    first, second = (
        [(part["origin"], part["text"], part["by_author"]) for part in parts]
        for (parts,) in door.rows(revisions, "parts")
    )
    assert first == [
        ("title", "Re: X9", True),
        ("text", POST["text"], True),
        ("quoted", "somebody's words", False),
        ("client", "a phone", True),
        ("parent", "What will it cost?", False),
    ]
    assert second == [("quoted", "mine", False)]
    assert door.rows(posts, "kind") == [("reply",), ("repost",)]


def test_the_same_again_is_nothing_new_and_another_text_is_an_edit(door: Door) -> None:
    raw = json.dumps({"posts": [POST]}).encode()
    headers = door.signed(raw, SECRET)
    assert door.send("lin-vendor", raw, headers) == (202, {"new": 1, "edited": 0, "known": 0})
    assert door.send("lin-vendor", raw, headers) == (202, {"new": 0, "edited": 0, "known": 1})
    assert door.push({"posts": [{**POST, "text": LEAK}]}) == (202, {"new": 0, "edited": 1, "known": 0})


def test_pushes_that_have_nothing_in_common_are_no_gap(door: Door) -> None:
    for number in range(3):
        door.town.round()
        assert door.push({"posts": [{**POST, "id": number}]})[0] == 202
    assert (door.rows(gaps, "cause"), door.rows(incidents, "kind")) == ([], [])


def test_an_older_secret_is_good_while_it_is_replaced(door: Door) -> None:
    assert door.push({"posts": [POST]}, secret=OLD)[0] == 202


def test_ids_may_be_those_of_the_network(tmp_path: Path, database_url: str) -> None:
    with ScriptedReceiver() as desk, opened(tmp_path, desk, database_url, vendor(network_ids=True)) as door:
        assert door.push({"posts": [POST]})[0] == 202
        assert door.rows(posts, "native_id") == [("7",)]


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_a_post_that_is_wrong_is_named_and_its_neighbours_are_stored(door: Door) -> None:
    wrong: list[tuple[object, str]] = [
        ("text", "it is no object"),
        ({"text": "x"}, "'id' is missing"),
        ({"id": "", "text": "x"}, "'id' is missing"),
        ({"id": True, "text": "x"}, "'id' is neither text nor a whole number"),
        ({"id": "9" * 1001, "text": "x"}, "'id' is longer than 1000 bytes"),
        ({"id": 1}, "'text' is missing"),
        ({"id": 1, "text": " "}, "'text' is missing"),
        ({"id": 1, "text": ["x"]}, "'text' is not text"),
        ({"id": 1, "text": "x", "url": 5}, "'url' is not text"),
        ({"id": 1, "text": "x", "time": {}}, "'time' is neither text nor a number"),
        (
            {"id": 1, "text": "x", "time": "tomorrow"},
            "'time' cannot be read: write ISO 8601 with an offset, as in 2026-11-23T09:30:00+08:00",
        ),
    ]
    status, told = door.push({"posts": [*(item for item, _ in wrong), POST]})
    assert (status, told["new"], told["problem"]) == (400, 1, "11 posts are wrong")
    assert told["wrong"] == [{"post": at, "problem": problem} for at, (_, problem) in enumerate(wrong)]
    assert [row[0] for row in door.rows(incidents, "kind")] == ["entries_unreadable"]
    assert door.push({"posts": [POST]})[0] == 202
    assert all(closed for (closed,) in door.rows(incidents, "closed_at"))


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"{", 400, "the body is no JSON in UTF-8"),
        (b"", 400, "the body is no JSON in UTF-8"),
        (b"[" * 100_000, 400, "the body is no JSON in UTF-8"),
        ('{"posts": "云"}'.encode("gb18030"), 401, "the message is not signed for this account"),
        (b"[]", 400, 'the body is no object with a list "posts"'),
        (b'{"posts": {}}', 400, 'the body is no object with a list "posts"'),
        (b'{"posts": [' + b"1," * 1000 + b"1]}", 413, "more than 1000 posts"),
    ],
)
def test_a_body_that_is_none_is_refused(door: Door, body: bytes, status: int, problem: str) -> None:
    assert door.push(body) == (status, {"problem": problem})
    assert door.rows(posts, "id") == []


def test_a_body_that_is_too_large_is_not_read(door: Door) -> None:
    just = json.dumps({"posts": [{**POST, "text": "x" * (MOST_BYTES - 200)}]}).encode()
    assert door.push(just)[0] == 202
    for size in (MOST_BYTES + 1, 4 * MOST_BYTES):
        assert door.send("lin-vendor", b"x" * size, {})[0] == 413
    assert door.send("lin-vendor", b"", {"Content-Length": str(10**12)})[0] == 413
    assert door.send("lin-vendor", b"", {"Content-Length": str(10**9)})[0] == 413


def test_a_body_that_does_not_come_is_not_waited_for(door: Door) -> None:
    assert door.send("lin-vendor", b"{", {"Content-Length": "100"})[0] == 408
    assert door.push({"posts": [POST]})[0] == 202


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA é"},
        {"webhook-signature": "v1a,AAAA"},
    ],
)
def test_what_is_not_signed_is_not_taken_and_not_explained(door: Door, change: dict[str, str]) -> None:
    assert door.push({"posts": [POST]}, headers=change) == (
        401,
        {"problem": "the message is not signed for this account"},
    )
    assert door.push({"posts": [POST]}, secret=b"z" * 32)[0] == 401
    assert door.rows(posts, "id") == []


def test_a_message_of_six_minutes_ago_is_not_taken(door: Door) -> None:
    raw = json.dumps({"posts": [POST]}).encode()
    headers = door.signed(raw, SECRET)
    door.town.clock.move(minutes=6)
    assert door.send("lin-vendor", raw, headers)[0] == 401


@pytest.mark.parametrize("key", ["nobody", "lin-notes", "..%2Flin-vendor"])
def test_an_account_that_takes_no_pushes_is_not_there(door: Door, key: str) -> None:
    status, told = door.push({"posts": [POST]}, key=key)
    assert (status, door.rows(posts, "id")) == (404, [])
    assert "lin" not in json.dumps(told)


def test_without_the_database_it_is_to_be_sent_again(tmp_path: Path) -> None:
    with ScriptedReceiver() as desk, opened(tmp_path, desk, "", vendor()) as door:
        door.town.store.close()
        for file in tmp_path.glob("town.db*"):
            file.rename(file.with_name(f"away-{file.name}"))
        (tmp_path / "town.db").mkdir()
        assert (door.push({"posts": [POST]})[0], door.retry_after) == (503, "10")


# --- silence --------------------------------------------------------------------------------------------------------


def states(door: Door) -> dict[str, tuple[str, str]]:
    return {key: (state, reason) for key, state, reason in door.rows(accounts, "key", "state", "state_reason")}


def test_an_account_is_well_without_pushes_unless_silence_is_told(door: Door) -> None:
    for _ in range(20):
        door.town.round(minutes=3)
    assert states(door)["lin-vendor"] == states(door)["lin-quiet"] == ("ok", "")
    for _ in range(25):
        door.town.round(minutes=3)
    assert (states(door)["lin-vendor"], states(door)["lin-quiet"]) == (("ok", ""), ("blocked", "silent"))
    assert ("account_unreadable", "lin-quiet", None) in door.rows(incidents, "kind", "subject", "closed_at")
    assert door.push({"posts": []}, key="lin-quiet") == (202, {"new": 0, "edited": 0, "known": 0})
    assert states(door)["lin-quiet"] == ("ok", "")
    assert all(closed for (closed,) in door.rows(incidents, "closed_at"))
    door.town.round(minutes=90)
    assert states(door)["lin-quiet"] == ("ok", "")


def test_a_push_while_the_account_is_being_looked_at_is_stored(door: Door) -> None:
    later = door.town.clock.now() + timedelta(hours=1)
    with door.town.store.write() as tx:
        tx.execute(accounts.update().values(claimed_until=later, claim_no=accounts.c.claim_no + 1))
    assert door.push({"posts": [POST]})[0] == 202
    assert [row for row in door.rows(accounts, "key", "claimed_until") if row[0] == "lin-vendor"] == [
        ("lin-vendor", None)
    ]
