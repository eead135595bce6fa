"""THE PATH of a post. Only this and the first stage, monitor.reading, join what others do.

    account due      --fetch_due-->    revision pending     one read of one account          (T1)
    revision pending --match_new-->    delivery waiting     one judgement of one text        (T2)
    delivery waiting --deliver_due-->  delivery delivered   one attempt at one receiver      (T3)

Each function claims rows that are due, does one thing per row, and writes the result and the next stage's work in
one transaction; no network call happens inside a transaction. Kill the process anywhere and nothing is lost: the row
is still due, or its lease runs out and it is due again.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from monitor import alert, evidence, summary
from monitor.deliver import FORMATS, retry, send
from monitor.deliver.heartbeat import beat
from monitor.dressing import dressed
from monitor.errors import OUR_OWN, RenderError
from monitor.failpoints import passing
from monitor.match import usual_client
from monitor.model.canary import KEY
from monitor.model.findings import Evaluation
from monitor.model.messages import (
    Cap,
    DeliveryState,
    EventKind,
    Found,
    Receiver,
    ReceiverState,
    Request,
)
from monitor.reading import fetch_due
from monitor.runtime import Runtime, World
from monitor.store import (
    canaries,
    follows,
    incidents,
    keys,
    messages,
    outbox,
    pictures,
    queueing,
    receivers,
    rescans,
    retellings,
    reviews,
    revisions,
    slow_rules,
    summaries,
    suppressions,
)
from monitor.store.outbox import ClaimedDelivery
from monitor.store.receivers import ClaimedReceiver
from monitor.store.revisions import PendingRevision
from monitor.telemetry import log_event, log_fault
from monitor.telling import tell
from monitor.workers import give_back, guarded, hand_over

__all__ = ["Runtime", "World", "deliver_due", "deliver_to", "fetch_due", "match_new"]

REVISIONS_A_TICK: Final = 128
DELIVERIES_A_TURN: Final = 100
STRANGER_WAITS: Final = timedelta(seconds=1)


# --- 2. match: revision pending -> deliveries waiting --------------------------------------------------------------


def match_new(world: World, runtime: Runtime, *, limit: int = REVISIONS_A_TICK) -> int:
    """Judge every text that waits, or else some that the present rules have not seen; answers how many were taken."""
    give_back(world)
    with world.store.write() as tx:
        now = world.clock.now()
        pending = revisions.claim_revisions(tx, now, limit=limit)
        if not pending and rescans.rescan_some(tx, runtime.book.hash, now, limit=limit):
            pending = revisions.claim_revisions(tx, now, limit=limit)
    for revision in pending:
        guarded(match_one, world, runtime, revision)
    return len(pending)


def match_one(world: World, runtime: Runtime, revision: PendingRevision) -> None:
    """One judgement of one text: findings, alert, numbered event and deliveries in one transaction."""
    passing("C4")
    person = runtime.people.get(revision.person_key)
    knows = person.knows if person else frozenset()
    try:
        client, set_aside = _beside(world, runtime, revision, knows)
        evaluation = runtime.matcher.evaluate(
            revision.parts, knows=knows, at=revision.effective_at, usual_client=client, set_aside=set_aside
        )
    except OUR_OWN:
        raise  # the post is not to blame
    except Exception as error:  # noqa: BLE001 - a poisonous post is put aside, its neighbours go on
        _put_aside(world, runtime, revision, error)
        return
    _save_evaluation(world, runtime, revision, evaluation)
    passing("C7")


def _beside(
    world: World, runtime: Runtime, revision: PendingRevision, knows: frozenset[str]
) -> tuple[str, frozenset[str]]:
    """What judging needs beside the text: the author's usual client, and the rules that are set aside as too slow."""
    watches = bool(knows) and runtime.matcher.watches_clients
    if not (watches or runtime.matcher.has_patterns):
        return "", frozenset()
    with world.store.read() as tx:
        client = usual_client(revisions.clients_before(tx, revision)) if watches else ""
        slow = slow_rules.slow_rules(tx, runtime.book.hash) if runtime.matcher.has_patterns else {}
    enough = slow_rules.TEXTS_TO_SET_ASIDE
    return client, frozenset(rule.id for rule in runtime.book.rules if slow.get(rule.place, 0) >= enough)


def _save_evaluation(world: World, runtime: Runtime, revision: PendingRevision, evaluation: Evaluation) -> None:
    now = world.clock.now()
    with world.store.write() as tx:
        findings = alert.settle(
            [finding for finding in evaluation.findings if finding.subject != KEY],
            revisions.announcements(tx),
            suppressions.in_force(tx, now, revision.id),
            text_hash=revision.text_hash,
            at=revision.effective_at,
            person_key=revision.person_key,
        )
        revisions.save_evaluation(tx, revision, findings, evaluation.skipped, runtime.book.hash, now)
        if revision.person_key == KEY:
            canaries.judged(tx, revision, evaluation.findings, now)
            return
        if evaluation.skipped:
            places = [rule.place for rule in runtime.book.rules if rule.id in evaluation.skipped]
            slow_rules.note_slow(tx, places, runtime.book.hash, now)
        else:
            slow_rules.all_ran(tx, now)
        account = runtime.accounts.get(revision.account_key)
        if account is not None and account.official:
            said = alert.announced(findings, revision.parts)
            revisions.announce(tx, said, revision.effective_at, post_id=revision.post_id, source="official")
        before = revisions.alerts_before(tx, revision.post_id)
        changes = alert.decide(_before(revision), findings, before)
        for change in changes:
            _record(tx, runtime, revision, change, now)
        if revision.is_current and alert.found_how(_before(revision)) is Found.LIVE:
            retellings.tell_spread(tx, revision.post_id, now)
        flagged = bool(changes) or any(map(alert.is_followed, before.values()))
        _want_pictures(tx, runtime, revision, now, flagged=flagged)
        passing("C6")
    _note_evaluation(world, revision, evaluation, changes, now)


def _record(
    tx: Connection, runtime: Runtime, revision: PendingRevision, change: alert.AlertChange, now: datetime
) -> None:
    """One event of an alert, and who hears of it."""
    ref, label = runtime.said_aloud(change.subject)
    topic = revisions.record_change(
        tx, revision, change, ref=ref, label=label, rulebook_hash=runtime.book.hash, now=now
    )
    if change.event is EventKind.PUBLIC_SINCE:
        if topic is not None:
            reviews.close_public(tx, topic, now)
        return
    if topic is not None:
        tell(tx, runtime, change, topic, revision.person_key, revision.platform, now)
    if change.found is not Found.BASELINE:
        follows.follow(tx, revision.post_id, now + alert.FIRST_LOOK)


def _want_pictures(
    tx: Connection, runtime: Runtime, revision: PendingRevision, now: datetime, *, flagged: bool
) -> None:
    lifts = runtime.lifts.get(revision.person_key, ())
    wanted, reason = evidence.wants_pictures(flagged=flagged, posted_at=revision.effective_at, lifts=lifts)
    if wanted and (count := pictures.want(tx, revision.post_id, now)):
        log_event("pictures_wanted", post=revision.post_id, count=count, why=reason)


def _note_evaluation(
    world: World, revision: PendingRevision, evaluation: Evaluation, changes: Sequence[alert.AlertChange], now: datetime
) -> None:
    world.metrics.evaluated("partial" if evaluation.skipped else "done")
    for change in changes:
        if change.event is EventKind.OPENED:
            world.metrics.opened(change.severity, change.found, revision.effective_at, revision.seen_at, now)
        log_event("alert", what=change.event, severity=change.severity, found=change.found, post=revision.post_id)


def _before(revision: PendingRevision) -> alert.RevisionBefore:
    return alert.RevisionBefore(
        revision_id=revision.id,
        is_current=revision.is_current,
        effective_at=revision.effective_at,
        account_added_at=revision.account_added_at,
        was_blind=revision.was_blind,
        again=revision.again,
        is_edit=revision.is_edit,
    )


def _put_aside(world: World, runtime: Runtime, revision: PendingRevision, error: Exception) -> None:
    now = world.clock.now()
    with world.store.write() as tx:
        state = revisions.put_aside(tx, revision, type(error).__name__, now)
        _want_pictures(tx, runtime, revision, now, flagged=state == "quarantined")  # a person will look at it
        if state == "quarantined" and revision.person_key != KEY:
            incidents.open_incident(tx, "quarantine", f"revision {revision.id}", {"post": str(revision.post_id)}, now)
    if revision.person_key != KEY:
        world.metrics.evaluated("quarantined" if state == "quarantined" else "failed")
    log_fault("match_failed", error, revision=revision.id, state=state)


# --- 3. deliver: delivery waiting -> delivered ---------------------------------------------------------------------


def deliver_due(world: World, runtime: Runtime, pool: Executor) -> list[Future[None]]:
    """Send what waits, one worker a receiver, so that a broken one never delays another."""
    give_back(world)
    now = world.clock.now()
    with world.store.write() as tx:
        queueing.gather_digests(tx, now)
        due = receivers.claim_receivers(tx, now)
    return [hand_over(world, pool, f"send {claimed.key}", deliver_to, runtime, claimed) for claimed in due]


def deliver_to(world: World, runtime: Runtime, claimed: ClaimedReceiver) -> None:
    """The waiting messages of one receiver, oldest first, until none is left or it fails."""
    if claimed.key == KEY:
        _beat(world, runtime, claimed)
        return
    receiver = runtime.receivers.get(claimed.key)
    if receiver is None:
        # A reload is under way, or another process knows it; if nobody does, the next sync_receivers parks what waits.
        with world.store.write() as tx:
            receivers.release_receiver(tx, claimed, world.clock.now() + STRANGER_WAITS)
        return
    for _ in range(DELIVERIES_A_TURN):
        world.moves.moved(f"send {claimed.key}", world.clock.elapsed_s(), turn=claimed.claim_no)
        now = world.clock.now()
        if (rests_until := retry.free_at(claimed.sent, _cap_of(receiver), now)) > now:
            with world.store.write() as tx:
                receivers.release_receiver(tx, claimed, rests_until)
            return
        with world.store.write() as tx:
            delivery = outbox.claim_delivery(tx, claimed.key, now)
        if delivery is None:
            break
        if not _deliver_or_owe(world, runtime, receiver, claimed, delivery):
            return  # it fails: its next turn is settled
        claimed = replace(claimed, failures=0, sent=outbox.sent_with(claimed, now, _cap_of(receiver)))
        if world.stopping.wait(retry.PACE_S):
            break
    with world.store.write() as tx:
        receivers.release_receiver(tx, claimed, world.clock.now())


def _cap_of(receiver: Receiver) -> Cap | None:
    """How many messages a receiver takes, by its format."""
    return FORMATS[receiver.format].cap


def _deliver_or_owe(
    world: World, runtime: Runtime, receiver: Receiver, claimed: ClaimedReceiver, delivery: ClaimedDelivery
) -> bool:
    try:
        return deliver_one(world, runtime, receiver, claimed, delivery)
    except OUR_OWN as error:
        world.owed.add(delivery, error.cure, world.clock.elapsed_s())
        raise


def _beat(world: World, runtime: Runtime, claimed: ClaimedReceiver) -> None:
    """The canary has come through: the operator's monitor is told, and nothing of it stays."""
    with world.store.write() as tx:
        in_time = canaries.arrived(tx, claimed, world.clock.now())
    told = beat(world.client, runtime.settings.heartbeat, runtime.settings.network) if in_time else None
    with world.store.write() as tx:
        canaries.settle(tx, claimed, world.clock.now(), told=told)


def deliver_one(
    world: World, runtime: Runtime, receiver: Receiver, claimed: ClaimedReceiver, delivery: ClaimedDelivery
) -> bool:
    """One attempt at one receiver, its row committed before the request leaves; True if the next may follow."""
    ready = _rendered(world, runtime, receiver, delivery)
    if ready is None:
        return True
    with world.store.write() as tx:
        number = outbox.start_attempt(tx, claimed, ready, world.clock.now(), cap=_cap_of(receiver))
    request = Request(ready.body or b"", ready.content_type or "", ready.told, ready.card, ready.card_step)
    outcome = send.send(world.client, receiver, ready.message_id, request, world.clock.now())
    passing("C9")
    now = world.clock.now()
    step = retry.after_attempt(
        outcome,
        delivery_attempts=ready.attempts,
        body_refusals=ready.refusals,
        created_at=ready.created_at,
        receiver_failures=claimed.failures,
        now=now,
        jitter=world.draw(),
    )
    with world.store.write() as tx:
        outbox.finish_attempt(tx, claimed, ready, number, step, now)
        begun = messages.live_opening(tx, ready.topic) if step.delivery is DeliveryState.DELIVERED else None
    world.metrics.attempted(receiver.key, step.outcome)
    if begun is not None:
        world.metrics.delivered(*begun, now)
    log_event("attempt", receiver=receiver.key, delivery=ready.id, outcome=step.outcome, state=step.delivery)
    return step.receiver is ReceiverState.OK


def _rendered(world: World, runtime: Runtime, receiver: Receiver, delivery: ClaimedDelivery) -> ClaimedDelivery | None:
    """The delivery with its body, made once and kept for every later attempt; None if it had to be parked.

    Made anew for a receiver that has another format now, or may be told less or more than when it was made.
    """
    if delivery.body is not None and delivery.made_for in (None, receiver.reads):
        return delivery
    asked = None
    if delivery.topic.startswith(f"{summaries.TOPIC}:"):
        asked = summary.asked(receiver, runtime.book, runtime.settings.people, world.clock.now())
    try:
        with world.store.read() as tx:
            message = messages.message_for(tx, delivery.topic, asked)
            key = keys.own_key(tx, keys.TAKE)
        message = dressed(message, receiver, runtime, key)
        request = FORMATS[receiver.format].render(message, receiver)
    except (RenderError, LookupError) as error:
        with world.store.write() as tx:
            outbox.park_delivery(tx, delivery, type(error).__name__)
            detail = {"receiver": receiver.key, "delivery": str(delivery.id)}
            incidents.open_incident(tx, "render_failed", receiver.key, detail, world.clock.now())
        log_fault("render_failed", error, delivery=delivery.id)
        return None
    with world.store.write() as tx:
        return outbox.freeze(tx, delivery, request, world.clock.now(), receiver.reads)
