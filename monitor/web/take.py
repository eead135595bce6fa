"""`/take/NUMBER/RECEIVER/MAC`: those who were told say that they are on it. The link stands in their messages.

Looking changes nothing, for chat tools look at every link before people do. Only pressing the button does; and only a
link that one person alone can have makes it theirs. A press by we do not know whom is kept as seen.
"""

from collections.abc import Callable
from html import escape
from typing import Final

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from monitor.deliver import links
from monitor.errors import StoreError
from monitor.model.messages import AlertState, Receiver
from monitor.runtime import Runtime, World
from monitor.store import keys, reviews, stories
from monitor.telemetry import log_event
from monitor.words import say

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}
PAGE: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title><style>
body {{ font: 18px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 30rem; padding: 2rem }}
h1 {{ font-size: 1.4rem }} button {{ font: inherit; padding: .8rem 1.6rem; border-radius: .5rem; border: 1px solid;
background: #b3261e; color: #fff; width: 100% }} p {{ overflow-wrap: anywhere }}
</style></head><body><h1>{title}</h1><p>{said}</p>{form}</body></html>
"""
FORM: Final = '<form method="post"><button type="submit">{label}</button></form>'


def add_taking(app: FastAPI, world: World, runtime: Callable[[], Runtime]) -> None:
    """Serve the page in that application, for the receivers that are configured at the time."""

    @app.get("/take/{number}/{key}/{mac}")
    async def look(number: str, key: str, mac: str) -> HTMLResponse:
        return await run_in_threadpool(_answer, world, runtime(), (number, key, mac), pressed=False)

    @app.post("/take/{number}/{key}/{mac}")
    async def press(number: str, key: str, mac: str) -> HTMLResponse:
        return await run_in_threadpool(_answer, world, runtime(), (number, key, mac), pressed=True)


def _answer(world: World, runtime: Runtime, asked: tuple[str, str, str], *, pressed: bool) -> HTMLResponse:
    number, key, said = asked
    receiver = runtime.receivers.get(key)
    if receiver is None or not _is_ours(world, number, key, said):
        return _page("en", "404", say("en", "take_unknown"), status=404)
    try:
        return _act(world, runtime, int(number), receiver) if pressed else _show(world, int(number), receiver)
    except StoreError:
        return _page(receiver.language, f"A-{number}", say(receiver.language, "take_later"), status=503)


def _is_ours(world: World, number: str, key: str, said: str) -> bool:
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - of a row
        return False
    with world.store.read() as tx:
        own = keys.own_key(tx, keys.TAKE)
    return own is not None and links.is_ours(int(number), key, said, own)


def _show(world: World, number: int, receiver: Receiver) -> HTMLResponse:
    """As much as the least that any receiver is told: severity, label, number."""
    language = receiver.language
    with world.store.read() as tx:
        story = stories.show_alert(tx, number)
    if story is None:
        return _page(language, "404", say(language, "take_unknown"), status=404)
    alert = story.alert
    title = f"{say(language, f'severity_{alert.severity}')} · {alert.label} · A-{number}"
    if alert.state is not AlertState.OPEN:
        return _page(language, title, say(language, f"take_{alert.state}"))
    return _page(language, title, say(language, "take_ask"), FORM.format(label=escape(say(language, "link_take"))))


def _act(world: World, runtime: Runtime, number: int, receiver: Receiver) -> HTMLResponse:
    member = runtime.settings.roster.person_behind(receiver.key)
    with world.store.write() as tx:
        if member is None:
            reviews.note_seen(tx, number, receiver.key, world.clock.now())
            code = "take_seen"
        else:
            taken = reviews.acknowledge(tx, number, member.name, world.clock.now())
            code = "take_done" if taken else "take_acknowledged"
    log_event("pressed", alert=number, receiver=receiver.key, what=code)
    return _page(receiver.language, f"A-{number}", say(receiver.language, code))


def _page(language: str, title: str, said: str, form: str = "", *, status: int = 200) -> HTMLResponse:
    text = PAGE.format(language=language, title=escape(title), said=escape(said), form=form)
    return HTMLResponse(text, status, HEADERS)
