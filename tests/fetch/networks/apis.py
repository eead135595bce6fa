"""Networks with an API: X, Mastodon, Bluesky."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.model.posts import Origin
from tests.fetch.feed_server import Asked, Raw, Reply
from tests.fetch.networks.network import (
    NOT_FOUND,
    Can,
    Network,
    Post,
    escaped,
    if_changed,
    in_json,
    milliseconds,
    rfc3339,
    said,
)

Json = dict[str, Any]
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def in_seconds(at: datetime) -> str:
    return rfc3339(at)[:19] + "Z"


def with_offset(at: datetime) -> str:
    return (at + timedelta(hours=8)).isoformat(timespec="microseconds").replace("+00:00", "+08:00")


class XNetwork(Network):
    """X: an edit is a new post above all others, and since_id leaves out whatever is below it."""

    source = "x"
    can = frozenset({Can.PAGE, Can.EDIT, Can.NEW_ID, Can.ASK, Can.NUMBER, Can.RENAME, Can.JSON})
    shows = frozenset({Origin.ALT, Origin.CARD, Origin.POLL, Origin.CLIENT, Origin.QUOTED, Origin.PARENT})
    page_size = 100
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {"ISO, milliseconds": rfc3339, "ISO": in_seconds}

    def table_keys(self) -> Mapping[str, object]:
        return {"user_id": self.user_id, "base": self.at, "token_env": "X_TOKEN"}

    @property
    def user_id(self) -> str:
        return str(77 + self.serial)

    def secrets(self) -> Mapping[str, str]:
        return {"Authorization": "Bearer s3cret"}

    def native_id(self, post: Post) -> str:
        return self._ids(post)[0]

    def place(self, post: Post) -> datetime:
        return post.edited_at or post.made_at

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        if path == "/2/users/by/username/lin_yuan":
            found = {"data": {"id": self.user_id}}
            missing = {
                "errors": [{"title": "Not Found Error", "type": "https://api.x.com/problems/resource-not-found"}]
            }
            return in_json(missing if self.renamed else found)
        if path == f"/2/users/{self.user_id}/tweets":
            return self._timeline(query, asked)
        if path == "/2/tweets":
            return self._single(query["ids"])
        return NOT_FOUND

    def _timeline(self, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        start = int(query.get("pagination_token", "0"))
        if start and self.behind:
            return said(self.behind, asked)
        above = [post for post in self.listed() if int(self._ids(post)[-1]) > int(query.get("since_id", "0"))]
        size = int(query["max_results"])
        page = self.show(above[start : start + size])
        meta: Json = {"result_count": len(page)}
        if not page:
            return in_json({"meta": meta})
        meta["newest_id"] = self._ids(page[0])[-1]
        if above[start + size :]:
            meta["next_token"] = str(start + size)
        return in_json({"meta": meta, "data": [self._tweet(post) for post in page], "includes": self._beside(page)})

    def _single(self, wanted: str) -> Reply:
        for post in self.posts:
            if wanted in self._ids(post):
                shown = self._tweet(post) | {"id": wanted}
                return in_json({"data": [shown], "includes": {"tweets": [self._tweet(post)]}})
        return in_json({"errors": [{"title": "Not Found Error", "type": "https://x.com/problems/resource-not-found"}]})

    def _ids(self, post: Post) -> list[str]:
        """Of all its versions."""
        instants = [post.made_at, *(each.edited_at for each in post.edits if each.edited_at)]
        instants += [post.edited_at] if post.edited_at else []
        return [str((milliseconds(at) - 1288834974657 << 22) + self.serial % 100 * 10_000 + post.no) for at in instants]

    def _tweet(self, post: Post) -> Json:
        ids, says = self._ids(post), post.says
        told = post.claims if isinstance(post.claims, str) else rfc3339(self.place(post))
        tweet: Json = {
            "id": self.number(ids[-1]),
            "text": escaped(post.text).replace("<br />", "\n"),
            "author_id": self.user_id,
            "created_at": told,
            "edit_history_tweet_ids": ids,
        }
        if client := says.get(Origin.CLIENT):
            tweet["source"] = client
        if card := says.get(Origin.CARD):
            link = {"url": "https://t.co/A1", "expanded_url": "https://b.example", "title": card}
            tweet["entities"] = {"urls": [link | {"unwound_url": "https://b.example"}]}
        named = {Origin.QUOTED: ("quoted", 1), Origin.PARENT: ("replied_to", 2)}
        tweet["referenced_tweets"] = [
            {"type": kind, "id": str(int(ids[0]) * 10 + no)} for at, (kind, no) in named.items() if at in says
        ]
        attached = {"media_keys": Origin.ALT, "poll_ids": Origin.POLL}
        tweet["attachments"] = {key: [f"{post.no}_1"] for key, at in attached.items() if at in says}
        return tweet

    def _beside(self, page: list[Post]) -> Json:
        found: Json = {"tweets": [], "media": [], "polls": []}
        for post in page:
            first, key = int(self._ids(post)[0]), f"{post.no}_1"
            for no, origin in ((1, Origin.QUOTED), (2, Origin.PARENT)):
                if origin in post.says and not (no == 1 and post.quoted_is_gone):
                    found["tweets"].append({"id": str(first * 10 + no), "text": post.says[origin], "author_id": "9"})
            if alt := post.says.get(Origin.ALT):
                found["media"].append({"media_key": key, "type": "photo", "alt_text": alt})
            if option := post.says.get(Origin.POLL):
                found["polls"].append({"id": key, "options": [{"label": option}, {"label": "none"}]})
        return found


class MastodonNetwork(Network):
    """Mastodon: edits keep the id and the place."""

    source = "mastodon"
    can = frozenset(
        {Can.PAGE, Can.EDIT, Can.ASK, Can.LATE, Can.NUMBER, Can.RENAME, Can.CONDITION, Can.EMPTY, Can.JSON, Can.HTML}
    )
    shows = frozenset(
        {Origin.ALT, Origin.CARD, Origin.POLL, Origin.WARNING, Origin.CLIENT, Origin.QUOTED, Origin.PARENT}
    )
    page_size = 40
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {"ISO, milliseconds": rfc3339, "ISO": in_seconds}

    def table_keys(self) -> Mapping[str, object]:
        return {"instance": self.at, "acct": "@lin"}

    def native_id(self, post: Post) -> str:
        return f"{urlsplit(self.at).netloc}/{self._id(post)}"

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        if path == "/api/v1/accounts/lookup":
            return NOT_FOUND if self.renamed else in_json({"id": "9001"})
        if path == "/api/v1/accounts/9001/statuses":
            below = query.get("max_id")
            if below is None:
                return if_changed(in_json([self._status(post) for post in self.page()]), asked)
            if self.behind:
                return said(self.behind, asked)
            older = [post for post in self.listed() if int(self._id(post)) < int(below)]
            return in_json([self._status(post) for post in self.show(older[: self.page_size])])
        return self._single(path.removeprefix("/api/v1/statuses/"))

    def _single(self, wanted: str) -> Reply:
        for post in self.posts:
            if self._id(post) == wanted:
                return in_json(self._status(post))
            if Origin.PARENT in post.says and f"{self._id(post)}9" == wanted:
                return in_json({"id": wanted, "content": f"<p>{escaped(post.says[Origin.PARENT])}</p>"})
        return NOT_FOUND

    def _id(self, post: Post) -> str:
        return str((milliseconds(post.made_at) << 16) + post.no)

    def _status(self, post: Post) -> Json:
        says = post.says
        told = post.claims if isinstance(post.claims, str) else rfc3339(post.made_at)
        status: Json = {
            "id": self.number(self._id(post)),
            "url": f"{self.at}/@lin/{self._id(post)}",
            "created_at": told,
            "edited_at": rfc3339(post.edited_at) if post.edited_at else None,
            "content": f"<p>{self.html(post.text)}</p>",
            "spoiler_text": says.get(Origin.WARNING, ""),
            "visibility": "public",
            "in_reply_to_id": f"{self._id(post)}9" if Origin.PARENT in says else None,
        }
        if alt := says.get(Origin.ALT):
            status["media_attachments"] = [{"type": "image", "url": "https://cdn.example/1.png", "description": alt}]
        if option := says.get(Origin.POLL):
            status["poll"] = {"options": [{"title": option}, {"title": "none"}]}
        if card := says.get(Origin.CARD):
            status["card"] = {"title": card, "description": ""}
        if client := says.get(Origin.CLIENT):
            status["application"] = {"name": client}
        if Origin.QUOTED in says:
            quoted = None if post.quoted_is_gone else {"id": "5", "content": f"<p>{escaped(says[Origin.QUOTED])}</p>"}
            status["quote"] = {"state": "deleted" if post.quoted_is_gone else "accepted", "quoted_status": quoted}
        return status


class BlueskyNetwork(Network):
    """Bluesky: ordered by what authors claim; records may be overwritten."""

    source = "bluesky"
    can = frozenset({Can.PAGE, Can.EDIT, Can.ASK, Can.LATE, Can.DATE, Can.RENAME, Can.CONDITION, Can.EMPTY, Can.JSON})
    shows = frozenset({Origin.ALT, Origin.CARD, Origin.QUOTED, Origin.PARENT})
    page_size = 100
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {
        "ISO, milliseconds": rfc3339,
        "offset, microseconds": with_offset,
        "no zone": lambda at: in_seconds(at)[:-1],
    }

    @property
    def did(self) -> str:
        return f"did:plc:{self.name.replace('-', '')}"

    def table_keys(self) -> Mapping[str, object]:
        return {"actor": self.did, "service": self.at}

    def native_id(self, post: Post) -> str:
        return f"{self.did}/{self._key(post)}"

    def place(self, post: Post) -> datetime:
        return min(post.claimed_at, post.made_at)

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        method = path.removeprefix("/xrpc/")
        if method == "com.atproto.identity.resolveHandle":
            gone = {"error": "InvalidRequest", "message": "Unable to resolve handle"}
            return Reply(400, in_json(gone).body) if self.renamed else in_json({"did": self.did})
        start = int(query.get("cursor", "0"))
        if start and self.behind:
            return said(self.behind, asked)
        size = int(query.get("limit", "0"))
        if method == "app.bsky.feed.getAuthorFeed":
            page = self.page(start)
            more = {"cursor": str(start + size)} if len(page) == size else {}
            reply = in_json({"feed": [self._item(post) for post in page], **more})
            return reply if start else if_changed(reply, asked)
        if method == "com.atproto.repo.listRecords":
            by_key = self.show(sorted(self.posts, key=self._key, reverse=True)[start : start + size])
            rows = [{"uri": self._uri(post), "cid": self._cid(post), "value": self._record(post)} for post in by_key]
            return in_json({"records": rows, **({"cursor": str(start + size)} if len(by_key) == size else {})})
        if method == "app.bsky.feed.getPosts":
            wanted = parse_qs(urlsplit(asked.path).query)["uris"]
            return in_json({"posts": [self._view(post) for post in self.posts if self._uri(post) in wanted]})
        return NOT_FOUND

    def _key(self, post: Post) -> str:
        number = milliseconds(post.made_at) * 1000 + post.no % 1000 << 10
        return "".join(DIGITS[number >> shift & 31] for shift in range(60, -1, -5))

    def _uri(self, post: Post) -> str:
        return f"at://{self.did}/app.bsky.feed.post/{self._key(post)}"

    def _cid(self, post: Post) -> str:
        return f"cid-{post.no}-{len(post.edits)}"

    def _record(self, post: Post) -> Json:
        told = post.claims if isinstance(post.claims, str) else rfc3339(post.claimed_at)
        record: Json = {"$type": "app.bsky.feed.post", "text": post.text, "createdAt": told}
        if alt := post.says.get(Origin.ALT):
            record["embed"] = {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": {}}]}
        if card := post.says.get(Origin.CARD):
            record["embed"] = {"external": {"uri": "https://b.example/x", "title": card, "description": ""}}
        if Origin.QUOTED in post.says:
            record["embed"] = {"record": {"uri": "at://did:plc:fan/app.bsky.feed.post/q", "cid": "q"}}
        if Origin.PARENT in post.says:
            record["reply"] = {"parent": {"uri": f"at://did:plc:fan/app.bsky.feed.post/p{post.no}", "cid": "p"}}
        return record

    def _view(self, post: Post) -> Json:
        view: Json = {
            "uri": self._uri(post),
            "cid": self._cid(post),
            "author": {"did": self.did, "handle": "lin.example"},
            "record": self._record(post),
            "indexedAt": rfc3339(post.made_at),
        }
        if quoted := post.says.get(Origin.QUOTED):
            there = {"uri": "at://did:plc:fan/app.bsky.feed.post/q", "value": {"text": quoted}}
            gone = {"$type": "app.bsky.embed.record#viewNotFound", "uri": there["uri"], "notFound": True}
            view["embed"] = {"record": gone if post.quoted_is_gone else there}
        return view

    def _item(self, post: Post) -> Json:
        parent = post.says.get(Origin.PARENT)
        said_by_fan = {"author": {"did": "did:plc:fan"}, "record": {"text": parent}}
        return {"post": self._view(post), **({"reply": {"parent": said_by_fan}} if parent else {})}
