"""An event becomes messages: who is told by the tree of routes, and who is told next if nobody takes it."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from monitor import duty, routing
from monitor.alert import AlertChange
from monitor.model.messages import AlertState, EventKind, Found
from monitor.model.rulebook import Kind
from monitor.routing import About
from monitor.runtime import Runtime
from monitor.store import calls, queueing

FROM_THE_FIRST: Final = frozenset({EventKind.OPENED, EventKind.REOPENED})


def tell(
    tx: Connection, runtime: Runtime, change: AlertChange, topic: str, person_key: str, platform: str, now: datetime
) -> None:
    """Queue an event, in the transaction that wrote it, for everybody who hears of it."""
    receivers, roster = runtime.settings.receivers, runtime.settings.roster
    about = _about(runtime, change, person_key, platform)
    heard = queueing.heard_lately(tx, receivers, change.subject, now)
    queueing.queue(tx, topic, routing.route(change, about, roster, receivers, now, heard), now)
    if change.found is Found.LIVE and change.state is AlertState.OPEN:
        at = duty.first_call(roster, change.severity, now, runtime.is_workday)
        calls.arm(tx, queueing.number_of(topic), at, anew=change.event in FROM_THE_FIRST)


def _about(runtime: Runtime, change: AlertChange, person_key: str, platform: str) -> About:
    product = runtime.book.products.get(change.subject)
    return About(
        severity=change.severity,
        product=frozenset(filter(None, runtime.said_aloud(change.subject))),
        person=person_key,
        platform=platform,
        kinds=frozenset(Kind(fact.partition(":")[0]) for fact in change.facts),
        owners=product.owners if product is not None else (),
    )
