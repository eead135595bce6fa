"""What English dates are made of: months, weekdays, ordinals, years, and what they mean."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, with_year

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", *(f"twenty-{ones}" for ones in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"))),
    *("twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
ORDINAL: Final = "(?:" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + ")"
NUMBER: Final = r"(?:3[01]|[12]\d|0?[1-9])"
NTH: Final = rf"(?:{NUMBER}[ ]?(?:st|nd|rd|th)|{ORDINAL})(?![a-z\d])"
DAY: Final = rf"(?:{NTH}|{NUMBER}(?![a-z\d]|[.,:]\d))"
YEAR: Final = r"(?:(?:[ ]{0,2},?(?:[ ]of|[ ]in)?[ ]?|[-./])(?P<y>(?:19|20)\d\d|['’]\d\d)(?!\d|,\d))"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY: Final = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
TO: Final = r"[ ]?(?:-{1,2}|–|—|~|to|thru|through|and|until|till)[ ]?(?:the[ ])?"
AT: Final = r"(?<![a-z\d'’@#_/.$-])"  # not inside a word, a name or an address
PARTS: Final = {
    "early": "early",
    "earlier": "early",
    "beginning": "early",
    "start": "early",
    "first part": "early",
    "mid": "mid",
    "middle": "mid",
    "late": "late",
    "end": "late",
    "later": "late",
}
PART: Final = (
    r"(?P<part>early|mid|late|(?:the[ ])?(?:beginning|start|first[ ]part|middle|end))"
    r"(?:[ ]|-)?(?:to[ ]mid-?[ ])?(?:in[ ]|of[ ](?:the[ ])?|part[ ]of[ ])?"
)


def month_no(text: str) -> int:
    """The number of a month by its name or abbreviation."""
    return MONTHS.index(text[:3]) + 1


def weekday_no(text: str) -> int:
    """The number of a weekday; 0 is Monday."""
    return WEEKDAYS.index(text[:3])


def nth_no(text: str) -> int:
    """18, 18th, eighteenth."""
    return ORDINALS.index(text) + 1 if text in ORDINALS else int(text.rstrip(" stndrh"))


def year_told(found: re.Match[str], today: date) -> int | None:
    """The year that is told, if one is."""
    text = found.groupdict().get("y")
    return calendar.full_year(text.strip("'’"), today) if text else None


def in_year(found: re.Match[str], today: date, look_back: int, days_in: Callable[[int], Days]) -> Days:
    """Days of the year that is told, or of the next one that they come."""
    year = year_told(found, today)
    return with_year(today, look_back, days_in) if year is None else days_in(year)


def part_of(text: str) -> str:
    """Early, mid or late, however it is said."""
    return PARTS[text.removeprefix("the ")]


def part_of_a_year(text: str) -> str:
    """The part of a year: its end is shorter than "late"."""
    return "end" if text.endswith("end") else part_of(text)
