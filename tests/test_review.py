"""What follows from a verdict."""

import pytest

from monitor.model.messages import AlertState, Verdict
from monitor.review import Consequence, consequence_of

OPEN, REVIEWED = AlertState.OPEN, AlertState.REVIEWED


@pytest.mark.parametrize(
    ("verdict", "follows"),
    [
        (Verdict.LEAK, Consequence(REVIEWED, is_final=True, withdraws=False, announces=False)),
        (Verdict.AUTHORISED, Consequence(REVIEWED, is_final=True, withdraws=True, announces=False)),
        (Verdict.PUBLIC, Consequence(REVIEWED, is_final=True, withdraws=True, announces=True)),
        (Verdict.FALSE_POSITIVE, Consequence(REVIEWED, is_final=True, withdraws=True, announces=False)),
        (Verdict.UNSURE, Consequence(OPEN, is_final=False, withdraws=False, announces=False)),
    ],
)
def test_each_verdict_has_its_consequence(verdict: Verdict, follows: Consequence) -> None:
    assert consequence_of(verdict, OPEN) == follows
