"""RSSHub, read by the real stages: `python -m tests.real.rsshub FOLDER`, with the routes that it has to test itself.

FOLDER is where `npm install node@22` and, without its scripts, `npm install --ignore-scripts rsshub` were run, with
`{"private": true, "overrides": {"difflib": "0.2.4"}}` as package.json: one of its needs is in no registry.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.deliver.receiver import ScriptedReceiver
from tests.real.programs import free_port, running
from tests.real.report import Report
from tests.real.town import RealTown, account_of

CACHE_S = 3


@contextmanager
def rsshub(folder: Path, scratch: Path, port: int) -> Iterator[str]:
    """Its address, while it runs; what it read it keeps for a few seconds."""
    home = folder / "node_modules/rsshub"
    words = [str(folder / "node_modules/.bin/node"), "lib/index.js"]
    kept = {"CACHE_TYPE": "memory", "CACHE_EXPIRE": str(CACHE_S), "CACHE_CONTENT_EXPIRE": str(CACHE_S)}
    keys = {"PORT": str(port), "NODE_ENV": "production", **kept}
    with running(words, port, log=scratch / "rsshub.log", folder=home, beside=keys, within_s=120):
        yield f"http://127.0.0.1:{port}"


def head(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer, as anybody sees them."""
    try:
        with urlopen(Request(url, headers=headers or {}), timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except HTTPError as error:
        return error.code, {}


def play(town: RealTown, base: str, report: Report) -> None:
    """Formats, what is unchanged, an edit, errors."""
    town.round()
    for key in ("rss", "atom", "json"):
        report.holds(f"{key} is read", town.standing(key)[0] == "ok", town.standing(key))
    titles = [text for text in town.texts().values() if text.startswith("Title")]
    report.holds("its posts are kept", len(titles) > 0, town.texts())
    report.holds("an error of a route is told", town.standing("error")[1] in ("server", "gone"), town.standing("error"))
    report.says("which is", town.standing("error"))
    report.says("a route that it does not have", town.standing("none"))
    report.holds("and is told as gone", town.standing("none")[1] == "gone", town.standing("none"))

    status, told = head(f"{base}/test/filter")
    report.says("it tells", {name: told.get(name) for name in ("etag", "last-modified", "cache-control", "date")})
    again, _ = head(f"{base}/test/filter", {"If-None-Match": told.get("etag", "")})
    report.says("it answers to its own ETag", (status, again))
    kept = town.validators("atom")
    report.says("what we keep of it", kept)
    report.holds("its tag of the content is kept, not its time", kept[0] is not None and kept[1] is None, kept)
    before = len(town.revisions())
    for _ in range(2):
        Event().wait(2 * CACHE_S + 1)
        town.round(minutes=11)
    made = town.revisions()[before:]
    report.holds("what did not change makes no new text", {cause for _, _, cause in made} <= {"edited"}, made)
    report.holds("a text that changed is an edit", any(no > 1 for _, no, _ in made), made)


def main() -> int:
    """Play it once, and tell what held."""
    folder, report, port = Path(sys.argv[1]).resolve(), Report(), free_port()
    with tempfile.TemporaryDirectory(prefix="leak-monitor-real-") as name, ScriptedReceiver() as desk:
        scratch, base = Path(name), f"http://127.0.0.1:{port}"
        routes = {
            "rss": "/test/1",
            "atom": "/test/1.atom",
            "json": "/test/1.json",
            "edited": "/test/cache",
            "error": "/test/error",
            "none": "/no/such/route",
        }
        read = tuple(account_of("rsshub", key, base=base, route=route, platform="web") for key, route in routes.items())
        with RealTown(scratch, [("desk", desk)], read=read) as town:
            with rsshub(folder, scratch, port):
                report.says("it runs", "")
                play(town, base, report)
            for _ in range(3):
                town.round(minutes=11)
            report.holds("an outage is told", town.standing("rss")[1] == "network", town.standing("rss"))
            with rsshub(folder, scratch, port):
                town.round(hours=2)
                town.round()
                report.holds("and over", town.standing("rss")[0] == "ok", town.standing("rss"))
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
