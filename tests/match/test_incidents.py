"""The kinds of leaks that have happened in public, with fictional people: what is told of each, and how soon.

Each incident has a negative twin: the post that looks like it and must not wake anybody. Both go the whole way of a
post behind the database: evaluation, announcements, decision, routing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import alert
from monitor.alert import AlertChange, Announcement, RevisionBefore
from monitor.match import Matcher, usual_client
from monitor.model.messages import Disclosure, Receiver
from monitor.model.posts import Origin, Part
from monitor.model.routing import Roster
from monitor.model.rulebook import Kind
from monitor.routing import About, Route, Urgency, route
from monitor.rules import check_examples
from monitor.rules.load import book_of

RULES = """
[[products]]
key = "yunque-9"
ref = "P-0009"
label = "Kingfisher"
brand = ["云雀", "Yunque"]
names = ["云雀9", "Yunque 9"]
codenames = ["青瓷", "celadon"]
timezone = "Asia/Shanghai"
until = 2030-05-23T19:00:00+08:00
facts = [
    { name = "price", kind = "price", value = "2999 CNY" },
    { name = "launch", kind = "date", value = "2030-05-23" },
    { name = "reader", kind = "spec", value = "屏下指纹" },
    { name = "display", kind = "spec", value = "Aurora Glow" },
]

[[products]]
key = "lumenbook-14"
ref = "P-0514"
label = "Firefly"
brand = ["逐光", "Lumen"]
names = ["Lumenbook 14"]
timezone = "America/New_York"
until = 2030-08-20T10:00:00-04:00
facts = [
    { name = "launch", kind = "date", value = "2030-08-20" },
]

[[rules]]
id = "unreleased-name"
kinds = ["product"]
severity = "high"
examples.match = ["云雀9"]

[[rules]]
id = "secret-value"
kinds = ["price", "date", "spec"]
severity = "high"
examples.match = ["云雀9售价2999元"]

[[rules]]
id = "posting-client"
kinds = ["client"]
severity = "medium"
examples.match = ["云雀9"]

[[rules]]
id = "hidden-device"
kinds = ["client"]
clients = ["generic"]
severity = "low"
examples.match = [{ text = "微博网页版", usual_client = "云雀8", knows = ["yunque-9"] }]

[[rules]]
id = "rivals-device"
label = "A rival's device"
kinds = ["client"]
clients = ["rival"]
rivals = ["南星", "Southstar"]
severity = "medium"
examples.match = ["南星6"]

[[rules]]
id = "talk"
kinds = ["hint"]
severity = "low"
examples.match = [{ text = "先用上下一代旗舰了", knows = ["yunque-9"] }]

[[rules]]
id = "purchase"
label = "Talk of a purchase"
kinds = ["pattern"]
pattern = '(?:收购|买下).{0,6}云杉|(?:buy|acquire)(?:ing)? (?:cloudpine|them)'
severity = "high"
examples.match = ["买下云杉"]
"""
AT = datetime.fromisoformat("2030-05-15T12:00:00+08:00")
LIFT = datetime.fromisoformat("2030-05-23T19:00:00+08:00")
LIN, IRIS, ANYBODY = frozenset({"yunque-9"}), frozenset({"lumenbook-14"}), frozenset[str]()
HABIT = usual_client(["云雀8"] * 9 + ["微博网页版"])
SAID_BY_US = Announcement("yunque-9", Kind.PRODUCT, "", AT - timedelta(hours=1))
DESK = Receiver(
    key="desk",
    format="webhook",
    url="https://chat.example/hook",
    secrets=(b"k" * 32,),
    show=Disclosure.FULL,
    language="en",
    timezone=ZoneInfo("Asia/Shanghai"),
)
NOW, HOURLY, WEEKLY = Urgency.NOW, Urgency.HOURLY, Urgency.WEEKLY


@dataclass(frozen=True, slots=True)
class Post:
    """A post by somebody who works on `knows`."""

    text: str
    parent: str = ""
    quoted: str = ""
    client: str = ""
    picture: str = ""
    profile: str = ""
    knows: frozenset[str] = LIN
    at: datetime = AT
    usual_client: str = ""
    announced: tuple[Announcement, ...] = field(default=())

    @property
    def parts(self) -> list[Part]:
        others = (
            (Origin.PARENT, self.parent, False),
            (Origin.QUOTED, self.quoted, False),
            (Origin.CLIENT, self.client, True),
            (Origin.IMAGE_TEXT, self.picture, True),
            (Origin.PROFILE, self.profile, True),
        )
        rest = [Part(origin, text, by_author=own) for origin, text, own in others if text]
        return [Part(Origin.TEXT, self.text), *rest] if self.text else rest


@pytest.fixture(scope="module", name="matcher")
def make_matcher() -> Matcher:
    book = book_of({"all.toml": RULES})
    matcher = Matcher(book)
    assert check_examples(book, matcher) == []
    return matcher


def _ways(change: AlertChange, at: datetime) -> tuple[Route, ...]:
    about = About(change.severity, frozenset(), "lin", "weibo", frozenset())
    return route(change, about, Roster(), [DESK], at)


def told(matcher: Matcher, post: Post) -> Mapping[str, Urgency]:
    """How soon the desk hears of each subject."""
    found = matcher.evaluate(post.parts, knows=post.knows, at=post.at, usual_client=post.usual_client).findings
    settled = alert.settle(found, post.announced, (), text_hash="", at=post.at)
    seen = post.at.astimezone(UTC)
    revision = RevisionBefore(
        revision_id=1, is_current=True, effective_at=seen, account_added_at=seen - timedelta(days=9), was_blind=False
    )
    changes = alert.decide(revision, settled, {})
    return {change.subject: way.urgency for change in changes for way in _ways(change, seen)}


@pytest.mark.parametrize(
    ("leak", "expected", "twin"),
    [
        pytest.param(
            Post("2字头起", parent="云雀9多少钱？"),
            {"yunque-9": NOW},
            Post("再泄密要被罚款了，我闭嘴😂", parent="林总又要罚款啦"),
            id="chats with fans leak, jokes about being fined do not",
        ),
        pytest.param(
            Post("春节快乐", picture="云雀9 Pro | 24mm f/1.6 1/100s ISO200"),
            {"yunque-9": NOW},
            Post("春节快乐", picture="云雀8 Pro | 24mm f/1.6 1/100s ISO200"),
            id="the watermark of a picture",
        ),
        pytest.param(
            Post("Yunque 9 in 2030"),
            {"yunque-9": NOW},
            Post("Yunque in 2030: twelve offices"),
            id="a name and only a year",
        ),
        pytest.param(
            Post("晚安", client="微博网页版", usual_client=HABIT),
            {"yunque-9": WEEKLY},
            Post("晚安", client="云雀8", usual_client=HABIT),
            id="the usual device has gone from the client line",
        ),
        pytest.param(
            Post("乱说，真的有", parent="听说云雀9没有屏下指纹？"),
            {"yunque-9": NOW},
            Post("乱说，真的没有", parent="听说云雀9有屏下指纹？"),
            id="a yes behind a protest, the product only in the question",
        ),
        pytest.param(
            Post("转发微博", quoted="今天天气真好", client="云雀9"),
            {"yunque-9": HOURLY},
            Post("转发微博", quoted="今天天气真好", client="云雀8"),
            id="a mere repost from an unreleased phone",
        ),
        pytest.param(
            Post("Launching on August 20th!", knows=IRIS),
            {"lumenbook-14": NOW},
            Post("Flying out on August 20th!", knows=IRIS),
            id="a day without a year and without a name",
        ),
        pytest.param(
            Post("Lumenbook 14 is launching on August 20th", knows=ANYBODY),
            {"lumenbook-14": NOW},
            Post("Lumenbook 13 launched on August 20th", knows=ANYBODY),
            id="a name with a day without a year",
        ),
        pytest.param(
            Post("Our next phone is an 8/10 for me, I want a larger screen"),
            {"yunque-9": WEEKLY},
            Post("This phone is an 8/10 for me, I want a larger screen"),
            id="praise of a phone without a name",
        ),
        pytest.param(
            Post("已经先用上下一代旗舰了，八分"),
            {"yunque-9": WEEKLY},
            Post("已经先用上新跑鞋了，八分"),
            id="praise of a phone without a name, in Chinese",
        ),
        pytest.param(
            Post("", profile="VP at Yunque, building Yunque 9 and its cloud"),
            {"yunque-9": NOW},
            Post("", profile="VP at Yunque, building phones and their cloud"),
            id="a profile describes what is not announced",
        ),
        pytest.param(
            Post("Aurora Glow on the Yunque 9 makes every notification a little northern light"),
            {"yunque-9": NOW},
            Post("The aurora glows over the office tonight"),
            id="the name of a feature",
        ),
        pytest.param(
            Post("早上好", client="南星6"),
            {"rule:rivals-device": HOURLY},
            Post("早上好", client="云雀8"),
            id="posted from a rival's phone: told, but as that",
        ),
        pytest.param(
            Post("三张云雀9实拍，证件照都公开了，应该解禁了吧", at=LIFT - timedelta(seconds=1), knows=ANYBODY),
            {"yunque-9": NOW},
            Post("三张云雀9实拍，解禁了", at=LIFT, knows=ANYBODY),
            id="somebody takes the embargo for over",
        ),
        pytest.param(
            Post("I still think we should buy them. Cloudpine is cheap. We should buy Cloudpine."),
            {"rule:purchase": NOW},
            Post("I still think we should buy more cloud capacity"),
            id="a private plan, posted by the wrong button",
        ),
        pytest.param(
            Post("云雀9，明天见"),
            {"yunque-9": NOW},
            Post("云雀9，见", announced=(SAID_BY_US,)),
            id="a teaser before ours, and after it",
        ),
    ],
)
def test_a_leak_is_told_and_its_twin_is_not(
    leak: Post, expected: dict[str, Urgency], twin: Post, matcher: Matcher
) -> None:
    assert told(matcher, leak) == expected
    assert told(matcher, twin) == {}


@pytest.mark.parametrize(
    "post",
    [
        pytest.param(Post("晚安", client="微博网页版"), id="a client without a device, by one who has no usual one"),
        pytest.param(Post("晚安", client="", usual_client=HABIT), id="an empty client is a note for the week"),
        pytest.param(Post("青瓷真美", knows=ANYBODY), id="a code name as a word"),
        pytest.param(Post("南星6卖2999，下周四发布", knows=ANYBODY), id="a rival's launch"),
        pytest.param(
            Post("那天见", quoted="云雀9，5月23日见", announced=(SAID_BY_US,)), id="a sanctioned teaser, shared"
        ),
    ],
)
def test_inference_and_sanctioned_teasers_page_nobody(post: Post, matcher: Matcher) -> None:
    assert NOW not in told(matcher, post).values()


def test_the_same_post_by_somebody_who_works_on_nothing_is_no_hint(matcher: Matcher) -> None:
    post = Post("Our next phone is an 8/10 for me, I want a larger screen")
    assert told(matcher, replace(post, knows=ANYBODY)) == {}
