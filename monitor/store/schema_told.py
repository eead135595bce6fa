"""The tables of who is told, which schema.py lists among all."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from monitor.store.columns import at as _at
from monitor.store.columns import claim as _claim
from monitor.store.columns import count as _count
from monitor.store.columns import flag as _flag
from monitor.store.columns import maybe_at as _maybe_at
from monitor.store.columns import maybe_text as _maybe_text
from monitor.store.columns import metadata
from monitor.store.columns import number as _number
from monitor.store.columns import of as _of
from monitor.store.columns import row_id as _id
from monitor.store.columns import text as _text
from monitor.store.columns import texts as _texts
from monitor.store.columns import words as _words
from monitor.store.types import Json, Zstd

receivers = Table(
    "receivers",
    metadata,
    _id(),
    _text("key"),
    _flag("ops"),  # is told of incidents
    _text("state"),
    _count("failures"),
    _maybe_at("last_ok_at"),
    Column("last_status", Integer),
    Column("sent", Json),  # when its last messages left, as far as its cap asks
    *_claim(),
    UniqueConstraint("key"),
)
deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _of("receiver_key", "receivers.key"),
    *_texts("topic", "message_id", "urgency", "state"),
    Column("body", LargeBinary),
    _maybe_text("content_type"),
    _maybe_text("made_for"),  # format and disclosure of its receiver when the body was made
    _maybe_text("told"),  # JSON: of several addresses of one receiver, those that have it already
    _at("created_at"),
    _at("queued_at"),  # creation, or the last time that it was queued again
    _maybe_at("rendered_at"),
    _words("last_error"),
    _maybe_at("delivered_at"),
    _count("refusals"),
    _of("folded_into", "deliveries.id", optional=True),
    *_claim(),
    UniqueConstraint("receiver_key", "topic"),
    UniqueConstraint("message_id"),
    Index(None, "state", "due_at"),
    Index(None, "receiver_key", "state", "queued_at"),  # the oldest for one receiver, also in a long backlog
    Index(None, "topic"),
    Index(None, "folded_into"),
)
attempts = Table(
    "attempts",
    metadata,
    _id(),
    _of("delivery_id", "deliveries.id"),
    _number("no"),
    _at("started_at"),
    _maybe_at("ended_at"),
    Column("status", Integer),
    _words("outcome"),
    UniqueConstraint("delivery_id", "no"),
)
event_moves = Table(
    "event_moves",
    metadata,
    _id(),
    _text("ref"),  # of the event: a hash of its key, which is secret
    _number("seq"),
    _text("label"),
    *map(_at, ("was_at", "starts_at", "moved_at")),
    _maybe_at("told_at"),
    *(Column(name, Integer) for name in ("closed", "opened")),  # alerts, if they were counted when it was told
    UniqueConstraint("ref", "seq"),
)
cards = Table(
    "cards",
    metadata,
    _id(),
    _of("receiver_key", "receivers.key"),
    *_texts("thread", "remote_id"),  # what it is about, such as alert:17; how the chat tool names it
    _number("step"),  # the number of the event that it shows
    _at("at"),
    UniqueConstraint("receiver_key", "thread"),
)
selftests = Table(
    "selftests", metadata, _id(), _at("hour_at"), *map(_count, ("passed", "failed")), UniqueConstraint("hour_at")
)
keys = Table(
    "keys",
    metadata,
    _id(),
    _text("name"),
    Column("value", LargeBinary, nullable=False),  # random, made by ourselves; signs what only we can have said
    _at("made_at"),
    UniqueConstraint("name"),
)
calendars = Table(
    "calendars",
    metadata,
    _id(),
    _text("source"),  # SHA-256 of where it is
    Column("body", Zstd),  # as it was when it last was good; a restart or an outage goes on with it
    _maybe_text("etag"),
    _at("began_at"),
    _maybe_at("tried_at"),
    _maybe_at("read_at"),  # the last time that it was good
    _words("problem"),  # why it was not, the last time that it was tried
    UniqueConstraint("source"),
)
