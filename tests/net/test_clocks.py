"""What time the hosts have."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.net.client import Client
from monitor.net.clocks import HostClocks
from tests.fakes import HandClock
from tests.fetch.feed_server import FeedServer, Raw

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)


def clocks() -> tuple[HostClocks, HandClock]:
    clock = HandClock(NOON)
    return HostClocks(clock.now, clock.elapsed_s), clock


@pytest.mark.parametrize(
    ("date", "offsets_s"),
    [
        pytest.param("Wed, 05 Jun 2030 12:00:00 GMT", [-0.5], id="the same"),
        pytest.param("Wed, 05 Jun 2030 11:58:00 GMT", [119.5], id="we are ahead"),
        pytest.param("Wed, 05 Jun 2030 14:00:00 +0200", [-0.5], id="another zone"),
        pytest.param("yesterday", [], id="no date"),
        pytest.param("", [], id="no header"),
    ],
)
def test_a_date_header_tells_by_how_much_we_are_ahead(date: str, offsets_s: list[float]) -> None:
    heard, _ = clocks()
    heard.note("a.example", date)
    assert heard.offsets_s() == offsets_s


def test_only_the_newest_answer_of_a_host_counts_and_only_for_a_while() -> None:
    heard, clock = clocks()
    heard.note("a.example", "Wed, 05 Jun 2030 11:00:00 GMT")
    heard.note("a.example", "Wed, 05 Jun 2030 12:00:00 GMT")
    assert heard.offsets_s() == [-0.5]
    clock.move(minutes=16)
    assert heard.offsets_s() == []


def test_the_client_tells_of_every_answer() -> None:
    seen: list[tuple[str, str]] = []
    date = "Wed, 05 Jun 2030 12:00:00 GMT"
    answer = Raw([f"HTTP/1.1 404 No\r\nContent-Length: 0\r\nDate: {date}\r\n\r\n".encode()])
    with FeedServer({"/": answer}) as site:
        clock = HandClock(NOON + timedelta())
        client = Client(
            elapsed_s=clock.elapsed_s, user_agent="tests/1", saw_date=lambda host, told: seen.append((host, told))
        )
        client.get(site.url("/"), allow_private=True)
        client.close()
    assert seen == [("127.0.0.1", date)]
