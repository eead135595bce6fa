"""The source `telegram` against a scripted server: what a preview shows, its pages, and pages that are no preview."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from monitor.errors import Failure, FetchError
from monitor.fetch import Asks, source_of
from monitor.fetch.remembered import Remembered, remembered
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Media, MediaKind, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Asked, FeedServer, Reply, redirect
from tests.fetch.of_table import account_of, client, read, told
from tests.fetch.telegram_pages import message, preview, said

PREVIEW = "/s/Lumo_News"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def lumo(server: FeedServer, **keys: object) -> Account:
    return account_of("telegram", {"channel": "@Lumo_News", "base": server.url(""), **keys})


def person(extra: str, name: str = "Lumo") -> Reply:
    title = f'<div class="tgme_page_title"><span>{name}</span></div>' if name else ""
    page = f'<div class="tgme_page">{title}<div class="tgme_page_extra">{extra}</div></div>'
    return Reply(200, f"<html><title>Telegram: Contact @Lumo_News</title><body>{page}</body></html>".encode())


def reads(server: FeedServer, body: str, meta: str = "") -> FetchedPost:
    server.routes[PREVIEW] = preview(message(7, body, meta=meta))
    (post,) = read(lumo(server)).posts
    return post


def test_a_message_is_told(server: FeedServer) -> None:
    bold = "<b>Lumo</b> X9<br/>at <tg-spoiler>3,999</tg-spoiler> &amp; more "
    post = reads(
        server, said(bold + """<i class="emoji" style="background-image:url('//t.example/1.png')"><b>👍</b></i>""")
    )
    assert told(post) == [("text", "Lumo X9\nat 3,999 & more 👍", True)]
    assert (post.native_id, post.url) == ("lumo_news/7", server.url("/Lumo_News/7"))
    assert post.claimed_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert (post.kind, post.platform, post.media, post.native_rev) == (PostKind.POST, "telegram", (), None)


def test_the_newest_page_is_read_with_its_evidence(server: FeedServer) -> None:
    server.routes[PREVIEW] = preview(message(6, said("one")), message(7, said("two")))
    page = read(lumo(server))
    assert [post.native_id for post in page.posts] == ["lumo_news/6", "lumo_news/7"]
    assert [payload.url for payload in page.payloads] == [server.url(PREVIEW)]
    assert (page.cut, page.notes, page.broken) == (False, (), ())
    assert remembered(page.state.cursor).newest == "7"


def test_an_edit_shows_by_its_mark_and_its_words(server: FeedServer) -> None:
    before, after = reads(server, said("at 3,999")), reads(server, said("soon"), "edited &nbsp;")
    assert (before.native_rev, after.native_rev) == (None, "edited")
    assert before.content_hash != after.content_hash
    assert reads(server, said("soon")).content_hash == after.content_hash


def test_what_is_answered_to_is_the_parent_and_no_part_of_the_version(server: FeedServer) -> None:
    author = '<div class="tgme_widget_message_author"><span>Lumo News</span></div>'
    asked = '<div class="tgme_widget_message_text js-message_text js-message_reply_text">the X9 at 3,999?</div>'
    reply = f'<a class="tgme_widget_message_reply" href="https://t.me/Lumo_News/3">{author}{asked}</a>'
    post = reads(server, reply + said("yes"))
    assert told(post) == [("parent", "the X9 at 3,999?", False), ("text", "yes", True)]
    assert (post.kind, post.content_hash) == (PostKind.REPLY, reads(server, said("yes")).content_hash)
    picture = '<a class="tgme_widget_message_reply" href="https://t.me/Lumo_News/3"><div>Photo</div></a>'
    assert told(reads(server, picture + said("yes"))) == [("text", "yes", True)]


@pytest.mark.parametrize(
    ("name", "root"),
    [
        (
            '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/Else_News/55">Else</a>',
            "else_news/55",
        ),
        ('<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/somebody">Somebody</a>', None),
        ('<span class="tgme_widget_message_forwarded_from_name">Somebody</span>', None),
        ("", None),
    ],
)
def test_what_is_passed_on_is_quoted(server: FeedServer, name: str, root: str | None) -> None:
    head = f'<div class="tgme_widget_message_forwarded_from">Forwarded from {name}</div>'
    card = '<div class="link_preview_title">Lumo X9</div>'
    post = reads(server, head + said("at 3,999") + card)
    assert told(post) == [("quoted", "at 3,999", False), ("quoted", "Lumo X9", False)]
    assert (post.kind, post.root_id) == (PostKind.REPOST, root)


def test_cards_files_and_polls_are_told(server: FeedServer) -> None:
    link = (
        '<a class="tgme_widget_message_link_preview" href="https://lumo.example/x9">'
        '<div class="link_preview_site_name">Lumo</div><i class="link_preview_image" '
        "style=\"background-image:url('https://cdn.example/card.jpg')\"></i>"
        '<div class="link_preview_title">Lumo X9</div><div class="link_preview_description">at 3,999<br>soon</div></a>'
    )
    file = (
        '<div class="tgme_widget_message_document"><div class="tgme_widget_message_document_title">x9-specs.pdf</div>'
        '<div class="tgme_widget_message_document_extra">1.2 MB</div></div>'
    )
    option = (
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">{}%</div>'
        '<div class="tgme_widget_message_poll_option_text">{}</div></div>'
    )
    poll = (
        '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Which one?</div>'
        f'<div class="tgme_widget_message_poll_type">Anonymous Poll</div>{option.format(60, "X9")}{{}}</div>'
    )
    assert told(reads(server, said("see") + link + file)) == [
        ("text", "see", True),
        ("card", "Lumo X9", True),
        ("card", "at 3,999\nsoon", True),
        ("card", "x9-specs.pdf", True),
    ]
    voted, later = (reads(server, poll.format(option.format(percent, "X8"))) for percent in (40, 41))
    assert told(voted) == [("poll", "Which one?", True), ("poll", "X9", True), ("poll", "X8", True)]
    assert voted.content_hash == later.content_hash


def test_an_album_is_one_post_with_its_pictures(server: FeedServer) -> None:
    album = (
        '<div class="tgme_widget_message_grouped_wrap"><a class="tgme_widget_message_photo_wrap grouped_media_wrap" '
        'href="https://t.me/Lumo_News/7?single" style="width:450px;background-image:url(\'https://cdn.example/1.jpg\')">'
        '</a><a class="tgme_widget_message_photo_wrap" style="background-image: url(//cdn.example/2.jpg)"></a></div>'
        '<a class="tgme_widget_message_video_player"><i class="tgme_widget_message_video_thumb" '
        "style=\"background-image:url('https://cdn.example/3.jpg')\"></i></a>"
        '<a class="tgme_widget_message_photo_wrap" style="background-image:url(\'javascript:x\')"></a>'
    )
    post = reads(server, album)
    assert post.media == (
        Media(MediaKind.PICTURE, "https://cdn.example/1.jpg"),
        Media(MediaKind.PICTURE, "https://cdn.example/2.jpg"),
        Media(MediaKind.COVER, "https://cdn.example/3.jpg"),
    )
    assert told(post) == []


def test_a_text_that_holds_itself_is_told_once(server: FeedServer) -> None:
    assert told(reads(server, said(said("at 3,999")))) == [("text", "at 3,999", True)]


def test_what_the_channel_tells_of_itself_is_no_post(server: FeedServer) -> None:
    renamed = message(8, said("Channel name was changed"), styles="service_message js-widget_message")
    server.routes[PREVIEW] = preview(message(7, said("one")), renamed)
    page = read(lumo(server))
    assert [post.native_id for post in page.posts] == ["lumo_news/7"]
    assert (remembered(page.state.cursor).newest, page.broken) == ("8", ())


def test_one_that_cannot_be_read_does_not_spoil_its_neighbours(server: FeedServer) -> None:
    empty = '<div class="tgme_widget_message js-widget_message" data-post="Lumo_News/7"></div>'
    server.routes[PREVIEW] = preview(message(6, said("one")), empty, message(8, said("two")))
    page = read(lumo(server))
    assert [post.native_id[-1] for post in page.posts] == ["6", "8"]
    assert [error.position for error in page.broken] == [1]


def paged(count: int, size: int = 20) -> Callable[[Asked], Reply]:
    """Messages 1 to `count`, the oldest first; each fifth was deleted."""

    def page(asked: Asked) -> Reply:
        before = int(parse_qs(urlsplit(asked.path).query).get("before", [str(count + 1)])[0])
        there = [no for no in range(1, before) if no % 5 or no == count]
        return preview(*(message(no, said(f"text {no}")) for no in there[-size:]))

    return page


@pytest.mark.parametrize(
    ("known", "pages", "oldest", "asked", "cut"),
    [
        (0, 10, 77, 1, False),  # the first read stays on the first page
        (100, 10, 77, 1, False),
        (76, 10, 77, 1, False),
        (75, 10, 52, 2, False),  # deleted since
        (3, 10, 2, 4, False),
        (3, 2, 52, 2, True),
        (3, 1, 77, 1, True),
    ],
)
def test_older_pages_are_read_until_one_reaches_what_was_known(
    server: FeedServer, known: int, pages: int, oldest: int, asked: int, *, cut: bool
) -> None:
    server.routes[PREVIEW] = paged(101)
    state = ReadState(cursor=Remembered(newest=str(known)).text() if known else None)
    page = read(lumo(server, pages=pages), state)
    ids = [int(post.native_id.rpartition("/")[2]) for post in page.posts]
    assert (ids[0], len(server.asked), page.cut) == (oldest, asked, cut)
    assert ids == sorted(set(ids))
    assert [page.posts[no].evidence for no in (-1, 0)] == [0, asked - 1]
    assert remembered(page.state.cursor).newest == "101"


def test_a_server_that_repeats_itself_is_asked_no_further(server: FeedServer) -> None:
    server.routes[PREVIEW] = preview(message(9, said("one")))
    page = read(lumo(server), ReadState(cursor=Remembered(newest="2").text()))
    assert (len(page.posts), len(server.asked)) == (1, 2)


def test_a_channel_without_messages_is_a_page_that_says_so(server: FeedServer) -> None:
    server.routes[PREVIEW] = preview('<div class="tme_no_messages_found">No posts found</div>')
    page = read(lumo(server))
    assert (page.posts, page.notes) == ((), ("empty",))


@pytest.mark.parametrize(
    ("landing", "failure"),
    [
        (person("12 345 subscribers"), Failure.PRIVATE),
        (person("1 subscriber"), Failure.PRIVATE),
        (person("88 members, 3 online"), Failure.PRIVATE),
        (person("@Lumo_News"), Failure.GONE),
        (person("", name=""), Failure.GONE),
        (Reply(200, b"<html><title>Log in</title></html>"), Failure.LOGIN_WALL),
        (Reply(200, b"<html>prove that you are no robot: captcha</html>"), Failure.CAPTCHA),
        (Reply(200, b"<html><p>hello</p></html>"), Failure.NOT_A_FEED),
        (Reply(200, b""), Failure.NOT_A_FEED),
        (preview(*(message(no, "") for no in range(201))), Failure.TOO_LARGE),
        (Reply(404), Failure.GONE),
        (Reply(403), Failure.BLOCKED),
        (Reply(429), Failure.RATE_LIMITED),
        (Reply(502), Failure.SERVER),
    ],
)
def test_a_page_without_a_preview_is_a_named_failure(server: FeedServer, landing: Reply, failure: Failure) -> None:
    server.routes[PREVIEW] = redirect("/Lumo_News")
    server.routes["/Lumo_News"] = landing
    with pytest.raises(FetchError) as caught:
        read(lumo(server))
    assert caught.value.failure is failure


def one(server: FeedServer) -> FetchedPost | Gone | None:
    source = source_of(lumo(server))
    assert isinstance(source, Asks)
    return source.one(lumo(server), "lumo_news/7", client(), NOW)


def test_a_single_message_is_there_or_gone_or_not_told(server: FeedServer) -> None:
    path = "/lumo_news/7"
    server.routes[path] = Reply(200, message(7, said("soon")).encode())
    again = one(server)
    assert isinstance(again, FetchedPost)
    assert (again.native_id, again.content_hash) == ("lumo_news/7", reads(server, said("soon")).content_hash)
    assert server.asked[0].path == f"{path}?embed=1"
    error = '<div class="tgme_widget_message_error">{}</div>'
    for html, answer in (
        (error.format("Post not found"), Gone("deleted")),
        (error.format("Please open Telegram to view this post"), None),
        (message(8, said("another")), None),
        ("<p>hello</p>", None),
    ):
        server.routes[path] = Reply(200, html.encode())
        assert one(server) == answer
    server.routes[path] = Reply(404)
    assert one(server) == Gone("deleted")
    server.routes[path] = Reply(429)
    with pytest.raises(FetchError):
        one(server)


@pytest.mark.parametrize("name", ["", "abc", "a/b/c/d", "lumo news", "+AbCdEfGh", "https://t.me/lumo"])
def test_what_is_no_name_of_a_channel_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=re.escape("is no name of a channel")):
        account_of("telegram", {"channel": name})
