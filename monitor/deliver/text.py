"""The readable message: its first line alone suffices on a lock screen, the rest is read in ten seconds.

Plain text in the receiver's language and zone, without markup. What a receiver is not to be told never comes in:
`minimal` has nothing of the post, `post` has the post and the kinds of what was found, `full` has reasons and lift.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.deliver.card import Card, Link, Tone, plain
from monitor.deliver.gloss import gloss
from monitor.deliver.inert import safe_url
from monitor.deliver.summary import summary_card
from monitor.deliver.trouble import incident_lines
from monitor.model.messages import (
    Digest,
    Disclosure,
    EventKind,
    EventMoved,
    IncidentEvent,
    IncidentNotice,
    Message,
    Notice,
    Receiver,
    Spread,
    Verdict,
)
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import NEVER, Severity
from monitor.model.summaries import Summary
from monitor.words import platform_name, say, say_reason
from monitor.words.phrases import duration, listing, moment

POST_BYTES: Final = 360  # of the post; a message is about 650 bytes then, and every chat tool takes it whole
PART_BYTES: Final = 240
WHY_LINES: Final = 3
DIGEST_ROWS: Final = 8
PLACES: Final = 5  # where else a story is told, by name
ROW_BYTES: Final = 120
MARKS: Final = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "⚪"}

_UNSHOWABLE: Final = re.compile("[\ud800-\udfff]")
# Line ends, other controls, and the marks that reorder a line: with them a post could fake a line of ours.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_WEB: Final = ("https://", "http://")
_SHOWS_THE_POST_AGAIN: Final = frozenset({EventKind.ADDED, EventKind.REOPENED})


def readable(message: Message, receiver: Receiver) -> str:
    """A message as a person reads it where nothing but text can be shown; raises as `card_of` does."""
    return plain(card_of(message, receiver))


def card_of(message: Message, receiver: Receiver) -> Card:
    """A message as a person reads it; RenderError if a word for it is missing."""
    if isinstance(message, Notice):
        card = _notice(message, receiver)
    elif isinstance(message, Digest):
        card = _digest(message, receiver)
    elif isinstance(message, Summary):
        card = summary_card(message, receiver)
    elif isinstance(message, IncidentNotice):
        title, *lines = incident_lines(message, receiver)
        over = message.event in (IncidentEvent.TAKEN, IncidentEvent.CLOSED)
        card = Card(receiver.language, Tone.CALM if over else Tone.BLIND, title, tuple(lines))
    elif isinstance(message, EventMoved):
        card = Card(receiver.language, Tone.CALM, _moved(message, receiver))
    else:
        card = Card(receiver.language, Tone.CALM, say(receiver.language, "test"))
    return replace(
        card,
        title=_neutral(card.title),
        lines=tuple(map(_neutral, card.lines)),
        foot=tuple(map(_neutral, card.foot)),
    )


def number_of(notice: Notice) -> str:
    """The number of an alert as people say it: `A-2417`."""
    return f"A-{notice.alert_number}"


# --- one alert ------------------------------------------------------------------------------------------------------


def _notice(notice: Notice, receiver: Receiver) -> Card:
    shown = receiver.show is not Disclosure.MINIMAL
    if notice.event is EventKind.OPENED:
        title = _head("head" if shown else "head_minimal", notice, receiver)
        first = (_who_did(notice, receiver), _when(notice, receiver)) if shown else (_minimal(notice, receiver),)
        lines = (*first, *(_body(notice, receiver) if shown else ()))
        foot = (*_next_call(notice, receiver), *((number_of(notice),) if shown else ()))
        return Card(receiver.language, Tone(notice.severity), title, lines, _links(notice, receiver), foot)
    title = _follow_up(notice, receiver)
    called = notice.event is EventKind.CALLED and receiver.key in notice.reason.args.get("to", "").split()
    if not called and notice.event not in _SHOWS_THE_POST_AGAIN:
        return Card(receiver.language, Tone.CALM, title)
    lines = tuple(_body(notice, receiver)) if shown else ()
    foot = tuple(_next_call(notice, receiver))
    return Card(receiver.language, Tone(notice.severity), title, lines, _links(notice, receiver), foot)


def _links(notice: Notice, receiver: Receiver) -> tuple[Link, ...]:
    post = None if receiver.show is Disclosure.MINIMAL else notice.post_url
    wanted = (("link_take", notice.take_url), ("link_view", notice.view_url), ("link_post", post))
    return tuple(
        Link(say(receiver.language, code), safe_url(_neutral(url)))
        for code, url in wanted
        if url and url.startswith(_WEB)
    )


def _next_call(notice: Notice, receiver: Receiver) -> Iterator[str]:
    if notice.next_call is not None:
        wait = duration(receiver.language, notice.next_call.at - notice.event_at)
        who = _called(notice.next_call.kind, notice.next_call.name, receiver)
        yield say(receiver.language, "next_call", wait=wait, who=who)


def _called(kind: str, name: str, receiver: Receiver) -> str:
    """Whom we call: a person by name, the urgent channel, or everybody."""
    return name or say(receiver.language, f"called_{kind}")


def _head(code: str, notice: Notice, receiver: Receiver) -> str:
    severity = say(receiver.language, f"severity_{notice.severity}")
    mark, number = MARKS[notice.severity], number_of(notice)
    return say(receiver.language, code, mark=mark, severity=severity, label=notice.product_label, number=number)


def _minimal(notice: Notice, receiver: Receiver) -> str:
    urgent = notice.severity.rank >= Severity.HIGH.rank
    args = {
        "name": notice.person_name,
        "platform": platform_name(receiver.language, notice.platform),
        "wish": say(receiver.language, "wish_now" if urgent else "wish_later"),
    }
    code = "minimal" if notice.published_at else "minimal_undated"
    return say(receiver.language, code, **args, **_times(notice, receiver))


def _who_did(notice: Notice, receiver: Receiver) -> str:
    code = "who_titled" if notice.person_title else "who"
    who = say(receiver.language, code, name=notice.person_name, title=notice.person_title)
    platform = platform_name(receiver.language, notice.platform)
    return say(receiver.language, f"did_{notice.post_kind}", who=who, platform=platform)


def _when(notice: Notice, receiver: Receiver) -> str:
    code = "when" if notice.published_at else "when_undated"
    gone = say(receiver.language, "when_gone") if notice.gone_at else ""
    return say(receiver.language, "when_edited" if notice.leaked_at else code, gone=gone, **_times(notice, receiver))


def _times(notice: Notice, receiver: Receiver) -> dict[str, str]:
    posted_at, seen_at = _public_since(notice), notice.leak_seen_at or notice.first_seen_at
    return {
        "posted": _moment(posted_at, notice, receiver),
        "seen": _moment(seen_at, notice, receiver),
        "delay": duration(receiver.language, seen_at - posted_at),
    }


def _public_since(notice: Notice) -> datetime:
    return notice.leaked_at or notice.published_at or notice.first_seen_at


def _moment(at: datetime, notice: Notice, receiver: Receiver) -> str:
    return moment(receiver.language, at, receiver.timezone, near=notice.event_at)


def _body(notice: Notice, receiver: Receiver) -> Iterator[str]:
    yield ""
    yield from _post(notice, receiver)
    if receiver.show is Disclosure.FULL:
        yield from gloss(notice, receiver.language)
    yield ""
    yield from _why(notice, receiver)
    yield from also_on(notice.spread, receiver.language)
    if notice.reduced:
        yield say(receiver.language, "reduced")
    yield _evidence(notice, receiver)
    if notice.contacts and notice.event is EventKind.OPENED:
        yield ""
        yield say(receiver.language, "do_now", who=notice.contacts[0])


def _evidence(notice: Notice, receiver: Receiver) -> str:
    """What is kept of it, for whoever wonders whether to take a picture of the screen first."""
    pictures = say(receiver.language, "evidence_pictures", count=str(len(notice.pictures))) if notice.pictures else ""
    kept_at = _moment(notice.leak_seen_at or notice.first_seen_at, notice, receiver)
    return say(receiver.language, "evidence", time=kept_at, pictures=pictures)


def _post(notice: Notice, receiver: Receiver) -> Iterator[str]:
    """The words that were answered, then the author's, each cut to what a phone shows."""
    room = POST_BYTES
    for part in sorted(notice.parts, key=lambda part: part.origin is not Origin.PARENT):
        if room <= 0:
            yield "…"
            return
        shown = cut(part.text, min(room, PART_BYTES))
        room -= len(shown.encode())
        if shown:
            yield say(receiver.language, "part", who=_speaker(part, notice, receiver), text=shown)


def _speaker(part: Part, notice: Notice, receiver: Receiver) -> str:
    if part.origin is Origin.TEXT and part.by_author:
        return notice.person_name
    return say(receiver.language, f"origin_{part.origin}")


def _why(notice: Notice, receiver: Receiver) -> Iterator[str]:
    if receiver.show is not Disclosure.FULL:
        if notice.kinds:
            yield say(receiver.language, "why_kinds", kinds=_kinds(notice, receiver))
        return
    told = dict.fromkeys(say_reason(receiver.language, f.reason) for f in notice.findings)
    for sentence in list(told)[:WHY_LINES]:
        yield say(receiver.language, "why", why=sentence)
    if notice.lifts_at and notice.lifts_at < NEVER:
        left = notice.lifts_at - notice.event_at
        code = "lifts_in" if left.total_seconds() > 0 else "lifts_past"
        time = _moment(notice.lifts_at, notice, receiver)
        yield say(receiver.language, code, time=time, left=duration(receiver.language, left))


def also_on(spread: Spread, language: str) -> Iterator[str]:
    """Where else the story is told, if anywhere among those who are watched."""
    if spread.posts > 1:
        yield say(
            language,
            "also_on" if spread.people > 1 else "also_on_by_one",
            platforms=say(language, "list_comma").join(platform_name(language, each) for each in spread.elsewhere),
            posts=str(spread.posts),
            people=str(spread.people),
        )


def _kinds(notice: Notice, receiver: Receiver) -> str:
    return listing(receiver.language, [say(receiver.language, f"kind_{kind}") for kind in notice.kinds])


# --- what became of it ----------------------------------------------------------------------------------------------


def _follow_up(notice: Notice, receiver: Receiver) -> str:
    args = notice.reason.args
    over_at = notice.gone_at if notice.event is EventKind.GONE and notice.gone_at else notice.event_at
    if "since" in args:
        over_at = datetime.fromisoformat(args["since"])
    places = _places(notice, receiver)
    verdict = args.get("verdict", "")
    return say(
        receiver.language,
        _follow_up_code(notice, receiver),
        number=number_of(notice),
        time=_moment(over_at, notice, receiver),
        version=str(notice.post_revision),
        severity=say(receiver.language, f"severity_{notice.severity}"),
        kinds=_kinds(notice, receiver),
        stood=duration(receiver.language, over_at - _public_since(notice)),
        after=duration(receiver.language, notice.event_at - (notice.leak_seen_at or notice.first_seen_at)),
        by=args.get("by", ""),
        who=_called(args["whom"], args["name"], receiver) if "whom" in args else "",
        next=_called(args["next"], args["next_name"], receiver) if "next" in args else "",
        wait=duration(receiver.language, timedelta(seconds=int(args.get("next_in", 0)))),
        verdict=say(receiver.language, f"verdict_{verdict}") if verdict in tuple(Verdict) else "",
        count=str(len(places)),
        where=_some_of(places, receiver),
    )


def _places(notice: Notice, receiver: Receiver) -> list[str]:
    """Who else tells the story, and on which network."""
    return [
        say(receiver.language, "spread_place", name=name, platform=platform_name(receiver.language, platform))
        for name, platform in json.loads(notice.reason.args.get("where", "[]"))
    ]


def _some_of(places: list[str], receiver: Receiver) -> str:
    left = len(places) - PLACES
    more = [say(receiver.language, "spread_more", count=str(left))] if left > 0 else []
    return say(receiver.language, "list_comma").join([*places[:PLACES], *more])


def _follow_up_code(notice: Notice, receiver: Receiver) -> str:
    """The line of an event, with as much as this receiver may know and this event tells."""
    args = notice.reason.args
    kinds = "_kinds" if notice.kinds and receiver.show is not Disclosure.MINIMAL else ""
    by = "_by" if args.get("by") else ""
    judged = (by or "_as") if args.get("verdict") in tuple(Verdict) else ""
    ending = {
        EventKind.ADDED: kinds,
        EventKind.REOPENED: kinds,
        EventKind.CORRECTED: (kinds or "_part") if notice.findings else "_all",
        EventKind.ACKNOWLEDGED: by,
        EventKind.REVIEWED: judged,
        EventKind.WITHDRAWN: judged,
        EventKind.SPREAD: "_one" if len(json.loads(args.get("where", "[]"))) == 1 else "",
        EventKind.CALLED: ("_last" if "next" not in args else "") if args.get("whom") else "_nobody",
    }
    return f"line_{notice.event}{ending.get(notice.event, '')}"


# --- several, and our own -------------------------------------------------------------------------------------------


def _digest(digest: Digest, receiver: Receiver) -> Card:
    worst = max((n.severity for n in digest.notices), key=lambda s: s.rank, default=Severity.LOW)
    count, severity = str(len(digest.notices)), say(receiver.language, f"severity_{worst}")
    title = say(receiver.language, f"digest_{digest.why}", mark=MARKS[worst], count=count, severity=severity)
    lines = [line for notice in digest.notices[:DIGEST_ROWS] for line in _row(notice, receiver)]
    if len(digest.notices) > DIGEST_ROWS:
        lines.append(say(receiver.language, "digest_more", count=str(len(digest.notices) - DIGEST_ROWS)))
    shown = digest.notices[:DIGEST_ROWS] if receiver.show is not Disclosure.MINIMAL else ()
    addresses = frozenset(_neutral(n.post_url) for n in shown if n.post_url and n.post_url.startswith(_WEB))
    return Card(receiver.language, Tone(worst), title, tuple(lines), addresses=addresses)


def _row(notice: Notice, receiver: Receiver) -> Iterator[str]:
    yield say(
        receiver.language,
        "digest_row",
        mark=MARKS[notice.severity],
        label=notice.product_label,
        who=notice.person_name,
        platform=platform_name(receiver.language, notice.platform),
        line=_line(notice, receiver),
    )
    if receiver.show is not Disclosure.MINIMAL:
        text = cut(" ".join(part.text for part in notice.parts if part.by_author), ROW_BYTES)
        yield say(receiver.language, "digest_post", text=text, url=notice.post_url or "").rstrip()


def _line(notice: Notice, receiver: Receiver) -> str:
    if notice.event is not EventKind.OPENED:
        return _follow_up(notice, receiver)
    code = f"line_found_{notice.found if notice.published_at else 'undated'}"
    return say(receiver.language, code, number=number_of(notice), **_times(notice, receiver))


def _moved(moved: EventMoved, receiver: Receiver) -> str:
    """A launch that was moved; its hours are a lift, which only `full` is told."""
    effect = say(receiver.language, "launch_effect_unknown")
    if moved.closed is not None and moved.opened is not None:
        effect = say(receiver.language, "launch_effect", closed=str(moved.closed), opened=str(moved.opened))
    if receiver.show is not Disclosure.FULL:
        return say(receiver.language, "launch_moved_untimed", label=moved.label, effect=effect)
    was = moment(receiver.language, moved.was_at, receiver.timezone, near=moved.at)
    now = moment(receiver.language, moved.starts_at, receiver.timezone, near=moved.was_at)
    return say(receiver.language, "launch_moved", label=moved.label, was=was, now=now, effect=effect)


# --- safe to show ---------------------------------------------------------------------------------------------------


def cut(text: str, limit_bytes: int) -> str:
    """A text on one line, at most so many bytes of UTF-8 and an ellipsis; never ends inside a code point."""
    line = " ".join(_neutral(word) for word in text.split())
    raw = line.encode()
    if len(raw) <= limit_bytes:
        return line
    return raw[:limit_bytes].decode(errors="ignore").rstrip() + "…"


def _neutral(text: str) -> str:
    return _CONTROLS.sub("", _UNSHOWABLE.sub("\ufffd", text))
