"""Cards in chat tools that are changed when what they show goes on; one for each receiver and alert or incident."""

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.engine import insert_into
from monitor.store.schema import cards

THREADS = frozenset({"alert", "incident"})


def card_of(tx: Connection, receiver_key: str, topic: str) -> tuple[str, int]:
    """What the chat tool calls the card of that topic, "" if there is none, and the number of the event it shows."""
    thread, _ = _split(topic)
    if not thread:
        return "", 0
    c = cards.c
    row = tx.execute(
        select(c.remote_id, c.step).where(c.receiver_key == receiver_key, c.thread == thread)
    ).one_or_none()
    return ("", 0) if row is None else (row.remote_id, row.step)


def keep_card(tx: Connection, receiver_key: str, topic: str, remote_id: str, now: datetime) -> None:
    """That card shows this topic now."""
    thread, step = _split(topic)
    if not thread:
        return
    shown = {"remote_id": remote_id, "step": step, "at": now}
    made = insert_into(tx, cards).values(receiver_key=receiver_key, thread=thread, **shown)
    tx.execute(made.on_conflict_do_update(index_elements=["receiver_key", "thread"], set_=shown))


def receivers_showing(tx: Connection, number: int) -> list[str]:
    """The receivers that have a card of this alert."""
    c = cards.c
    return list(tx.execute(select(c.receiver_key).where(c.thread == f"alert:{number}").order_by(c.id)).scalars())


def _split(topic: str) -> tuple[str, int]:
    """The thread of a topic and its number in it; no thread if the topic stands alone."""
    thread, _, step = topic.rpartition(":")
    return (thread, int(step)) if thread.partition(":")[0] in THREADS else ("", 0)
