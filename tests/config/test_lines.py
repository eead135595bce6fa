"""Every key of a TOML text has its line."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.lines import Path, find_lines, line_of

TRICKY = '''\
# [not.a.table]
top = "a # no comment [x]"   # key = 1
text = """
[inside] = "no table"
key = 1 \\""" still inside
"""""
raw = \'\'\'
raw = 2 \\
\'\'\'
dotted . "quoted key" = { a = 1, "b c" = [1, 2] }
list = [ # a comment, ]
  1,
  "two ] # not the end",
  [3, 4],
  { in = "line", deep = { er = 5 } },
]

[table]
when = 2026-11-23 10:00:00Z
[[many]]
x = 1
[many.sub]
y = 2
[[many]]
  [[many.inner]]
  z = 'it''s'
  [[many.inner]]
  z = 4
'''.replace("'it''s'", "'its'")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("top",), 2, id="after a comment that looks like a table"),
        pytest.param(("text",), 3, id="string of many lines"),
        pytest.param(("inside",), None, id="no key inside a string"),
        pytest.param(("raw",), 7, id="after a string of many lines"),
        pytest.param(("dotted", "quoted key"), 10, id="dotted and quoted"),
        pytest.param(("dotted", "quoted key", "b c", 1), 10, id="list inside a table inside a line"),
        pytest.param(("list", 1), 13, id="item on its own line"),
        pytest.param(("list", 2, 1), 14, id="list in a list"),
        pytest.param(("list", 3, "deep", "er"), 15, id="table in a list"),
        pytest.param(("table",), 18, id="table header"),
        pytest.param(("table", "when"), 19, id="date with a blank in it"),
        pytest.param(("many", 0), 20, id="first of many tables"),
        pytest.param(("many", 0, "sub", "y"), 23, id="table inside the first of many"),
        pytest.param(("many", 1, "inner", 0, "z"), 26, id="list of tables inside the second"),
        pytest.param(("many", 1, "inner", 1, "z"), 28, id="second of the inner list"),
        pytest.param(("many", 1, "inner", 1, "absent"), 27, id="absent key: its table"),
        pytest.param(("absent",), None, id="absent table: no line"),
    ],
)
def test_a_path_has_its_line(path: Path, line: int | None) -> None:
    assert line_of(find_lines(TRICKY), path) == line


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _paths(inner, (*path, number))


def test_every_path_that_tomllib_sees_has_a_line() -> None:
    assert set(_paths(tomllib.loads(TRICKY))) == set(find_lines(TRICKY))


_VALUES = st.sampled_from(
    ["1", '"a"', "'b # ['", '"""\n]\n"""', "[1,\n2]", "{ k = 1 }", "[[1], [{ q = 'x' }]]", "true"]
)


@given(st.lists(_VALUES, max_size=8), st.sampled_from(["", "# k0 = 1\n", "\n\n"]))
def test_keys_stand_where_they_were_written(values: list[str], between: str) -> None:
    text, expected = "", {}
    for number, value in enumerate(values):
        text += between
        expected[f"k{number}",] = text.count("\n") + 1
        text += f"k{number} = {value}\n"
    assert expected.items() <= find_lines(text).items()
