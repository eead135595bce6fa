"""What a message carries beside its rows: what the configuration knows, and the links of its receiver."""

from dataclasses import replace

from monitor import duty
from monitor.deliver import links
from monitor.fetch import is_reduced
from monitor.model.messages import AlertState, Digest, Message, NextCall, Notice, Receiver
from monitor.model.people import name_of_contact
from monitor.model.summaries import Summary
from monitor.runtime import Runtime


def dressed(message: Message, receiver: Receiver, runtime: Runtime, key: bytes | None) -> Message:
    """The message as this receiver gets it; `key` signs its links."""
    if isinstance(message, Digest):
        return replace(message, notices=tuple(_dressed(n, receiver, runtime, key) for n in message.notices))
    if isinstance(message, Summary):
        return _with_duty(message, runtime)
    return _dressed(message, receiver, runtime, key) if isinstance(message, Notice) else message


def _with_duty(summary: Summary, runtime: Runtime) -> Summary:
    """The summary with who is on duty until the next one of its kind, and for as long again."""
    since, length = summary.period.until_at, summary.period.until_at - summary.period.from_at
    roster = runtime.settings.roster
    now, following = (
        duty.names_on_duty(roster, since + no * length, since + (no + 1) * length, runtime.is_workday) for no in (0, 1)
    )
    return replace(summary, on_duty=now, next_on_duty=following)


def _dressed(notice: Notice, receiver: Receiver, runtime: Runtime, key: bytes | None) -> Notice:
    public_url = runtime.settings.web.public_url
    is_open = notice.state is AlertState.OPEN
    taking = links.take_url(public_url, notice.alert_number, receiver.key, key) if public_url and key else None
    return replace(
        notice,
        reduced=is_reduced(notice.source),
        contacts=_names(notice, runtime),
        next_call=_next_call(notice, runtime) if is_open else None,
        take_url=taking if is_open else None,
    )


def _next_call(notice: Notice, runtime: Runtime) -> NextCall | None:
    """Who is told next, as the table of duty has it for that instant."""
    if notice.escalate_at is None:
        return None
    steps = duty.steps(runtime.settings.roster, notice.escalate_at, runtime.is_workday)
    if notice.step >= len(steps):
        return None
    step = steps[notice.step]
    return NextCall(step.kind, step.name, notice.escalate_at)


def _names(notice: Notice, runtime: Runtime) -> tuple[str, ...]:
    """Who can get the post removed: names, nothing to dial."""
    person = runtime.people.get(notice.person_key)
    return tuple(map(name_of_contact, person.contacts)) if person else ()
