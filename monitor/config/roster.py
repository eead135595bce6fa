"""From the tables of config.toml to who is told of what: routes, team, duty, escalation."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import SplitResult

from monitor.config.duties import BranchTable, DutyTable, ShiftTable
from monitor.config.explain import suggest
from monitor.config.lines import Path
from monitor.config.shape import File
from monitor.config.source import Source
from monitor.config.values import carries_key, check_url
from monitor.model.calendars import Calendar
from monitor.model.messages import Receiver
from monitor.model.routing import Branch, Days, Duty, Escalation, Member, Roster, Shift
from monitor.model.rulebook import Kind, Severity


def make_roster(file: File, receivers: Sequence[Receiver], source: Source) -> Roster:
    """All of it, where every key that is named is one that there is; ConfigError if one is not."""
    known = {receiver.key: receiver for receiver in receivers}
    people = [person.key for person in file.people]
    members = [member.key for member in file.team]
    _check_once(members, source)
    for no, member in enumerate(file.team):
        _check(member.receivers, known, "receiver", ("team", no, "receivers"), source)
    for no, shift in enumerate(file.duty.shifts):
        _check(shift.people, members, "member of the team", ("duty", "shifts", no, "people"), source)
    told_of_alerts = [key for key, receiver in known.items() if receiver.alerts]
    _check(file.escalation.urgent, told_of_alerts, "receiver of alerts", ("escalation", "urgent"), source)
    _check(file.escalation.everybody or (), told_of_alerts, "receiver of alerts", ("escalation", "everybody"), source)
    made = Roster(
        branches=tuple(
            _branch(table, ("routes", no), told_of_alerts, people, source) for no, table in enumerate(file.routes)
        ),
        team=tuple(Member(m.key, m.name, tuple(m.receivers), dict(m.ids)) for m in file.team),
        duty=_duty(file.duty, file, source),
        escalation=_escalation(file, told_of_alerts),
    )
    silent = set(told_of_alerts) - made.by_name_alone
    if told_of_alerts and not silent and not made.branches:
        fix = "add [[routes]] that name them, or a receiver that is nobody's own"
        source.warn((), "every receiver is one person's or urgent: nobody is told of an alert at first", fix)
    return made


def _check_once(keys: Sequence[str], source: Source) -> None:
    for no, key in enumerate(keys):
        if key in keys[:no]:
            raise source.error(("team", no, "key"), f"this key stands in the team twice: {key}", "give each their own")


def _check(named: Iterable[str], known: Iterable[str], what: str, at: Path, source: Source) -> None:
    there = list(known)
    for key in named:
        if key not in there:
            fix = suggest(key, there) if there else f"there is no {what} yet"
            raise source.error(at, f"no {what} has the key {key!r}", fix)


def _branch(table: BranchTable, at: Path, receivers: Sequence[str], people: Sequence[str], source: Source) -> Branch:
    _check(table.to, receivers, "receiver of alerts", (*at, "to"), source)
    _check(table.people, people, "person", (*at, "people"), source)
    if not (table.to or table.owners or table.routes):
        raise source.error(at, "a route to nobody", 'add to = ["KEY"] or owners = true')
    return Branch(
        to=tuple(table.to),
        owners=table.owners,
        min_severity=Severity(table.min_severity),
        products=frozenset(table.products),
        people=frozenset(table.people),
        platforms=frozenset(table.platforms),
        kinds=frozenset(map(Kind, table.kinds)),
        also=table.also,
        branches=tuple(
            _branch(inner, (*at, "routes", no), receivers, people, source) for no, inner in enumerate(table.routes)
        ),
    )


def _duty(table: DutyTable, file: File, source: Source) -> Duty | None:
    calendar = _calendar(table, source)
    if not (table.shifts or calendar):
        return None
    zone, shifts = table.timezone or file.timezone, tuple(map(_shift, table.shifts))
    return Duty(zone, shifts, in_china=table.holidays == "china", calendar=calendar)


def has_calendar(table: DutyTable) -> bool:
    """Whether a calendar says who is on duty."""
    return bool(table.calendar_url or table.calendar_url_env or table.calendar_file)


def _calendar(table: DutyTable, source: Source) -> Calendar | None:
    named = [k for k in ("calendar_url", "calendar_url_env", "calendar_file") if getattr(table, k)]
    if not named:
        return None
    if len(named) > 1:
        raise source.error(("duty", named[1]), f"{named[0]} and {named[1]} both stand here", "keep one of them")
    if table.calendar_file:
        return Calendar(file=str(source.path.parent / table.calendar_file))
    url, parts = calendar_address(table, source)
    if table.calendar_url and carries_key(parts):
        fix = "put the address into the environment and name the variable with calendar_url_env"
        raise source.error(("duty", "calendar_url"), "calendar_url carries a key or token", fix)
    return Calendar(url, allow_private_network=table.allow_private_network)


def calendar_address(table: DutyTable, source: Source) -> tuple[str, SplitResult]:
    """Where the calendar is asked for, whole and in parts."""
    at = ("duty", "calendar_url_env" if table.calendar_url_env else "calendar_url")
    url = source.variable(at, table.calendar_url_env) if table.calendar_url_env else table.calendar_url or ""
    return url, source.accept(lambda text: check_url(text, plain_http=table.allow_private_network), url, at)


def _shift(table: ShiftTable) -> Shift:
    days: Days | frozenset[str] = frozenset(table.weekdays) if table.weekdays else Days(table.days)
    return Shift(tuple(table.people), days, table.begins, table.ends, table.since, table.until)


def _escalation(file: File, told_of_alerts: Sequence[str]) -> Escalation:
    """Without anybody who could be told next, nothing rings."""
    table = file.escalation
    if not (table.urgent or table.everybody or file.duty.shifts or has_calendar(file.duty)):
        return Escalation()
    everybody = told_of_alerts if table.everybody is None else table.everybody
    return Escalation(
        waits={
            Severity.CRITICAL: timedelta(seconds=table.critical_s),
            Severity.HIGH: timedelta(seconds=table.high_s),
        },
        again=timedelta(seconds=table.again_s),
        urgent=tuple(table.urgent),
        everybody=tuple(everybody),
    )
