"""A small fictional world: one person with two accounts, posts, findings and receivers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from monitor.alert import RevisionBefore, decide
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import DeliveryState, Disclosure, NextStep, Receiver, ReceiverState, Request
from monitor.model.people import Account, Person
from monitor.model.posts import FetchedPost, Origin, Page, Part, Payload, PostKind, ReadState
from monitor.model.rulebook import Kind, Severity
from monitor.routing import Route, Urgency
from monitor.store import Store, accounts, outbox, revisions
from monitor.store.accounts import ClaimedAccount
from monitor.store.posts import Saved
from monitor.store.revisions import PendingRevision

NOON = datetime(2031, 3, 4, 12, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = "rules-1"


def account(key: str = "lin-blog", **changes: object) -> Account:
    plain = Account(
        key=key,
        person_key="lin",
        source="feed",
        platform="blog.example",
        native_id=f"https://blog.example/{key}",
        url=f"https://blog.example/{key}/feed.xml",
        poll_every_s=60,
        timezone=SHANGHAI,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def person(*accounts_: Account, key: str = "lin") -> Person:
    return Person(key, "林岚", "产品总监", SHANGHAI, frozenset({"yunque-9"}), accounts_ or (account(),), "embargo")


def receiver(key: str = "desk", *, ops: bool = False) -> Receiver:
    return Receiver(
        key=key,
        format="webhook",
        url="https://hooks.example/in",
        secrets=(b"s" * 24,),
        show=Disclosure.FULL,
        language="zh",
        timezone=SHANGHAI,
        ops=ops,
    )


def post(native_id: str, text: str = "今天天气不错", *, at: datetime | None = None, **changes: object) -> FetchedPost:
    plain = FetchedPost(
        platform="blog.example",
        native_id=native_id,
        kind=PostKind.POST,
        url=f"https://blog.example/{native_id}",
        parts=(Part(Origin.TEXT, text),),
        content_hash=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        claimed_at=at,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def page(*posts: FetchedPost, etag: str = "e1") -> Page:
    body = repr(posts).encode("utf-8", "backslashreplace")
    payload = Payload(sha256(body).hexdigest(), "https://blog.example/feed.xml", 200, {"etag": etag}, body, NOON)
    return Page(ReadState(etag=etag), posts, (payload,))


UNCHANGED = Page(ReadState(etag="e1"), unchanged=True)


def finding(value: str = "云雀9", **changes: object) -> Finding:
    plain = Finding(
        rule_id="unreleased-name",
        kind=Kind.PRODUCT,
        subject="yunque-9",
        part_no=0,
        start=0,
        end=len(value),
        value=value,
        severity=Severity.HIGH,
        reason=Reason("unreleased_name", {"how": "plain"}),
        disposition=Disposition.ALERT,
        lifts_at=NOON + timedelta(days=30),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


# --- steps of the path, each in its own transaction as in the service ----------------------------------------------


def people(store: Store, *accounts_: Account, at: datetime = NOON) -> None:
    with store.write() as tx:
        accounts.sync_people(tx, [person(*accounts_)], at)


def receivers(store: Store, *configured: Receiver, at: datetime = NOON) -> None:
    with store.write() as tx:
        outbox.sync_receivers(tx, configured, at)


def take_account(store: Store, at: datetime) -> ClaimedAccount:
    with store.write() as tx:
        (claimed,) = accounts.claim_accounts(tx, at, limit=1)
    return claimed


def read(store: Store, shown: Page, at: datetime, which: Account | None = None) -> Saved:
    """One good read of the account, which must be due; the next is due a minute later."""
    which = which or account()
    with store.write() as tx:
        taken = {claimed.key: claimed for claimed in accounts.claim_accounts(tx, at, limit=10)}
        mine = taken.pop(which.key)
        accounts.put_back(tx, [(other, at) for other in taken.values()])
    with store.write() as tx:
        return accounts.save_page(tx, mine, which, shown, at, at + timedelta(seconds=60))


def pending(store: Store, at: datetime, limit: int = 10) -> list[PendingRevision]:
    with store.write() as tx:
        return revisions.claim_revisions(tx, at, limit=limit)


def judge(
    store: Store, revision: PendingRevision, found: Sequence[Finding], at: datetime, *, to: str = "desk"
) -> list[str]:
    """T2, as the pipeline does it; answers the topics that it made."""
    with store.write() as tx:
        revisions.save_evaluation(tx, revision, found, (), RULES, at)
        before = revisions.alerts_before(tx, revision.post_id)
        context = RevisionBefore(
            revision.id,
            is_current=revision.is_current,
            effective_at=revision.effective_at,
            account_added_at=revision.account_added_at,
            was_blind=revision.was_blind,
        )
        topics = []
        for change in decide(context, found, before):
            topic = revisions.record_change(
                tx, revision, change, ref="P-1", label="一款新品", rulebook_hash=RULES, now=at
            )
            if topic:
                outbox.queue(tx, topic, [Route(to, Urgency.NOW, at)], at)
                topics.append(topic)
        return topics


def alert(store: Store, at: datetime = NOON, native_id: str = "p1", *, to: str = "desk") -> str:
    """A post that is read and judged a leak; answers the topic of its event."""
    text = f"云雀9 下周见 {native_id}"
    read(store, page(post(native_id, text, at=at)), at)
    (revision,) = pending(store, at)
    (topic,) = judge(store, revision, [finding()], at, to=to)
    return topic


def step(
    delivery: DeliveryState = DeliveryState.DELIVERED,
    receiver_state: ReceiverState = ReceiverState.OK,
    *,
    at: datetime = NOON,
    due_at: datetime | None = None,
    status: int | None = 200,
    outcome: str = "delivered",
    refused: bool = False,
) -> NextStep:
    return NextStep(delivery, due_at, receiver_state, at, status, outcome, refused)


def send(store: Store, key: str, outcome: NextStep, at: datetime) -> str | None:
    """One turn of a sender: take the receiver, its oldest message, and note the outcome; answers the message id."""
    with store.write() as tx:
        taken = {r.key: r for r in outbox.claim_receivers(tx, at)}
        if key not in taken:
            return None
        delivery = outbox.claim_delivery(tx, key, at)
        if delivery is None:
            return None
        if delivery.body is None:
            delivery = outbox.freeze(tx, delivery, Request(delivery.topic.encode(), "text/plain"), at)
    with store.write() as tx:
        no = outbox.start_attempt(tx, taken[key], delivery, at)
    with store.write() as tx:
        outbox.finish_attempt(tx, taken[key], delivery, no, outcome, at)
        if outcome.receiver is ReceiverState.OK:
            outbox.release_receiver(tx, taken[key], at)
    return delivery.message_id


def rows(tx: Connection, table: Table, *names: str) -> list[tuple[object, ...]]:
    """The columns of all rows, in the order of their ids."""
    return [tuple(row) for row in tx.execute(select(*(table.c[name] for name in names)).order_by(table.c.id))]
