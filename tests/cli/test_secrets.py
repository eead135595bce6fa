"""Twelve secrets are given to the real service, and everything that it lets out is searched for them."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.cli.files import load_runtime
from tests.cli.home import Home
from tests.cli.running import ROOT, Running, free_port, until

SIGNING = b"canary-signing-secret-32-bytes-x"
BEFORE = b"canary-previous-secret-32-bytes-"
CANARIES: Mapping[str, str] = {
    "feed token in an address": "tok-canary-81f3",
    "value of a header": "hdr-canary-52ac",
    "webhook secret": base64.b64encode(SIGNING).decode(),
    "previous webhook secret": base64.b64encode(BEFORE).decode(),
    "secret webhook address": "hook-canary-77d0",
    "database password": "db-canary-19be",
    "name of a product": "灰鹤Q5",
    "code name": "沉香木",
    "price": "47319",
    "key of a product": "greycrane-q5",
    "id of a rule": "rule-canary-64e2",
    "text of a post": "canary words that only this post has",
}
POST = f"{CANARIES['text of a post']}: 明天来看灰鹤Q5，首发价 47319 元，沉香木"

RULES = f"""
[[products]]
key = "{CANARIES["key of a product"]}"
ref = "P-0001"
label = "Kingfisher"
brand = ["云雀"]
names = ["灰鹤Q5"]
codenames = ["沉香木"]
timezone = "Asia/Shanghai"
until = "tbd"

[[products.facts]]
name = "price"
kind = "price"
value = "47319 CNY"

[[rules]]
id = "{CANARIES["id of a rule"]}"
kinds = ["product", "price"]
severity = "high"
examples.match = ["灰鹤Q5 卖 47319 元"]
"""
CONFIG = """
timezone = "Asia/Shanghai"
web.port = {port}

[log]
level = "debug"
format = "{format}"

[fetch]
host_distance = "0s"

[[people]]
key = "lin"
name = "Lin Xiaozhou"
title = "GM"
purpose = "proof"
knows = ["greycrane-q5"]

  [[people.accounts]]
  source = "feed"
  platform = "notes"
  key = "lin-notes"
  url_env = "CANARY_FEED"
  headers_env = {{ Authorization = "CANARY_HEADER" }}
  poll_every = "30s"
  allow_private_network = true

  [[people.accounts]]
  source = "feed"
  platform = "other"
  key = "lin-closed"
  url_env = "CANARY_CLOSED"
  headers_env = {{ Authorization = "CANARY_HEADER" }}
  poll_every = "30s"
  allow_private_network = true

[[receivers]]
key = "desk"
format = "webhook"
url_env = "CANARY_HOOK"
secret_env = "CANARY_SECRET"
previous_secret_env = "CANARY_BEFORE"
internal = true
show = "minimal"
allow_private_network = true
ops = true

[[receivers]]
key = "nowhere"
format = "webhook"
url_env = "CANARY_NOWHERE"
secret_env = "CANARY_SECRET"
internal = true
show = "minimal"
allow_private_network = true
"""


def found_in(said: str) -> list[str]:
    """Which of the secrets a text holds, as it is or in an encoding of the web or of JSON."""
    forms = {
        name: {canary, quote(canary), quote(canary, safe=""), json.dumps(canary)[1:-1], canary.encode().hex()}
        for name, canary in CANARIES.items()
    }
    return [name for name, written in forms.items() if any(_stands_in(form.lower(), said.lower()) for form in written)]


def _stands_in(form: str, said: str) -> bool:
    """A number counts as a whole one only: ports, instants and seconds have all digits somewhere."""
    return form in said if not form.isdigit() else re.search(rf"(?<![\d.]){form}(?!\d)", said) is not None


def environ_of(home: Home) -> dict[str, str]:
    """The secrets as the service is given them."""
    token = CANARIES["feed token in an address"]
    hook = CANARIES["secret webhook address"]
    return {
        "CANARY_FEED": home.site.url(f"/feed/{token}?token={token}"),
        "CANARY_CLOSED": home.site.url(f"/closed/{token}?token={token}"),
        "CANARY_HEADER": f"Bearer {CANARIES['value of a header']}",
        "CANARY_HOOK": f"{home.desk.url}/{hook}?key={hook}",
        "CANARY_NOWHERE": f"http://127.0.0.1:{free_port()}/{hook}",
        "CANARY_SECRET": f"whsec_{CANARIES['webhook secret']}",
        "CANARY_BEFORE": f"whsec_{CANARIES['previous webhook secret']}",
    }


@pytest.fixture(name="home")
def home_of_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as home:
        token = CANARIES["feed token in an address"]
        home.site.routes[f"/feed/{token}"] = home._serve
        home.write("rules/all.toml", RULES)
        home.write("config.toml", CONFIG.format(port=home.port, format="text"))
        for name, value in environ_of(home).items():
            monkeypatch.setenv(name, value)
        yield home


def seen_from_outside(pid: int) -> str:
    """What other users of the machine see of a process: its command line, its title, the names of its threads."""
    process = Path(f"/proc/{pid}")
    names = [(task / "comm").read_text() for task in (process / "task").iterdir()]
    shown = subprocess.run(["ps", "-ww", "-o", "pid,args,comm", "-p", str(pid)], capture_output=True, check=True)
    return "\n".join([(process / "cmdline").read_text(), *names, shown.stdout.decode()])


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_nothing_that_the_service_lets_out_holds_a_secret(home: Home, log_format: str) -> None:
    home.write("config.toml", CONFIG.format(port=home.port, format=log_format))
    home.says(POST)
    with Running(home) as service:
        until(lambda: any(b"alert.opened" in got.body for got in home.desk.received), "the alert")
        home.write("rules/all.toml", RULES.replace('match = ["灰鹤Q5', 'match = ["无关'))
        until(lambda: "the files were refused" in str(service.problems()), "the refusal")
        until(lambda: any(b"reload_failed" in got.body for got in home.desk.received), "the incident")
        until(lambda: "fetch_failed" in service.said() and "attempt" in service.said(), "the failures")
        pages = [service.page("/metrics"), service.page("/livez"), json.dumps(service.asked("/healthz")[1])]
        outside = seen_from_outside(service.process.pid)
    payloads = "\n".join(json.dumps(got.headers) + got.body.decode() for got in home.desk.received)
    assert all(got.check(SIGNING) and got.check(BEFORE) for got in home.desk.received)
    assert any(asked.headers.get("authorization", "").endswith("hdr-canary-52ac") for asked in home.site.asked)
    for said in (service.said(), *pages, payloads, outside):
        assert len(said) > 10
        assert found_in(said) == []


COMMANDS = ["check", "doctor", "status", "accounts list", "alerts list", "deliveries list", "receivers test"]


def test_no_command_that_lists_or_checks_tells_a_secret(home: Home) -> None:
    home.says(POST)
    with Running(home):
        until(lambda: any(b"alert.opened" in got.body for got in home.desk.received), "the alert")
    for words in COMMANDS:
        ended = home.run(*words.split())
        assert ended.out + ended.err
        assert found_in(ended.out + ended.err) == [], words


def test_nothing_that_is_printed_by_mistake_shows_a_secret(home: Home) -> None:
    runtime = load_runtime(Path(home.config))
    settings = runtime.settings
    things = (settings, *settings.people, *settings.receivers, *settings.people[0].accounts, runtime)
    for thing in things:
        assert found_in(f"{thing!r} {thing!s}") == [], type(thing).__name__


def test_the_search_finds_what_a_receiver_is_told_that_may_know_all(home: Home) -> None:
    whole = Path(home.config).read_text().replace('show = "minimal"', 'show = "full"')
    home.write("config.toml", whole)
    home.says(POST)
    with Running(home):
        until(lambda: any(b"alert.opened" in got.body for got in home.desk.received), "the alert")
    told = "\n".join(got.body.decode() for got in home.desk.received)
    assert {"name of a product", "price", "text of a post"} <= set(found_in(told))


# --- files that are wrong ----------------------------------------------------------------------------------------

TOKEN, PASSWORD = CANARIES["feed token in an address"], CANARIES["database password"]
WRONG_CONFIG = [
    pytest.param('secret_env = "CANARY_SECRET"', f'secret_env = "whsec_{CANARIES["webhook secret"]}"', id="pasted"),
    pytest.param('secret_env = "CANARY_SECRET"', f'secret = "whsec_{CANARIES["webhook secret"]}"', id="unknown key"),
    pytest.param('secret_env = "CANARY_SECRET"', 'secret_env = "CANARY_HEADER"', id="another secret"),
    pytest.param('secret_env = "CANARY_SECRET"', f"secret_env = whsec_{CANARIES['webhook secret']}", id="no quotes"),
    pytest.param('url_env = "CANARY_FEED"', f'url = "https://feeds.example/x?token={TOKEN}"', id="token in the file"),
    pytest.param('url_env = "CANARY_FEED"', f'url = "https://lin:{TOKEN}@feeds.example/"', id="password in the file"),
    pytest.param('url_env = "CANARY_FEED"', f'url = "htps://feeds.example/{TOKEN}"', id="no address"),
    pytest.param('url_env = "CANARY_FEED"', 'url_env = "CANARY_SECRET"', id="a secret for an address"),
    pytest.param(
        'platform = "other"\n  key = "lin-closed"\n  url_env = "CANARY_CLOSED"',
        'platform = "notes"\n  key = "lin-closed"\n  url_env = "CANARY_FEED"',
        id="the same feed twice",
    ),
    pytest.param('"CANARY_HEADER"', '"CANARY_LINES"', id="a header of two lines"),
    pytest.param('["greycrane-q5"]', "[greycrane-q5]", id="a product without quotes"),
    pytest.param('["greycrane-q5"]', '["greycrane-q5-x"]', id="a product that is not listed"),
    pytest.param(
        "[log]",
        f'[database]\nevidence_dir = "e"\nurl = "postgresql://monitor:{PASSWORD}@127.0.0.1:1/x"\n[log]',
        id="database elsewhere",
    ),
    pytest.param(
        "[log]", f'[database]\nurl = "mysql://monitor:{PASSWORD}@127.0.0.1:1/x"\n[log]', id="no such database"
    ),
    pytest.param("[log]", f'[database]\npassword = "{PASSWORD}"\n[log]', id="password as a key"),
]
WRONG_RULES = [
    pytest.param('["灰鹤Q5"]', '["灰鹤Q5]', id="open quotes"),
    pytest.param('["灰鹤Q5"]', "[灰鹤Q5]", id="no quotes"),
    pytest.param('names = ["灰鹤Q5"]', 'names = "灰鹤Q5"', id="text for a list"),
    pytest.param('names = ["灰鹤Q5"]', 'names = []\n"灰鹤Q5" = true', id="a name as a key"),
    pytest.param('names = ["灰鹤Q5"]', "greycrane-q5 = 1", id="a key of a product as a key"),
    pytest.param('["沉香木"]', '["沉香木", "灰鹤Q5", 47319]', id="number in a list"),
    pytest.param('label = "Kingfisher"', 'label = "灰鹤Q5"', id="label that tells"),
    pytest.param('label = "Kingfisher"', 'label = "greycrane-q5"', id="label that tells the key"),
    pytest.param("47319 CNY", "47319 yuan", id="no price"),
    pytest.param('until = "tbd"', 'until = "event:灰鹤Q5"', id="no event"),
    pytest.param('examples.match = ["灰鹤Q5', 'examples.match = ["无关', id="example that fails"),
    pytest.param(
        "examples.match =", 'examples.ignore = ["沉香木与灰鹤Q5"]\nexamples.match =', id="example that should not match"
    ),
    pytest.param('"product", "price"', '"product", "rule-canary-64e2"', id="no such kind"),
    pytest.param("severity", 'products = ["greycrane-q5", "灰鹤Q5"]\nseverity', id="no such product"),
    pytest.param("[[rules]]", RULES[: RULES.index("[[rules]]")] + "[[rules]]", id="a product twice"),
]


@pytest.mark.parametrize(("right", "wrong"), WRONG_CONFIG)
def test_no_error_about_the_configuration_quotes_a_secret(
    home: Home, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_LINES", f"Bearer {CANARIES['value of a header']}\nX: y")
    whole = Path(home.config).read_text()
    assert right in whole
    home.write("config.toml", whole.replace(right, wrong, 1))
    for command in ("check", "status"):
        ended = home.run(command)
        assert found_in(ended.out + ended.err) == []
    assert (home.run("check").code, home.run("status").code) != (0, 0)


@pytest.mark.parametrize(("right", "wrong"), WRONG_RULES)
def test_no_error_about_the_rules_quotes_a_secret(home: Home, right: str, wrong: str) -> None:
    assert right in RULES
    home.write("rules/all.toml", RULES.replace(right, wrong, 1))
    ended = home.run("check")
    assert ended.code != 0
    assert ended.err
    assert found_in(ended.out + ended.err) == []


def test_a_start_with_wrong_files_quotes_no_secret(home: Home) -> None:
    home.write("rules/all.toml", RULES.replace('["灰鹤Q5"]', '["灰鹤Q5]'))
    ended = subprocess.run(
        [sys.executable, "-m", "monitor", "run", "--config", home.config],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == 3
    assert "all.toml:7" in ended.stderr
    assert found_in(ended.stdout + ended.stderr) == []
