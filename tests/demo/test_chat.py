"""The pretend chat takes only what is genuine, and writes down everything."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.clock import SystemClock
from monitor.deliver.signing import sign
from monitor.demo.chat import DOWN, REFUSED, TAKEN, Chat
from monitor.net.client import Client

SECRET = b"0123456789abcdef0123456789abcdef"
BODY = b'{"text": "hello"}'


class FixedClock(SystemClock):
    def now(self) -> datetime:
        return datetime(2030, 6, 1, tzinfo=UTC)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat((SECRET,), FixedClock()) as chat:
        yield chat


def post(chat: Chat, message_id: str, secret: bytes = SECRET) -> int:
    now = FixedClock().now()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign((secret,), message_id, BODY, now),
    }
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="test")
    answer = client.post(chat.url, body=BODY, headers=headers, allow_private=True)
    client.close()
    return answer.status


def test_a_signed_message_is_taken_and_counted(chat: Chat) -> None:
    assert [post(chat, "m1"), post(chat, "m2"), post(chat, "m2")] == [TAKEN] * 3
    assert chat.taken() == {"m1": 1, "m2": 2}


def test_a_message_signed_by_somebody_else_is_refused(chat: Chat) -> None:
    assert post(chat, "m1", secret=b"x" * 32) == REFUSED
    assert not chat.taken()


def test_switched_off_it_takes_nothing_and_counts_who_came(chat: Chat) -> None:
    chat.switch(on=False)
    assert post(chat, "m1") == DOWN
    assert (chat.turned_away(), chat.taken()) == (1, {})
    chat.switch(on=True)
    assert post(chat, "m1") == TAKEN
