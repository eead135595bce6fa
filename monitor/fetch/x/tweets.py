"""Posts of X, as its API shows them, become posts of ours: what is said where, by whom, and when."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self, TypeAlias

from monitor.fetch.entries import EntryError
from monitor.fetch.shaping import Draft, dicts, inner, order, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, MediaKind, Origin, Part, PostKind

Tweet: TypeAlias = Mapping[str, Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1288834974657)
_FIRST_WITH_TIME: Final = 30_000_000_000  # ids below were counted, not made of the time
_SHORT_LINK = re.compile(r"https?://t\.co/\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Included:
    """What an answer brings beside its posts, by id: posts that they name, pictures and videos, polls."""

    tweets: Mapping[str, Tweet]
    media: Mapping[str, Mapping[str, Any]]
    polls: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, value: object) -> Self:
        """What stands in `includes`."""

        def by(name: str, key: str) -> dict[str, Mapping[str, Any]]:
            found = dicts(inner(value, "includes", name))
            return {named: each for each in found if (named := text_id(each.get(key)))}

        return cls(by("tweets", "id"), by("media", "media_key"), by("polls", "id"))


def chain_of(tweet: Tweet) -> list[str]:
    """The ids of all its versions, the oldest first: an edit gets a new one, above all that were there before."""
    chain = tweet.get("edit_history_tweet_ids")
    own = text_id(tweet.get("id"))
    if own is None:
        raise EntryError("a post without an id")
    found = [named for each in chain if (named := text_id(each))] if isinstance(chain, list) else []
    return sorted({*found, own}, key=order)


def versions_of(tweet: Tweet, included: Included) -> list[Tweet]:
    """A post and its earlier versions, as far as the answer has them, the newest first."""
    own = text_id(tweet.get("id"))
    earlier = [included.tweets[each] for each in reversed(chain_of(tweet)) if each in included.tweets and each != own]
    return [tweet, *(each for each in earlier if order(str(each["id"])) < order(str(own)))]


def post_of(tweet: Tweet, included: Included, account: Account, now: datetime, evidence: int = 0) -> FetchedPost:
    """The post that a version is: its id is that of the first version, its revision's that of this one."""
    chain, own = chain_of(tweet), str(text_id(tweet.get("id")))
    draft = Draft(account, chain[0], f"https://x.com/i/web/status/{own}", native_rev=own)
    named = {str(each.get("type")): text_id(each.get("id")) for each in dicts(tweet.get("referenced_tweets"))}
    shared = named.get("retweeted")
    if shared:
        original = included.tweets.get(shared)
        draft.kind, draft.root_id = PostKind.REPOST, chain_of(original)[0] if original else shared
        version = _say(draft, original or tweet, included, by_author=False)
    else:
        draft.kind = PostKind.REPLY if "replied_to" in named else PostKind.POST
        version = _say(draft, tweet, included, by_author=True)
    draft.say(Origin.CLIENT, tweet.get("source"))
    if quoted := named.get("quoted"):
        version.append(Part(Origin.QUOTED, quoted, by_author=False))
        if quoted in included.tweets:
            _say(draft, included.tweets[quoted], included, by_author=False)
    parent = included.tweets.get(named.get("replied_to") or "")
    if parent is not None:
        mine = parent.get("author_id") is not None and parent["author_id"] == tweet.get("author_id")
        draft.say(Origin.PARENT, _text(parent), by_author=mine)
    return draft.finish(
        text_id(tweet.get("created_at")) if len(chain) == 1 and tweet.get("created_at") else _made(chain[0]),
        now,
        edited=_made(own) if own != chain[0] else None,
        fingerprint=version,
        evidence=evidence,
    )


def _made(tweet_id: str) -> str | None:
    """The instant in an id, which is more exact than what is told of a version."""
    number = int(tweet_id) if tweet_id.isascii() and tweet_id.isdigit() else 0
    if number < _FIRST_WITH_TIME or len(tweet_id) > len(str(2**63)):
        return None
    return (_EPOCH + timedelta(milliseconds=number >> 22)).isoformat()


def _say(draft: Draft, tweet: Tweet, included: Included, *, by_author: bool) -> list[Part]:
    """What a post says, in all its places, and what tells its versions apart: link cards come when X has read them."""
    first = len(draft.parts)

    def say(origin: Origin, text: object) -> None:
        draft.say(origin if by_author else Origin.QUOTED, text, by_author=by_author)

    say(Origin.TEXT, _text(tweet))
    attached = tweet.get("attachments")
    for poll in _named(included.polls, inner(attached, "poll_ids")):
        for option in dicts(poll.get("options")):
            say(Origin.POLL, option.get("label"))
    for file in _named(included.media, inner(attached, "media_keys")):
        say(Origin.ALT, file.get("alt_text"))
        picture = file.get("type") == "photo"
        kind = MediaKind.PICTURE if picture else MediaKind.COVER
        draft.show(kind, file.get("url") if picture else file.get("preview_image_url"))
    version = draft.parts[first:]
    for link in _links(tweet):
        for name in ("title", "description"):
            say(Origin.CARD, link.get(name))
        if link.get("unwound_url") != link.get("expanded_url"):
            say(Origin.CARD, link.get("unwound_url"))
    return version


def _text(tweet: Tweet) -> str:
    """The whole text, with links as they lead; those to the post's own pictures say nothing."""
    long = inner(tweet, "note_tweet", "text")
    text = long if isinstance(long, str) and long else tweet.get("text")
    if not isinstance(text, str):
        raise EntryError("a post without a text")
    links = {str(link.get("url")): link for link in _links(tweet)}

    def leads(found: re.Match[str]) -> str:
        link = links.get(found[0])
        if link is None:
            return found[0]
        return "" if link.get("media_key") else str(link.get("expanded_url") or found[0])

    # "&" is always written as "&amp;": one pass restores what was typed.
    return html.unescape(_SHORT_LINK.sub(leads, text)).strip()


def _links(tweet: Tweet) -> list[Mapping[str, Any]]:
    """Each link once: the long text's and the cut one's."""
    places = (inner(tweet, "note_tweet", "entities", "urls"), inner(tweet, "entities", "urls"))
    found = {str(link.get("url")): link for links in reversed(places) for link in dicts(links)}
    return list(found.values())


def _named(things: Mapping[str, Mapping[str, Any]], keys: object) -> Iterator[Mapping[str, Any]]:
    for key in keys if isinstance(keys, list) else ():
        if (named := text_id(key)) in things:
            yield things[str(named)]
