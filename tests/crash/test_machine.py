"""A few stories of the machine; `python -m tests.crash.machine` tells thousands."""

import pytest

from tests.crash.machine import prove


@pytest.mark.timeout(300)
def test_whatever_happens_in_whatever_order_nothing_is_lost_or_doubled() -> None:
    prove(examples=12, steps=25)
