"""When a source says something was posted: its own words, read by us, believed within reason.

feedparser's dates are not used: it reads CST as US Central, drops or shifts times without a zone, and turns
`2021年06月17日` and epoch seconds into other dates without an error.
"""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)  # before the first microblog
_CLOCK_TOLERANCE = timedelta(minutes=5)

_TIME = r"(?P<hour>\d{1,2})[:：时](?P<minute>\d{1,2})分?(?:[:：]?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE = r"(?P<zone>[+-]\d{1,2}:?\d{2}|[A-Za-z]{1,5})?(?:\s*\([A-Za-z ]{1,40}\))?"
_NUMBERS = re.compile(
    rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?(?:(?:T|\s*){_TIME}\s*{_ZONE})?",
    re.ASCII | re.IGNORECASE,
)
_NAMES = re.compile(  # RFC 822, RFC 850
    rf"(?:[A-Za-z]{{3,9}},?\s*)?(?P<day>\d{{1,2}})[-\s]+(?P<month>[A-Za-z]{{3,9}})\.?[-\s]+(?P<year>\d{{4}}|\d{{2}}),?"
    rf"(?:\s+{_TIME}\s*{_ZONE})?",
    re.ASCII,
)
_C_STYLE = re.compile(  # asctime, and Weibo's "Thu Jun 17 16:00:11 +0800 2021"
    rf"[A-Za-z]{{3}}\s+(?P<month>[A-Za-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_TIME}\s*{_ZONE}\s*(?P<year>\d{{4}})", re.ASCII
)
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?P<fraction>\d{3}|\d{6}|\d{9}|\.\d{1,9})?", re.ASCII)  # 2001 to 2286
# Chinese sites, of what is new: 刚刚, 5分钟前, 今天 12:30, 昨天10:00, 06-12, 6月12日 08:30
_AGO = re.compile(r"刚刚|(?P<number>\d{1,3})\s*(?P<unit>秒钟?|分钟|小时|天)前", re.ASCII)
_NEAR = re.compile(
    rf"(?:(?P<day>今天|昨天|前天)|(?P<month>\d{{1,2}})[-月](?P<date>\d{{1,2}})日?)(?:\s*{_TIME})?", re.ASCII
)
_UNITS_S = {"秒": 1, "分": 60, "小": 3600, "天": 86400}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_LONGEST_CHARS = 100

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES_H = (
    dict.fromkeys(("Z", "UT", "UTC", "GMT"), 0)
    | {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
    | {"BST": 1, "CET": 1, "CEST": 2, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9}
)


@dataclass(frozen=True, slots=True)
class Told:
    """An instant, or None, and a note when there is something to know about it.

    Notes without an instant: no_time, unreadable_time, future_time, before_2006. With one: assumed_zone, date_only,
    relative_time for one that was rounded, such as "3小时前".
    """

    at: datetime | None
    note: str | None = None


def read_time(text: str | None, zone: ZoneInfo, now: datetime) -> Told:
    """The instant that a source's text names; a time without a zone is read in the account's `zone`."""
    text = (text or "").strip()
    if not text:
        return Told(None, "no_time")
    try:
        local, note = _read(text[:_LONGEST_CHARS], zone, now)
        at = local.astimezone(UTC)
    except (ValueError, OverflowError, LookupError):
        return Told(None, "unreadable_time")
    if at < _EARLIEST:
        return Told(None, "before_2006")
    if at > now + _CLOCK_TOLERANCE:
        return Told(None, "future_time")
    return Told(at, note)


def _read(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, str | None]:
    if ago := _AGO.fullmatch(text):
        back_s = int(ago["number"]) * _UNITS_S[ago["unit"][0]] if ago["number"] else 0
        return now - timedelta(seconds=back_s), "relative_time"
    if near := _NEAR.fullmatch(text):
        return _near(near, now.astimezone(zone))
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC) + _fraction(epoch["fraction"]), None
    found = _NUMBERS.fullmatch(text) or _NAMES.fullmatch(text) or _C_STYLE.fullmatch(text)
    if found is None:
        raise ValueError
    day = datetime(_year(found["year"]), _month(found["month"]), int(found["day"]), tzinfo=zone)
    if found["hour"] is None:
        return day, "date_only"
    second = min(int(found["second"] or 0), 59)  # a leap second is the one before
    local = day.replace(hour=int(found["hour"]), minute=int(found["minute"]), second=second)
    local += _fraction(found["fraction"])
    if found["zone"] is None:
        return local, "assumed_zone"
    return local.replace(tzinfo=_offset(found["zone"], zone)), None


def _near(found: re.Match[str], today: datetime) -> tuple[datetime, str]:
    """A day without a year is the last one of that name."""
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    today, tomorrow = today.replace(hour=hour, minute=minute, second=second, microsecond=0), today + timedelta(days=1)
    note = "date_only" if found["hour"] is None else "assumed_zone"
    if found["day"]:
        return today - timedelta(days=_DAYS_BACK[found["day"]]), note
    month, date = int(found["month"]), int(found["date"])
    for year in range(today.year + 1, today.year - 9, -1):  # a leap day may be eight years away
        if (month, date) == (2, 29) and not isleap(year):
            continue
        day = today.replace(year=year, month=month, day=date)
        if day <= tomorrow:  # a clock may be a little ahead of ours
            return day, note
    raise ValueError


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == len("26") else 0)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _fraction(digits: str | None) -> timedelta:
    return timedelta(microseconds=int((digits or "").lstrip(".").ljust(6, "0")[:6]))


def _offset(text: str, zone: ZoneInfo) -> tzinfo:
    name = text.upper()
    if name == "CST" and zone.key.startswith("Asia/"):
        return timezone(timedelta(hours=8))  # China Standard Time; US Central would be 14 hours off
    if text[0] not in "+-":
        return timezone(timedelta(hours=_ZONES_H[name]))
    digits = text[1:].replace(":", "").zfill(4)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
