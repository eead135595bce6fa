"""Commands as people type them: what they print, and how they end."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.flagged import leak
from tests.cli.home import CONFIG, Home, command
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.fetch.feed_server import Reply as Page


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path) as made:
        yield made


@pytest.fixture
def flagged(home: Home) -> Home:
    """One leak has been read, judged and told."""
    leak(home)
    return home


# --- files ------------------------------------------------------------------------------------------------------


def test_check_says_that_all_is_right(home: Home) -> None:
    ended = home.run("check")
    assert (ended.code, ended.err) == (0, "")
    assert "1 people, 1 accounts, 1 receivers, 1 products" in ended.out
    assert home.run("check", "--json").rows[0]["ok"] is True


def test_check_names_file_line_problem_and_fix(home: Home) -> None:
    home.write("config.toml", Path(home.config).read_text().replace("[[receivers]]", "[[recievers]]"))
    ended = home.run("check")
    assert ended.code == 3
    assert ended.err == f"error: {home.config}:22: unknown key 'recievers'; did you mean 'receivers'?\n"


def test_check_runs_the_examples_of_rules(home: Home) -> None:
    home.write("rules/all.toml", (home.path / "rules/all.toml").read_text().replace('["云雀9"]\n', '["云雀8"]\n'))
    home.write(
        "rules/all.toml", (home.path / "rules/all.toml").read_text().replace('names = ["云雀8"]', 'names = ["云雀9"]')
    )
    ended = home.run("check")
    assert ended.code == 1
    assert "examples.match is not found by the rule" in ended.err


def test_check_tells_of_a_person_who_knows_what_is_not_listed(home: Home) -> None:
    home.write("config.toml", Path(home.config).read_text().replace('title = "GM"', 'title = "GM"\nknows = ["x"]'))
    assert "person 'lin' knows a product that the rules do not list" in home.run("check").err


def test_egress_tells_hosts_and_ports_for_people_and_programs(home: Home) -> None:
    ended = home.run("egress")
    site, desk = home.site.port, home.desk.url.rpartition(":")[2].partition("/")[0]
    assert ended.out == (
        f"127.0.0.1\t{site}\thttp\tdirect\taccount lin-notes\n127.0.0.1\t{desk}\thttp\tdirect\treceiver desk\n"
    )
    assert home.run("egress", "--json").rows[0] == {
        "host": "127.0.0.1", "port": site, "protocol": "http", "via": None, "unset": None, "why": ["account lin-notes"]
    }  # fmt: skip
    text = CONFIG.replace('url = "{feed}"', 'url_env = "NOT_SET"').format(hook=home.desk.url, port=home.port)
    home.write("config.toml", text)
    assert home.run("egress").out.startswith("not yet told ($NOT_SET)\t-\t-\tdirect\taccount lin-notes\n")


def test_try_names_a_proxy_that_is_not_set_without_asking_anybody() -> None:
    ended = command("try", "https://feeds.example/", "--proxy-env", "NO_SUCH_PROXY")
    assert (ended.code, ended.out) == (3, "")
    assert "the command line: the environment variable NO_SUCH_PROXY is not set; set it" in ended.err


def test_a_missing_configuration_says_what_to_do(tmp_path: Path) -> None:
    ended = command("status", "--config", str(tmp_path / "none.toml"))
    assert ended.code == 3
    assert "leak-monitor init" in ended.err


def test_doctor_looks_at_machine_files_database_and_accounts(home: Home) -> None:
    found = {row["what"]: row["ok"] for row in home.run("doctor", "--json").rows}
    assert found["database"] is found["lin-notes"] is found["Python"] is True
    home.script = Page(200, b"<html><title>Sign in</title><input type=password></html>")
    (home.path / "rules/all.toml").chmod(0o644)
    found = {row["what"]: row["ok"] for row in home.run("doctor", "--json").rows}
    assert found["lin-notes"] is found["rules/all.toml"] is False


# --- the database -----------------------------------------------------------------------------------------------


def test_accounts_are_listed_before_and_after_reading(home: Home) -> None:
    assert [row["state"] for row in home.run("accounts", "list", "--json").rows] == ["new"]
    home.says("今天跑了十公里")
    assert home.run("accounts", "fetch", "lin-notes").code == 0
    (row,) = home.run("accounts", "list", "--json").rows
    assert (row["account"], row["state"]) == ("lin-notes", "ok")


def test_an_account_that_cannot_be_read_ends_with_1_and_its_cause(home: Home) -> None:
    home.script = Page(403)
    ended = home.run("accounts", "fetch")
    assert (ended.code, ended.out.split("\t")[:2]) == (1, ["lin-notes", "blocked"])


@pytest.mark.parametrize(
    "words",
    [
        ("accounts", "fetch", "nobody"),
        ("alerts", "show", "A-9"),
        ("alerts", "review", "9", "--verdict", "leak"),
        ("deliveries", "replay", "9"),
        ("receivers", "test", "nobody"),
        ("explain", "--id", "9"),
    ],
    ids=" ".join,
)
def test_what_does_not_exist_ends_with_5(home: Home, words: tuple[str, ...]) -> None:
    ended = home.run(*words)
    assert (ended.code, ended.err[:7]) == (5, "error: ")


def test_an_alert_is_listed_shown_and_judged(flagged: Home) -> None:
    (row,) = flagged.run("alerts", "list", "--json").rows
    assert (row["number"], row["severity"], row["product"]) == ("A-1", "high", "Kingfisher")
    shown = flagged.run("alerts", "show", "A-1").out
    assert "明天来看云雀9" in shown
    assert "told desk: delivered" in shown
    assert flagged.run("alerts", "review", "1", "--verdict", "authorised", "--note", "teaser", "--by", "zhou").code == 0
    story = flagged.run("alerts", "show", "1", "--json").rows[0]
    assert [event["kind"] for event in story["events"]] == ["opened", "reviewed", "withdrawn"]
    assert flagged.run("alerts", "list", "--state", "open", "--json").rows == []


def test_an_alert_says_where_else_its_story_is_told(home: Home, request: pytest.FixtureRequest) -> None:
    for sign in "！😏":
        home.says(f"明天来看云雀9的真机上手吧{sign}")
    request.getfixturevalue("flagged")
    shown = [home.run("alerts", "show", number, "--lang", "en").out for number in "123"]
    assert sorted("Also on: notes (2 posts, the same person)" in each for each in shown) == [False, True, True]


def test_deliveries_are_listed_and_sent_again_under_the_same_id(flagged: Home) -> None:
    (row,) = flagged.run("deliveries", "list", "--state", "delivered", "--json").rows
    assert flagged.run("deliveries", "replay", str(row["number"])).out == "1 queued again\n"
    assert len(flagged.run("deliveries", "list", "--state", "waiting", "--json").rows) == 1
    assert flagged.run("deliveries", "replay").code == 2


def test_status_counts_and_ends_with_1_when_something_is_wrong(flagged: Home) -> None:
    ended = flagged.run("status", "--json")
    assert (ended.code, ended.rows[0]["alerts"]) == (0, {"open": 1})
    flagged.script = Page(401)
    flagged.run("accounts", "fetch")
    ended = flagged.run("status")
    assert ended.code == 1
    assert "account_unreadable lin-notes" in ended.out


def test_a_receiver_is_tested_with_a_signed_message(home: Home) -> None:
    assert home.run("receivers", "test", "--json").rows == [
        {"receiver": "desk", "ok": True, "status": 204, "answer": "delivered"}
    ]
    assert home.told() == ["test"]
    home.desk.answer_with(Reply(401))
    assert home.run("receivers", "test").code == 1


def test_of_a_robot_it_is_said_what_it_cannot_do(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedReceiver([Reply(200, body=b'{"errcode":0,"errmsg":"ok"}')]) as tool:
        monkeypatch.setenv("WECOM_URL", tool.url)
        home.write("config.toml", Path(home.config).read_text() + ROBOT)
        ended = home.run("receivers", "test")
        assert ended.code == 0
        assert ended.out.splitlines()[-1].startswith("A robot in a group (group) only sends: ")
        assert len(home.run("receivers", "test", "--json").rows) == 2
        assert "robot" not in home.run("receivers", "test", "desk").out
        tool.answer_with(Reply(200, body=b'{"errcode":45009}'))
        assert home.run("receivers", "test", "group", "--json").rows == [
            {"receiver": "group", "ok": False, "status": 200, "answer": "asked us to wait"}
        ]


ROBOT = """
[[receivers]]
key = "group"
format = "wecom"
url_env = "WECOM_URL"
internal = true
allow_private_network = true
"""


def test_a_second_upgrade_does_no_harm(home: Home) -> None:
    assert [home.run("db", "upgrade").code for _ in range(2)] == [0, 0]


def test_a_file_that_is_no_database_ends_with_4(home: Home) -> None:
    (home.path / "data").mkdir()
    home.write("data/leak-monitor.db", "no database")
    assert home.run("status").code == 4


# --- texts ------------------------------------------------------------------------------------------------------

LEAK = {"id": 1, "text": "明天来看云雀9", "published_at": "2030-01-01T00:00:00Z", "author": "lin"}


def test_scan_judges_line_by_line_and_goes_on_after_a_bad_one(home: Home) -> None:
    lines = [json.dumps(LEAK), "no json", json.dumps({"id": "2", "text": "今天"}), '{"id": "3"}', json.dumps([1])]
    ended = command("scan", "-", "--rules", str(home.path / "rules"), stdin="\n".join(lines))
    assert ended.code == 1
    assert ended.err.splitlines() == ["-:2: not JSON", "-:4: 'text' is not text", "-:5: not an object"]
    hit = {"kind": "product", "start": 4, "end": 7, "value": None, "product": "yunque-9"}
    hit |= {"rule": "unreleased-name", "reason": "unreleased_name"}
    assert ended.rows == [{"id": "1", "leak": True, "hits": [hit]}, {"id": "2", "leak": False, "hits": []}]


def test_scan_reads_gzip_and_says_what_the_service_would_do(home: Home) -> None:
    file = home.path / "posts.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(LEAK | {"client": "云雀9", "parent": "云雀9好吗"}).encode()))
    (row,) = home.run("scan", str(file), "--candidates").rows
    assert row["alert"] == {"severity": "high", "reason": "unreleased_name", "facts": ["product:"]}
    names = [hit for hit in row["hits"] if hit["kind"] == "product"]
    assert [(hit.get("part"), hit["joined"]) for hit in names] == [(None, True), ("client", True), ("parent", True)]
    assert [hit["value"] for hit in row["hits"] if hit["kind"] == "date"] == ["2030-01-02"]
    assert "chosen" in {c["fate"] for c in row["candidates"]}


@pytest.mark.parametrize(("name", "content"), [("a.gz", b"no gzip"), ("none.jsonl", None)])
def test_scan_of_an_unreadable_file_ends_with_its_name(home: Home, name: str, content: bytes | None) -> None:
    file = home.path / name
    if content is not None:
        file.write_bytes(content)
    ended = home.run("scan", str(file))
    assert (ended.code, str(file) in ended.err) == (1, True)


@pytest.mark.parametrize("wrong", ["2030-01-01T00:00:00", "yesterday"])
def test_scan_wants_instants_with_an_offset(home: Home, wrong: str) -> None:
    ended = home.run("scan", "-", stdin=json.dumps(LEAK | {"published_at": wrong}))
    assert ended.code == 1
    assert "'published_at'" in ended.err


def test_explain_says_why_and_why_not(home: Home) -> None:
    assert "Would alert, HIGH: product name." in home.run("explain", stdin="云 雀 9").out
    assert "the number goes on" in home.run("explain", stdin="云雀90").out
    assert "nothing listed stands here" in home.run("explain", stdin="你好").out
    (row,) = home.run("explain", "--json", "--at", "2030-01-01T00:00:00+08:00", stdin="云雀9").rows
    assert row["parts"][0]["candidates"][0]["disposition"] == "alert"


def test_explain_reads_a_stored_post(flagged: Home) -> None:
    assert "明天来看云雀9" in flagged.run("explain", "--id", "1").out


@pytest.mark.parametrize("at", ["2030-01-01", "noon"])
def test_explain_wants_an_instant_with_an_offset(home: Home, at: str) -> None:
    assert home.run("explain", "--at", at, stdin="x").code == 2


def test_the_watchlist_goes_in_and_is_shown_with_labels_only(home: Home) -> None:
    source = home.path / "list.json"
    product = {"id": "egret", "brand": "云雀", "names": ["云雀耳机4"], "embargo_until": "2031-01-01T00:00:00+08:00"}
    product |= {"timezone": "Asia/Shanghai", "embargoed_kinds": ["product"]}
    source.write_text(json.dumps({"products": [product]}))
    rules = home.path / "imported"
    assert command("watchlist", "import", str(source), "--to", str(rules), "--dry-run").code == 0
    assert not rules.exists()
    assert command("watchlist", "import", str(source), "--to", str(rules), "--json").rows[0]["new"] == 1
    assert command("watchlist", "import", str(source), "--to", str(rules), "--json").rows[0]["unchanged"] == 1
    assert {file.stat().st_mode & 0o777 for file in rules.iterdir()} == {0o600}
    shown = command("watchlist", "show", "--rules", str(rules), "--labels").out
    assert "egret" not in shown
    assert "云雀耳机4" in command("watchlist", "show", "--rules", str(rules)).out


def test_a_watchlist_that_is_no_list_ends_with_3(home: Home) -> None:
    home.write("list.json", "[]")
    ended = command("watchlist", "import", str(home.path / "list.json"), "--to", str(home.path / "rules"))
    assert ended.code == 3
    assert "list.json" in ended.err


def test_control_characters_of_a_post_cannot_fake_lines_on_a_terminal(home: Home) -> None:
    shown = home.run("explain", stdin="云雀9\x1b[2J\u202e").out
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_unknown_commands_and_languages_are_wrong_command_lines(home: Home) -> None:
    assert [command("nonsense").code, home.run("alerts", "show", "1", "--lang", "fr").code] == [2, 2]
    assert command("--version").out.startswith("leak-monitor ")


def test_the_plan_says_how_often_why_and_what_it_costs(home: Home) -> None:
    home.says("今天天气不错")
    home.run("accounts", "fetch")
    (row,) = home.run("accounts", "plan", "--json").rows
    assert (row["account"], row["every_s"], row["why"], row["reads_a_day"]) == ("lin-notes", 30.0, "interval", 2880)
    assert (row["posts_a_day"], row["usd_a_month"]) == (0.0, 0.0)
    assert row["due_at"]
    assert home.run("accounts", "plan").out.split("\t")[:4] == ["lin-notes", "feed", "30s", "as configured"]
