"""The tables of config.toml that say who is told of what, and who is told next."""

from datetime import date, time
from typing import Literal

from pydantic import Field

from monitor.config.fields import Graded, Hour, Key, Line, Seconds, Table, Variable, Zone


class BranchTable(Table):
    """[[routes]], and [[routes.routes]] below it."""

    to: list[Key] = []
    owners: bool = False
    min_severity: Graded = "low"
    products: list[Line] = []
    people: list[Key] = []
    platforms: list[Key] = []
    kinds: list[Literal["product", "price", "date", "spec", "client", "hint", "pattern"]] = []
    also: bool = False
    routes: list["BranchTable"] = []


class MemberTable(Table):
    """[[team]]."""

    key: Key
    name: Line
    receivers: list[Key] = []
    ids: dict[Key, Line] = {}


class ShiftTable(Table):
    """[[duty.shifts]]."""

    people: list[Key]
    days: Literal["all", "workdays", "holidays"] = "all"
    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = []
    begins: Hour = Field(default=time(0), alias="from")
    ends: Hour = Field(default=time(0), alias="to")
    since: date | None = None
    until: date | None = None


class DutyTable(Table):
    """[duty]."""

    timezone: Zone | None = None
    holidays: Literal["none", "china"] = "none"
    calendar_url: Line | None = None
    calendar_url_env: Variable | None = None
    calendar_file: Line | None = None
    allow_private_network: bool = False
    shifts: list[ShiftTable] = []


class EscalationTable(Table):
    """[escalation]."""

    critical_s: Seconds = Field(default=180.0, alias="critical", ge=30, le=86400)
    high_s: Seconds = Field(default=600.0, alias="high", ge=30, le=86400)
    again_s: Seconds = Field(default=300.0, alias="again", ge=30, le=86400)
    urgent: list[Key] = []
    everybody: list[Key] | None = None
