"""What follows from a verdict."""

import pytest

from monitor.model.messages import AlertState, Verdict
from monitor.review import consequence_of

OPEN, REVIEWED = AlertState.OPEN, AlertState.REVIEWED


@pytest.mark.parametrize(
    ("verdict", "state", "withdraws", "announces"),
    [
        (Verdict.LEAK, REVIEWED, False, False),
        (Verdict.AUTHORISED, REVIEWED, True, False),
        (Verdict.PUBLIC, REVIEWED, True, True),
        (Verdict.FALSE_POSITIVE, REVIEWED, True, False),
        (Verdict.UNSURE, OPEN, False, False),
    ],
)
def test_each_verdict_has_its_consequence(
    verdict: Verdict,
    state: AlertState,
    withdraws: bool,
    announces: bool,  # noqa: FBT001 - columns of a table
) -> None:
    follows = consequence_of(verdict, OPEN)
    assert (follows.state, follows.withdraws, follows.announces) == (state, withdraws, announces)
    assert follows.is_final == (state is REVIEWED)
