"""Real processes: a file breaks, and the old set finds the next leak; so does the last good one after a restart."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.home import Home
from tests.cli.running import Running, free_port, until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


def cut_off(text: str) -> str:
    return text.partition("webhook")[0]


def empty(_: str) -> str:
    return ""


def misspell(text: str) -> str:
    return text.replace('"high"', '"hihg"')


DAMAGES: list[tuple[str, Callable[[str], str], str]] = [
    ("config.toml", cut_off, "config.toml:24"),
    ("config.toml", empty, "config.toml"),
    ("rules/all.toml", misspell, "all.toml:15"),
]


def test_the_old_set_finds_leaks_under_broken_files_and_after_a_restart(home: Home) -> None:
    def leaks(number: int) -> None:
        home.says(f"明天来看云雀9 {number}", datetime.now(UTC) + timedelta(minutes=10))

    def told() -> int:
        return len(home.leaks())

    def is_refused(service: Running, place: str) -> bool:
        return any("the files were refused" in problem and place in problem for problem in service.problems())

    leaks(1)
    with Running(home) as service:
        until(lambda: told() == 1, "the first alert")
        for name, damage, place in DAMAGES:
            until(lambda: service.problems() == [], "good files")
            whole = (home.path / name).read_text(encoding="utf-8")
            home.write(name, damage(whole))
            until(lambda place=place: is_refused(service, place), "the refusal")  # type: ignore[misc]
            if (name, damage, place) != DAMAGES[-1]:
                home.write(name, whole)
        leaks(2)
        until(lambda: told() == 2, "the old set finds the next")
        assert service.stop() == 0
    leaks(3)
    with Running(home) as service:
        until(lambda: told() == 3, "the last good set finds the one after")
        assert is_refused(service, place)
        assert service.asked("/healthz")[0] == 503
        assert service.stop() == 0
    assert "云雀9" not in service.said()
