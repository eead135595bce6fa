"""Beside the path: pictures of flagged posts, and of those near a launch, are fetched at once and kept as received."""

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from monitor import evidence
from monitor.errors import Failure, StoreError, TransportError
from monitor.evidence import Settled
from monitor.failpoints import passing
from monitor.fetch.asking import NOT_KEPT
from monitor.model.people import Account
from monitor.model.posts import MediaState
from monitor.net.client import Answer, Limits
from monitor.runtime import Runtime, World
from monitor.store import blobs, pictures
from monitor.store.pictures import Got, WantedPicture
from monitor.telemetry import log_event, log_trouble
from monitor.workers import hand_over

COLLECTED_AT_ONCE: Final = 8
TOTAL_TIMEOUT_S: Final = 40.0  # shorter than the patience of those who look for work that is stuck
_ACCEPT: Final = {"Accept": "image/*,*/*;q=0.8"}
_PORTS: Final = {"http": 80, "https": 443}


def collect_due(world: World, runtime: Runtime, pool: Executor, *, room: int = COLLECTED_AT_ONCE) -> list[Future[None]]:
    """Fetch pictures that are due, a few at a time."""
    if runtime.settings.evidence_dir is None:
        return []
    with world.store.write() as tx:
        due = pictures.claim_pictures(tx, world.clock.now(), limit=room)
    return [hand_over(world, pool, f"picture {wanted.id}", collect_one, runtime, wanted) for wanted in due]


def collect_one(world: World, runtime: Runtime, wanted: WantedPicture) -> None:
    """One attempt at one picture: kept, gone, refused, or tried again."""
    account, folder = runtime.accounts.get(wanted.account_key), runtime.settings.evidence_dir
    if account is None or folder is None:  # another process may know it; else it ends as missed
        _try_again(world, wanted, "unknown account")
        return
    room = evidence.room_for(wanted.bytes_before)
    if not room:
        _settle(world, wanted, Settled(MediaState.REFUSED, "post too large"), Got())
        return
    try:
        answer = _ask(world, account, wanted, room)
    except TransportError as error:
        _failed(world, wanted, error, whole=room == evidence.MOST_BYTES)
        return
    content_type = answer.headers.get("content-type", "")
    settled = evidence.judge_answer(answer.status, content_type, len(answer.body), wanted.bytes_before)
    if settled.state is MediaState.WANTED:
        _try_again(world, wanted, settled.note)
    elif settled.state is MediaState.KEPT:
        _keep(world, wanted, folder, answer, content_type)
    else:
        _settle(world, wanted, settled, _got(answer, content_type))


def _ask(world: World, account: Account, wanted: WantedPicture, room: int) -> Answer:
    """The answer to one question. Only the account's own origin gets its credentials, and may be a private one."""
    at_home = _origin(wanted.url) == _origin(account.url)
    return world.client.get(
        wanted.url,
        headers={**_ACCEPT, **_referer(wanted.post_url)},
        secret_headers=account.secret_headers if at_home else {},
        limits=Limits(total_timeout_s=TOTAL_TIMEOUT_S, max_body_bytes=room),
        allow_private=account.allow_private_network and at_home,
        route=account.route,
    )


def _referer(post_url: str | None) -> Mapping[str, str]:
    """The network on which the post stands, as browsers say it: some servers show pictures to its visitors only."""
    parts = urlsplit(post_url or "")
    return {"Referer": f"{parts.scheme}://{parts.netloc}/"} if parts.netloc and "@" not in parts.netloc else {}


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", url, None


# --- what came of it ------------------------------------------------------------------------------------------------


def _keep(world: World, wanted: WantedPicture, folder: Path, answer: Answer, content_type: str) -> None:
    """The file first, whole, then its row: a death in between leaves a file that nobody needs."""
    now = world.clock.now()
    try:
        sha256 = blobs.keep(folder, answer.body, now)
    except StoreError as error:
        log_trouble("picture_not_stored", picture=wanted.id, problem=type(error).__name__)
        _try_again(world, wanted, "not stored")
        return
    passing("C14")
    got = _got(answer, content_type, sha256)
    with world.store.write() as tx:
        # Several of one post may have been under way.
        before = pictures.bytes_of(tx, wanted.post_id)
        settled = evidence.judge_answer(answer.status, content_type, len(answer.body), before)
        pictures.settle(tx, wanted, settled, got, now)
    if settled.state is MediaState.KEPT and not blobs.path_of(folder, sha256).exists():
        blobs.keep(folder, answer.body, now)  # it was of old, and a sweep took it just before the row was there
    log_event("picture", picture=wanted.id, post=wanted.post_id, state=settled.state, size=len(answer.body))


def _got(answer: Answer, content_type: str, sha256: str | None = None) -> Got:
    headers = {name: value for name, value in answer.headers.items() if name not in NOT_KEPT}
    return Got(answer.status, content_type, headers, sha256, len(answer.body) if sha256 else None)


def _failed(world: World, wanted: WantedPicture, error: TransportError, *, whole: bool) -> None:
    if error.failure is Failure.TOO_LARGE:
        _settle(world, wanted, Settled(MediaState.REFUSED, "too large" if whole else "post too large"), Got())
    elif error.failure is Failure.REFUSED_ADDRESS:
        _settle(world, wanted, Settled(MediaState.REFUSED, "refused address"), Got())
    else:
        _try_again(world, wanted, str(error.failure))


def _try_again(world: World, wanted: WantedPicture, note: str) -> None:
    due_at = evidence.next_try(wanted.tries, wanted.wanted_at, world.clock.now())
    if due_at is None:
        _settle(world, wanted, Settled(MediaState.MISSED, note), Got())
    else:
        with world.store.write() as tx:
            pictures.try_later(tx, wanted, note, due_at)


def _settle(world: World, wanted: WantedPicture, settled: Settled, got: Got) -> None:
    with world.store.write() as tx:
        pictures.settle(tx, wanted, settled, got, world.clock.now())
    log_event("picture", picture=wanted.id, post=wanted.post_id, state=settled.state, note=settled.note)
