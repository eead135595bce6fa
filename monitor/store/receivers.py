"""Who is told: a receiver's row serialises the sending to it, and backs off when it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection, Table, case, exists, select, update

from monitor.model.messages import DeliveryState, Receiver, ReceiverState
from monitor.routing import Urgency
from monitor.store.claims import RELEASED, claim, is_due, keep, undo_future
from monitor.store.engine import insert_into
from monitor.store.incidents import close_incident, open_incident
from monitor.store.queueing import RECEIVER_PARKED, RECEIVER_REMOVED
from monitor.store.schema import deliveries, receivers

REMOVED, PARKED, FAILING = "receiver_removed", "receiver_parked", "receiver_failing"  # the incidents
AS_COPY = "database_is_a_copy"  # why a delivery is parked that another database tells
LONGEST_REST = timedelta(minutes=2)  # caps are of a minute at most
TROUBLES = (FAILING, PARKED, "delivery_dead", "render_failed")  # of a receiver that is there
# A text that retention took cannot be sent with the same body again.
BLANKED = deliveries.c.body.is_(None) & deliveries.c.rendered_at.is_not(None)
AS_BEFORE = case((deliveries.c.urgency == Urgency.NOW, DeliveryState.WAITING), else_=DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class ClaimedReceiver:
    """A receiver to which one worker may send now."""

    table: ClassVar[Table] = receivers
    id: int
    key: str
    claim_no: int
    failures: int
    state: ReceiverState
    sent: tuple[datetime, ...] = ()  # when its last messages left, as far as its cap asks


def sync_receivers(tx: Connection, configured: Sequence[Receiver], now: datetime) -> None:
    """Make the rows agree with the configuration; what waits for a missing one is parked until it comes back."""
    states = {row.key: row.state for row in tx.execute(select(receivers.c.key, receivers.c.state))}
    for receiver in configured:
        new = insert_into(tx, receivers).values(key=receiver.key, ops=receiver.ops, state=ReceiverState.OK, due_at=now)
        tx.execute(new.on_conflict_do_update(index_elements=["key"], set_={"ops": receiver.ops}))
        if states.get(receiver.key) == ReceiverState.REMOVED:
            reopen(tx, receiver.key, now)
    for key in sorted(states.keys() - {receiver.key for receiver in configured}):
        if states[key] != ReceiverState.REMOVED:
            _remove(tx, key, now)


def _remove(tx: Connection, key: str, now: datetime) -> None:
    # The claim number moves on, so that a send that is under way does not put the receiver back to work.
    gone = {"state": ReceiverState.REMOVED, "ops": False, "claim_no": receivers.c.claim_no + 1, "claimed_until": None}
    tx.execute(update(receivers).where(receivers.c.key == key).values(**gone))
    parked = park_all(tx, key, RECEIVER_REMOVED)
    for kind in TROUBLES:
        close_incident(tx, kind, key, now)
    open_incident(tx, REMOVED, key, {"receiver": key, "parked": str(parked)}, now)


def park_all(tx: Connection, key: str, reason: str) -> int:
    """Keep all that waits for this receiver until it is usable again; answers how many."""
    waiting = deliveries.c.state.in_([DeliveryState.WAITING, DeliveryState.HELD])
    parking = update(deliveries).where(deliveries.c.receiver_key == key, waiting)
    return tx.execute(parking.values(state=DeliveryState.PARKED, last_error=reason)).rowcount


def park_as_copy(tx: Connection, configured: Sequence[Receiver], now: datetime) -> None:
    """Park all receivers and what waits for them: this database is a copy, and another one tells them."""
    sync_receivers(tx, configured, now)
    moved = {"state": ReceiverState.PARKED, "claim_no": receivers.c.claim_no + 1, "claimed_until": None}
    keys = tx.execute(select(receivers.c.key).where(receivers.c.state != ReceiverState.REMOVED)).scalars().all()
    tx.execute(update(receivers).where(receivers.c.key.in_(keys)).values(**moved))
    for key in keys:
        park_all(tx, key, AS_COPY)


def reopen(tx: Connection, key: str, now: datetime) -> None:
    """The receiver is usable again: what was parked because of it waits again, or is held again."""
    fresh = {"state": ReceiverState.OK, "failures": 0, "due_at": now, **RELEASED}
    tx.execute(update(receivers).where(receivers.c.key == key).values(**fresh))
    c = deliveries.c
    because = (c.receiver_key == key) & (c.state == DeliveryState.PARKED) & ~BLANKED
    because &= c.last_error.in_([RECEIVER_REMOVED, RECEIVER_PARKED])
    again = {"state": AS_BEFORE, "last_error": "", "due_at": now, "queued_at": now, **RELEASED}
    tx.execute(update(deliveries).where(because).values(**again))
    for kind in (REMOVED, PARKED):
        close_incident(tx, kind, key, now)


def claim_receivers(tx: Connection, now: datetime, *, lease_s: float = 60) -> list[ClaimedReceiver]:
    """Take every receiver for which something waits, unless it is parked, removed, backing off or somebody's."""
    _undo_future(tx, now)
    usable = receivers.c.state.in_([ReceiverState.OK, ReceiverState.FAILING])
    waiting = exists().where(
        deliveries.c.receiver_key == receivers.c.key,
        deliveries.c.state == DeliveryState.WAITING,
        is_due(deliveries, now),
    )
    rows = claim(tx, receivers, now, lease_s=lease_s, limit=1000, where=usable & waiting)
    return [
        ClaimedReceiver(
            row.id,
            row.key,
            row.claim_no,
            row.failures,
            ReceiverState(row.state),
            tuple(datetime.fromtimestamp(s, UTC) for s in row.sent or ()),
        )
        for row in rows
    ]


def _undo_future(tx: Connection, now: datetime) -> None:
    """What is due in the future of a clock that was ahead is due now; one that works rests for its cap alone."""
    resting = (receivers.c.state == ReceiverState.OK) & (receivers.c.due_at > now + LONGEST_REST)
    tx.execute(update(receivers).where(resting).values(due_at=now))
    undo_future(tx, deliveries, "queued_at", now, deliveries.c.state == DeliveryState.WAITING)


def release_receiver(tx: Connection, claimed: ClaimedReceiver, due_at: datetime) -> None:
    """Let the next worker have it from that instant on. ClaimLostError."""
    keep(tx, receivers, claimed, due_at=due_at, **RELEASED)
