"""One read of an account, kept nowhere: what it brought, or why it brought nothing, for people and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from monitor.cli import show
from monitor.clock import Clock
from monitor.errors import TransportError
from monitor.fetch import source_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Page, ReadState
from monitor.net.client import Client
from monitor.words import say


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was read, and what to do; neither quotes a secret."""

    failure: str
    detail: str
    cause: str
    remedy: str


def read_once(account: Account, client: Client, clock: Clock) -> Page:
    """A first read of this account, with what it carries. Raises TransportError."""
    return source_of(account).page(account, ReadState(), client, clock.now())


def refusal_of(error: TransportError, language: str) -> Refused:
    """The failure in words."""
    cause, remedy = (say(language, f"failure_{error.failure}_{what}") for what in ("cause", "remedy"))
    return Refused(error.failure, error.detail, cause, remedy)


def print_refusal(account: Account, refused: Refused, *, as_json: bool) -> None:
    """Cause and remedy, on standard error for people."""
    if as_json:
        told = {"failure": refused.failure, "detail": refused.detail, "cause": refused.cause, "remedy": refused.remedy}
        show.print_json({"account": account.key, "state": "failing", **told})
        return
    show.err().print(f"{account.key} cannot be read: {refused.cause} ({refused.detail})", style="red", markup=False)
    show.err().print(refused.remedy, markup=False)


def print_page(account: Account, page: Page, language: str, *, as_json: bool, newest: int | None = None) -> None:
    """The posts of a read, the newest first; all of them if no number is given."""
    posts = sorted(page.posts, key=lambda post: (post.claimed_at is not None, post.claimed_at), reverse=True)
    shown = posts[:newest]
    if as_json:
        told = [_told(post) for post in shown]
        counts = {"posts": len(posts), "unreadable": len(page.broken), "cut": page.cut, "notes": list(page.notes)}
        show.print_json({"account": account.key, "state": "ok", **counts, "shown": told})
        return
    for line in _lines(account, page, shown, language):
        show.out().print(line)


def _lines(account: Account, page: Page, shown: list[FetchedPost], language: str) -> Iterator[Text]:
    unreadable = f", {len(page.broken)} unreadable" if page.broken else ""
    yield Text(f"{account.key}: ok, {len(page.posts)} posts{unreadable}", "green")
    if page.notes:
        yield Text(f"  notes: {' '.join(page.notes)}", "dim")
    for item in page.broken:
        yield Text(f"  entry {item.position}: {item.problem}", "yellow")
    for post in shown:
        yield Text()
        yield Text(f"{show.short_time(post.claimed_at)} ", "bold") + Text(post.kind)
        yield Text(f"  {show.printable(post.url or post.native_id)}", "dim")
        for part in post.parts:
            head = say(language, "part_head", origin=say(language, f"origin_{part.origin}"))
            yield Text(f"  {head}", "bold") + Text(show.printable(part.text))
        for media in post.media:
            yield Text(f"  {media.kind}: {show.printable(media.url)}", "dim")


def _told(post: FetchedPost) -> dict[str, object]:
    parts = [{"origin": part.origin, "text": part.text, "by_author": part.by_author} for part in post.parts]
    media = [{"kind": media.kind, "url": media.url} for media in post.media]
    return {
        "id": post.native_id,
        "kind": post.kind,
        "at": post.claimed_at,
        "edited_at": post.edited_at,
        "url": post.url,
        "parts": parts,
        "media": media,
    }
