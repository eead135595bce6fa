"""A fictional leak and the receivers that are told of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import (
    AlertState,
    Digest,
    Disclosure,
    EventKind,
    EventMoved,
    Found,
    IncidentEvent,
    IncidentNotice,
    Notice,
    Receiver,
    Spread,
    TestNotice,
)
from monitor.model.posts import Origin, Part, PostKind
from monitor.model.rulebook import Kind, Severity

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = bytes(range(32))
OLD_SECRET = bytes(range(100, 132))
POSTED_AT = datetime(2030, 11, 28, 15, 40, 12, tzinfo=UTC)  # 23:40 in Shanghai
SEEN_AT = POSTED_AT + timedelta(seconds=48)
LIFTS_AT = datetime(2030, 12, 3, 11, tzinfo=UTC)

FINDING = Finding(
    rule_id="rule-unreleased-names",
    kind=Kind.PRODUCT,
    subject="product-kestrel",
    part_no=0,
    start=0,
    end=3,
    value="布丁十二",
    severity=Severity.HIGH,
    reason=Reason("codename_in_context", {"context": "context_brand", "how": "spelling_spaced"}),
    disposition=Disposition.ALERT,
    lifts_at=LIFTS_AT,
)

_NOTICE: Mapping[str, Any] = MappingProxyType(
    {
        "topic": "alert:17:1",
        "alert_number": 2417,
        "seq": 1,
        "event": EventKind.OPENED,
        "event_at": SEEN_AT,
        "severity": Severity.CRITICAL,
        "found": Found.LIVE,
        "state": AlertState.OPEN,
        "kinds": (Kind.PRICE, Kind.DATE),
        "product_ref": "p-7f3a",
        "product_label": "翠鸟",
        "person_name": "林晓舟",
        "person_title": "云雀产品总经理",
        "platform": "weibo",
        "post_kind": PostKind.REPLY,
        "post_url": "https://weibo.example/lin/1",
        "post_revision": 1,
        "published_at": POSTED_AT,
        "first_seen_at": SEEN_AT,
        "gone_at": None,
        "parts": (Part(Origin.TEXT, "2字头起，下周四见😏"), Part(Origin.PARENT, "新机卖多少钱？", by_author=False)),
        "findings": (FINDING,),
        "reason": Reason("event_opened"),
        "lifts_at": LIFTS_AT,
        "spread": Spread(1, 1, ("weibo",), ()),
    }
)


def notice(**changes: Any) -> Notice:
    """One alert event; the opening one unless told otherwise."""
    return Notice(**{**_NOTICE, **changes})


def receiver(**changes: Any) -> Receiver:
    """A receiver of the webhook format, in Chinese and with the post unless told otherwise."""
    given = {
        "key": "comms",
        "format": "webhook",
        "url": "https://hooks.example/in?token=hush",
        "secrets": (SECRET,),
        "show": Disclosure.POST,
        "language": "zh",
        "timezone": SHANGHAI,
    }
    return Receiver(**{**given, **changes})


def incident(**changes: Any) -> IncidentNotice:
    """An account that cannot be read."""
    given = {
        "topic": "incident:3:1",
        "number": 3,
        "kind": "account_unreadable",
        "subject": "lin-weibo",
        "seq": 1,
        "event": IncidentEvent.OPENED,
        "event_at": POSTED_AT,
        "opened_at": POSTED_AT,
        "closed_at": None,
        "detail": {"account": "lin-weibo", "cause": "blocked"},
    }
    return IncidentNotice(**{**given, **changes})


DIGEST = Digest(
    topic="digest:late:2030-11-28T15:42:00Z",
    why="late",
    at=SEEN_AT,
    notices=(notice(found=Found.LATER), notice(alert_number=2418, found=Found.BASELINE, severity=Severity.HIGH)),
)
TEST_NOTICE = TestNotice(topic="test:1", at=SEEN_AT)


def event_moved(**changes: Any) -> EventMoved:
    """The winter launch begins three hours later, and all is judged anew."""
    given = {
        "topic": "event:ab12:1",
        "at": SEEN_AT,
        "label": "冬季发布会",
        "was_at": LIFTS_AT,
        "starts_at": LIFTS_AT + timedelta(hours=3),
        "closed": 1,
        "opened": 0,
    }
    return EventMoved(**{**given, **changes})
