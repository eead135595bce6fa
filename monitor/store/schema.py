"""The tables. Times are Utc, texts Verbatim, structures Json; a claim is four columns (see claims.py)."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, UniqueConstraint

from monitor.store.columns import at as _at
from monitor.store.columns import claim as _claim
from monitor.store.columns import count as _count
from monitor.store.columns import flag as _flag
from monitor.store.columns import json as _json
from monitor.store.columns import maybe_at as _maybe_at
from monitor.store.columns import maybe_text as _maybe_text
from monitor.store.columns import metadata
from monitor.store.columns import number as _number
from monitor.store.columns import of as _of
from monitor.store.columns import only_where as _only_where
from monitor.store.columns import row_id as _id
from monitor.store.columns import text as _text
from monitor.store.columns import texts as _texts
from monitor.store.columns import words as _words
from monitor.store.schema_told import attempts, calendars, cards, deliveries, event_moves, keys, receivers, selftests
from monitor.store.types import Json, Zstd

__all__ = [
    "accounts",
    "alert_events",
    "alerts",
    "announcements",
    "attempts",
    "audit",
    "calendars",
    "cards",
    "deliveries",
    "event_moves",
    "findings",
    "gaps",
    "hosts",
    "incident_events",
    "incidents",
    "keys",
    "media",
    "metadata",
    "payloads",
    "people",
    "posts",
    "receivers",
    "rescans",
    "responses",
    "reviews",
    "revisions",
    "rulebooks",
    "selftests",
    "sessions",
    "sightings",
    "suppressions",
]

# --- who is read, and what was read ---------------------------------------------------------------------------------

rulebooks = Table(
    "rulebooks",
    metadata,
    _id(),
    _text("hash"),
    _at("loaded_at"),
    _text("body"),
    _flag("active"),
    UniqueConstraint("hash"),
)
people = Table(
    "people",
    metadata,
    _id(),
    *_texts("key", "name"),
    _words("title"),
    _text("timezone"),
    _at("added_at"),
    _maybe_at("retired_at"),
    UniqueConstraint("key"),
)
accounts = Table(
    "accounts",
    metadata,
    _id(),
    _text("key"),
    _of("person_key", "people.key"),
    *_texts("source", "platform", "native_id"),
    _flag("official"),
    _text("state"),  # new | ok | stale | blocked | removed
    *map(_words, ("state_reason", "state_detail")),
    _at("state_at"),
    *map(_maybe_text, ("cursor", "etag", "last_modified", "body_hash")),
    _count("failures"),
    Column("interval_s", Float, nullable=False),
    _maybe_at("last_success_at"),
    _at("added_at"),
    _maybe_text("after_deletion"),  # keep | digest | purge
    *_claim(),
    UniqueConstraint("key"),
    UniqueConstraint("source", "platform", "native_id"),
    Index(None, "due_at"),
)
hosts = Table(
    "hosts",
    metadata,
    _id(),
    _text("host"),
    *map(_maybe_at, ("next_slot_at", "promised_until", "backoff_until")),
    UniqueConstraint("host"),
)
payloads = Table(
    "payloads",
    metadata,
    _id(),
    _of("account_id", "accounts.id"),
    *_texts("sha256", "url"),
    _number("status"),
    _json("headers"),
    _at("fetched_at"),
    Column("body", Zstd),
    UniqueConstraint("account_id", "sha256"),
    Index(None, "fetched_at"),
)
posts = Table(
    "posts",
    metadata,
    _id(),
    *_texts("platform", "native_id"),
    _of("author_account_id", "accounts.id"),
    _of("person_key", "people.key"),
    _text("kind"),
    _maybe_text("url"),
    _maybe_at("claimed_at"),
    _maybe_text("time_note"),
    _at("first_seen_at"),
    _number("current_rev"),  # revisions.no
    _maybe_at("gone_at"),
    _maybe_text("gone_why"),
    _maybe_text("story_key"),
    *_claim(),
    UniqueConstraint("platform", "native_id"),
    Index(None, "person_key", "claimed_at"),
    Index(None, "author_account_id", "url"),
    Index(None, "story_key"),
    Index(None, "first_seen_at"),
    Index(None, "due_at"),
)
sightings = Table(
    "sightings",
    metadata,
    _id(),
    _of("post_id", "posts.id"),
    _of("account_id", "accounts.id"),
    _at("first_at"),
    _at("last_at"),
    _count("rank"),
    UniqueConstraint("post_id", "account_id"),
    Index(None, "account_id", "last_at"),
)
revisions = Table(
    "revisions",
    metadata,
    _id(),
    _of("post_id", "posts.id"),
    _number("no"),
    _maybe_text("native_rev"),
    *_texts("cause", "content_hash"),
    _json("parts"),
    Column("media", Json),  # its pictures: kind and address of each
    _at("effective_at"),
    _at("seen_at"),
    _of("payload_id", "payloads.id", optional=True),
    _text("state"),  # pending | done | partial | quarantined
    Column("again", Boolean, nullable=False, default=False),  # pending because the rules changed, not the text
    _maybe_text("rulebook_hash"),
    _maybe_at("evaluated_at"),
    Column("skipped", Json),
    _maybe_text("error"),
    *_claim(),
    UniqueConstraint("post_id", "no"),
    UniqueConstraint("post_id", "content_hash"),
    Index(None, "state", "due_at"),  # the queue of judging, and the counts of health without reading texts
    Index(None, "payload_id"),
)
media = Table(
    "media",
    metadata,
    _id(),
    _of("post_id", "posts.id"),
    _of("revision_id", "revisions.id"),
    _number("position"),  # in its post, from 0
    *_texts("kind", "url", "host", "state"),  # wanted | kept | gone | refused | missed | purged
    _words("note"),
    _maybe_text("sha256"),
    Column("size", Integer),
    _maybe_text("content_type"),
    Column("headers", Json),
    Column("status", Integer),
    _at("wanted_at"),
    _maybe_at("fetched_at"),
    *_claim(),
    UniqueConstraint("post_id", "position"),
    Index(None, "state", "due_at"),
    Index(None, "sha256"),
)
gaps = Table(
    "gaps",
    metadata,
    _id(),
    _of("account_id", "accounts.id"),
    _at("from_at"),
    _maybe_at("to_at"),
    _text("cause"),
    _at("opened_at"),
    _maybe_at("filled_at"),
    Index(None, "account_id", "to_at"),
)
_only_where("uq_gaps_open", gaps.c.account_id, where=gaps.c.to_at.is_(None), unique=True)

# --- what was found, and what people made of it ---------------------------------------------------------------------

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
    *map(_maybe_text, ("subject", "rule_id", "text_hash", "person_key")),
    *map(_maybe_text, ("label", "rule_place", "ended_by")),  # the first two: what of it may be said aloud, frozen
    *_texts("why", "by_whom"),
    *map(_at, ("at", "until")),
    _count("hidden_count"),
    *map(_maybe_at, ("warned_at", "ended_at")),
)
findings = Table(
    "findings",
    metadata,
    _id(),
    _of("revision_id", "revisions.id"),
    *_texts("rule_id", "kind", "subject"),
    *map(_number, ("part_no", "start", "end")),
    *_texts("value", "reason_code"),
    _json("reason_args"),
    *_texts("severity", "disposition"),
    _maybe_at("lifts_at"),
    _of("suppression_id", "suppressions.id", optional=True),
    UniqueConstraint("revision_id", "rule_id", "subject", "kind", "part_no", "start", "end", name="uq_findings_place"),
    Index(None, "subject", "kind"),
    Index(None, "suppression_id"),
)
alerts = Table(
    "alerts",
    metadata,
    _id(),
    _of("post_id", "posts.id"),
    _text("subject"),
    _text("ref"),  # what may be said aloud of the subject, frozen at the alert
    *_texts("label", "severity", "state", "found"),
    _at("opened_at"),
    _count("last_seq"),
    _maybe_text("verdict"),
    _maybe_at("verdict_at"),
    _maybe_text("assignee"),
    Column("step", Integer, nullable=False, default=0, server_default="0"),  # of the escalation, that is next
    _maybe_at("escalate_at"),  # when that is due if nobody takes it; null once somebody did, or all were told
    UniqueConstraint("post_id", "subject"),
    Index(None, "state", "severity", "opened_at"),
    Index(None, "escalate_at"),
)
alert_events = Table(
    "alert_events",
    metadata,
    _id(),
    _of("alert_id", "alerts.id"),
    _number("seq"),
    _text("kind"),
    _at("at"),
    _text("dedup"),
    _of("revision_id", "revisions.id"),
    _maybe_text("rulebook_hash"),
    *_texts("severity", "state", "found"),
    *map(_json, ("facts", "findings", "reason")),
    UniqueConstraint("alert_id", "seq"),
    UniqueConstraint("alert_id", "dedup"),
)
announcements = Table(
    "announcements",
    metadata,
    _id(),
    *(*_texts("subject", "kind"), _words("value"), _at("at")),
    *(_of("post_id", "posts.id", optional=True), _text("source")),
    UniqueConstraint("subject", "kind", "value"),
)
reviews = Table(
    "reviews",
    metadata,
    _id(),
    *(_of("alert_id", "alerts.id"), _number("seq"), *_texts("reviewer", "verdict")),
    *(*map(_words, ("reason", "note")), _at("at")),
    Index(None, "alert_id"),
)
responses = Table(
    "responses",
    metadata,
    *(_id(), _of("alert_id", "alerts.id"), *_texts("step", "by_whom"), _words("note"), _at("at")),
    UniqueConstraint("alert_id", "step"),
)
rescans = Table(
    "rescans",
    metadata,
    _id(),
    *_texts("reason", "rulebook_hash"),
    _number("cursor"),  # posts.id
    _text("state"),  # open | closed
    UniqueConstraint("rulebook_hash", "reason"),
)
audit = Table(
    "audit",
    metadata,
    _id(),
    _at("at"),
    *_texts("actor", "action", "object"),
    _json("detail"),
    _maybe_text("prev"),
    _maybe_text("hash"),  # null until sealed
    Column("no", Integer),  # the place in the chain, from 1; null until sealed
    Index("uq_audit_no", "no", unique=True),
)

# --- who is told ----------------------------------------------------------------------------------------------------

incidents = Table(
    "incidents",
    metadata,
    _id(),
    *_texts("kind", "subject"),
    _at("opened_at"),
    *map(_maybe_at, ("told_at", "escalated_at", "taken_at", "closed_at")),
    *map(_maybe_text, ("taken_by", "taken_note")),
    _count("last_seq"),
    _json("detail"),
)
_only_where(
    "uq_incidents_open", incidents.c.kind, incidents.c.subject, where=incidents.c.closed_at.is_(None), unique=True
)
incident_events = Table(
    "incident_events",
    metadata,
    _id(),
    *(_of("incident_id", "incidents.id"), _number("seq"), _text("kind"), _at("at"), _json("detail")),
    UniqueConstraint("incident_id", "seq"),
)
sessions = Table(
    "sessions",
    metadata,
    _id(),
    *_texts("name", "place", "kind", "closed", "state"),  # first | reserve; cookie | token; ok | refused | untested
    *(_at("put_at"), _maybe_at("last_good_at")),
    UniqueConstraint("name", "place"),
)
