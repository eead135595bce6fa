"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def utc() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def claim() -> list[sa.Column[Any]]:
    return [
        sa.Column("due_at", utc(), nullable=True),
        sa.Column("claimed_until", utc(), nullable=True),
        sa.Column("claim_no", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", utc(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=True),
    )
    op.create_table(
        "hosts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("next_slot_at", utc(), nullable=True),
        sa.Column("promised_until", utc(), nullable=True),
        sa.Column("backoff_until", utc(), nullable=True),
        sa.UniqueConstraint("host", name=op.f("uq_hosts_host")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", utc(), nullable=False),
        sa.Column("closed_at", utc(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index(
        "uq_incidents_open",
        "incidents",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("added_at", utc(), nullable=False),
        sa.Column("retired_at", utc(), nullable=True),
        sa.UniqueConstraint("key", name=op.f("uq_people_key")),
    )
    op.create_table(
        "receivers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ops", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_ok_at", utc(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        *claim(),
        sa.UniqueConstraint("key", name=op.f("uq_receivers_key")),
    )
    op.create_table(
        "rescans",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rulebook_hash", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.UniqueConstraint("rulebook_hash", "reason", name=op.f("uq_rescans_rulebook_hash_reason")),
    )
    op.create_table(
        "rulebooks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("loaded_at", utc(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("hash", name=op.f("uq_rulebooks_hash")),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("until", utc(), nullable=False),
        sa.Column("hidden_count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("state_detail", sa.Text(), nullable=False),
        sa.Column("state_at", utc(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("interval_s", sa.Float(), nullable=False),
        sa.Column("last_success_at", utc(), nullable=True),
        sa.Column("added_at", utc(), nullable=False),
        *claim(),
        sa.ForeignKeyConstraint(["person_key"], ["people.key"], name=op.f("fk_accounts_person_key")),
        sa.UniqueConstraint("key", name=op.f("uq_accounts_key")),
        sa.UniqueConstraint("source", "platform", "native_id", name=op.f("uq_accounts_source_platform_native_id")),
    )
    op.create_index(op.f("ix_accounts_due_at"), "accounts", ["due_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("receiver_key", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("created_at", utc(), nullable=False),
        sa.Column("queued_at", utc(), nullable=False),
        sa.Column("rendered_at", utc(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("delivered_at", utc(), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("folded_into", sa.Integer(), nullable=True),
        *claim(),
        sa.ForeignKeyConstraint(["folded_into"], ["deliveries.id"], name=op.f("fk_deliveries_folded_into")),
        sa.ForeignKeyConstraint(["receiver_key"], ["receivers.key"], name=op.f("fk_deliveries_receiver_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
        sa.UniqueConstraint("receiver_key", "topic", name=op.f("uq_deliveries_receiver_key_topic")),
    )
    op.create_index(op.f("ix_deliveries_folded_into"), "deliveries", ["folded_into"], unique=False)
    op.create_index(
        op.f("ix_deliveries_receiver_key_state_queued_at"),
        "deliveries",
        ["receiver_key", "state", "queued_at"],
        unique=False,
    )
    op.create_index(op.f("ix_deliveries_state_due_at"), "deliveries", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_deliveries_topic"), "deliveries", ["topic"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("started_at", utc(), nullable=False),
        sa.Column("ended_at", utc(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id")),
        sa.UniqueConstraint("delivery_id", "no", name=op.f("uq_attempts_delivery_id_no")),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("from_at", utc(), nullable=False),
        sa.Column("to_at", utc(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_at", utc(), nullable=False),
        sa.Column("filled_at", utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_gaps_account_id")),
    )
    op.create_index(op.f("ix_gaps_account_id_to_at"), "gaps", ["account_id", "to_at"], unique=False)
    op.create_index(
        "uq_gaps_open",
        "gaps",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
    op.create_table(
        "payloads",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("fetched_at", utc(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payloads_account_id")),
        sa.UniqueConstraint("account_id", "sha256", name=op.f("uq_payloads_account_id_sha256")),
    )
    op.create_index(op.f("ix_payloads_fetched_at"), "payloads", ["fetched_at"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("author_account_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("claimed_at", utc(), nullable=True),
        sa.Column("time_note", sa.Text(), nullable=True),
        sa.Column("first_seen_at", utc(), nullable=False),
        sa.Column("current_rev", sa.Integer(), nullable=False),
        sa.Column("gone_at", utc(), nullable=True),
        sa.Column("gone_why", sa.Text(), nullable=True),
        sa.Column("story_key", sa.Text(), nullable=True),
        *claim(),
        sa.ForeignKeyConstraint(["author_account_id"], ["accounts.id"], name=op.f("fk_posts_author_account_id")),
        sa.ForeignKeyConstraint(["person_key"], ["people.key"], name=op.f("fk_posts_person_key")),
        sa.UniqueConstraint("platform", "native_id", name=op.f("uq_posts_platform_native_id")),
    )
    op.create_index(op.f("ix_posts_due_at"), "posts", ["due_at"], unique=False)
    op.create_index(op.f("ix_posts_person_key_claimed_at"), "posts", ["person_key", "claimed_at"], unique=False)
    op.create_index(op.f("ix_posts_author_account_id_url"), "posts", ["author_account_id", "url"], unique=False)
    op.create_index(op.f("ix_posts_story_key"), "posts", ["story_key"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("opened_at", utc(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_at", utc(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_alerts_post_id")),
        sa.UniqueConstraint("post_id", "subject", name=op.f("uq_alerts_post_id_subject")),
    )
    op.create_index(
        op.f("ix_alerts_state_severity_opened_at"), "alerts", ["state", "severity", "opened_at"], unique=False
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_announcements_post_id")),
        sa.UniqueConstraint("subject", "kind", "value", name=op.f("uq_announcements_subject_kind_value")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("native_rev", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("effective_at", utc(), nullable=False),
        sa.Column("seen_at", utc(), nullable=False),
        sa.Column("payload_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("rulebook_hash", sa.Text(), nullable=True),
        sa.Column("evaluated_at", utc(), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        *claim(),
        sa.ForeignKeyConstraint(["payload_id"], ["payloads.id"], name=op.f("fk_revisions_payload_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id")),
        sa.UniqueConstraint("post_id", "content_hash", name=op.f("uq_revisions_post_id_content_hash")),
        sa.UniqueConstraint("post_id", "no", name=op.f("uq_revisions_post_id_no")),
    )
    op.create_index(op.f("ix_revisions_payload_id"), "revisions", ["payload_id"], unique=False)
    op.create_index(op.f("ix_revisions_state_due_at"), "revisions", ["state", "due_at"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("first_at", utc(), nullable=False),
        sa.Column("last_at", utc(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sightings_account_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_sightings_post_id")),
        sa.UniqueConstraint("post_id", "account_id", name=op.f("uq_sightings_post_id_account_id")),
    )
    op.create_index(op.f("ix_sightings_account_id_last_at"), "sightings", ["account_id", "last_at"], unique=False)
    op.create_table(
        "alert_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("dedup", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_hash", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_alert_events_revision_id")),
        sa.UniqueConstraint("alert_id", "dedup", name=op.f("uq_alert_events_alert_id_dedup")),
        sa.UniqueConstraint("alert_id", "seq", name=op.f("uq_alert_events_alert_id_seq")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("part_no", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason_args", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("lifts_at", utc(), nullable=True),
        sa.Column("suppression_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_findings_revision_id")),
        sa.ForeignKeyConstraint(["suppression_id"], ["suppressions.id"], name=op.f("fk_findings_suppression_id")),
        sa.UniqueConstraint(
            "revision_id", "rule_id", "subject", "kind", "part_no", "start", "end", name="uq_findings_place"
        ),
    )
    op.create_index(op.f("ix_findings_subject_kind"), "findings", ["subject", "kind"], unique=False)
    op.create_index(op.f("ix_findings_suppression_id"), "findings", ["suppression_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_reviews_alert_id")),
    )
    op.create_index(op.f("ix_reviews_alert_id"), "reviews", ["alert_id"], unique=False)
