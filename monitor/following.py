"""Beside the path: a flagged post is asked for again, so that we know when it was edited or taken down."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from monitor import alert
from monitor.errors import TransportError
from monitor.fetch import Asks, rank_of, source_of
from monitor.fetch.asking import Asking
from monitor.fetch.presence import ask_address
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone
from monitor.runtime import Runtime, World
from monitor.sessions import sign_in
from monitor.store import accounts, follows, hosts, revisions
from monitor.store.follows import FollowedPost
from monitor.telemetry import log_event, log_trouble
from monitor.telling import tell
from monitor.workers import give_back, hand_over

FOLLOWED_AT_ONCE: Final = 4
HICCUP: Final = timedelta(minutes=5)  # after an answer that says nothing


def follow_due(world: World, runtime: Runtime, pool: Executor, *, room: int = FOLLOWED_AT_ONCE) -> list[Future[None]]:
    """Ask for flagged posts that are due, a few at a time: reading comes first."""
    give_back(world)
    with world.store.write() as tx:
        due = follows.claim_follows(tx, world.clock.now(), limit=room)
        ready = _whose_turn_it_is(tx, world, runtime, due)
    return [hand_over(world, pool, f"follow {post.id}", follow_one, runtime, post) for post in ready]


def _whose_turn_it_is(
    tx: Connection, world: World, runtime: Runtime, due: Sequence[FollowedPost]
) -> list[FollowedPost]:
    now = world.clock.now()
    ready = []
    for post in due:
        account = runtime.accounts.get(post.account_key)
        if account is None:  # the next sync_people retires it
            follows.look_later(tx, post, now + HICCUP, suspected=post.suspected)
            continue
        (slot,) = hosts.take_slots(tx, [account.host], now, runtime.settings.fetch.host_distance_s)
        if slot > now:
            follows.look_later(tx, post, slot, suspected=post.suspected)
        else:
            ready.append(post)
    return ready


def follow_one(world: World, runtime: Runtime, post: FollowedPost) -> None:
    """One question for one post: still there, edited, or gone."""
    account = runtime.accounts[post.account_key]
    try:
        answer = _ask(world, runtime, account, post)
    except TransportError as error:
        log_trouble("follow_failed", account=account.key, failure=error.failure, status=error.status)
        with world.store.write() as tx:
            follows.look_later(tx, post, world.clock.now() + HICCUP, suspected=post.suspected)
        return
    now = world.clock.now()
    if isinstance(answer, Gone):
        _save_gone(world, runtime, post, answer, now)
        return
    step = alert.next_look(now - post.flagged_at)
    with world.store.write() as tx:
        if isinstance(answer, FetchedPost):
            accounts.save_again(tx, post.account_id, account, answer, now, rank=rank_of(account))
        follows.look_later(tx, post, now + step if step else None)


def _ask(world: World, runtime: Runtime, account: Account, post: FollowedPost) -> FetchedPost | Gone | None:
    source, now = source_of(account), world.clock.now()
    signed_in = sign_in(world.store, runtime.settings, account)
    if isinstance(source, Asks):
        return source.one(signed_in, post.native_id, world.client, now)
    return ask_address(Asking(world.client, signed_in, now), post.url)


def _save_gone(world: World, runtime: Runtime, post: FollowedPost, answer: Gone, now: datetime) -> None:
    with world.store.write() as tx:
        if not post.suspected:
            follows.look_later(tx, post, now + alert.LOOK_AGAIN, suspected=True)
            return
        follows.save_gone(tx, post, answer.why, now)
        for before in revisions.alerts_before(tx, post.id).values():
            change = alert.gone(before, post.revision_id, now)
            topic = change and revisions.add_change(
                tx, before.alert_id, post.revision_id, change, runtime.book.hash, now
            )
            if change and topic:
                account = runtime.accounts[post.account_key]
                tell(tx, runtime, change, topic, account.person_key, account.platform, now)
    log_event("gone", post=post.id, why=answer.why)
