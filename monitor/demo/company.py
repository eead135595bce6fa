"""The pretend company Yunque: its people, what they must not say yet, and the settings that watch them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.demo.room import Room
from monitor.demo.rules import PRODUCTS, RULES
from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person

LAUNCH_DAYS: Final = 3
OLD_POST: Final = "大家好。Hello."  # what every account had posted before we began to watch
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Executive:
    """Somebody of the company; `feeds` maps each account to its format."""

    key: str
    chinese_name: str
    english_name: str
    title: str
    knows: frozenset[str]
    feeds: Mapping[str, str]
    zone: ZoneInfo = _SHANGHAI

    def name(self, language: str) -> str:
        """What the reader calls them."""
        return self.chinese_name if language == "zh" else self.english_name


_ALL: Final = frozenset({"yunque-9", "yunque-band-3"})
EXECUTIVES: Final = (
    Executive("chen", "陈立", "Chen Li", "CEO", _ALL, {"chen": "rss", "chen-notes": "json"}),
    Executive("lin", "林晓舟", "Lin Xiaozhou", "GM phones", _ALL, {"lin": "rss", "lin-abroad": "atom"}),
    Executive("he", "何雨", "He Yu", "Head of design", _ALL, {"he": "atom"}),
    Executive("zhou", "周敏", "Zhou Min", "Head of communications", frozenset(), {"zhou": "rss"}),
    Executive(
        "wang", "王恺", "Wang Kai", "Sales Hong Kong", frozenset(), {"wang": "rss"}, zone=ZoneInfo("Asia/Hong_Kong")
    ),
    Executive(
        "anna",
        "安娜",
        "Anna Berg",
        "Head of Europe",
        frozenset(),
        {"anna-posts": "json", "anna-notes": "atom"},
        zone=ZoneInfo("Europe/Berlin"),
    ),
)
FORMATS: Final[Mapping[str, str]] = {account: kind for who in EXECUTIVES for account, kind in who.feeds.items()}
WHO: Final[Mapping[str, Executive]] = {account: who for who in EXECUTIVES for account in who.feeds}


def people(addresses: Mapping[str, str], poll_every_s: float, language: str) -> tuple[Person, ...]:
    """The executives as the service watches them; `addresses` holds each account's feed."""
    return tuple(
        Person(
            key=who.key,
            name=who.name(language),
            title=who.title,
            timezone=who.zone,
            knows=who.knows,
            accounts=tuple(
                Account(
                    key=account,
                    person_key=who.key,
                    source="feed",
                    platform="feed",
                    native_id=account,
                    url=addresses[account],
                    poll_every_s=poll_every_s,
                    timezone=who.zone,
                    allow_private_network=True,
                )
                for account in who.feeds
            ),
            purpose="demonstration",
        )
        for who in EXECUTIVES
    )


def chat_receiver(url: str, secret: bytes, language: str) -> Receiver:
    """The pretend chat, told of alerts and of our own trouble."""
    return Receiver(
        key="chat",
        format="webhook",
        url=url,
        secrets=(secret,),
        show=Disclosure.POST,
        language=language,
        timezone=_SHANGHAI,
        ops=True,
        allow_private_network=True,
        gather=timedelta(),  # all of it happens within a minute
        most_an_hour=1000,
    )


def settings_for(watched: tuple[Person, ...], receivers: tuple[Receiver, ...], room: Room, language: str) -> Settings:
    """Settings of a service that lives in that room."""
    return Settings(
        path=room.folder / "config.toml",
        database_url=room.database_url,
        language=language,
        timezone=_SHANGHAI,
        people=watched,
        receivers=receivers,
        rules_dir=room.rules_dir,
        retention=Retention(flagged_days=1, unflagged_days=1),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions(f"leak-monitor/{__version__} (demonstration)", workers=4, host_distance_s=0.02),
        log=Log("warning", "text"),
    )


def write_rules(directory: Path, language: str, now: datetime) -> None:
    """The company's secrets as a user would write them; the launch is a few days ahead of `now`."""
    launch_at = (now.astimezone(_SHANGHAI) + timedelta(days=LAUNCH_DAYS, hours=1)).replace(second=0, microsecond=0)
    phone, band, later = ("翠鸟", "白鹭", "云杉") if language == "zh" else ("Kingfisher", "Egret", "Spruce")
    products = PRODUCTS.replace("@LAUNCH@", launch_at.isoformat()).replace("@DAY@", launch_at.date().isoformat())
    for mark, label in (("@PHONE@", phone), ("@BAND@", band), ("@LATER@", later)):
        products = products.replace(mark, label)
    directory.mkdir(mode=0o700)
    (directory / "products.toml").write_text(products, encoding="utf-8")
    (directory / "rules.toml").write_text(RULES, encoding="utf-8")
