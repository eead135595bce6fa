"""The running service: started, told of changes, asked how it is, and ended."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.home import CONFIG, RULES, Home, command
from tests.cli.running import Running, free_port, until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


def test_a_leak_is_told_within_seconds_and_sigterm_ends_it_cleanly(home: Home) -> None:
    home.says("明天来看云雀9")
    with Running(home) as service:
        until(lambda: home.told() == ["alert.opened"], "the alert")
        status, report = service.asked("/healthz")
        assert (status, report["ok"], report["alerts"]) == (200, True, {"open": 1})
        assert 'leak_monitor_alerts_total{found="live",severity="high"} 1.0' in service.page("/metrics")
        assert service.stop() == 0
    assert '"stopped"' in service.said() or " stopped" in service.said()
    for secret in ("云雀9", "yunque-9", "a2tra2", home.desk.url):
        assert secret not in service.said()


def test_a_second_service_on_the_same_database_is_refused(home: Home) -> None:
    with Running(home):
        ended = command("run", "--config", home.config)
    assert ended.code == 4
    assert "another leak-monitor service" in ended.err


def test_broken_rules_are_refused_and_good_ones_taken_without_a_restart(home: Home) -> None:
    home.write("rules/all.toml", RULES.replace("云雀9", "白鹭2"))
    with Running(home) as service:
        home.write("rules/all.toml", RULES.replace("until", "untill"))
        until(lambda: "the files were refused" in str(service.problems()), "the refusal")
        assert "all.toml:10" in str(service.problems())
        until(lambda: home.told() == ["incident.opened"], "the incident")
        home.write("rules/all.toml", RULES)
        service.process.send_signal(signal.SIGHUP)
        until(lambda: service.problems() == [], "the good rules")
        until(lambda: home.told() == ["incident.opened", "incident.closed"], "the end of the incident")


def test_a_start_with_broken_files_takes_the_last_good_ones(home: Home) -> None:
    with Running(home):
        pass
    home.write("rules/all.toml", "no toml")
    home.write("config.toml", "no toml either")
    home.says("明天来看云雀9")
    with Running(home) as service:
        until(lambda: "alert.opened" in home.told(), "the alert")
        assert "the files were refused" in str(service.problems())


def test_a_first_start_with_broken_files_ends_with_their_place(home: Home) -> None:
    home.write("config.toml", Path(home.config).read_text().replace("purpose", "porpoise"))
    ended = command("run", "--config", home.config)
    assert ended.code == 3
    assert "config.toml:12" in ended.err


def test_a_taken_port_is_told_plainly(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", home.port))
        other.listen()
        ended = command("run", "--config", home.config)
    assert ended.code == 1
    assert "set another port under [web]" in ended.err


def test_a_changed_configuration_is_taken_without_a_restart(home: Home) -> None:
    home.says("明天来看云雀9")
    hook = home.desk.url
    home.write("config.toml", CONFIG.format(feed=home.site.url("/nothing"), hook=hook, port=home.port))
    with Running(home) as service:
        until(lambda: service.problems() == [], "the start")
        home.write("config.toml", CONFIG.format(feed=home.site.url("/feed"), hook=hook, port=home.port))
        until(lambda: home.told() == ["alert.opened"], "the alert of the new address")
