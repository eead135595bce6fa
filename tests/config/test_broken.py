"""Every mistake is refused with its line, its problem and its cure."""

from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import ENVIRON, SECRET, VALID, load

# (old text, new text): in the new text "#!" marks the line that the error must name.
BROKEN = [
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary = "weeky" #!',
        'summary must be one of "weekly", "daily"',
        'did you mean "weekly"?',
        id="no such summary",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary_at = "09:00" #!',
        "summary_at without a summary",
        'summary = "weekly"',
        id="hour of no summary",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary = "weekly"\nsummary_at = "9 o\'clock" #!',
        "summary_at is no time of the day or week",
        '"mon 09:00"',
        id="no hour",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary = "weekly"\nsummary_at = 09:00:00 #!',
        "summary_at is no time of the day or week",
        '"mon 09:00"',
        id="hour without quotes",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary = "weekly"\nsummary_at = "tue 24:00" #!',
        "summary_at is no time of the day or week",
        '"mon 09:00"',
        id="hour after the last",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary_at = "17:30" #!\nsummary = "weekly"',
        "summary_at names no day of the week",
        '"mon 17:30"',
        id="weekly without a day",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nsummary = "daily"\nsummary_at = "fri 17:30" #!',
        "summary_at names a day, but the summary is daily",
        '"17:30"',
        id="daily with a day",
    ),
    pytest.param("port = 9000", "prot = 9000 #!", "unknown key 'prot'", "did you mean 'port'?", id="misspelled key"),
    pytest.param("[web]", "[webb] #!", "unknown key 'webb'", "did you mean 'web'?", id="misspelled table"),
    pytest.param(
        "[[receivers]]",
        "[[recievers]] #!",
        "unknown key 'recievers'",
        "did you mean 'receivers'?",
        id="misspelled list",
    ),
    pytest.param(
        "port = 9000",
        "zzz = 1 #!",
        "unknown key 'zzz'",
        "known here: host, port",
        id="unknown key that resembles none",
    ),
    pytest.param(
        'platform = "weibo"',
        'platfrom = "weibo" #!',
        "unknown key 'platfrom'",
        "did you mean 'platform'?",
        id="misspelled required key is named, not the missing one",
    ),
    pytest.param(
        "port = 9000", 'port = "9000" #!', "port must be a whole number", "without quotes", id="number as text"
    ),
    pytest.param(
        "[web]", '[log]\nto = "syslog:514" #!\n[web]', "to is no place for a log", '"syslog://host:514"', id="no syslog"
    ),
    pytest.param(
        "[web]", '[log]\nto = "syslog://h:70000" #!\n[web]', "to is no place for a log", "host:514", id="no such port"
    ),
    pytest.param("port = 9000", "port = 0 #!", "port is too small", "at least 1", id="port too small"),
    pytest.param("port = 9000", "port = 70000 #!", "port is too large", "at most 65535", id="port too large"),
    pytest.param(
        "port = 9000", 'host = "0.0.0.0" #!', "has no login", 'keep host = "127.0.0.1"', id="open to the network"
    ),
    pytest.param("[web]\nport = 9000", "web = 3 #!", "web must be a table", "header in [ ]", id="value for a table"),
    pytest.param("[[receivers]]", "[receivers] #!", "receivers must be a list", "[[ ]]", id="table for a list"),
    pytest.param('name = "林晓舟"', "name = 7 #!", "name must be text", "in quotes", id="text as number"),
    pytest.param('name = "林晓舟"', 'name = " " #!', "name must be one line", "in one line", id="blank text"),
    pytest.param(
        'name = "林晓舟"', 'name = """a #!\nb"""', "name must be one line", "in one line", id="text of two lines"
    ),
    pytest.param('[[people]]\nkey = "lin"', "[[people]] #!", "key is missing", 'key = "lin"', id="person without key"),
    pytest.param(
        '[[people]]\nkey = "lin"\nname = "林晓舟"\ntitle = "CEO"\npurpose = "Launch secrets"',
        '[[people]] #!\nkey = "lin"\nname = "林晓舟"\ntitle = "CEO"',
        "purpose is missing",
        "nobody is watched without a purpose",
        id="person without purpose",
    ),
    pytest.param(
        'purpose = "Launch secrets"', 'purpose = "" #!', "purpose must be one line", "in one line", id="blank purpose"
    ),
    pytest.param('key = "lin"', 'key = "Lin Xiao" #!', "key is no key", "small letters", id="key with a blank"),
    pytest.param(
        'title = "CEO"', 'title = "CEO"\nreview_at = "2027-06-30" #!', "must be a date", "2027-06-30", id="date as text"
    ),
    pytest.param(
        'title = "CEO"', 'title = "CEO"\nreview_at = 0001-01-01 #!', "too small", "2000-01-01", id="date out of range"
    ),
    pytest.param(
        'title = "CEO"', 'title = "CEO"\nknows = "yunque-9" #!', "knows must be a list", "[ ]", id="text for a list"
    ),
    pytest.param(
        'title = "CEO"',
        'title = "CEO"\nknows = [\n"yunque-9",\n9, #!\n]',
        "knows must be text",
        "quotes",
        id="wrong item in a list of lines",
    ),
    pytest.param(
        'title = "CEO"',
        'title = "CEO"\ntimezone = "Asia/Beijing" #!',
        "timezone is no time zone",
        'did you mean "Asia/Shanghai"?',
        id="zone that is another city's",
    ),
    pytest.param(
        'timezone = "Asia/Shanghai"', 'timezone = "Asia" #!', "is no time zone", "", id="folder of the zone list"
    ),
    pytest.param('timezone = "Asia/Shanghai"', "timezone = 8 #!", "is no time zone", "IANA", id="zone as number"),
    pytest.param('source = "feed"', 'source = "fed" #!', 'must be one of "feed"', 'did you mean "feed"', id="source"),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  poll_every = 180 #!',
        "poll_every is no duration",
        '"3m"',
        id="duration without unit",
    ),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  poll_every = "3 weeks" #!',
        "poll_every is no duration",
        '"3m"',
        id="duration in an unknown unit",
    ),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  poll_every = "10s" #!',
        "poll_every is too small",
        'at least "30s"',
        id="polled too often",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url = "ftp://feeds.example/lin.xml" #!',
        "url is no web address",
        "https://host/path",
        id="scheme",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url = "https://[::1/lin.xml" #!',
        "url is no web address",
        "https://host/path",
        id="broken address",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url = "https://me:hunter2@feeds.example/lin.xml" #!',
        "carries a user name or password",
        "headers_env",
        id="password in an address",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url = "https://feeds.example/lin.xml?key=hunter2" #!',
        "url carries a key or token",
        "url_env",
        id="key in an address",
    ),
    pytest.param(
        '  [[people.accounts]]\n  source = "feed"\n  platform = "weibo"\n  url = "https://feeds.example/lin.xml"',
        '  [[people.accounts]] #!\n  source = "feed"\n  platform = "weibo"',
        "url is missing",
        "url_env",
        id="account without address",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url = "https://feeds.example/lin.xml"\n  url_env = "FEED_URL" #!',
        "url and url_env both stand here",
        "keep one",
        id="two addresses",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url_env = "NOT_THERE" #!',
        "environment variable NOT_THERE is not set",
        "set it",
        id="unset variable",
    ),
    pytest.param(
        'url = "https://feeds.example/lin.xml"',
        'url_env = "EMPTY" #!',
        "EMPTY is not set",
        "set it",
        id="empty variable",
    ),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  headers_env = { Authorization = "TWO_LINES" } #!',
        "holds a value that is no header",
        "one line",
        id="header of two lines",
    ),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  headers_env = { "X Y" = "FEED_AUTH" } #!',
        "names a header that HTTP does not know",
        "Authorization",
        id="header name",
    ),
    pytest.param(
        'platform = "weibo"',
        'platform = "weibo"\n  token = "hunter2" #!',
        "token must not stand in this file",
        "headers_env",
        id="token of an account",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        f'secret = "whsec_{SECRET}" #!',
        "secret must not stand in this file",
        "secret_env",
        id="secret in the file",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        f'secret_env = "whsec_{SECRET.rstrip("=")}" #!',
        "must be the name of an environment variable",
        "HOOK_SECRET",
        id="secret instead of its variable",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_env = "SHORT" #!',
        "secret_env is no signing secret: whsec_ and the base64 of 24 to 64 bytes",
        "openssl rand -base64 32",
        id="secret too short",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_env = "FEED_AUTH" #!',
        "secret_env is no signing secret",
        "openssl rand",
        id="secret of another sort",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_file = "nowhere" #!',
        "cannot read nowhere: No such file",
        "mode 600",
        id="secret file that is not there",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_env = "HOOK_SECRET"\nsecret_file = "x" #!',
        "secret_env and secret_file both stand here",
        "keep one",
        id="two secrets",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_env = "HOOK_SECRET"\nprevious_secret_env = "SHORT" #!',
        "previous_secret_env is no signing secret",
        "openssl",
        id="previous secret too short",
    ),
    pytest.param(
        VALID[VALID.index("[[receivers]]") :],
        '[[receivers]] #!\nkey = "comms"\nformat = "webhook"\nurl = "https://hooks.example/in"',
        "comms has no secret to sign with",
        "secret_env or secret_file",
        id="receiver without secret",
    ),
    pytest.param(
        'url = "https://hooks.example/in"',
        'url = "http://hooks.example/in" #!',
        "url is not encrypted",
        "internal = true",
        id="receiver without encryption",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nshow = "ful" #!',
        'one of "minimal"',
        'did you mean "full"?',
        id="show",
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nmin_severity = "urgent" #!',
        'one of "low", "medium", "high", "critical"',
        'min_severity = "low"',
        id="severity",
    ),
    pytest.param(
        'format = "webhook"', 'format = "webhook"\nops = "yes" #!', "ops must be true or false", "quotes", id="yes"
    ),
    pytest.param(
        'format = "webhook"',
        'format = "webhook"\nalerts = false #!',
        "told of nothing",
        "ops = true",
        id="told nothing",
    ),
    pytest.param(
        "[[receivers]]",
        '[[people]]\nkey = "lin" #!\nname = "n"\ntitle = "t"\npurpose = "p"\n[[receivers]]',
        "this key stands at line 7 already: lin",
        "use each key once",
        id="person twice",
    ),
    pytest.param(
        'secret_env = "HOOK_SECRET"',
        'secret_env = "HOOK_SECRET"\n[[receivers]]\nkey = "comms" #!\nformat = "webhook"\nurl_env = "FEED_URL"',
        "this key stands at line 18 already: comms",
        "use each key once",
        id="receiver twice",
    ),
    pytest.param(
        "[[receivers]]",
        '[[people.accounts]]\nsource = "feed"\nplatform = "weibo"\nkey = "b"\n'
        'url = "https://FEEDS.example/lin.xml" #!\n[[receivers]]',
        "this feed stands at line 15 already: weibo https://feeds.example/lin.xml",
        "remove one",
        id="feed twice",
    ),
    pytest.param(
        "[[receivers]]",
        '[[people.accounts]] #!\nsource = "feed"\nplatform = "weibo"\nurl = "https://feeds.example/2.xml"\n[[receivers]]',
        "this account stands at line 12 already: lin-weibo",
        "a key of its own",
        id="two accounts of one platform without keys",
    ),
    pytest.param(
        "[web]",
        "[retention]\nunflagged_days = 91 #!\n[web]",
        "unflagged_days is too large",
        "at most 90",
        id="retention",
    ),
    pytest.param("[web]", "[fetch]\nworkers = 0 #!\n[web]", "workers is too small", "at least 1", id="workers"),
    pytest.param(
        "port = 9000", "port = 9000\nport = 9001 #!", "not TOML: Cannot overwrite a value", "", id="key twice"
    ),
    pytest.param("port = 9000", "port = #!", "not TOML: Invalid value", "https://toml.io", id="no value"),
    pytest.param("port = 9000", 'host = "127 #!', "not TOML: Illegal character", "https://toml.io", id="open quote"),
]


def _line(text: str) -> int | None:
    return next((no for no, line in enumerate(text.split("\n"), 1) if "#!" in line), None)


@pytest.mark.parametrize(("old", "new", "problem", "fix"), BROKEN)
def test_a_mistake_is_refused_with_line_problem_and_cure(
    old: str, new: str, problem: str, fix: str, tmp_path: Path
) -> None:
    assert VALID.count(old) == 1
    text = VALID.replace(old, new)
    with pytest.raises(ConfigError) as caught:
        load(text, tmp_path)
    error = caught.value
    assert error.place == str(tmp_path / "config.toml")
    assert error.line == _line(text)
    assert problem in error.problem
    assert fix in error.fix
    assert "hunter2" not in str(error)
    assert SECRET.rstrip("=") not in str(error)
    assert str(error).startswith(f"{error.place}:{error.line}: ")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_are_counted_alike_for_both_line_endings(ending: str, tmp_path: Path) -> None:
    text = VALID.replace("port = 9000", "prot = 9000").replace("\n", ending)
    with pytest.raises(ConfigError) as caught:
        load(text.encode(), tmp_path)
    assert caught.value.line == 4


def test_text_that_is_not_utf8_is_refused_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:8: not UTF-8 text; save the file as UTF-8"):
        load(VALID.encode("gb18030"), tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(b"\xef\xbb\xbf" + VALID.encode(), tmp_path).web.port == 9000


@pytest.mark.parametrize(
    "text",
    [pytest.param(f"a = {'[' * 20000}{']' * 20000}", id="nesting"), pytest.param(f"a = {'9' * 9000}", id="digits")],
)
def test_a_value_without_end_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a value is too large to be read; look for"):
        load(text, tmp_path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory; make one: leak-monitor init"):
        load_config(tmp_path / "config.toml", ENVIRON, kinds())


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        load_config(tmp_path, ENVIRON, kinds())
