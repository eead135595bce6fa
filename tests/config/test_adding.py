"""A table more in a configuration that people wrote by hand: everything else stays where it is."""

import tomllib

import pytest

from monitor.config.adding import with_account

KEYS: dict[str, str | bool | int] = {"source": "weibo", "uid": "71", "official": True, "replies_max_posts": 2}
TABLE = '[[people.accounts]]\n{0}source = "weibo"\n{0}uid = "71"\n{0}official = true\n{0}replies_max_posts = 2\n'
INDENTED = "  " + TABLE.format("  ")


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        pytest.param('[[people]]\nkey = "lin"\n', "\n" + INDENTED, "", id="first account, end of the file"),
        pytest.param('[[people]]\nkey = "lin"', "\n\n" + INDENTED, "", id="no line end"),
        pytest.param(
            '[[people]]\nkey = "lin"\n\n  [[people.accounts]]\n  url = "x"  # why\n',
            "\n" + INDENTED,
            "\n# --- who is told\n\n[[receivers]]\nkey = 'desk'\n",
            id="comments of the next table stay with it",
        ),
        pytest.param(
            '[[people]]\nkey = "lin"\n  [[people.accounts]]\n  url = "x"\n  # official = false\n',
            "\n" + INDENTED,
            '\n[[people]]\nkey = "zhou"\n',
            id="comments of the last table stay with it",
        ),
        pytest.param(
            '[[people]]\nkey = "lin"\n[[people.accounts]]\nurl = "x"\n[people.accounts.headers_env]\nA = "B"\n',
            "\n" + TABLE.format("") + "\n",
            '[[people]]\nkey = "zhou"\n[[people.accounts]]\nurl = "y"\n',
            id="no indent, no blank line, a table in a table",
        ),
        pytest.param(
            '[[people]]\nkey = "lin"\nknows = [\n  "a",\n  # more to come\n]\n',
            "\n" + INDENTED,
            "\n[web]\nport = 1\n",
            id="a list of many lines",
        ),
        pytest.param(
            '\t[[people]]\n\tkey = "林"\n\ttitle = """\n# no comment\n\n"""\n',
            "\n\t  " + TABLE.format("\t  "),
            "\n[web]\nport = 1\n",
            id="a text of many lines, tabs",
        ),
    ],
)
def test_a_table_stands_below_the_last_of_its_person(before: str, between: str, after: str) -> None:
    text = with_account(before + after, 0, KEYS)
    assert text == before + between + after
    people = tomllib.loads(text)["people"]
    assert people[0]["accounts"][-1] == KEYS
    people[0]["accounts"].pop()
    plain = tomllib.loads(before + after)
    plain["people"][0].setdefault("accounts", [])
    assert tomllib.loads(text) | {"people": people} == plain


def test_values_are_written_as_they_are_read() -> None:
    keys: dict[str, str | bool | int] = {"source": "feed", "url": 'https://a.example/"\\\x7f林'}
    text = with_account('[[people]]\nkey = "lin"\n', 0, keys)
    assert tomllib.loads(text)["people"][0]["accounts"] == [keys]
