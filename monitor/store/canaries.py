"""The rows of the canary: how far it came, whether that was in time, and that nothing of it stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from monitor.incident import SLACK, IncidentKind
from monitor.model.canary import BOUND, KEY
from monitor.model.findings import Finding
from monitor.routing import Route, Urgency
from monitor.store.claims import RELEASED, keep
from monitor.store.engine import insert_into
from monitor.store.incidents import close_incident, open_incident
from monitor.store.outbox import claim_delivery
from monitor.store.queueing import queue
from monitor.store.receivers import ClaimedReceiver
from monitor.store.revisions import PendingRevision
from monitor.store.schema import (
    accounts,
    attempts,
    deliveries,
    findings,
    payloads,
    posts,
    receivers,
    revisions,
    selftests,
    sightings,
)

SUBJECT = "canary"  # of its incidents
BEATS_TO_TELL = 3  # that failed in a row


@dataclass(frozen=True, slots=True)
class CanaryState:
    """When it last came through in time, if ever, and the stage in which it is now or where it was lost."""

    last_ok_at: datetime | None
    stage: str  # fetch | match | deliver


def judged(tx: Connection, revision: PendingRevision, found: Iterable[Finding], now: datetime) -> None:
    """It was read and judged: if its secret was found, hand it to the stage of delivery, as any other."""
    if any(finding.subject == KEY for finding in found):
        queue(tx, f"canary:{revision.post_id}", [Route(KEY, Urgency.NOW, now)], now)


def arrived(tx: Connection, claimed: ClaimedReceiver, now: datetime) -> bool:
    """Whether the newest one is here, ready to be sent, within its bound; later ones prove nothing."""
    delivery = claim_delivery(tx, claimed.key, now)
    if delivery is None:
        return False
    post = posts.c.id == int(delivery.topic.partition(":")[2])
    made_at = tx.execute(select(posts.c.first_seen_at).where(post)).scalar_one_or_none()
    return made_at is not None and -SLACK <= now - made_at <= BOUND


def settle(tx: Connection, claimed: ClaimedReceiver, now: datetime, *, told: bool | None) -> None:
    """Note how it went and take all its rows away. ClaimLostError.

    `told`: whether the heartbeat was taken; None if it was not asked, because the canary came too late.
    """
    clear(tx)
    _count(tx, now, passed=told is not None)
    if told is None:
        keep(tx, receivers, claimed, due_at=now, **RELEASED)
        return
    failures = 0 if told else claimed.failures + 1
    keep(tx, receivers, claimed, failures=failures, last_ok_at=now, due_at=now, **RELEASED)
    close_incident(tx, IncidentKind.CANARY_LOST, SUBJECT, now)
    if told:
        close_incident(tx, IncidentKind.HEARTBEAT_FAILED, SUBJECT, now)
    elif failures >= BEATS_TO_TELL:
        open_incident(tx, IncidentKind.HEARTBEAT_FAILED, SUBJECT, {}, now)


def look(tx: Connection, now: datetime, *, began_at: datetime, every_s: float) -> None:
    """An incident if none came through for longer than one may take; its rows are taken away for the next."""
    state = canary_state(tx)
    if state is None:
        return
    known = [at for at in (state.last_ok_at, began_at) if at is not None and at <= now + SLACK]
    if not known or now - max(known) > timedelta(seconds=every_s) + BOUND:
        open_incident(tx, IncidentKind.CANARY_LOST, SUBJECT, {"stage": state.stage}, now)
    if tx.execute(select(posts.c.id).where(posts.c.platform == KEY, posts.c.first_seen_at < now - BOUND)).first():
        clear(tx)
        _count(tx, now, passed=False)


def _count(tx: Connection, now: datetime, *, passed: bool) -> None:
    """One more that came through, or did not, in this hour: summaries tell how many."""
    c = selftests.c
    first = {
        "hour_at": now.replace(minute=0, second=0, microsecond=0),
        "passed": int(passed),
        "failed": int(not passed),
    }
    more = {"passed": c.passed + int(passed), "failed": c.failed + int(not passed)}
    new = insert_into(tx, selftests).values(**first)
    tx.execute(new.on_conflict_do_update(index_elements=["hour_at"], set_=more))


def canary_state(tx: Connection) -> CanaryState | None:
    """How it goes; None if there is no canary here."""
    row = tx.execute(select(receivers.c.last_ok_at).where(receivers.c.key == KEY)).one_or_none()
    if row is None:
        return None
    waiting = tx.execute(select(deliveries.c.id).where(deliveries.c.receiver_key == KEY)).first()
    read = tx.execute(select(posts.c.id).where(posts.c.platform == KEY)).first()
    return CanaryState(row.last_ok_at, "deliver" if waiting else "match" if read else "fetch")


def clear(tx: Connection) -> None:
    """Take away every row of every canary, but not its account and receiver, which are its schedule."""
    theirs = select(posts.c.id).where(posts.c.platform == KEY)
    texts = select(revisions.c.id).where(revisions.c.post_id.in_(theirs))
    messages = select(deliveries.c.id).where(deliveries.c.receiver_key == KEY)
    account = select(accounts.c.id).where(accounts.c.key == KEY)
    tx.execute(delete(attempts).where(attempts.c.delivery_id.in_(messages)))
    tx.execute(delete(deliveries).where(deliveries.c.receiver_key == KEY))
    tx.execute(delete(findings).where(findings.c.revision_id.in_(texts)))
    tx.execute(delete(sightings).where(sightings.c.post_id.in_(theirs)))
    tx.execute(delete(revisions).where(revisions.c.post_id.in_(theirs)))
    tx.execute(delete(payloads).where(payloads.c.account_id.in_(account)))
    tx.execute(delete(posts).where(posts.c.platform == KEY))
    tx.execute(update(accounts).where(accounts.c.key == KEY).values(cursor=None))
