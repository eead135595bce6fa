"""The card of an alert as it stands now, for tools that change a card instead of sending another. Pure."""

from dataclasses import replace
from typing import Final

from monitor.deliver.card import Card, Tone
from monitor.deliver.text import card_of
from monitor.model.messages import AlertState, EventKind, IncidentEvent, IncidentNotice, Message, Notice, Receiver

# What has to be noticed by those who do not look into the thread.
_LOUD: Final = frozenset(
    {EventKind.ADDED, EventKind.RAISED, EventKind.REOPENED, EventKind.WITHDRAWN, EventKind.CALLED}
    | {IncidentEvent.REMINDED, IncidentEvent.ESCALATED}
)


def standing(message: Message, receiver: Receiver) -> Card:
    """All that the first card said, and what happened last above it; RenderError as `card_of` raises it.

    What is judged has that for its title: nobody is to take it for a leak that waits.
    """
    last = card_of(message, receiver)
    if not isinstance(message, Notice) or message.event is EventKind.OPENED:
        return last
    over = message.state is AlertState.REVIEWED
    to_do = () if over or message.gone_at else message.contacts
    first = card_of(replace(message, event=EventKind.OPENED, contacts=to_do), receiver)
    if over:
        return replace(first, tone=Tone.CALM, title=last.title)
    return replace(first, lines=(last.title, "", *first.lines))


def is_loud(message: Message) -> bool:
    """Whether what happened is for everybody, and not for the thread alone."""
    return isinstance(message, Notice | IncidentNotice) and message.event in _LOUD


def step_of(message: Message) -> int:
    """The number of what happened, in the thread of its alert or incident; 0 where there is none."""
    return message.seq if isinstance(message, Notice | IncidentNotice) else 0
