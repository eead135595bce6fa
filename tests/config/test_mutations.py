"""However a configuration is mangled, it loads or is refused by name; nothing else comes out."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import Settings, load_config
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import ENVIRON

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8").split("\n")
ENV = {**ENVIRON, "COMMS_HOOK_SECRET": ENVIRON["HOOK_SECRET"]}
SCRAPS = [
    "= 1", "[", "[[people]]", "[people]", "key = 3", 'key = ""', "knows = [[]]", "port = 1e9", "accounts = [1]", "\x00",
    'url = "http://"', 'url = "//x"', "review_at = 2026-02-30", 'timezone = "../../etc/passwd"', "show = {}", '"',
    'poll_every = "9999999999d"', "[web.host]", "people = 1", "a.b.c = 1", "secret_file = '/dev'", "'''", "key = nan",
    "headers_env = { a = 1 }", "headers_env = []", 'url = "https://x:99999/"', 'title = "\\u0000"',
]  # fmt: skip

_LINES = st.one_of(st.sampled_from(SCRAPS), st.sampled_from(EXAMPLE), st.text(max_size=30))
_MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(EXAMPLE) - 1), st.sampled_from(["drop", "replace", "insert", "cut"]), _LINES),
    min_size=1,
    max_size=4,
)


def _mutate(mutations: list[tuple[int, str, str]]) -> str:
    lines = list(EXAMPLE)
    for at, how, scrap in mutations:
        no = at % len(lines)
        if how == "drop" and len(lines) > 1:
            del lines[no]
        elif how == "insert":
            lines.insert(no, scrap)
        elif how == "cut":
            lines[no] = lines[no][: len(lines[no]) // 2]
        else:
            lines[no] = scrap
    return "\n".join(lines)


def _outcome(text: str, folder: Path) -> Settings | ConfigError:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        return load_config(path, ENV, kinds())
    except ConfigError as error:
        return error


def _is_named(outcome: Settings | ConfigError, text: str) -> bool:
    """Whether this is a configuration, or an error with all that a person needs."""
    if isinstance(outcome, Settings):
        return True
    on_a_line = outcome.line is None or 1 <= outcome.line <= text.count("\n") + 1
    return on_a_line and bool(outcome.problem) and bool(outcome.fix)


@given(_MUTATIONS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_configuration_loads_or_is_refused_by_name(
    tmp_path: Path, mutations: list[tuple[int, str, str]]
) -> None:
    text = _mutate(mutations)
    assert _is_named(_outcome(text, tmp_path), text)


@pytest.mark.parametrize("scrap", SCRAPS)
def test_each_scrap_alone_is_refused_by_name(scrap: str, tmp_path: Path) -> None:
    outcome = _outcome(scrap, tmp_path)
    assert isinstance(outcome, ConfigError)
    assert _is_named(outcome, scrap)
