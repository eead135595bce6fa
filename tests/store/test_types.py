from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from monitor.errors import StoreError
from monitor.model.findings import Reason
from monitor.model.posts import Origin, Part
from monitor.store import Store, revisions
from monitor.store.schema import audit, hosts
from monitor.store.types import escape, unescape
from tests.store import sample

POISON = [
    pytest.param("a\x00b", id="NUL"),
    pytest.param("\ud83d alone", id="high surrogate alone"),
    pytest.param("\ude00\ud83d", id="surrogates the wrong way round"),
    pytest.param("\ufdd00000 \ufdd0", id="our own mark"),
    pytest.param("\u202eevil\u2066", id="bidi"),
    pytest.param("e" + "\u0301" * 10_000, id="combining marks"),
    pytest.param("😀" * 1000, id="only emoji"),
    pytest.param("", id="empty"),
    pytest.param("云" * 350_000, id="1 MB"),
    pytest.param("'; drop table posts; -- %s :x ? \\u0000", id="code"),
]


@pytest.mark.parametrize("text", POISON)
def test_any_text_of_a_post_comes_back_as_it_was(store: Store, text: str) -> None:
    sample.people(store)
    parts = (Part(Origin.TEXT, text), Part(Origin.QUOTED, text, by_author=False))
    with_poison = sample.post("p1", text, parts=parts, url=f"https://blog.example/{text[:50]}", time_note=text[:50])
    sample.read(store, sample.page(with_poison, sample.post("p2", "其他")), sample.NOON)
    first, second = sample.pending(store, sample.NOON)
    assert first.parts == parts
    assert second.parts[0].text == "其他"


@pytest.mark.parametrize("text", POISON)
def test_any_found_value_comes_back_as_it_was(store: Store, text: str) -> None:
    sample.people(store)
    sample.receivers(store, sample.receiver())
    sample.read(store, sample.page(sample.post("p1", text)), sample.NOON)
    (revision,) = sample.pending(store, sample.NOON)
    found = sample.finding(text, reason=Reason("code", {"arg": text}))
    sample.judge(store, revision, [found], sample.NOON)
    with store.read() as tx:
        (before,) = revisions.alerts_before(tx, revision.post_id).values()
    assert before.facts == {f"product:{text}"}


@given(st.text(st.characters(exclude_categories=())))
def test_escaping_is_reversible_and_leaves_nothing_unstorable(text: str) -> None:
    stored = escape(text)
    assert unescape(stored) == text
    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="without a zone"), store.write() as tx:
        tx.execute(insert(hosts).values(host="a", next_slot_at=datetime(2031, 3, 4, 12)))  # noqa: DTZ001 - the point


def test_instants_come_back_in_utc_and_sort_by_time_whatever_their_zone(store: Store) -> None:
    shanghai, new_york = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
    instants = [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2031, 3, 4, 8, 0, tzinfo=shanghai),
        datetime(2031, 3, 4, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2031, 3, 3, 23, 0, tzinfo=new_york),
        datetime(9999, 12, 31, tzinfo=UTC),
    ]
    with store.write() as tx:
        for n, instant in enumerate(reversed(instants)):
            tx.execute(insert(hosts).values(host=str(n), next_slot_at=instant))
    with store.read() as tx:
        stored = tx.execute(select(hosts.c.next_slot_at).order_by(hosts.c.next_slot_at)).scalars().all()
    assert stored == sorted(instants)
    assert all(instant.utcoffset() == timedelta(0) for instant in stored)


def test_json_refuses_what_is_not_json(store: Store) -> None:
    row = {"at": sample.NOON, "actor": "a", "action": "b", "object": "c"}
    with pytest.raises(StoreError), store.write() as tx:
        tx.execute(insert(audit).values(**row, detail={"x": float("nan")}))
