"""The pretend company's site: feeds that change while one reads them, with validators, and one that breaks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Final, Self

from monitor.demo.feeds import FEEDS, Published
from monitor.demo.loopback import Handler, Loopback

_SIGN_IN: Final = (
    b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>"
    b'<form method="post" action="/login"><input name="user"><input type="password" name="password">'
    b"<button>Sign in</button></form></body></html>"
)


class Site:
    """Publishes feeds on the loopback address; `formats` says for each feed whether it is rss, atom or json."""

    def __init__(self, formats: Mapping[str, str]) -> None:
        self._formats = formats
        self._posts: dict[str, dict[str, Published]] = {name: {} for name in formats}
        self._locked: set[str] = set()
        self._changing = Lock()
        self._loopback = Loopback(_handler(self))

    def __enter__(self) -> Self:
        self._loopback.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._loopback.__exit__()

    def feed_url(self, feed: str) -> str:
        """Where the feed is."""
        return f"{self._loopback.url}/{feed}.{self._formats[feed]}"

    def post_url(self, post: str) -> str:
        """The permanent address of a post: also its identity."""
        return f"{self._loopback.url}/posts/{post}"

    def publish(self, feed: str, post: str, text: str, now: datetime) -> None:
        """Put a post on top of its feed, or change the text of one that is there."""
        with self._changing:
            posts = self._posts[feed]
            before = posts.get(post)
            fresh = Published(post, self.post_url(post), text, now)
            posts[post] = replace(before, text=text, edited_at=now) if before else fresh

    def lock(self, feed: str, *, locked: bool) -> None:
        """Let the feed answer with a page to sign in, or be itself again."""
        with self._changing:
            (self._locked.add if locked else self._locked.discard)(feed)

    def page(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body of a path; the sign-in page has status 200, as platforms send it."""
        feed, _, kind = path.strip("/").partition(".")
        with self._changing:
            if self._formats.get(feed) != kind:
                return 404, "text/plain", b""
            if feed in self._locked:
                return 200, "text/html; charset=utf-8", _SIGN_IN
            posts = tuple(reversed(self._posts[feed].values()))
        content_type, render = FEEDS[kind]
        return 200, content_type, render(feed, self.feed_url(feed), posts)


def _handler(site: Site) -> type[Handler]:
    class FeedHandler(Handler):
        def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
            status, content_type, body = site.page(self.path)
            etag = f'"{sha256(body).hexdigest()[:24]}"'
            if self.headers.get("If-None-Match") == etag:
                self.answer(304, ETag=etag)
            else:
                self.answer(status, body, Content_Type=content_type, ETag=etag)

    return FeedHandler
