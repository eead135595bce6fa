"""Candidates of any kind compete for their place."""

import pytest

from monitor.match.candidates import Candidate
from monitor.match.choose import choose
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind


def at(start: int, end: int, weight: int, subject: str = "a", **changes: object) -> Candidate:
    kind = changes.pop("kind", Kind.PRODUCT)
    return Candidate(kind, subject, start, end, weight, Reason("said"), **changes)  # type: ignore[arg-type]


FAILED = Reason("word_after")


@pytest.mark.parametrize(
    ("candidates", "fates"),
    [
        pytest.param([], [], id="none"),
        pytest.param([at(0, 3, 1)], ["chosen"], id="alone"),
        pytest.param([at(0, 3, 1), at(3, 5, 1)], ["chosen", "chosen"], id="side by side"),
        pytest.param([at(0, 3, 1), at(2, 5, 2)], ["lost_to 1", "chosen"], id="the heavier wins"),
        pytest.param([at(0, 3, 1), at(2, 5, 1)], ["chosen", "lost_to 0"], id="of equals the first"),
        pytest.param([at(0, 3, 2), at(2, 5, 3), at(4, 6, 1)], ["lost_to 1", "chosen", "lost_to 1"], id="chain"),
        pytest.param(
            [at(0, 3, 9, fails=FAILED), at(0, 2, 1)], ["word_after", "chosen"], id="a failed one takes no place"
        ),
        pytest.param([at(0, 4, 5, harmless=True), at(2, 4, 1)], ["chosen", "lost_to 0"], id="harmless ones compete"),
        pytest.param(
            [at(0, 4, 2, "price", kind=Kind.PRICE), at(2, 6, 1, "date", kind=Kind.DATE)],
            ["chosen", "lost_to 0"],
            id="any kind",
        ),
        pytest.param([at(0, 3, 3), at(0, 6, 2, vetoes=True)], ["not_this 1", "chosen"], id="veto of its own"),
        pytest.param(
            [at(0, 3, 1, "b"), at(0, 6, 2, vetoes=True)], ["not_this 1", "chosen"], id="veto of a shorter one"
        ),
        pytest.param([at(0, 6, 3, "b"), at(0, 6, 2, vetoes=True)], ["chosen", "lost_to 0"], id="longer one of another"),
        pytest.param([at(7, 9, 1), at(0, 6, 2, vetoes=True)], ["chosen", "chosen"], id="veto elsewhere"),
        pytest.param([at(0, 3, 1), at(0, 6, 2, vetoes=True, fails=FAILED)], ["chosen", "word_after"], id="failed veto"),
    ],
)
def test_the_heaviest_of_those_that_overlap_wins(candidates: list[Candidate], fates: list[str]) -> None:
    assert [" ".join((fate.code, *fate.args.values())) for fate in choose(candidates)] == fates
