"""`POST /inbound/KEY`: posts that others send for an account of the source `inbound`. See docs/reference/inbound.md."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from monitor.deliver.signing import verify
from monitor.errors import Failure, FetchError, NotFoundError, StoreError
from monitor.fetch.inbound import pushed_page
from monitor.model.people import Account
from monitor.reading import take_in
from monitor.runtime import World
from monitor.telemetry import log_trouble

MOST_BYTES: Final = 2**20
DRAINED_BYTES: Final = 8 * MOST_BYTES
BODY_TIMEOUT_S: Final = 20.0
TOLD: Final = 100  # mistakes in one answer
RETRY_S: Final = 10
# Whoever asks for an account that is none waits as long for the answer as whoever signs badly.
_DECOY: Final = (b"no account has this secret, and no message is signed with it",)
Accounts: TypeAlias = Callable[[], Mapping[str, Account]]


def add_inbound(app: FastAPI, world: World, accounts: Accounts, *, body_timeout_s: float = BODY_TIMEOUT_S) -> None:
    """Take pushes in that application, for the accounts that are configured at the time."""

    @app.post("/inbound/{key}")
    async def pushed(key: str, request: Request) -> JSONResponse:
        try:
            async with asyncio.timeout(body_timeout_s):
                body = await _body(request)
        except TimeoutError:
            return _answer(408, "the body did not come in time")
        if body is None:
            return _answer(413, f"the body has more than {MOST_BYTES} bytes")
        headers = dict(request.headers)
        return await run_in_threadpool(_take, world, accounts().get(key), headers, body)


async def _body(request: Request) -> bytes | None:
    """The body; None if it is too large. Unless by far, it is read all the same, for else nobody hears the answer."""
    if int(request.headers.get("content-length", "0")) > DRAINED_BYTES:
        return None
    body, count = bytearray(), 0
    async for piece in request.stream():
        count += len(piece)
        if count > DRAINED_BYTES:
            break
        if count <= MOST_BYTES:
            body += piece
    return bytes(body) if count <= MOST_BYTES else None


def _take(world: World, account: Account | None, headers: Mapping[str, str], body: bytes) -> JSONResponse:
    """Check who sends, store what is right, and say what is wrong."""
    now = world.clock.now()
    secrets = account.push_secrets if account else ()
    distrust = verify(secrets or _DECOY, headers, body, now)
    if account is None or not secrets:
        return _answer(404, "there is no such account")
    if distrust is not None:
        log_trouble("push_refused", account=account.key)
        return _answer(401, "the message is not signed for this account")
    try:
        page = pushed_page(account, body, headers.get("webhook-id", ""), now)
        saved = take_in(world, account, page)
    except FetchError as error:
        return _answer(413 if error.failure is Failure.TOO_LARGE else 400, error.detail)
    except (StoreError, NotFoundError):
        log_trouble("push_not_stored", account=account.key)
        return _answer(503, "it cannot be stored now: send it again")
    counts: dict[str, Any] = {"new": saved.new_posts, "edited": saved.new_revisions, "known": saved.known}
    if not page.broken:
        return JSONResponse(counts, 202)
    wrong = [{"post": each.position, "problem": each.problem} for each in page.broken[:TOLD]]
    return JSONResponse({"problem": f"{len(page.broken)} posts are wrong", **counts, "wrong": wrong}, 400)


def _answer(status: int, problem: str) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_S)} if status == 503 else {}  # noqa: PLR2004 - Service Unavailable
    if status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not read
    return JSONResponse({"problem": problem}, status, headers)
