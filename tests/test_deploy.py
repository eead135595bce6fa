"""What ships beside the program: alert rules, dashboard, unit, image and compose file agree with the code."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import __version__
from monitor.config.shape import WebTable
from monitor.lookout import LOOP_SILENT_S
from monitor.service import Service
from tests.deliver.receiver import ScriptedReceiver
from tests.town import Town
from tests.web.pages import page_of

ROOT = Path(__file__).parents[1]
METRIC = re.compile(r"\b(?:leak_monitor|process)_[a-z_]+")
ROW = re.compile(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|([^|]*)\|", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- metrics ----------------------------------------------------------------------------------------------------


@pytest.fixture(name="families")
def all_families(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Every metric of the program by its name, with its type."""
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)]) as town:
        yield page_of(Service(town.runtime, town.store, town.clock)).families


def expressions(node: Any) -> Iterator[str]:
    """Every query of a dashboard or a file of rules."""
    if isinstance(node, dict):
        yield from (node[key] for key in ("expr", "definition") if key in node)
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from expressions(inner)


def metrics_in(queries: list[str], families: Mapping[str, str]) -> set[str]:
    """The metrics that queries name; a part of a histogram counts as the histogram."""
    named = {name for query in queries for name in METRIC.findall(query)}
    parts = {name: re.sub(r"_(bucket|sum|count)$", "", name) for name in named}
    return {parts[name] if families.get(parts[name]) == "histogram" else name for name in named}


def test_the_page_of_metrics_lists_exactly_what_there_is(families: Mapping[str, str]) -> None:
    rows = {name: kind for name, kind, _ in ROW.findall(read("docs/reference/metrics.md"))}
    assert rows == families


@pytest.mark.parametrize("file", ["deploy/prometheus/alerts.yml", "deploy/grafana/leak-monitor.json"])
def test_rules_and_dashboard_name_only_metrics_that_exist(file: str, families: Mapping[str, str]) -> None:
    content = yaml.safe_load(read(file))
    named = metrics_in(list(expressions(content)), families)
    assert len(named) > 10
    assert named - set(families) == set()


def test_the_dashboard_is_whole() -> None:
    board = json.loads(read("deploy/grafana/leak-monitor.json"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["targets"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)


def test_every_alert_says_how_bad_it_is_and_what_to_do_and_is_on_its_page() -> None:
    page = read("docs/how-to/monitor-the-monitor.md")
    rules = [
        rule for group in yaml.safe_load(read("deploy/prometheus/alerts.yml"))["groups"] for rule in group["rules"]
    ]
    tested = read("deploy/prometheus/alerts.test.yml")
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "warning"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert f"`{rule['alert']}`" in page
        assert rule["alert"] in tested


# --- the unit of systemd ------------------------------------------------------------------------------------------


def unit(section: str) -> Mapping[str, list[str]]:
    """The keys of one section, each with all of its values."""
    body = re.search(
        rf"^\[{section}\]\n(.*?)(?=^\[|\Z)", read("deploy/systemd/leak-monitor.service"), re.MULTILINE | re.DOTALL
    )
    assert body is not None
    found: dict[str, list[str]] = {}
    for line in body[1].splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_unit_waits_for_what_the_service_says() -> None:
    service = unit("Service")
    assert service["Type"] == ["notify"]
    assert int(service["WatchdogSec"][0]) > LOOP_SILENT_S  # health notices first, and the log says so
    assert int(service["TimeoutStopSec"][0]) > 20  # --drain-s
    assert service["Restart"] == ["always"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("User", "leak-monitor"),
        ("LimitCORE", "0"),
        ("UMask", "0077"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
        ("SystemCallArchitectures", "native"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
    ],
)
def test_the_unit_takes_away_what_the_service_never_needs(key: str, value: str) -> None:
    assert unit("Service")[key] == [value]


def test_the_unit_starts_a_command_that_exists_on_a_file_below_its_own_directory() -> None:
    service = unit("Service")
    words = service["ExecStart"][0].split()
    assert words[:2] == ["/opt/leak-monitor/run", "run"]
    assert words[-1].startswith(f"/var/lib/{service['StateDirectory'][0]}/")
    page = read("docs/how-to/run-as-a-service.md")
    assert all(place in page for place in ("/opt/leak-monitor", words[-1], "/etc/leak-monitor.env"))


# --- containers ---------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The lines of the Dockerfile, those that go on joined."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines()) if word]


def last(word: str) -> str:
    return [rest for name, rest in instructions() if name == word][-1]


def has_fixed_tag(image: str) -> bool:
    """Whether an image is named with a version: no tag means `latest`."""
    name, _, tag = image.rpartition(":")
    return bool(name) and bool(re.match(r"\d", tag))


def test_the_image_is_no_root_and_its_health_is_that_of_the_loops() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last("USER"))
    assert all(has_fixed_tag(image) for name, image in instructions() if name == "FROM")
    assert "/livez" in last("HEALTHCHECK")
    assert f":{WebTable().port}/" in last("HEALTHCHECK")
    assert last("VOLUME") == "/data"
    assert last("STOPSIGNAL") == "SIGTERM"
    assert json.loads(last("ENTRYPOINT")) == ["python", "-P", "-m", "monitor"]
    assert "--require-hashes" in next(rest for name, rest in instructions() if name == "RUN")


def test_what_the_image_copies_is_let_in_and_nothing_else_is() -> None:
    copied = {source for name, rest in instructions() if name == "COPY" for source in rest.split()[:-1]}
    let_in = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert let_in == copied
    assert read(".dockerignore").startswith("*\n")
    assert all((ROOT / name).exists() for name in copied)


def services() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(read("compose.yaml"))["services"]
    return found


@pytest.mark.parametrize("name", ["monitor", "postgres"])
def test_a_service_of_the_compose_file_can_do_little(name: str) -> None:
    service = services()[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert has_fixed_tag(service["image"])
    assert "ports" not in service  # nothing listens outside
    assert "privileged" not in service
    assert "mem_limit" in service


def test_the_compose_file_runs_sqlite_unless_told_otherwise() -> None:
    assert [name for name, service in services().items() if "profiles" not in service] == ["monitor"]
    assert services()["postgres"]["profiles"] == ["postgres"]
    assert services()["monitor"]["depends_on"]["postgres"]["required"] is False
    assert services()["monitor"]["user"] == last("USER")
    assert services()["monitor"]["image"] == f"leak-monitor:{__version__}"
    assert "./mine:/config:ro" in services()["monitor"]["volumes"]


def test_no_secret_stands_in_the_compose_file() -> None:
    environment = {
        key: value for service in services().values() for key, value in service.get("environment", {}).items()
    }
    assert [key for key in environment if "PASSWORD" in key and not key.endswith("_FILE")] == []
