"""What a press of a button does: the same as the page and the commands, by somebody whom the chat tool names."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from monitor.model.messages import AlertState, Receiver, Verdict
from monitor.model.routing import Member
from monitor.runtime import Runtime, World
from monitor.store import reviews, stories
from monitor.store.stories import AlertRow
from monitor.telemetry import log_event
from monitor.words import say


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a card: which alert, what is to be done, and who pressed it, as the tool knows people."""

    number: int
    what: str
    user: str
    verdict: Verdict | None = field(default=None)


TAKE: Final = "take"
JUDGE: Final = "verdict"
CALL: Final = "call"


def act(world: World, runtime: Runtime, receiver: Receiver, press: Press) -> str:
    """Do it, and answer what the presser is told alone. Raises as the store does if it cannot be noted."""
    language = receiver.language
    member = runtime.settings.roster.known_as(receiver.format, press.user)
    with world.store.write() as tx:
        story = stories.show_alert(tx, press.number)
        if story is None:
            return say(language, "take_unknown")
        if member is None:
            reviews.note_seen(tx, press.number, receiver.key, world.clock.now())
            said = say(language, "app_seen", user=press.user)
        else:
            said = _by(tx, world, runtime, receiver, press, member, story.alert)
    log_event("pressed", alert=press.number, receiver=receiver.key, what=press.what, known=member is not None)
    return said


def _by(
    tx: Connection, world: World, runtime: Runtime, receiver: Receiver, press: Press, member: Member, alert: AlertRow
) -> str:
    now, language = world.clock.now(), receiver.language
    if press.what == TAKE:
        taken = reviews.acknowledge(tx, press.number, member.name, now)
        return say(language, "take_done" if taken else f"take_{alert.state}")
    if press.what == JUDGE and press.verdict is not None:
        if alert.state is AlertState.REVIEWED and alert.verdict is press.verdict:
            return say(language, "take_reviewed")
        reviews.save_review(tx, press.number, press.verdict, reviewer=member.name, now=now)
        return say(language, "app_judged", verdict=say(language, f"verdict_{press.verdict}"))
    person = runtime.people.get(alert.person_key)
    if person is None or not person.contacts:
        return say(language, "app_no_contact")
    return "\n".join(say(language, "contact", contact=contact) for contact in person.contacts)
