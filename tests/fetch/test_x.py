"""The source `x` against a real server that answers as X does: timelines, budgets, edits, refusals."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError
from monitor.fetch.x.source import XSource, XTable
from monitor.fetch.x.tweets import Included, post_of, versions_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Media, MediaKind, Origin, Page, Part, PostKind, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import Asked, FeedServer, Reply, Script
from tests.fetch.odd_values import with_something_odd

TIMELINE, POSTS, BY_NAME = "/2/users/77/tweets", "/2/tweets", "/2/users/by/username/lin_yuan"
PROBLEMS = "https://api.twitter.com/2/problems/"
NONE: Mapping[str, str] = {}
Tweet = dict[str, Any]


def number(at: datetime, serial: int = 1) -> str:
    """The id that a post of this instant has."""
    return str((int(at.timestamp() * 1000) - 1288834974657 << 22) + serial)


def ago(**how_long: float) -> datetime:
    return NOW - timedelta(**how_long)


def tweet(at: datetime, text: str = "早", author: str = "77", **more: object) -> Tweet:
    own = str(more.get("id", number(at)))
    told = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": own, "text": text, "author_id": author, "created_at": told, "edit_history_tweet_ids": [own]} | more


def timeline(
    *tweets: Tweet, next_token: str | None = None, includes: object = None, headers: Mapping[str, str] = NONE
) -> Reply:
    meta: dict[str, object] = {"result_count": len(tweets)}
    if tweets:
        meta["newest_id"] = max((each["id"] for each in tweets), key=lambda own: (len(own), own))
    if next_token:
        meta["next_token"] = next_token
    data = {"data": tweets, "includes": includes or {}} if tweets else {}
    return Reply(200, json.dumps({"meta": meta, **data}).encode(), headers)


def answer(value: object) -> Reply:
    return Reply(200, json.dumps(value).encode())


def pages(*by_token: Reply) -> Script:
    """The first answer without a token, then one for each: "1", "2" and so on."""

    def turn(asked: Asked) -> Reply:
        (at,) = query(asked).get("pagination_token", ["0"])
        return by_token[int(at)]

    return turn


def query(asked: Asked) -> Mapping[str, list[str]]:
    return parse_qs(urlsplit(asked.path).query)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def lin(server: FeedServer, **keys: Any) -> Account:
    who = {} if "username" in keys else {"user_id": "77"}
    table = XTable(source="x", base=server.url(""), token_env="X_TOKEN", **(who | keys))
    secret = {"Authorization": "Bearer s3cret"}
    own = account(server.url(""))
    return replace(own, source="x", platform="x", options=table, secret_headers=secret)


def client() -> Client:
    return Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")


def read(server: FeedServer, state: ReadState | None = None, now: datetime = NOW, **keys: Any) -> Page:
    return XSource().page(lin(server, **keys), state or ReadState(), client(), now)


def one(server: FeedServer, native_id: str) -> FetchedPost | Gone | None:
    return XSource().one(lin(server), native_id, client(), NOW)


def only(shown: Tweet, **includes: object) -> FetchedPost:
    return post_of(shown, Included.of({"includes": includes}), account(), NOW)


def texts(page: Page) -> list[str]:
    return [post.parts[0].text for post in page.posts]


# --- what a post says -----------------------------------------------------------------------------------------------

LINK = {
    "url": "https://t.co/Ab1",
    "expanded_url": "https://b.example/k80",
    "unwound_url": "https://shop.example/k80",
    "title": "K80",
    "description": "3699 元",
}
OWN_PICTURE = {"url": "https://t.co/Ab12", "expanded_url": "https://x.com/lin/status/1/photo/1", "media_key": "3_1"}
PHOTO = {"media_key": "3_1", "type": "photo", "url": "https://pics.example/1.jpg", "alt_text": "K80 海报"}
VIDEO = {"media_key": "7_1", "type": "video", "preview_image_url": "https://pics.example/v.jpg"}
POLL = {"id": "9", "options": [{"position": 1, "label": "3699"}, {"position": 2, "label": "3999"}]}

SAYS = [
    pytest.param(tweet(NOW, "A &amp; B &lt;3 &amp;lt;"), [(Origin.TEXT, "A & B <3 &lt;")], id="entities, once"),
    pytest.param(
        tweet(NOW, "长文…", note_tweet={"text": "长文 K80 &amp; 3699"}),
        [(Origin.TEXT, "长文 K80 & 3699")],
        id="long text",
    ),
    pytest.param(
        tweet(NOW, "看 https://t.co/Ab1 https://t.co/Ab12", entities={"urls": [LINK, OWN_PICTURE]}),
        [
            (Origin.TEXT, "看 https://b.example/k80"),
            (Origin.CARD, "K80"),
            (Origin.CARD, "3699 元"),
            (Origin.CARD, "https://shop.example/k80"),
        ],
        id="links as they lead, the own picture not",
    ),
    pytest.param(
        tweet(NOW, "看…", note_tweet={"text": "看这 https://t.co/Ab1", "entities": {"urls": [LINK | {"title": None}]}}),
        [
            (Origin.TEXT, "看这 https://b.example/k80"),
            (Origin.CARD, "3699 元"),
            (Origin.CARD, "https://shop.example/k80"),
        ],
        id="links of the long text",
    ),
    pytest.param(tweet(NOW, "看 https://t.co/x"), [(Origin.TEXT, "看 https://t.co/x")], id="unexplained link"),
    pytest.param(
        tweet(NOW, "看", attachments={"media_keys": ["3_1", "7_1", "7_9"], "poll_ids": ["9"]}),
        [(Origin.TEXT, "看"), (Origin.POLL, "3699"), (Origin.POLL, "3999"), (Origin.ALT, "K80 海报")],
        id="poll and pictures",
    ),
    pytest.param(
        tweet(NOW, "早", source="K80 Pro"), [(Origin.TEXT, "早"), (Origin.CLIENT, "K80 Pro")], id="posting client"
    ),
]


@pytest.mark.parametrize(("shown", "says"), SAYS)
def test_a_post_says_all_that_it_shows_where_it_shows_it(shown: Tweet, says: list[tuple[Origin, str]]) -> None:
    post = only(shown, media=[PHOTO, VIDEO], polls=[POLL])
    assert [(part.origin, part.text) for part in post.parts] == says
    assert all(part.by_author for part in post.parts)
    assert (post.kind, post.native_id, post.native_rev) == (PostKind.POST, number(NOW), number(NOW))
    assert (post.url, post.claimed_at) == (f"https://x.com/i/web/status/{number(NOW)}", NOW)


def test_pictures_are_shown_and_of_videos_the_cover() -> None:
    post = only(tweet(NOW, attachments={"media_keys": ["3_1", "7_1"]}), media=[PHOTO, VIDEO])
    assert post.media == (Media(MediaKind.PICTURE, PHOTO["url"]), Media(MediaKind.COVER, VIDEO["preview_image_url"]))


FAN = tweet(ago(hours=1), "K80 多少钱? &amp;", "5", attachments={"media_keys": ["3_1"]})


def named(**kinds: str) -> list[Tweet]:
    return [{"type": kind, "id": own} for kind, own in kinds.items()]


@pytest.mark.parametrize(
    ("parent", "part"),
    [
        (FAN, Part(Origin.PARENT, "K80 多少钱? &", by_author=False)),
        (FAN | {"author_id": "77"}, Part(Origin.PARENT, "K80 多少钱? &")),
        (tweet(ago(days=9)), None),
    ],
)
def test_a_reply_brings_what_it_answers_to(parent: Tweet, part: Part | None) -> None:
    shown = tweet(NOW, "3699", referenced_tweets=named(replied_to=FAN["id"]))
    post = only(shown, tweets=[parent])
    assert (post.kind, post.parts) == (PostKind.REPLY, (Part(Origin.TEXT, "3699"), *([part] if part else [])))
    assert post.content_hash == only(shown).content_hash


def test_a_quote_brings_the_quoted_post_and_is_no_edit_when_that_goes() -> None:
    shown = tweet(NOW, "3699", referenced_tweets=named(quoted=FAN["id"], replied_to="1"))
    post = only(shown, tweets=[FAN], media=[PHOTO])
    assert post.kind is PostKind.REPLY
    assert post.parts == (
        Part(Origin.TEXT, "3699"),
        Part(Origin.QUOTED, "K80 多少钱? &", by_author=False),
        Part(Origin.QUOTED, "K80 海报", by_author=False),
    )
    assert post.content_hash == only(shown).content_hash
    assert post.content_hash != only(tweet(NOW, "3699", referenced_tweets=named(quoted="1"))).content_hash


@pytest.mark.parametrize(
    ("tweets", "text", "root"),
    [
        ([FAN], "K80 多少钱? &", FAN["id"]),
        ([FAN | {"edit_history_tweet_ids": ["12", FAN["id"]]}], "K80 多少钱? &", "12"),
        ([], "RT @fan: K80 多…", FAN["id"]),
    ],
)
def test_a_retweet_is_anothers_whole_text(tweets: list[Tweet], text: str, root: str) -> None:
    shown = tweet(NOW, "RT @fan: K80 多…", referenced_tweets=named(retweeted=FAN["id"]), source="K80 Pro")
    post = only(shown, tweets=tweets)
    assert (post.kind, post.root_id, post.native_id) == (PostKind.REPOST, root, number(NOW))
    assert post.parts == (Part(Origin.QUOTED, text, by_author=False), Part(Origin.CLIENT, "K80 Pro"))


def test_an_edit_is_a_version_of_the_first_and_the_earlier_ones_are_read_too() -> None:
    times = [ago(minutes=30), ago(minutes=20), ago(minutes=10)]
    chain = [number(at) for at in times]
    versions = [tweet(at, f"v{no}", edit_history_tweet_ids=chain) for no, at in enumerate(times, 1)]
    included = Included.of({"includes": {"tweets": versions}})
    posts = [post_of(each, included, account(), NOW) for each in versions_of(versions[2], included)]
    assert [post.parts[0].text for post in posts] == ["v3", "v2", "v1"]
    assert {post.native_id for post in posts} == {chain[0]}
    assert [post.native_rev for post in posts] == chain[::-1]
    assert [post.edited_at for post in posts] == [times[2], times[1], None]
    assert {post.claimed_at for post in posts} == {times[0]}


@pytest.mark.parametrize(
    ("shown", "at"),
    [
        (tweet(NOW, created_at=None), NOW),
        (tweet(NOW, id="20", created_at="2006-03-21T20:50:14.000Z"), datetime(2006, 3, 21, 20, 50, 14, tzinfo=UTC)),
        (tweet(NOW, id="20", created_at=None), None),
        (tweet(NOW, id=int(number(NOW))), NOW),
    ],
)
def test_the_instant_is_what_is_told_or_what_the_id_says(shown: Tweet, at: datetime | None) -> None:
    assert only(shown).claimed_at == at


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_name_is_looked_up_once_and_then_only_what_is_newer_is_asked_for(server: FeedServer) -> None:
    server.routes |= {BY_NAME: answer({"data": {"id": "77", "username": "lin_yuan"}}), TIMELINE: timeline(tweet(NOW))}
    first = read(server, username="@lin_yuan")
    assert texts(first) == ["早"]
    assert (first.cut, first.joined) == (False, False)
    assert b'"meta"' in first.payloads[first.posts[0].evidence].body
    asked = query(server.asked[1])
    assert (asked["max_results"], "since_id" in asked, "exclude" in asked) == (["20"], False, False)
    assert "note_tweet" in asked["tweet.fields"][0]
    assert server.asked[1].headers["authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(first.payloads)

    server.routes[TIMELINE] = timeline()
    again = read(server, first.state, username="@lin_yuan")
    assert (again.posts, again.unchanged, again.payloads) == ((), True, ())
    assert again.state == first.state
    asked = query(server.asked[2])
    assert (asked["since_id"], asked["max_results"], len(server.asked)) == ([number(NOW)], ["100"], 3)


def test_an_account_without_posts_is_no_failure(server: FeedServer) -> None:
    server.routes[TIMELINE] = timeline()
    assert read(server).unchanged


def test_replies_and_retweets_are_left_out_if_so_wished(server: FeedServer) -> None:
    server.routes[TIMELINE] = timeline(tweet(NOW))
    read(server, replies=False, retweets=False)
    read(server, retweets=False)
    assert [query(each)["exclude"] for each in server.asked] == [["replies,retweets"], ["retweets"]]


def test_errors_beside_posts_are_normal_and_a_post_without_sense_spoils_no_other(server: FeedServer) -> None:
    partial = {
        "resource_type": "tweet",
        "type": PROBLEMS + "not-authorized-for-resource",
        "title": "Authorization Error",
    }
    shown = {"data": [tweet(NOW), {"id": "1"}, {"text": "?"}], "errors": [partial], "meta": {"result_count": 3}}
    server.routes[TIMELINE] = answer(shown)
    page = read(server)
    assert (texts(page), [each.position for each in page.broken]) == (["早"], [1, 2])


def test_something_odd_in_any_place_spoils_no_neighbour(server: FeedServer) -> None:
    more: dict[str, Any] = {"entities": {"urls": [LINK]}, "attachments": {"media_keys": ["3_1"], "poll_ids": ["9"]}}
    chain, names = [number(ago(hours=2)), number(NOW)], named(quoted=FAN["id"], replied_to="5")
    shown = tweet(NOW, "看 https://t.co/Ab1", edit_history_tweet_ids=chain, referenced_tweets=names, **more)
    shared = tweet(NOW, "RT", referenced_tweets=named(retweeted=FAN["id"]))
    odd_ones = [*with_something_odd(shown), *with_something_odd(shared)]
    meta = {"newest_id": "zzz", "next_token": None}
    includes = {"tweets": [FAN, tweet(ago(hours=2)), None], "media": [PHOTO, 7], "polls": [POLL, {}]}
    server.routes[TIMELINE] = answer(
        {"data": [*odd_ones, tweet(ago(days=1), "good")], "includes": includes, "meta": meta, "errors": [None]}
    )
    page = read(server)
    assert page.posts[-1].parts[0].text == "good"
    assert len(page.posts) > len(page.broken) > 2
    read(server, page.state)
    assert query(server.asked[-1])["since_id"] == [number(NOW)]


def known(server: FeedServer, at: datetime, **keys: Any) -> ReadState:
    """The state after a read whose newest post is of that time."""
    server.routes[TIMELINE] = timeline(tweet(at))
    state = read(server, now=at, **keys).state
    server.asked.clear()
    return state


def test_all_that_is_new_is_read_over_several_pages(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    server.routes[TIMELINE] = pages(
        timeline(tweet(ago(hours=1), "a"), next_token="1"), timeline(next_token="2"), timeline(tweet(ago(hours=5), "b"))
    )
    page = read(server, state)
    assert (texts(page), page.cut, page.joined) == (["a", "b"], False, True)
    assert [post.evidence for post in page.posts] == [0, 2]
    server.routes[TIMELINE] = timeline()
    read(server, page.state)
    assert query(server.asked[-1])["since_id"] == [number(ago(hours=1))]


def test_what_lies_behind_the_last_page_that_may_be_read_is_a_gap(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    server.routes[TIMELINE] = timeline(tweet(ago(hours=1), "a"), next_token="1")
    page = read(server, state, pages=1)
    assert (texts(page), page.cut, page.joined) == (["a"], True, False)


def test_a_page_that_fails_does_not_keep_the_newest_back_and_is_read_again(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    server.routes[TIMELINE] = pages(timeline(tweet(ago(hours=1), "a"), next_token="1"), Reply(503))
    page = read(server, state)
    assert (texts(page), page.cut) == (["a"], True)
    read(server, page.state)
    assert query(server.asked[-2])["since_id"] == [number(ago(hours=9))]


def test_a_spent_allowance_is_waited_for(server: FeedServer) -> None:
    left = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOW.timestamp()) + 300)}
    server.routes[TIMELINE] = timeline(tweet(NOW), headers=left)
    assert read(server).next_read_after_s == 300


# --- what it costs --------------------------------------------------------------------------------------------------


def test_the_budget_of_a_month_is_counted_told_and_kept(server: FeedServer) -> None:
    state = known(server, ago(hours=9), monthly_read_budget=100)
    many = [tweet(ago(minutes=no)) for no in range(1, 70)]
    server.routes[TIMELINE] = timeline(*many, includes={"tweets": [tweet(ago(days=2), author="5")]})
    page = read(server, state, monthly_read_budget=100)
    assert (len(page.posts), page.notes) == (69, ())

    server.routes[TIMELINE] = timeline(*[tweet(ago(seconds=no)) for no in range(1, 11)])
    page = read(server, page.state, monthly_read_budget=100)
    assert page.notes == ("quota:80",)
    assert query(server.asked[-1])["max_results"] == ["29"]

    server.routes[TIMELINE] = timeline(*[tweet(NOW, id=number(NOW, no)) for no in range(1, 20)], next_token="1")
    page = read(server, page.state, monthly_read_budget=100)
    assert (page.cut, page.notes) == (True, ("quota:80",))

    count = len(server.asked)
    with pytest.raises(FetchError) as caught:
        read(server, page.state, monthly_read_budget=100)
    assert (caught.value.failure, len(server.asked)) == (Failure.QUOTA, count)

    server.routes[TIMELINE] = timeline()
    december = datetime(2026, 12, 1, tzinfo=UTC)
    assert read(server, page.state, now=december, monthly_read_budget=100).unchanged
    assert read(server, page.state).notes == ()


# --- refusals -------------------------------------------------------------------------------------------------------


def problem(word: str, title: str = "", **more: str) -> Tweet:
    return {"type": PROBLEMS + word, "title": title, "detail": "about [77]", **more}


@pytest.mark.parametrize(
    ("status", "body", "failure", "wait_s"),
    [
        (200, {"errors": [problem("not-authorized-for-resource", "Authorization Error")]}, Failure.PRIVATE, None),
        (200, {"errors": [problem("resource-not-found", "Not Found Error")]}, Failure.GONE, None),
        (200, {"errors": [problem("other", "Odd")]}, Failure.NOT_A_FEED, None),
        (200, [], Failure.NOT_A_FEED, None),
        (200, "<title>Log in to X</title>", Failure.LOGIN_WALL, None),
        (401, {"title": "Unauthorized", "type": "about:blank", "status": 401}, Failure.SESSION_EXPIRED, None),
        (402, {"title": "CreditsDepleted"}, Failure.QUOTA, None),
        (403, problem("not-authorized-for-resource", "Authorization Error"), Failure.PRIVATE, None),
        (403, {"errors": [problem("x", "Authorization Error")]}, Failure.PRIVATE, None),
        (403, problem("unsupported-authentication", "Unsupported Authentication"), Failure.SESSION_EXPIRED, None),
        (403, problem("client-forbidden", "Client Forbidden"), Failure.BLOCKED, None),
        (403, "<html>", Failure.BLOCKED, None),
        (404, problem("resource-not-found"), Failure.GONE, None),
        (429, {"title": "Too Many Requests", "type": "about:blank"}, Failure.RATE_LIMITED, 120),
        (429, problem("usage-capped", "UsageCapExceeded"), Failure.QUOTA, None),
        (503, problem("x"), Failure.SERVER, None),
    ],
)
def test_a_refusal_has_its_name(
    server: FeedServer, status: int, body: object, failure: Failure, wait_s: float | None
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    server.routes[TIMELINE] = Reply(status, text.encode(), {"x-rate-limit-reset": str(int(NOW.timestamp()) + 120)})
    with pytest.raises(FetchError) as caught:
        read(server)
    assert (caught.value.failure, caught.value.retry_after_s) == (failure, wait_s)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ({"errors": [problem("resource-not-found", "Not Found Error", parameter="username")]}, Failure.GONE),
        ({"data": {}}, Failure.NOT_A_FEED),
    ],
)
def test_a_name_that_leads_nowhere_is_a_named_failure(server: FeedServer, body: object, failure: Failure) -> None:
    server.routes[BY_NAME] = answer(body)
    with pytest.raises(FetchError) as caught:
        read(server, username="lin_yuan")
    assert caught.value.failure is failure


# --- one post -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (problem("resource-not-found", "Not Found Error"), Gone("deleted")),
        (problem("not-authorized-for-resource", "Authorization Error"), Gone("hidden")),
        (problem("resource-not-found", "Forbidden"), Gone("hidden")),
        (problem("other"), None),
    ],
)
def test_a_single_post_that_is_not_there_is_gone_as_x_says(server: FeedServer, error: Tweet, told: Gone | None) -> None:
    server.routes[POSTS] = answer({"errors": [error]})
    assert one(server, "12") == told
    assert query(server.asked[0])["ids"] == ["12"]


def test_a_single_post_that_cannot_be_read_says_nothing(server: FeedServer) -> None:
    server.routes[POSTS] = answer({"data": [{"id": "12"}]})
    assert one(server, "12") is None


@pytest.mark.parametrize("beside", [True, False], ids=["newest version beside the first", "asked for"])
def test_a_single_post_is_its_newest_version(server: FeedServer, *, beside: bool) -> None:
    chain = [number(ago(minutes=30)), number(ago(minutes=20))]
    first = tweet(ago(minutes=30), "v1", edit_history_tweet_ids=chain)
    second = tweet(ago(minutes=20), "v2", edit_history_tweet_ids=chain)

    def look_up(asked: Asked) -> Reply:
        wanted = query(asked)["ids"][0]
        data = [each for each in (first, second) if each["id"] == wanted]
        return answer({"data": data, "includes": {"tweets": [second]} if beside else {}})

    server.routes[POSTS] = look_up
    found = one(server, chain[0])
    assert isinstance(found, FetchedPost)
    assert (found.native_id, found.native_rev, found.parts[0].text) == (*chain, "v2")
    assert found.content_hash == only(second).content_hash
    assert len(server.asked) == (1 if beside else 2)


# --- configuration --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"token_env": "T"}, "needs either user_id or username"),
        ({"token_env": "T", "user_id": "7", "username": "lin"}, "needs either user_id or username"),
        ({"user_id": "7"}, "has no token"),
        ({"token_env": "T", "user_id": "lin"}, "is no id of X"),
        ({"token_env": "T", "username": "林"}, "is no name of X"),
    ],
)
def test_who_is_read_and_with_what_must_be_said(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        XTable(source="x", **keys)
    assert problem in str(caught.value.errors()[0]["ctx"]["error"].problem)


def test_its_home_is_the_id_or_the_name() -> None:
    homes = [
        XTable(source="x", token_env="T", user_id="7").home(),
        XTable(source="x", token_env="T", username="@Lin").home(),
    ]
    assert [home.native_id for home in homes] == ["7", "@lin"]
    assert {home.url for home in homes} == {"https://api.x.com"}
