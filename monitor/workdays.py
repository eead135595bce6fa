"""Which days people work: Monday to Friday, or as China's public calendar has it."""

from datetime import date
from typing import Final

import chinese_calendar

SATURDAY: Final = 5


def is_workday(day: date, *, in_china: bool) -> bool:
    """Whether people work on that day; beyond the years that the calendar knows, Monday to Friday."""
    if in_china:
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # what it says of a year that was not decreed when it was published
            pass
    return day.weekday() < SATURDAY
