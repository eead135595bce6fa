"""What happens in the pretend company, second by second. Data only; everybody and everything in it is made up.

A post is a leak or harmless, and the demo is only passed if the service says the same of every one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Planted:
    """One version of a post; a later version is an edit. `gloss` says in English what a Chinese text says."""

    at_s: float
    account: str
    post: str
    text: str
    leak: bool
    gloss: str = ""
    version: int = 1

    @property
    def name(self) -> str:
        """How a report names it."""
        return self.post if self.version == 1 else f"{self.post} (version {self.version})"


class Trouble(StrEnum):
    """What breaks, and what mends it."""

    SIGN_IN = "sign_in"  # a feed answers with a page to sign in
    READABLE = "readable"
    CHAT_DOWN = "chat_down"
    CHAT_BACK = "chat_back"


@dataclass(frozen=True, slots=True)
class Turn:
    """Something of the world around us breaks or is mended."""

    at_s: float
    trouble: Trouble
    account: str = ""


Act: TypeAlias = Planted | Turn

SCRIPT: Final[tuple[Act, ...]] = (
    Planted(
        1.2,
        "zhou",
        "run",
        "今天跑了十公里，配速6分18秒，鞋是618买的，订单尾号20931。",
        leak=False,
        gloss="ran 10 km, shoes bought on 6/18, order number 20931",
    ),
    Planted(2.2, "anna-posts", "skylark", "A skylark sang outside the Berlin office at 9 this morning.", leak=False),
    Planted(3.4, "lin", "spaced", "明天见云 雀 9", leak=True, gloss="see you tomorrow, Yun que 9"),
    Planted(
        4.6, "chen", "rival", "试用了朋友的晨星14，屏幕确实不错。", leak=False, gloss="tried a friend's Morningstar 14"
    ),
    Turn(5.4, Trouble.CHAT_DOWN),
    Planted(5.6, "he", "glued", "这两天一直在用Yunque9拍照", leak=True, gloss="taking all my pictures with Yunque9"),
    Planted(
        6.6, "zhou", "years", "云雀90周年，谢谢老朋友。", leak=False, gloss="90 years of Yunque, thank you old friends"
    ),
    Turn(8.0, Trouble.CHAT_BACK),
    Planted(
        9.0,
        "chen-notes",
        "wide",
        "云雀９ Ｐｒｏ 的手感，等你们来试。",
        leak=True,
        gloss="wait until you hold the Yunque 9 Pro",
    ),
    Planted(
        10.5,
        "lin-abroad",
        "released",
        "My Yunque 8 is a year old today and the battery is still good.",
        leak=False,
    ),
    Planted(
        12.0,
        "lin",
        "joke",
        "谁再泄密罚款一百万，包括我自己。",
        leak=False,
        gloss="a million fine for the next leak, me included",
    ),
    Planted(13.0, "chen", "teaser", "这一次，我们想得更远。", leak=False, gloss="this time we thought further ahead"),
    Planted(
        14.0, "wang", "traditional", "雲雀9 到手，色澤很靚。", leak=True, gloss="Yunque 9 in my hands, lovely colour"
    ),
    Planted(
        14.6,
        "chen-notes",
        "price",
        "起售价2字头，三天后见。",
        leak=True,
        gloss="starts somewhere from 2,000 up, see you in three days",
    ),
    Turn(15.0, Trouble.SIGN_IN, "anna-notes"),
    Planted(15.5, "he", "night", "今晚的夜景是用手机拍的。", leak=False, gloss="tonight's view, taken with my phone"),
    Planted(
        17.5,
        "he",
        "night",
        "今晚的夜景是用云雀9拍的。",
        leak=True,
        gloss="tonight's view, taken with my Yunque 9",
        version=2,
    ),
    Turn(18.7, Trouble.READABLE, "anna-notes"),
    Planted(
        18.9,
        "lin",
        "rent",
        "办公室月租2999元，下周四部门聚餐，人均299。",
        leak=False,
        gloss="the office costs 2,999 a month; team dinner on Thursday, 299 each",
    ),
    Planted(19.5, "anna-posts", "dessert", "Pudding for dessert, the best part of a Friday.", leak=False),
    Planted(
        21.0,
        "chen-notes",
        "codename",
        "布丁的发布会彩排刚结束，团队辛苦了。",
        leak=True,
        gloss="the launch rehearsal of Pudding is over, well done",
    ),
    Planted(22.5, "lin-abroad", "hashtag", "Last fitting today. #YunqueBand3 #nofilter", leak=True),
    Planted(23.2, "lin-abroad", "euros", "Europe starts at four forty-nine. You did not hear it from me.", leak=True),
    Planted(24.0, "anna-notes", "rain", "Signed in again. Nothing but rain in Berlin.", leak=False),
)
LENGTH_S: Final = max(act.at_s for act in SCRIPT)
PLANTED: Final = tuple(act for act in SCRIPT if isinstance(act, Planted))
