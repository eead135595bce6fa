"""Every fault of a rules file is told with file, line, problem and fix, and never with a secret."""

from pathlib import Path

import pytest

from monitor.errors import RuleError
from monitor.rules import load_rules
from monitor.rules.load import book_of
from tests.rules.sample import EVENTS, FILES, PRODUCTS, RULES, SECRETS

P, R, E = "products.toml", "rules.toml", "events.toml"

PATTERN = 'kinds = ["pattern"]\nlabel = "x"\npattern = '


def broken(file: str, before: str, after: str) -> dict[str, str]:
    assert before in FILES[file]
    return {**FILES, file: FILES[file].replace(before, after, 1)}


FAULTS = [
    # syntax and shape
    (P, 'ref = "P-4F7C"', "ref = P-4F7C", 4, "not TOML", "quotes"),
    (P, 'label = "翠鸟"', 'label = "翠鸟', 5, "not TOML", "quotes"),
    (P, 'label = "翠鸟"', 'key = "again"', 5, "not TOML", ""),
    (P, 'label = "翠鸟"', 'lable = "翠鸟"', 5, "unknown key 'lable'", "did you mean 'label'?"),
    (P, 'label = "翠鸟"', 'qqq = "翠鸟"', 5, "unknown key in [[products]]", "known keys: aliases"),
    (P, "[[series]]", "[[serie]]", 37, "unknown key 'serie'", "did you mean 'series'?"),
    (P, "[[series]]", "[series]", 37, "'series' is no array of tables", "[[series]]"),
    (P, 'value = "2999 CNY"', 'valeu = "2999 CNY"', 18, "unknown key 'valeu' in [[products.facts]]", "'value'?"),
    # missing and mistyped
    (P, 'key = "yunque-9"', "", 2, "'key' is missing", "add key"),
    (P, 'key = "yunque-9"', 'key = " "', 3, "'key' is no text", "write key"),
    (P, 'key = "yunque-9"', "key = 9", 3, "'key' is no text", "write key"),
    (P, 'names = ["云雀9", "Yunque 9"]', 'names = "云雀9"', 7, "'names' is no list of texts", "write names"),
    (P, 'names = ["云雀9", "Yunque 9"]', "names = [9]", 7, "'names' is no list of texts", "write names"),
    (P, 'names = ["云雀9", "Yunque 9"]', "", 2, "'names' is missing or empty", "add names"),
    (P, 'names = ["云雀9", "Yunque 9"]', "names = []", 7, "'names' is missing or empty", "add names"),
    (P, 'until = "event:winter-launch"', "", 2, "'until' is missing", "add until"),
    (P, "released_up_to = 80", 'released_up_to = "80"', 43, "'released_up_to' is no whole number", "write"),
    (P, "released_up_to = 80", "released_up_to = true", 43, "'released_up_to' is no whole number", "write"),
    # windows
    (P, "event:winter-launch", "event:winter-lunch", 13, "an event that is not there", "did you mean 'winter-launch'?"),
    (P, "event:winter-launch", "event:x", 13, "an event that is not there", "one of [[events]]"),
    (P, '"event:winter-launch"', '"tomorrow"', 13, "'until' is no instant", "write until = 2030"),
    (P, '"event:winter-launch"', "true", 13, "'until' is no text", "write until"),
    (P, "2031-03-18T14:30:00+08:00", "2031-03-18T14:30:00", 34, "'until' has no offset", "+08:00"),
    (P, "2031-03-18T14:30:00+08:00", "2031-03-18", 34, "'until' has no offset", "+08:00"),
    (P, "2031-03-18T14:30:00+08:00", "2029-03-18T14:30:00+08:00", 34, "'until' is not after 'from'", "from the one"),
    (P, "from = 2030-01-01T00:00:00Z", "from = 2030", 33, "'from' is no instant", "write from"),
    (P, 'timezone = "Asia/Shanghai"', 'timezone = "Asia/Shangai"', 12, "no time zone", "did you mean 'Asia/Shanghai'?"),
    (P, 'timezone = "Asia/Shanghai"', 'timezone = "/etc"', 12, "no time zone", "IANA"),
    # facts
    (P, 'kind = "price"', 'kind = "pirce"', 17, "'kind' has an unknown value", "did you mean 'price'?"),
    (P, 'kind = "price"', 'kind = "product"', 17, "'kind' has an unknown value", ""),
    (P, "2999 CNY", "2999", 18, "no price", '"199 EUR"'),
    (P, "2999 CNY", "2999-1999 CNY", 18, "no price", "the lower amount first"),
    (P, "2999 CNY", "about 2999 yuan", 18, "no price", '"any"'),
    (P, "value = 2030-12-03", 'value = "3 December"', 23, "no date", "2030-06-18"),
    (P, "value = 2030-12-03", 'value = "2030-13"', 23, "no date", "2030-06"),
    (P, 'kinds = ["product", "price"]', 'kinds = ["produkt"]', 32, "'kinds' has an unknown value", "'product'?"),
    # words
    (P, '    "青瓷",', '    "瓷",', 9, "no. 1 of 'codenames' is too short", "every text"),
    (P, '    "celadon",', '    "9",', 10, "no. 2 of 'codenames' is too short", "every text"),
    (P, '    "celadon",', '    "2901",', 10, "no. 2 of 'codenames' is only a number", "the word before"),
    (P, '    "celadon",', '    " - ",', 10, "no. 2 of 'codenames' is too short", ""),
    (P, '["云雀耳机4"]', '["Ｙunque-9"]', 30, "no. 1 of 'names' is a word of another product too", "products.toml:2"),
    (P, 'label = "翠鸟"', 'label = "Project yunque9"', 5, "'label' tells the name", "neutral"),
    (P, 'ref = "P-4F7C"', 'ref = "P-云雀9"', 4, "'ref' tells the name", "neutral"),
    (P, 'label = "白鹭"', 'label = "yunque-buds"', 29, "'label' tells the name", "neutral"),
    (P, 'label = "翠鸟"', 'label = "青瓷"', 5, "'label' tells the name", "neutral"),
    (P, 'brand = ["云雀"]', 'brand = ["云雀", " - "]', 6, "no. 2 of 'brand' has no letter", "write a word"),
    # twice
    (P, 'key = "yunque-buds"', 'key = "yunque-9"', 27, "this 'key' is taken", "products.toml:3"),
    (P, 'ref = "S-70A1"', 'ref = "P-4F7C"', 39, "this 'ref' is taken", "products.toml:4"),
    (R, 'id = "buds-on-trial"', 'id = "unreleased-name"', 14, "this 'id' is taken", "rules.toml:2"),
    (E, EVENTS, EVENTS + EVENTS, 7, "this 'key' is taken", "events.toml:2"),
    # series
    (P, 'pattern = "K{n}"', 'pattern = "K90"', 42, "no place for the number", "K{n}"),
    (P, 'pattern = "K{n}"', 'pattern = "{n}K{n}"', 42, "no place for the number", "K{n}"),
    (P, "listed_up_to = 120", "listed_up_to = 80", 44, "not believable", "above released_up_to"),
    (P, "listed_up_to = 120", "listed_up_to = 5000", 44, "not believable", "at most 1000"),
    (P, 'brand = ["云雀"]\npattern', "brand = []\npattern", 41, "'brand' is missing", "add brand"),
    # events
    (E, "2030-12-03T19:00:00+08:00", "2030-12-03T19:00:00", 4, "'starts_at' has no offset", "+08:00"),
    (E, "2030-12-03T19:00:00+08:00", '"soon"', 4, "'starts_at' is no instant", "write starts_at"),
    # rules
    (R, 'severity = "high"', 'severity = "hihg"', 4, "'severity' has an unknown value", "did you mean 'high'?"),
    (R, 'severity = "high"', 'severity = "urgent!"', 4, "'severity' has an unknown value", "low, medium"),
    (R, 'severity = "high"', "", 1, "'severity' is missing", "add severity"),
    (R, 'kinds = ["product"]', "kinds = []", 3, "'kinds' is missing or empty", "add kinds"),
    (R, 'status = "test"', 'status = "tset"', 17, "'status' has an unknown value", "did you mean 'test'?"),
    (R, "own_words_only = true", 'own_words_only = "yes"', 19, "neither true nor false", "write own_words_only"),
    (R, '"yunque-k"]', '"yunque-x"]', 18, "no. 2 of 'products' is no product", "leave the list out"),
    (R, 'match = ["云雀K90"]', "match = []", 21, "no example of what it finds", "add one"),
    (R, '[rules.examples]\nmatch = ["云雀K90"]', "", 13, "no example of what it finds", "add one"),
    (R, '[rules.examples]\nmatch = ["云雀K90"]', "examples = 3", 21, "'examples' is no table", "[rules.examples]"),
    (R, 'match = ["云雀K90"]', 'match = "云雀K90"', 22, "'match' is no list", "write match"),
    (R, 'match = ["云雀K90"]', "match = [3]", 22, "neither text nor table", "{text"),
    (R, 'match = ["云雀K90"]', 'matches = ["云雀K90"]', 22, "unknown key 'matches' in [rules.examples]", "'match'?"),
    (R, "at = 2030-12-01T00:00:00Z", "at = 2030-12-01T00:00:00", 9, "'at' has no offset", "write at"),
    (R, "at = 2030-12-01T00:00:00Z", "when = 2030", 9, "unknown key in", "known keys: at, knows, parent"),
    (R, 'kinds = ["product", "client"]', 'kinds = ["pattern"]\nlabel = "x"', 13, "'pattern' is missing", "add pattern"),
    (R, 'kinds = ["product", "client"]', 'kinds = ["pattern"]\npattern = "x"', 13, "'label' is missing", "add label"),
    (R, 'kinds = ["product", "client"]', f'{PATTERN}"(云雀9"', 17, "it is no pattern (position", "docs/"),
    (R, 'kinds = ["product", "client"]', f'{PATTERN}"(云雀9)?"', 17, "it finds the empty text", "docs/"),
    (R, 'kinds = ["product", "client"]', f'{PATTERN}"x"\ntimeout_ms = 900', 18, "out of range", "1 to 250"),
    (
        R,
        'kinds = ["product"]',
        'kinds = ["product"]\npattern = "x"',
        4,
        "'pattern' belongs to rules of its own",
        "kinds",
    ),
    (R, 'kinds = ["product"]', 'kinds = ["product", "pattern"]\npattern = "x"', 4, "rules of its own", "kinds"),
    (R, 'kinds = ["product"]', 'kinds = ["client"]\nclients = ["rivals"]', 4, "an unknown value", "'rival'?"),
    (R, 'kinds = ["product"]', 'kinds = ["client"]\nclients = ["rival"]', 4, "do not go together", "rivals = "),
    (R, 'kinds = ["product"]', 'kinds = ["client"]\nrivals = ["x"]', 4, "do not go together", "rivals = "),
    (R, 'kinds = ["product"]', 'kinds = ["product"]\nlabel = "Yunque-9 talk"', 4, "'label' tells the name", "neutral"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "problem", "fix"), FAULTS)
def test_a_fault_is_told_with_its_place_and_fix(
    file: str, before: str, after: str, line: int, problem: str, fix: str
) -> None:
    with pytest.raises(RuleError) as caught:
        book_of(broken(file, before, after))
    error = caught.value
    assert (error.place, error.line) == (file, line)
    assert problem in error.problem
    assert fix in error.fix
    assert error.fix
    assert str(error).startswith(f"{file}:{line}: ")


@pytest.mark.parametrize(("file", "before", "after"), [fault[:3] for fault in FAULTS])
def test_no_fault_tells_a_secret(file: str, before: str, after: str) -> None:
    with pytest.raises(RuleError) as caught:
        book_of(broken(file, before, after))
    assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        pytest.param({}, "the watchlist is empty", id="nothing"),
        pytest.param({E: EVENTS, R: RULES}, "the watchlist is empty", id="no products"),
        pytest.param({E: EVENTS, P: PRODUCTS}, "there is no rule", id="no rules"),
        pytest.param({**FILES, "x.toml": "a = " + "[" * 5000}, "too large", id="brackets without end"),
        pytest.param({**FILES, "x.toml": "a = " + "9" * 5000}, "too large", id="a number without end"),
    ],
)
def test_what_is_wrong_with_the_whole(files: dict[str, str], problem: str) -> None:
    with pytest.raises(RuleError, match=problem):
        book_of(files)


def test_the_same_key_in_two_files_names_both() -> None:
    with pytest.raises(RuleError, match=r"more\.toml:2: this 'key' is taken; it stands at events\.toml:2 too"):
        book_of({**FILES, "more.toml": EVENTS})


def test_a_directory_without_files(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rules file there"):
        load_rules(tmp_path)
    with pytest.raises(RuleError, match="no rules file there"):
        load_rules(tmp_path / "nowhere")


def test_a_file_that_is_no_utf8_tells_its_line(tmp_path: Path) -> None:
    (tmp_path / P).write_bytes(PRODUCTS.encode("gb18030"))
    with pytest.raises(RuleError, match=r"products\.toml:5: the file is not UTF-8; save it as UTF-8"):
        load_rules(tmp_path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(RuleError, match=r"folder\.toml: cannot read it"):
        load_rules(tmp_path)
