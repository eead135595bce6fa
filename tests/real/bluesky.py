"""Bluesky's own programs, read by the real stages: `python -m tests.real.bluesky FOLDER`.

FOLDER is where `npm install @atproto/dev-env node@22` was run; PostgreSQL and redis-server are needed beside it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from monitor.store.schema import posts
from tests.deliver.receiver import ScriptedReceiver
from tests.postgres import Server
from tests.real.programs import free_port, program, running, until
from tests.real.report import Report
from tests.real.town import CLEAN, LEAK, RealTown, account_of

POST = "app.bsky.feed.post"


class Bluesky:
    """The network, and the hands of those who post there."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.pds, self.service = str(told["pds"]), str(told["service"])
        self._people = told["people"]

    def did(self, who: str = "lin") -> str:
        """Who that is, for ever."""
        return str(self._people[who]["did"])

    def post(self, text: str, by: str = "lin", *, at: datetime | None = None, **more: object) -> dict[str, str]:
        """A new post: its uri and cid."""
        record = {"$type": POST, "text": text, "createdAt": _stamp(at), **more}
        return self.create(POST, record, by)

    def create(self, collection: str, record: Mapping[str, object], by: str = "lin") -> dict[str, str]:
        """A new record: its uri and cid."""
        body = {"repo": self.did(by), "collection": collection, "record": record}
        made = self.ask("com.atproto.repo.createRecord", body, by)
        return {"uri": made["uri"], "cid": made["cid"]}

    def overwrite(self, post: Mapping[str, str], text: str, by: str = "lin") -> None:
        """The record at that place says something else now."""
        record = {"$type": POST, "text": text, "createdAt": _stamp(None)}
        key = post["uri"].rpartition("/")[2]
        body = {"repo": self.did(by), "collection": POST, "rkey": key, "record": record}
        self.ask("com.atproto.repo.putRecord", body, by)

    def delete(self, post: Mapping[str, str], by: str = "lin") -> None:
        """The record is no more."""
        body = {"repo": self.did(by), "collection": POST, "rkey": post["uri"].rpartition("/")[2]}
        self.ask("com.atproto.repo.deleteRecord", body, by)

    def rename(self, handle: str, by: str = "lin") -> None:
        """The account has another handle."""
        self.ask("com.atproto.identity.updateHandle", {"handle": handle}, by)

    def shows(self, post: Mapping[str, str]) -> str | None:
        """The text that the service shows of a post; None if it shows none."""
        found = self.ask("app.bsky.feed.getPosts?" + urlencode({"uris": post["uri"]}), None)["posts"]
        return str(found[0]["record"]["text"]) if found else None

    def ask(self, method: str, body: Mapping[str, object] | None, by: str = "lin") -> Any:
        """An answer of the account's server, or of the service if nothing is sent."""
        headers = {"Content-Type": "application/json"}
        if body is not None:
            headers["Authorization"] = f"Bearer {self._people[by]['token']}"
        data = None if body is None else json.dumps(body).encode()
        home = self.service if body is None else self.pds
        with urlopen(Request(f"{home}/xrpc/{method}", data=data, headers=headers), timeout=60) as answer:
            return json.loads(answer.read() or b"null")


def _stamp(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def bluesky(folder: Path, scratch: Path) -> Iterator[Bluesky]:
    """Its programs, installed in that folder."""
    node, redis = folder / "node_modules/.bin/node", program("redis-server")
    if redis is None or not node.exists():
        raise FileNotFoundError("redis-server, or node in that folder, is not installed")
    port, server = free_port(), Server()
    by_redis = [redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(scratch)]
    try:
        with running(by_redis, port, log=scratch / "redis.log"), (scratch / "node.log").open("wb") as log:
            environment = {
                "PATH": f"{node.parent}:/usr/bin:/bin",
                "DB_POSTGRES_URL": server.make(""),
                "REDIS_HOST": f"127.0.0.1:{port}",
                "LOG_ENABLED": "false",
            }
            words = [str(node), str(Path(__file__).with_suffix(".mjs").resolve())]
            with subprocess.Popen(
                words, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            ) as process:
                try:
                    yield Bluesky(_ready(process, scratch / "node.log"))
                finally:
                    process.terminate()
    finally:
        server.stop()


def _ready(process: subprocess.Popen[bytes], log: Path) -> Any:
    for line in process.stdout or ():
        if line.startswith(b"READY "):
            return json.loads(line[6:])
    raise RuntimeError(f"the network did not start: {log.read_text(errors='replace')[-3000:]}")


def play(town: RealTown, network: Bluesky, report: Report) -> None:
    """Everything that can happen to a post there."""
    first = network.post(CLEAN)
    until(lambda: network.shows(first) == CLEAN, "the first post")
    town.round()
    report.holds("the first read", list(town.texts().values()) == [CLEAN])

    asked = network.post("下一款什么时候来？", by="fan")
    until(lambda: network.shows(asked) is not None, "the question")
    reply = network.post("明天", reply={"root": asked, "parent": asked})
    embed = {"$type": "app.bsky.embed.record", "record": asked}
    quote = network.post(LEAK, embed=embed)
    record = {"$type": "app.bsky.feed.repost", "subject": asked, "createdAt": _stamp(None)}
    network.create("app.bsky.feed.repost", record)
    dated = network.post(LEAK + "，早就说过", at=datetime.now(UTC) - timedelta(days=400))
    for made in (reply, quote, dated):
        until(lambda made=made: network.shows(made) is not None, "a post")  # type: ignore[misc]
    for _ in range(12):
        town.round()
    texts, kinds = town.texts(), sorted(kind for (kind,) in town.posts_of(posts.c.kind))
    report.holds("post, quote, reply, back-dated, repost", kinds == ["post", "post", "post", "reply", "repost"], kinds)
    report.holds("a reply with its parent", texts.get(key(reply)) == "明天 / 下一款什么时候来？", texts.get(key(reply)))
    report.holds(
        "a quote with what it quotes", texts.get(key(quote)) == f"{LEAK} / 下一款什么时候来？", texts.get(key(quote))
    )
    report.holds("a back-dated post is found", key(dated) in texts)
    report.holds("leaks are flagged", town.alerts() == sorted([key(quote), key(dated)]), town.alerts())

    network.overwrite(first, LEAK + "！")
    until(lambda: network.shows(first) is None or "！" in (network.shows(first) or ""), "the overwritten record", 20)
    report.says("the service shows of an overwritten record", network.shows(first))
    for _ in range(12):
        town.round()
    report.holds("an overwritten record is an edit", (key(first), 2, "edited") in town.revisions(), town.revisions())

    network.delete(quote)
    until(lambda: network.shows(quote) is None, "the deletion")
    for _ in range(4):
        town.round()
    gone = [native_id for native_id, at in town.posts_of(posts.c.native_id, posts.c.gone_at) if at]
    report.holds("a deletion is told", [key({"uri": each}) for each in gone] == [key(quote)], gone)
    report.holds("by one message", town.types().count("alert.gone") == 1, town.types())

    many = [network.post(f"{CLEAN} {number}") for number in range(230)]
    until(lambda: network.shows(many[-1]) is not None, "230 posts")
    town.round()
    missing = {key(each) for each in many} - set(town.texts())
    report.holds("230 posts over three pages", (len(missing), town.open_gaps()) == (0, 0), len(missing))
    before = len(town.revisions())
    town.round()
    report.holds("nothing is doubled", len(town.revisions()) == before)

    network.rename("lin-anew.test")
    late = network.post(LEAK + "，新名字")
    until(lambda: network.shows(late) is not None, "a post by another handle")
    town.round()
    town.round()
    report.holds("another handle is the same account", key(late) in town.alerts(), town.standing())
    report.holds("and nothing is doubled by it", len(town.revisions()) == before + 1, len(town.revisions()) - before)

    town.watches(account_of("bluesky", "nobody", actor="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", service=network.service))
    town.round()
    report.holds("an account that is not there is gone", town.standing("nobody")[1] == "gone", town.standing("nobody"))


def key(post: Mapping[str, str]) -> str:
    """The last piece of its id."""
    return post["uri"].rpartition("/")[2]


def main() -> int:
    """Play it once, and tell what held."""
    folder, report = Path(sys.argv[1]).resolve(), Report()
    with tempfile.TemporaryDirectory(prefix="leak-monitor-real-") as name, ScriptedReceiver() as desk:
        scratch = Path(name)
        with bluesky(folder, scratch) as network:
            report.says("started after", "")
            account = account_of("bluesky", "lin-sky", actor=network.did(), service=network.service, pds=network.pds)
            with RealTown(scratch, [("desk", desk)], read=(account,)) as town:
                play(town, network, report)
    return report.end()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HTTPError as error:
        sys.exit(f"{error}: {error.read()[:500]!r}")
