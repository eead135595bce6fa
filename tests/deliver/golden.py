"""What every format makes of the same messages, kept as files: `python -m tests.deliver.golden` writes them anew.

A new format needs no more than its row in FORMATS, and its files. One file for each language and disclosure holds the
payload of every message by its name.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from monitor.deliver import FORMATS
from monitor.deliver.mail import MailTable
from monitor.deliver.slack_app import SlackAppTable
from monitor.model.findings import Reason
from monitor.model.messages import (
    Digest,
    Disclosure,
    EventKind,
    Found,
    IncidentEvent,
    Message,
    NextCall,
    Notice,
    Receiver,
    Request,
)
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Severity
from tests.deliver.samples import POSTED_AT, SEEN_AT, TEST_NOTICE, event_moved, incident, notice, receiver

FOLDER: Final = Path(__file__).parents[1] / "data" / "deliver"
LANGUAGES: Final = ("zh", "en")
LONGEST: Final = (
    4000  # characters of a text that stand in a file; of longer ones, and of lists, their beginning, size and digest
)
# What a receiver of a format needs besides a web address.
MAILBOX: Final = MailTable.model_validate(
    {
        "format": "mail",
        "key": "comms",
        "host": "mail.yunque.example",
        "from": "alerts@yunque.example",
        "to": ["duty@yunque.example"],
    }
)
CHANNEL: Final = SlackAppTable.model_validate(
    {
        "format": "slack_app",
        "key": "comms",
        "channel": "C0LEAKS",
        "token_env": "SLACK_TOKEN",
        "app_token_env": "SLACK_APP_TOKEN",
    }
)
RECEIVERS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {"mail": {"options": MAILBOX}, "slack_app": {"options": CHANNEL}}
)

HOSTILE: Final = MappingProxyType(
    {
        "mentions": '<at id=all></at> <at user_id="all">所有人</at> @所有人 @all <@all> <@U123> <!channel> <!here>'
        " @13800001111 &lt;@all&gt; <users/all>",
        "links": "[点这里](https://evil.example/x) ![图](http://evil.example/y.png) <https://evil.example/z|看>"
        " www.evil.example evil.example/w [引用]: https://evil.example tel:+8613800001111",
        "markup": "**粗** __下划线__ _斜_ `代码` ~~删~~ ~删~ <b>标签</b> <script>alert(1)</script>"
        " <font color=red>红</font> | 表 | {0} {name} ${HOME} {{x}} %s \\*逃\\* &#60;b&#62;",
        "lines": "# 标题\n> 引用\n- 列表\n+ 列表\n1. 第一\n---\n===\n\n    代码\r\n\u2028行\u2029段"
        " \u202e倒过来\u202c \u200f右 \x07\x1b[31m",
    }
)
HOSTILE_ADDRESS: Final = "https://evil.example/<@all>/**x**)[y](https://evil.example/?a=`b`&c=\u202e"
TEXTS: Final = MappingProxyType(
    {
        "short": {"zh": "2字头起，下周四见😏", "en": "Starts with a 2, see you next Thursday"},
        "long": {"zh": "云雀九真好看。🐦" * 2500, "en": "The Yunque 9 is gorgeous. " * 770},
        **{name: dict.fromkeys(LANGUAGES, text) for name, text in HOSTILE.items()},
    }
)
QUESTION: Final = {"zh": "新机卖多少钱？", "en": "How much is the new one?"}
NAMES: Final[Mapping[str, Mapping[str, Any]]] = {
    "zh": {},
    "en": {"person_name": "Lin Xiaozhou", "person_title": "GM, Yunque phones", "product_label": "Kingfisher"},
}
LATER: Final[Mapping[EventKind, Mapping[str, Any]]] = {
    EventKind.ADDED: {"post_revision": 2},
    EventKind.RAISED: {},
    EventKind.GONE: {"gone_at": POSTED_AT + timedelta(minutes=17)},
    EventKind.CORRECTED: {"post_revision": 2, "kinds": (Kind.DATE,)},
    EventKind.PUBLIC_SINCE: {"reason": Reason("event_public_since", {"since": "2030-11-28T15:30:00+00:00"})},
    EventKind.SPREAD: {"reason": Reason("event_spread", {"where": '[["周敏", "weibo"], ["Chen <@all>", "x"]]'})},
    EventKind.ACKNOWLEDGED: {"reason": Reason("event_acknowledged", {"by": "周敏"})},
    EventKind.REVIEWED: {"reason": Reason("event_reviewed", {"by": "周敏", "verdict": "leak"})},
    EventKind.REOPENED: {"post_revision": 3},
    EventKind.WITHDRAWN: {"reason": Reason("event_withdrawn", {"by": "周敏", "verdict": "public"})},
}


def alert(language: str, text: str, **changes: Any) -> Notice:
    """An alert with all that a message can hold, whose post is one of the TEXTS."""
    given: dict[str, Any] = {
        **NAMES[language],
        "parts": (
            Part(Origin.TEXT, TEXTS[text][language]),
            Part(Origin.PARENT, QUESTION[language], by_author=False),
        ),
        "contacts": ("李助理",),
        "next_call": NextCall("person", "周敏", SEEN_AT + timedelta(minutes=3)),
        "take_url": "https://console.yunque.example/a/2417/take?key=k7",
        "view_url": "https://console.yunque.example/a/2417",
    }
    return notice(**{**given, **changes})


def messages(language: str) -> Iterator[tuple[str, Message]]:
    """Everything that anybody is ever sent, by name."""
    for text in TEXTS:
        yield f"opened {text}", alert(language, text)
    yield "opened address", alert(language, "short", post_url=HOSTILE_ADDRESS)
    yield "opened without links", alert(language, "short", take_url=None, view_url=None, post_url=None)
    for event, changes in LATER.items():
        later = {"seq": 2, "event": event, "event_at": POSTED_AT + timedelta(minutes=18), **changes}
        yield str(event), alert(language, "short", **later)
    digests = {
        "late": (Found.LATER, [*TEXTS, *TEXTS]),
        "hourly": (Found.LIVE, ["short"]),
        "weekly": (Found.LIVE, ["short"]),
    }
    for why, (how, texts) in digests.items():
        rows = [
            alert(language, text, alert_number=2417 + no, found=how, severity=Severity.MEDIUM)
            for no, text in enumerate(texts)
        ]
        yield f"digest {why}", Digest(f"digest:{why}:1", why, SEEN_AT, tuple(rows))
    hour_later = POSTED_AT + timedelta(hours=1)
    for step in IncidentEvent:
        at = POSTED_AT if step is IncidentEvent.OPENED else hour_later
        over_at = hour_later if step is IncidentEvent.CLOSED else None
        yield f"incident {step}", incident(event=step, event_at=at, closed_at=over_at)
    label = "冬季发布会" if language == "zh" else "Winter launch"
    yield "event moved", event_moved(label=label)
    yield "test", TEST_NOTICE


def told(name: str, language: str, show: Disclosure) -> Receiver:
    """A receiver of that format."""
    given = {"format": name, "language": language, "show": show, "url": "https://robots.example/send?key=hush"}
    return receiver(**{**given, **RECEIVERS.get(name, {})})


def rendered(name: str, language: str, show: Disclosure) -> Iterator[tuple[str, Request]]:
    """What that format makes of every message, by name."""
    for title, message in messages(language):
        yield title, FORMATS[name].render(message, told(name, language, show))


def payload(request: Request) -> Any:
    """A body as it stands in a file."""
    text = request.body.decode()
    return _short(json.loads(text) if request.content_type.startswith("application/json") else text.splitlines())


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        whole = json.dumps(value, ensure_ascii=False)
        kept = value if len(whole) <= LONGEST else [*value[:2], whole]
        return [_short(inner) for inner in kept]
    if isinstance(value, str) and len(value) > LONGEST:
        raw = value.encode()
        return f"{value[:80]} … {len(raw)} bytes, {hashlib.sha256(raw).hexdigest()}"
    return value


def files() -> Iterator[tuple[Path, str]]:
    """Every file and what should stand in it."""
    for name in FORMATS:
        for language in LANGUAGES:
            for show in Disclosure:
                payloads = {title: payload(request) for title, request in rendered(name, language, show)}
                text = json.dumps(payloads, ensure_ascii=False, indent=1) + "\n"
                yield FOLDER / name / f"{language}-{show}.json", text


def write() -> None:
    """Write all files anew, and remove those that nothing makes any more."""
    wanted = dict(files())
    for path in FOLDER.rglob("*.json"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
