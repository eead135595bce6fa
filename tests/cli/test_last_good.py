"""Real processes: a file breaks, and the old set finds the next leak; so does the last good one after a restart."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.home import RULES, Home
from tests.cli.running import Running, free_port, until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


def cut_off_the_configuration(home: Home) -> None:
    text = Path(home.config).read_text(encoding="utf-8")
    home.write("config.toml", text.partition("webhook")[0])


def empty_the_configuration(home: Home) -> None:
    home.write("config.toml", "")


def break_a_rule(home: Home) -> None:
    home.write("rules/all.toml", RULES.replace('"high"', '"hihg"'))


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (cut_off_the_configuration, "config.toml:24"),
        (empty_the_configuration, "config.toml"),
        (break_a_rule, "all.toml:15"),
    ],
)
def test_the_old_set_finds_leaks_under_broken_files_and_after_a_restart(
    home: Home, damage: Callable[[Home], None], place: str
) -> None:
    def leaks(number: int) -> None:
        home.says(f"明天来看云雀9 {number}", datetime.now(UTC) + timedelta(minutes=10))

    def told() -> int:
        return list(home.told()).count("alert.opened")

    def is_refused(service: Running) -> bool:
        return any("the files were refused" in problem and place in problem for problem in service.problems())

    leaks(1)
    with Running(home) as service:
        until(lambda: told() == 1, "the first alert")
        damage(home)
        until(lambda: is_refused(service), "the refusal")
        leaks(2)
        until(lambda: told() == 2, "the old set finds the next")
        assert service.stop() == 0
    leaks(3)
    with Running(home) as service:
        until(lambda: told() == 3, "the last good set finds the one after")
        assert is_refused(service)
        assert service.asked("/healthz")[0] == 503
        assert service.stop() == 0
    assert "云雀9" not in service.said()
