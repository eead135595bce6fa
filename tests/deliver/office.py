"""Messages of every kind and length, for formats that draw cards; and posts that try all that a tool may do."""

from monitor.model.messages import Disclosure, EventKind, Message, Receiver
from monitor.model.posts import Origin, Part
from tests.deliver.samples import DIGEST, TEST_NOTICE, event_moved, incident, notice, receiver

HOSTILE = (  # each is short enough to be shown whole
    "<!channel> <!here> <@U024BE7LH> <#C024BE7LR> @channel @所有人 <at>all</at> <at id=all></at> :skull:",
    "*bold* _it_ ~gone~ `code` [click](https://evil.example/x) ![p](https://evil.example/p.png) <https://evil.example|ok>",
    "<b>b</b> <script>alert(1)</script> <img src=x onerror=alert(1)> &lt;i&gt; &#42; </td></table> \" ' \\*",
    "{{DATE(2030-11-28T15:40:12Z,SHORT)}} ${title} {0} %s %(x)s # head 1. one - two =?utf-8?q?x?= --=_ =3D",
)
CONTROLS = "a\u202e\u2066b\r\nBcc: evil@evil.example\r\n\r\n.\r\nQUIT \x00\x1b[31mred"
LINKS = {"take_url": "https://monitor.yunque.example/take/1", "view_url": "https://monitor.yunque.example/alerts/2417"}
LONG = "机密" * 10_000


def said(text: str, **changes: object) -> Message:
    """An alert about a post that says so."""
    return notice(parts=(Part(Origin.TEXT, text),), **{**LINKS, **changes})


POSTS: dict[str, Message] = {
    "short": notice(**LINKS),
    "long": said(LONG),
    **{f"hostile.{no}": said(text) for no, text in enumerate(HOSTILE)},
    "controls": said(CONTROLS),
}
MESSAGES: dict[str, Message] = {
    **POSTS,
    **{f"alert.{event}": notice(event=event, **LINKS) for event in EventKind},
    "digest": DIGEST,
    "moved": event_moved(),
    "incident": incident(),
    "incident.long": incident(detail={"account": "lin-weibo", "cause": "blocked", "who": "长" * 30_000}),
    "test": TEST_NOTICE,
}
OF_POSTS = ("evil", "channel", "weibo.example", "bold", "alert(1)", "DATE", "机密")  # words that stand in posts alone
EVERY = [
    (name, show, language) for name in MESSAGES for show in Disclosure for language in ("zh", "en")
]  # for parametrize


def to(format_: str, show: Disclosure = Disclosure.POST, language: str = "zh", **changes: object) -> Receiver:
    """A receiver of that format."""
    return receiver(format=format_, secrets=(), show=show, language=language, **changes)
