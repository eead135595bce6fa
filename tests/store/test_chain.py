"""The chain of the audit log: whatever is done to one sealed line is found, and found where it was done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.store.chain import BEFORE_FIRST, Broken, Harm, Head, Line, find_harm, hash_of, parse_heads

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)
ZEROS, ONES = "0" * 64, "1" * 64


def chain(count: int, *, first_id: int = 1, actor: str = "zhou") -> list[Line]:
    """Sealed lines, the first first."""
    lines: list[Line] = []
    for no in range(1, count + 1):
        detail = {"ids": [no], "why": "一\ud800\x00"}
        line = Line(first_id + 2 * no, NOON + timedelta(no), actor, "replay", f"d:{no}", detail, no, None, None)
        lines.append(sealed(replace(line, prev=lines[-1].hash if lines else BEFORE_FIRST)))
    return lines


def sealed(line: Line) -> Line:
    """With a hash that agrees with it."""
    return replace(line, hash=hash_of(line, no=line.no, prev=line.prev))


def harm(lines: list[Line], *heads: Head) -> list[Broken]:
    return find_harm(sorted(lines, key=lambda line: (-line.no, line.id)), heads)


def head_of(lines: list[Line]) -> Head:
    return Head(lines[-1].no, lines[-1].hash or "")


def test_an_untouched_chain_holds_and_agrees_with_all_its_earlier_heads() -> None:
    lines = chain(9)
    assert harm(lines, *(head_of(lines[:n]) for n in range(1, 10))) == []
    assert harm([]) == harm([], Head(0, BEFORE_FIRST)) == []


# --- one mutation, whichever ----------------------------------------------------------------------------------------

FLIPS: dict[str, Callable[[Line], Line]] = {
    "id": lambda line: replace(line, id=line.id + 1),
    "at": lambda line: replace(line, at=line.at + timedelta(microseconds=1)),
    "actor": lambda line: replace(line, actor=line.actor + " "),
    "action": lambda line: replace(line, action="review"),
    "subject": lambda line: replace(line, subject=line.subject[:-1]),
    "detail": lambda line: replace(line, detail={**line.detail, "x": None}),
    "prev": lambda line: replace(line, prev=ONES),
    "hash": lambda line: replace(line, hash=ONES),
    "no hash": lambda line: replace(line, hash=None),
}


@settings(max_examples=1000, deadline=None)
@given(
    count=st.integers(2, 14),
    what=st.sampled_from([*FLIPS, "delete", "reorder", "truncate", "insert", "replace"]),
    chance=st.data(),
)
def test_a_thousand_single_mutations_are_each_found_in_their_place(
    count: int, what: str, chance: st.DataObject
) -> None:
    lines = chain(count)
    kept = head_of(lines)
    no = chance.draw(st.integers(1, count))
    line = lines[no - 1]
    if what in FLIPS:
        lines[no - 1] = FLIPS[what](line)
        assert harm(lines) == [Broken(Harm.CHANGED, no, no, lines[no - 1].id)]
    elif what == "replace":  # with a hash made anew: only what was sealed or kept later can tell
        lines[no - 1] = sealed(replace(line, actor="nobody"))
        assert harm(lines, kept) == [Broken(Harm.CHANGED, no, no, line.id)]
    elif what == "delete":
        del lines[no - 1]
        missing = Harm.CUT if no == count else Harm.MISSING
        assert harm(lines, kept) == [Broken(missing, no, no)]
    elif what == "truncate":
        assert harm(lines[: no - 1], kept) == [Broken(Harm.CUT, no, count)]
    elif what == "insert":
        forged = sealed(replace(line, id=99, actor="nobody", prev=chance.draw(st.sampled_from([line.prev, ONES]))))
        assert harm([*lines, forged], kept) == [Broken(Harm.INSERTED, no, no, 99)]
    else:
        other = chance.draw(st.integers(1, count).filter(lambda n: n != no))
        lines[no - 1], lines[other - 1] = replace(line, no=other), replace(lines[other - 1], no=no)
        expected = [Broken(Harm.REORDERED, n, n, 1 + 2 * m, m) for n, m in ((no, other), (other, no))]
        assert harm(lines) == sorted(expected, key=lambda broken: broken.no)


# --- what is not single ---------------------------------------------------------------------------------------------


def test_a_chain_that_was_made_anew_shows_only_against_a_head_that_was_kept() -> None:
    made_anew = chain(5, actor="nobody")
    assert harm(made_anew) == []
    assert harm(made_anew, head_of(chain(3))) == [Broken(Harm.CHANGED, 3, 3, 7)]


def test_a_tail_that_was_cut_shows_only_against_a_head_that_was_kept() -> None:
    assert harm(chain(5)[:3]) == []
    assert harm(chain(5)[:3], head_of(chain(4)), head_of(chain(5))) == [Broken(Harm.CUT, 4, 5)]
    assert harm([], head_of(chain(5))) == [Broken(Harm.CUT, 1, 5)]


def test_a_chain_that_no_longer_begins_at_its_beginning_is_found() -> None:
    lines = chain(4)
    assert harm(lines[2:]) == [Broken(Harm.MISSING, 1, 2)]
    shifted = sealed(replace(lines[2], no=1))
    assert harm([shifted]) == [Broken(Harm.CHANGED, 1, 1)]


def test_a_line_that_was_moved_behind_the_end_is_found_there_and_missed_here() -> None:
    lines = chain(4)
    lines[1] = replace(lines[1], no=5)
    assert harm(lines) == [Broken(Harm.MISSING, 2, 2), Broken(Harm.REORDERED, 5, 5, 5, 2)]


def test_a_place_before_the_first_holds_nothing() -> None:
    lines = chain(2)
    assert harm([replace(lines[0], no=0, id=9), *lines]) == [Broken(Harm.INSERTED, 0, 0, 9)]


def test_a_line_before_the_one_that_was_changed_is_not_blamed_for_it() -> None:
    lines = chain(5)
    lines[2] = sealed(replace(lines[2], prev=ONES))
    assert harm(lines) == [Broken(Harm.CHANGED, 3, 3, 7)]


# --- heads that were kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"17\t{ONES}\t2031-03-04 12:00:00Z\n", id="as in a pipe"),
        pytest.param(f" number  hash  at\n 17  {ONES}  03-04 12:00Z", id="as on a terminal"),
        pytest.param(f'{{"number": 17, "hash": "{ONES}", "at": "2031-03-04T12:00:00Z"}}', id="as JSON"),
    ],
)
def test_a_head_is_read_as_it_was_printed(text: str) -> None:
    assert parse_heads(text) == [Head(17, ONES)]


def test_a_file_may_hold_many_heads_or_none() -> None:
    assert parse_heads(f"3\t{ZEROS}\tx\n4\t{ONES}\ty\n") == [Head(3, ZEROS), Head(4, ONES)]
    assert parse_heads("nothing of the kind 12 abc") == []
