"""A story that another watched account tells too: whoever was told of its first alert hears where."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select

from monitor.model.canary import KEY
from monitor.model.messages import AlertState, EventKind, Found
from monitor.store.follow_ups import add_follow_up, everybody_told, newest_event
from monitor.store.queueing import queue
from monitor.store.schema import accounts, alert_events, alerts, people, posts
from monitor.store.spreading import story_of

ONCE_IN: Final = timedelta(minutes=5)  # what comes sooner is counted the next time
STANDS: Final = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class First:
    """The first alert of a story about one thing, on a post of that account."""

    number: int
    account_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Teller:
    """An account that tells a story."""

    account_id: int
    person_name: str
    platform: str


def tell_spread(tx: Connection, post_id: int, now: datetime) -> list[int]:
    """Tell that the story of this post was told before, if it was; answers the numbers of the alerts that say so.

    Each account is told once of an alert. Not an official one, nor what it said before we watched it.
    """
    stands = alerts.c.state.in_(STANDS) & (alerts.c.found == Found.LIVE)
    if tx.execute(select(alerts.c.id).where(stands).limit(1)).first() is None:
        return []
    story = [each.post_id for each in story_of(tx, post_id)]
    author = tx.execute(select(posts.c.author_account_id).where(posts.c.id == post_id)).scalar_one()
    said = []
    for first in _first_alerts(tx, story, post_id):
        events = _said_before(tx, first.number)
        if any(now - ONCE_IN < at <= now for at, _ in events):
            continue
        known = {first.account_id}.union(*(accounts_told for _, accounts_told in events))
        new = [teller for teller in _tellers(tx, story, first.since) if teller.account_id not in known]
        if any(teller.account_id == author for teller in new):
            _tell(tx, first.number, new, now)
            said.append(first.number)
    return said


def _first_alerts(tx: Connection, story: Sequence[int], post_id: int) -> list[First]:
    """Of each subject the first alert of the story that stands, on another post."""
    c = alerts.c
    columns = (c.subject, c.id, posts.c.author_account_id, posts.c.first_seen_at)
    stands = c.post_id.in_(story) & (c.post_id != post_id) & c.state.in_(STANDS) & (c.found == Found.LIVE)
    rows = tx.execute(select(*columns).join(posts, posts.c.id == c.post_id).where(stands).order_by(c.id.desc()))
    return list({subject: First(*of_alert) for subject, *of_alert in rows}.values())


def _said_before(tx: Connection, number: int) -> list[tuple[datetime, frozenset[int]]]:
    """When it was said of an alert that its story has spread, and to which accounts."""
    c = alert_events.c
    rows = tx.execute(select(c.at, c.reason).where(c.alert_id == number, c.kind == EventKind.SPREAD))
    return [(at, frozenset(map(int, reason["args"]["accounts"].split()))) for at, reason in rows]


def _tellers(tx: Connection, story: Sequence[int], since: datetime) -> list[Teller]:
    """The accounts that have told it since then, each once, in the order of their posts."""
    c = posts.c
    joined = posts.join(accounts, accounts.c.id == c.author_account_id).join(people, people.c.key == c.person_key)
    watched = or_(c.claimed_at.is_(None), c.claimed_at >= accounts.c.added_at)
    told = c.id.in_(story) & (c.first_seen_at >= since) & watched & ~accounts.c.official & (c.platform != KEY)
    rows = tx.execute(select(accounts.c.id, people.c.name, c.platform).select_from(joined).where(told).order_by(c.id))
    return list(dict.fromkeys(Teller(*row) for row in rows))


def _tell(tx: Connection, number: int, new: Sequence[Teller], now: datetime) -> None:
    told = everybody_told(tx, number, now)
    last = newest_event(tx, number)
    numbers = " ".join(str(teller.account_id) for teller in new)
    where = [[teller.person_name, teller.platform] for teller in new]
    args = {"accounts": numbers, "where": json.dumps(where, ensure_ascii=False)}
    dedup = f"{EventKind.SPREAD}:{numbers}"
    topic = add_follow_up(tx, last, EventKind.SPREAD, AlertState(last.state), args, now, dedup=dedup)
    queue(tx, topic, told, now)
