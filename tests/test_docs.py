"""The pages say what the program does: every key, command and dependency is on its page, every link leads somewhere."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from monitor.cli.app import build_app
from monitor.config.shape import AccountTable, file_of, keys_of, table_at
from monitor.fetch import SOURCES
from monitor.incident import BLINDING, IncidentKind
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.model.findings import Disposition
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind
from monitor.rules import build, check_examples, load_rules
from monitor.rules.load import book_of

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
WORD = r"[a-z]+(?:-[a-z]+)*"
COMMAND = re.compile(rf"(?:leak-monitor|\./run) +({WORD})(?: +({WORD}))?")
RUN_WORDS = {"test", "lint", "types", "docs", "quality", "bench", "bundle"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- configuration ----------------------------------------------------------------------------------------------

TABLES: dict[str, tuple[str, ...]] = {
    "": (),
    "database": ("database",),
    "rules": ("rules",),
    "sessions": ("sessions",),
    "web": ("web",),
    "network": ("network",),
    "fetch": ("fetch",),
    "retention": ("retention",),
    "heartbeat": ("heartbeat",),
    "objective": ("objective",),
    "log": ("log",),
    "people": ("people",),
    "people.accounts": ("people", "accounts"),
    "receivers": ("receivers",),
    "routes": ("routes",),
    "team": ("team",),
    "duty": ("duty",),
    "duty.shifts": ("duty", "shifts"),
    "escalation": ("escalation",),
}


FILE = file_of(kinds())


def values_of(name: str) -> list[str]:
    """The keys of a table that hold values rather than tables; of accounts those that every source has."""
    table = AccountTable if name == "people.accounts" else table_at(FILE, TABLES[name])
    assert table is not None
    return [key for key in keys_of(table) if table_at(table, (key,)) is None]


def section(text: str, header: re.Pattern[str], name: str) -> str:
    """What stands below the header of that name, up to the next header."""
    starts = [(found.end(), found[1]) for found in header.finditer(text)] + [(len(text), "")]
    begin = 0 if not name else next(end for end, found in starts if found == name)
    return text[begin : next(end for end, _ in starts if end > begin)]


def test_every_table_of_the_configuration_is_known_here() -> None:
    tables = {key for key in keys_of(FILE) if table_at(FILE, (key,)) is not None}
    assert tables == {name for name in TABLES if name and "." not in name}


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_the_configuration_is_in_the_example(name: str) -> None:
    text = section(read("config.example.toml"), re.compile(r"^\s*\[\[?([a-z.]+)\]\]?", re.MULTILINE), name)
    assert [key for key in values_of(name) if not re.search(rf"^[ #]*{key} = ", text, re.MULTILINE)] == []


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_the_configuration_has_its_row(name: str) -> None:
    text = section(read("docs/reference/config.md"), re.compile(r"^## `\[+([a-z.]+)\]+`", re.MULTILINE), name)
    assert [key for key in values_of(name) if f"| `{key}` |" not in text] == []


def untold_of_source(name: str, page: str) -> list[str]:
    """What this page does not say of a source: that there is one, a key of its own, one of the facts of each."""
    header = re.compile(r"^## `([a-z]+)`", re.MULTILINE)
    if name not in header.findall(page):
        return [f"## `{name}`"]
    text, table = section(page, header, name), SOURCES[name].table
    own = [f"| `{key}` |" for key in keys_of(table) if key not in keys_of(AccountTable)]
    return [words for words in (*own, *(f"**{word}.**" for word in FACTS)) if words not in text]


FACTS = ("Needs", "Shows", "Cannot show", "Limits", "Cost", "Terms")


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_has_its_section_and_every_key_of_its_own_a_row(name: str) -> None:
    assert untold_of_source(name, read("docs/reference/sources.md")) == []


# --- rules ------------------------------------------------------------------------------------------------------

RULE_TABLES = {
    "events": build.EVENT_KEYS,
    "products": build.PRODUCT_KEYS,
    "products.facts": build.FACT_KEYS,
    "series": build.SERIES_KEYS,
    "rules": [key for key in build.RULE_KEYS if key != "examples"],
    "rules.examples": ("match", "ignore", *build.EXAMPLE_KEYS),
}


@pytest.mark.parametrize("name", RULE_TABLES)
def test_every_key_of_the_rules_is_on_its_page(name: str) -> None:
    text = section(read("docs/reference/rules.md"), re.compile(r"^## `\[+([a-z.]+)\]+`", re.MULTILINE), name)
    assert [key for key in RULE_TABLES[name] if f"`{key}`" not in text] == []


# --- examples of matching -----------------------------------------------------------------------------------------

CELL = r"\s*(.*?)\s*"
MATCH_ROW = re.compile(rf"^\|\s*`([^`]+)`\s*\|{CELL}\|{CELL}\|$", re.MULTILINE)
FOUND = re.compile(r"(\w+) `([^`]+)`(?: = ([^,]+))?")
MATCH_ROWS = MATCH_ROW.findall(read("docs/explanation/matching.md").partition("## What it makes of these")[2])
AS_OF = datetime.fromisoformat("2030-11-20T12:00:00+08:00")


@pytest.fixture(scope="module", name="shipped")
def load_shipped() -> Matcher:
    return Matcher(load_rules(ROOT / "rules"))


@pytest.mark.parametrize(("text", "knows", "found"), MATCH_ROWS, ids=[row[0] for row in MATCH_ROWS])
def test_an_example_of_matching_is_true(text: str, knows: str, found: str, shipped: Matcher) -> None:
    known = frozenset(re.findall("`([^`]+)`", knows))
    findings = shipped.evaluate([Part(Origin.TEXT, text)], knows=known, at=AS_OF).findings
    alerts = [f for f in findings if f.disposition is Disposition.ALERT]
    assert [(f.kind, text[f.start : f.end], "" if f.kind is Kind.PRODUCT else f.value) for f in alerts] == (
        FOUND.findall(found)
    )
    assert (found == "nothing") is (alerts == [])


RULE_BLOCKS = re.findall(r"^```toml\n(\[\[rules\]\].*?)^```", read("docs/reference/rules.md"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", RULE_BLOCKS)
def test_rules_on_a_page_prove_themselves_with_the_products_of_this_project(block: str) -> None:
    names = ("events.toml", "products.toml")
    book = book_of({**{name: read(f"rules/{name}") for name in names}, "rules.toml": block})
    assert check_examples(book, Matcher(book)) == []


def test_the_pages_have_such_examples() -> None:
    assert len(MATCH_ROWS) > 9
    assert RULE_BLOCKS


# --- incidents --------------------------------------------------------------------------------------------------


def test_every_kind_of_incident_has_its_row_with_cause_and_cure() -> None:
    page = read("docs/how-to/answer-an-incident.md")
    rows = re.findall(r"^\| `([a-z_]+)` ?(⚠?) \| .{20,} \| .{20,} \|$", page, re.MULTILINE)
    assert sorted(kind for kind, _ in rows) == sorted(IncidentKind)
    assert {kind for kind, blinding in rows if blinding} == BLINDING


# --- commands ---------------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, ...]]:
    """Every command by its words, such as ("alerts", "show")."""
    root = typer.main.get_command(build_app())
    assert isinstance(root, TyperGroup)
    for name, command in root.commands.items():
        if isinstance(command, TyperGroup):
            yield from ((name, inner) for inner in command.commands)
        elif not command.hidden:
            yield (name,)


def test_every_command_has_its_row() -> None:
    rows = re.findall(rf"^\| `({WORD}(?: {WORD})?)[^`]*` \|", read("docs/reference/cli.md"), re.MULTILINE)
    assert sorted(rows) == sorted(" ".join(words) for words in commands())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_commands_that_exist(page: Path) -> None:
    known = {words[:1] for words in commands()} | {(word,) for word in RUN_WORDS}
    groups = {words[0] for words in commands() if len(words) > 1}
    pairs = {words for words in commands() if len(words) > 1}
    code = CODE.findall(page.read_text(encoding="utf-8"))
    named = [words for snippet in code for words in COMMAND.findall(snippet)]
    assert [first for first, _ in named if (first,) not in known] == []
    assert [(first, second) for first, second in named if first in groups and (first, second) not in pairs] == []


def test_the_readme_begins_with_the_demonstration_and_the_tests() -> None:
    started = re.findall(r"^ *(\./run [a-z]+|leak-monitor [a-z]+)", read("README.md"), re.MULTILINE)
    assert started[:2] == ["./run demo", "./run test"]


# --- links and lists --------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """The fragment that a heading is reached by, as on the usual hosts of code."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        path, _, fragment = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = page.parent / path if path else page
        headings = HEADING.findall(file.read_text(encoding="utf-8")) if file.suffix == ".md" and file.exists() else []
        if not file.exists() or (fragment and fragment not in {anchor(heading) for heading in headings}):
            lost.append(target)
    assert lost == []


def test_every_page_that_the_code_names_exists() -> None:
    files = [*(ROOT / "monitor").rglob("*.py"), ROOT / "config.example.toml", *(ROOT / "rules").glob("*.toml")]
    named = {page for file in files for page in re.findall(r"docs/[a-z/-]+\.md", file.read_text(encoding="utf-8"))}
    assert [page for page in sorted(named) if not (ROOT / page).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.suffix == ".md":
            links = LINK.findall(page.read_text(encoding="utf-8"))
            waiting += [page.parent / link.partition("#")[0] for link in links if "://" not in link]
    assert [page.name for page in PAGES if page.resolve() not in reached] == []


def test_every_dependency_earns_its_place_in_a_line() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    names = [re.split(r"[<>=; \[]", requirement)[0] for requirement in wanted]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", read("docs/reference/dependencies.md"), re.MULTILINE)
    assert sorted(rows) == sorted(names)
