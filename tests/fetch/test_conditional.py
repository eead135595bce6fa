"""Which validators of an answer are sent along the next time."""

import pytest

from monitor.fetch.conditional import state_after
from monitor.model.posts import ReadState
from monitor.net.client import Answer

NOON = "Thu, 25 Nov 2027 12:00:00 GMT"
# As nginx makes it: the second in hex, then the size.
TAG = '"6ce80140-b04"'
BEFORE = ReadState(etag='"before"', last_modified="Wed, 24 Nov 2027 12:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        pytest.param({"etag": TAG}, (TAG, BEFORE.last_modified), id="no date to judge by"),
        pytest.param({"last-modified": NOON}, (BEFORE.etag, NOON), id="a server that tells no time"),
        pytest.param(
            {"etag": TAG, "last-modified": NOON, "date": "Thu, 25 Nov 2027 12:00:01 GMT"},
            (TAG, NOON),
            id="a second old",
        ),
        pytest.param({"etag": TAG, "last-modified": NOON, "date": NOON}, (None, None), id="of this very second"),
        pytest.param(
            {"etag": f"W/{TAG.upper()}", "last-modified": NOON, "date": "Thu, 25 Nov 2027 11:59:00 GMT"},
            (None, None),
            id="of the future",
        ),
        pytest.param(
            {"etag": '"c77-z3IPkN6gTbwZ"', "last-modified": NOON, "date": NOON},
            ('"c77-z3IPkN6gTbwZ"', None),
            id="a tag of the content",
        ),
        pytest.param({"last-modified": NOON, "date": NOON}, (None, None), id="this very second, and no tag"),
        pytest.param({"etag": TAG, "last-modified": "soon", "date": NOON}, (TAG, "soon"), id="an unreadable date"),
    ],
)
def test_what_changed_in_the_second_of_its_sending_is_not_asked_for_by_that_second(
    headers: dict[str, str], kept: tuple[str | None, str | None]
) -> None:
    after = state_after(Answer(200, headers, b"", "https://notes.example/feed"), "hash", BEFORE)
    assert (after.etag, after.last_modified) == kept
