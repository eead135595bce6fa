"""Ghost with SQLite, its feed read by the real stages: `python -m tests.real.ghost FOLDER`.

FOLDER holds node_modules/node of `npm install node@22`, and Ghost's own package, unpacked and with its needs:

    npm pack ghost && tar xzf ghost-*.tgz && cd package
    npm install --omit=dev --legacy-peer-deps

which compiles better-sqlite3 where no binary of it can be had.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from monitor.store.schema import posts
from tests.deliver.receiver import ScriptedReceiver
from tests.real.programs import free_port, running, until
from tests.real.report import Report
from tests.real.town import CLEAN, LEAK, RealTown, account_of

AUTHOR = {"name": "Lin Xiaozhou", "email": "lin@example.test", "password": "a-long-word-4-tests"}


class Ghost:
    """The site, and the hands of its author."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = build_opener(HTTPCookieProcessor())
        self.ask("POST", "authentication/setup/", {"setup": [{**AUTHOR, "blogTitle": "Notes"}]})
        self.ask("POST", "session/", {"username": AUTHOR["email"], "password": AUTHOR["password"]})

    def publish(self, title: str, text: str, **more: object) -> dict[str, Any]:
        """A new article."""
        post = {"title": title, "html": f"<p>{text}</p>", "status": "published", **more}
        return self._post("POST", "posts/?source=html", post)

    def change(self, post: dict[str, Any], **changes: object) -> dict[str, Any]:
        """The article is another now."""
        return self._post("PUT", f"posts/{post['id']}/?source=html", {"updated_at": post["updated_at"], **changes})

    def delete(self, post: dict[str, Any]) -> None:
        """The article is no more."""
        self.ask("DELETE", f"posts/{post['id']}/", None)

    def _post(self, method: str, path: str, post: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self.ask(method, path, {"posts": [post]})["posts"][0]
        return made

    def ask(self, method: str, path: str, body: object) -> Any:
        """An answer of its API to the author."""
        headers = {"Content-Type": "application/json", "Origin": self.url, "Accept-Version": "v6.0"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.url}/ghost/api/admin/{path}", data=data, headers=headers, method=method)
        with self._open.open(asked, timeout=60) as answer:
            said = answer.read()
        return json.loads(said) if said.startswith(b"{") else None


@contextmanager
def ghost(folder: Path, scratch: Path, port: int) -> Iterator[str]:
    """Its address, while it runs on the content of that scratch folder."""
    home = folder / "package"
    content = scratch / "content"
    if not content.exists():
        copytree(home / "content", content)
    config = {
        "url": f"http://127.0.0.1:{port}",
        "server": {"host": "127.0.0.1", "port": port},
        "database": {
            "client": "sqlite3",
            "connection": {"filename": str(scratch / "ghost.db")},
            "useNullAsDefault": True,
        },
        "mail": {"transport": "stub"},
        "logging": {"transports": ["stdout"], "level": "error"},
        "paths": {"contentPath": str(content)},
        "privacy": {"useUpdateCheck": False, "useGravatar": False, "useRpcPing": False},
        "security": {"staffDeviceVerification": False},
        "process": "local",
    }
    (home / "config.production.json").write_text(json.dumps(config))
    words = [str(folder / "node_modules/.bin/node"), "index.js"]
    with running(words, port, log=scratch / "ghost.log", folder=home, beside={"NODE_ENV": "production"}, within_s=240):
        url = f"http://127.0.0.1:{port}"
        until(lambda: _is_open(url), "the site", within_s=240)
        yield url


def _is_open(url: str) -> bool:
    """Whether its tables are made: until then it says that it will be back."""
    try:
        with urlopen(f"{url}/rss/", timeout=60) as answer:
            return bool(answer.status)
    except HTTPError:
        return False


def play(town: RealTown, site: Ghost, report: Report) -> None:
    """What an author does with articles, and what comes of it."""
    town.round()
    report.holds("the first read", town.standing()[0] == "ok", town.standing())
    report.says("seconds until the next read", town.waits_s())
    clean, leak = site.publish("跑步", CLEAN), site.publish("新品", LEAK)
    town.round(hours=2)
    report.holds("an article is flagged", len(town.alerts()) == 1, town.texts())
    town.round(hours=2)
    report.says("validators", town.validators())
    before = len(town.revisions())

    clean = site.change(clean, html=f"<p>{LEAK}</p>")
    town.round(hours=2)
    report.holds("an edit is a new text", [cause for _, _, cause in town.revisions()[before:]] == ["edited"])
    report.holds("and flagged", len(town.alerts()) == 2, town.alerts())

    dated = site.publish("旧文", LEAK + "，早就写好", published_at="2024-01-02T03:04:05.000Z")
    town.round(hours=2)
    report.holds("a back-dated article is found", len(town.alerts()) == 3, town.alerts())
    report.says("its time", str(town.posts_of(posts.c.claimed_at, posts.c.time_note)[-1]))

    site.change(leak, status="draft")
    site.delete(dated)
    for _ in range(8):
        town.round(hours=2)
    report.holds("what is unpublished is gone", len(_gone(town)) == 1, _gone(town))
    report.holds("and told; what was older than the watching is not followed", town.types()[-1] == "alert.gone")

    renamed = site.change(clean, slug="another-address")
    for _ in range(8):
        town.round(hours=2)
    report.holds("another address doubles no alert", len(town.alerts()) == 3, (town.alerts(), renamed["url"]))
    report.holds("and is no deletion", len(_gone(town)) == 1, _gone(town))
    report.holds("it is known", renamed["url"] in [url for (url,) in town.posts_of(posts.c.url)])

    for number in range(20):
        site.publish(f"第{number}篇", f"{CLEAN} {number}")
    before = len(town.texts())
    town.round(hours=2)
    found = len(town.texts()) - before
    report.says("of 20 articles at once its feed shows", found)
    report.holds("what it does not show is a gap", found == 20 or town.open_gaps() == 1, town.open_gaps())


def _gone(town: RealTown) -> list[tuple[str, str]]:
    """The text of each post that is gone, and why."""
    texts = list(town.texts().values())
    rows = town.posts_of(posts.c.gone_at, posts.c.gone_why)
    return [(text, why) for text, (at, why) in zip(texts, rows, strict=True) if at]


def main() -> int:
    """Play it once, and tell what held."""
    folder, report, port = Path(sys.argv[1]).resolve(), Report(), free_port()
    with tempfile.TemporaryDirectory(prefix="leak-monitor-real-") as name, ScriptedReceiver() as desk:
        scratch = Path(name)
        account = account_of("feed", "lin-ghost", url=f"http://127.0.0.1:{port}/rss/")
        with RealTown(scratch, [("desk", desk)], read=(account,)) as town:
            with ghost(folder, scratch, port) as url:
                report.says("it runs", "")
                play(town, Ghost(url), report)
            for _ in range(3):
                town.round(hours=2)
            report.holds("an outage is told", town.standing()[1] == "network", town.standing())
            with ghost(folder, scratch, port):
                town.round(hours=2)
                report.holds("and over", town.standing()[0] == "ok", town.standing())
    return report.end()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HTTPError as error:
        sys.exit(f"{error}: {error.read()[:500]!r}")
