"""The source `page` against a real server: what is selected, what counts as a change, walls in its place."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import ValidationError

from monitor.errors import Failure, FetchError
from monitor.fetch.page import changed_chars, new_lines
from monitor.model.people import Account
from monitor.model.posts import Page, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import FeedServer, Reply, fresh_feed, redirect
from tests.fetch.of_table import account_of, read, told

SHELL = """<!doctype html><html><head><title>{title}</title><script>var t = {token};</script></head><body>
<nav><a href="/">Home</a></nav><div class="bio"><h1>Lin Yuan</h1>{bio}</div><footer>{foot}</footer></body></html>"""
SIGN_IN = SHELL.format(title="Log in", token=1, bio="<form><input type=password></form>", foot="")
BOX = "<form><input type=password></form>"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def account(server: FeedServer, **keys: object) -> Account:
    return account_of("page", {"url": server.url("/lin"), "selector": ".bio", **keys})


def shows(server: FeedServer, bio: str, *, title: str = "Lin", token: int = 1, foot: str = "") -> None:
    html = SHELL.format(title=title, token=token, bio=bio, foot=foot)
    server.routes["/lin"] = fresh_feed(html.encode(), "text/html; charset=utf-8")


def said(page: Page) -> list[list[tuple[str, str, bool]]]:
    return [told(post) for post in page.posts]


def refusal(who: Account, state: ReadState | None = None) -> tuple[Failure, str]:
    with pytest.raises(FetchError) as caught:
        read(who, state)
    return caught.value.failure, caught.value.detail


def test_the_first_read_is_a_post_of_the_whole_text(server: FeedServer) -> None:
    shows(server, "<p>Makes&nbsp;phones\n at Lumo</p><p>Soon: <b>X9</b><img alt='a drawing' src=x></p>")
    page = read(account(server))
    (post,) = page.posts
    assert told(post) == [("profile", "Lin Yuan\nMakes phones at Lumo\nSoon: X9\na drawing", True)]
    assert (post.kind, post.url, post.claimed_at) == (PostKind.PROFILE, server.url("/lin"), None)
    assert (page.joined, page.cut, post.evidence, len(page.payloads)) == (True, False, 0, 1)


def test_a_change_is_one_post_of_the_lines_that_are_new(server: FeedServer) -> None:
    shows(server, "<p>Makes phones</p><p>Old line</p>")
    first = read(account(server))
    shows(server, "<p>Makes phones. The X9 at 3,999</p><p>Old line</p><p>in spring</p>", token=2)
    second = read(account(server), first.state)
    assert said(second) == [[("profile", "Makes phones. The X9 at 3,999\nin spring", True)]]
    ids = [page.posts[0].native_id for page in (first, second)]
    assert len({*ids}) == 2
    assert [each.partition(":")[0] for each in ids] == [ids[0].partition(":")[0]] * 2
    shows(server, "<p>Makes phones</p><p>Old line</p>")
    back = read(account(server), second.state)
    assert said(back) == [[("profile", "Makes phones", True)]]
    assert back.posts[0].native_id == ids[0]


def test_what_is_no_change_is_no_post(server: FeedServer) -> None:
    shows(server, "<p>Makes phones</p><p>and more</p>", token=1)
    first = read(account(server))
    for bio, token, foot in (
        ("<p>Makes phones</p><p>and more</p>", 1, ""),
        ("<p>Makes phones</p><p>and more</p>", 2, "<p>Elsewhere: X9</p>"),
        ("<div>Makes \n phones</div>\n\n<div><span>and</span> more</div>", 3, ""),
        ("<p>and more</p><p>Makes phones</p>", 4, ""),
        ("<p>and more</p>", 5, ""),
    ):
        shows(server, bio, token=token, foot=foot)
        page = read(account(server), first.state)
        assert (page.unchanged, page.posts, page.payloads) == (True, (), ())
        again = read(account(server), page.state)
        assert (again.unchanged, server.asked[-1].headers["if-none-match"]) == (True, page.state.etag)


def test_what_went_and_came_back_is_told_again(server: FeedServer) -> None:
    shows(server, "<p>The X9 at 3,999</p>")
    first = read(account(server))
    shows(server, "")
    gone = read(account(server), first.state)
    assert gone.unchanged
    shows(server, "<p>The X9 at 3,999</p>")
    assert said(read(account(server), gone.state)) == [[("profile", "The X9 at 3,999", True)]]


def test_what_is_to_be_ignored_counts_for_nothing(server: FeedServer) -> None:
    keys = {"ignore": [r"\d+ followers", r"(?m)^Seen .*$"]}
    shows(server, "<p>Phones · 120 followers</p><p>Seen today</p>")
    first = read(account(server, **keys))
    assert said(first) == [[("profile", "Lin Yuan\nPhones ·", True)]]
    shows(server, "<p>Phones · 121 followers</p><p>Seen just now</p>")
    assert read(account(server, **keys), first.state).unchanged


def test_small_changes_add_up_to_the_least_that_counts(server: FeedServer) -> None:
    keys = {"minimum_change": 4}
    shows(server, "<p>Phones 100</p>")
    first = read(account(server, **keys))
    shows(server, "<p>Phones 101</p>")
    small = read(account(server, **keys), first.state)
    assert (small.unchanged, small.state.cursor) == (True, first.state.cursor)
    assert read(account(server, **keys), small.state).unchanged
    shows(server, "<p>Phones 101 X9!</p>")
    assert said(read(account(server, **keys), small.state)) == [[("profile", "Phones 101 X9!", True)]]


@pytest.mark.parametrize(
    ("before", "after", "chars"),
    [("a", "a", 0), ("ab", "ba", 1), ("12,345", "12,346", 1), ("", "abc", 3), ("abc", "", 3), ("abc", "abde", 2)],
)
def test_how_much_has_changed(before: str, after: str, chars: int) -> None:
    assert changed_chars(before, after) == chars


def test_lines_are_told_once_and_in_their_order() -> None:
    assert new_lines("a\nb", "c\nb\nd\nc") == ["c", "d"]


def test_another_selector_looks_anew(server: FeedServer) -> None:
    shows(server, "<p>Phones</p>", foot="<p>X9 at 3,999</p>")
    first = read(account(server))
    page = read(account(server, selector="footer"), first.state)
    assert said(page) == [[("profile", "X9 at 3,999", True)]]
    assert "if-none-match" not in server.asked[1].headers


def test_of_places_within_places_the_outermost_counts(server: FeedServer) -> None:
    shows(server, "<div><p>one</p><div>two</div></div>")
    page = read(account(server, selector=".bio div, footer"))
    assert said(page) == [[("profile", "one\ntwo", True)]]


def test_without_a_selector_it_is_the_whole_page(server: FeedServer) -> None:
    shows(server, "<p>Phones</p>", foot="© Lumo")
    page = read(account_of("page", {"url": server.url("/lin")}))
    assert said(page) == [[("profile", "Home\nLin Yuan\nPhones\n© Lumo", True)]]


@pytest.mark.parametrize(
    ("html", "selector", "failure"),
    [
        (SIGN_IN, ".bio", Failure.LOGIN_WALL),
        (SIGN_IN, ".other", Failure.LOGIN_WALL),
        (SIGN_IN, None, Failure.LOGIN_WALL),
        (SHELL.format(title="Lin", token=1, bio=BOX, foot=""), ".bio", Failure.LOGIN_WALL),
        (SHELL.format(title="Lin", token=1, bio="", foot="<div class=g-recaptcha>"), None, Failure.CAPTCHA),
        (SHELL.format(title="安全验证", token=1, bio="", foot=""), ".bio", Failure.CAPTCHA),
        (SHELL.format(title="Lin", token=1, bio="hi", foot=""), ".other", Failure.NOT_A_FEED),
        (SHELL.format(title="Lin", token=1, bio="hi", foot=""), "nav img", Failure.NOT_A_FEED),
        (SHELL.format(title="Lin", token=1, bio="hi", foot=""), "footer", Failure.SUSPECT_EMPTY),
        ("", ".bio", Failure.NOT_A_FEED),
        ("", None, Failure.SUSPECT_EMPTY),
        (SHELL.format(title="Lin", token=1, bio="<p>word " * 5000, foot=""), ".bio", Failure.TOO_LARGE),
        ("<div>" * 15_000, ".bio", Failure.TOO_LARGE),
        ("<p " + " ".join(f"a{n}=1" for n in range(9000)) + " class=bio>x", ".bio", Failure.TOO_LARGE),
    ],
)
def test_what_stands_in_the_place_of_a_profile_is_named(
    server: FeedServer, html: str, selector: str | None, failure: Failure
) -> None:
    shows(server, "<p>Phones</p>")
    keys = {"selector": selector} if selector else {}
    server.routes["/lin"] = Reply(200, html.encode())
    who = account_of("page", {"url": server.url("/lin"), **keys})
    assert refusal(who)[0] is failure
    assert refusal(who, ReadState("1", None, "hash", "{}"))[0] is failure


def test_a_page_with_a_box_to_sign_in_is_read_by_its_selector(server: FeedServer) -> None:
    shows(server, "<p>This captcha, verify you are 安全验证</p>", foot=BOX)
    assert said(read(account(server)))[0][0][1].startswith("Lin Yuan\nThis captcha")
    assert refusal(account_of("page", {"url": server.url("/lin")}))[0] is Failure.CAPTCHA


@pytest.mark.parametrize(
    ("reply", "failure"),
    [(Reply(403), Failure.BLOCKED), (Reply(404), Failure.GONE), (Reply(500), Failure.SERVER)],
)
def test_every_status_has_its_name(server: FeedServer, reply: Reply, failure: Failure) -> None:
    server.routes["/lin"] = reply
    assert refusal(account(server))[0] is failure


def test_a_pattern_that_runs_away_is_stopped(server: FeedServer) -> None:
    shows(server, f"<p>{'a' * 5000}!</p>")
    failure, detail = refusal(account(server, ignore=[r"(a|aa)+$"]))
    assert (failure, "ignore" in detail, "aaa" in detail) == (Failure.FAULT, True, False)


@pytest.mark.parametrize(
    "keys",
    [
        {"selector": "p["},
        {"selector": ""},
        {"ignore": ["("]},
        {"ignore": ["a*"]},
        {"ignore": ["a" * 501]},
        {"ignore": "a"},
        {"minimum_change": 0},
    ],
)
def test_keys_that_cannot_be_meant_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        account_of("page", {"url": "https://lumo.example/", **keys})


def test_the_charset_of_a_page_is_found(server: FeedServer) -> None:
    html = SHELL.format(title="林", token=1, bio="<p>云雀 X9 售价 3999 元</p>", foot="")
    server.routes["/lin"] = Reply(200, html.encode("gb18030"), {"Content-Type": "text/html; charset=gbk"})
    assert said(read(account(server)))[0][0][1] == "Lin Yuan\n云雀 X9 售价 3999 元"


def test_a_page_of_many_elements_and_long_attributes_is_read(server: FeedServer) -> None:
    shows(server, "<p>hi</p>", foot=f"<p data-a='{'{&quot;a&quot; : 1} ' * 9000}'>x</p>" + "<i a=1 b='2'>x</i>" * 9000)
    assert said(read(account(server))) == [[("profile", "Lin Yuan\nhi", True)]]


def test_a_page_that_moved_is_noted_and_a_secret_address_is_not_told(server: FeedServer) -> None:
    server.routes["/lin"] = redirect("/new?token=secret", 301)
    server.routes["/new"] = Reply(200, SHELL.format(title="Lin", token=1, bio="<p>hi</p>", foot="").encode())
    assert read(account(server)).notes == (f"moved:{server.url('/new')}",)
    page = read(replace(account(server), url_is_secret=True))
    assert (page.posts[0].url, page.notes) == (None, (f"moved:{server.url('/…')}",))
    assert page.payloads[0].fetched_at == NOW


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"by": 1}', '{"text": "x"}'])
def test_a_cursor_of_another_program_is_none(server: FeedServer, cursor: str) -> None:
    shows(server, "<p>hi</p>")
    assert len(read(account(server), ReadState(cursor=cursor)).posts) == 1
