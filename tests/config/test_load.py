"""What a good configuration becomes."""

import base64
import re
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config import FetchOptions, Log, Retention, Web, load_config
from monitor.errors import ConfigError
from monitor.kinds import kinds
from monitor.model.calendars import Calendar
from monitor.model.canary import Heartbeat
from monitor.model.messages import Disclosure
from monitor.model.people import Account
from monitor.model.rulebook import Severity
from monitor.model.summaries import Every, Schedule
from tests.config.sample import ENVIRON, SECRET, VALID, load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
EXAMPLE_ENVIRON = {"COMMS_HOOK_SECRET": ENVIRON["HOOK_SECRET"]}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = load("", tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/leak-monitor.db"
    assert settings.rules_dir == tmp_path / "rules"
    assert settings.language == "en"
    assert settings.timezone == ZoneInfo("UTC")
    assert settings.retention == Retention(flagged_days=180, unflagged_days=90)
    assert settings.web == Web("127.0.0.1", 8080)
    assert settings.fetch == FetchOptions("leak-monitor/0.1.0", 16, 1.0)
    assert settings.log == Log("info", "text")
    assert (settings.people, settings.receivers) == ((), ())


@pytest.mark.parametrize(
    "to",
    [
        *("stderr", "syslog", "syslog:///dev/log", "syslog://log.intern", "syslog://10.0.0.7:1514"),
        "syslog://[2001:db8::7]:514",
    ],
)
def test_a_log_goes_where_it_is_sent(to: str, tmp_path: Path) -> None:
    assert load(f'[log]\nto = "{to}"', tmp_path).log == Log("info", "text", to)


def test_an_account_takes_after_its_person_and_a_receiver_after_the_file(tmp_path: Path) -> None:
    settings = load(VALID, tmp_path)
    shanghai = ZoneInfo("Asia/Shanghai")
    assert settings.people[0].accounts == (
        Account(
            key="lin-weibo",
            person_key="lin",
            source="feed",
            platform="weibo",
            native_id="https://feeds.example/lin.xml",
            url="https://feeds.example/lin.xml",
            poll_every_s=180,
            timezone=shanghai,
        ),
    )
    receiver = settings.receivers[0]
    assert (receiver.show, receiver.language, receiver.timezone) == (Disclosure.MINIMAL, "en", shanghai)
    assert (receiver.min_severity, receiver.alerts, receiver.ops) == (Severity.LOW, True, False)
    assert receiver.secrets == (base64.b64decode(SECRET),)


def test_an_internal_receiver_is_shown_the_post_and_may_be_plain_http(tmp_path: Path) -> None:
    text = VALID.replace('url = "https://hooks.example/in"', 'url = "http://chat.intern/in"\ninternal = true')
    receiver = load(text, tmp_path).receivers[0]
    assert (receiver.show, receiver.url) == (Disclosure.POST, "http://chat.intern/in")


def test_a_person_s_review_day_begins_at_midnight_where_they_are(tmp_path: Path) -> None:
    text = VALID.replace('title = "CEO"', 'title = "CEO"\nreview_at = 2027-06-30\npolicy = "Policy 4"')
    person = load(text, tmp_path).people[0]
    assert person.review_at == datetime(2027, 6, 29, 16, tzinfo=UTC)
    assert person.purpose == "Launch secrets (Policy 4)"


def test_secrets_come_from_the_environment_and_stay_out_of_repr(tmp_path: Path) -> None:
    text = VALID.replace(
        'url = "https://feeds.example/lin.xml"',
        'url_env = "FEED_URL"\n  headers_env = { Authorization = "FEED_AUTH" }',
    )
    settings = load(text, tmp_path)
    account = settings.people[0].accounts[0]
    assert account.url == ENVIRON["FEED_URL"]
    assert account.url_is_secret
    assert account.secret_headers == {"Authorization": "Bearer t-7654321"}
    shown = repr(settings)
    assert not [
        secret for secret in ("k-1234567", "t-7654321", "fictional signing", "hooks.example") if secret in shown
    ]


def test_the_newest_secret_signs_first_while_it_is_changed(tmp_path: Path) -> None:
    before = base64.b64encode(b"the secret of last year, 32 bytes").decode()
    (tmp_path / "before").write_text(f"whsec_{before}\n", encoding="utf-8")
    (tmp_path / "before").chmod(0o600)
    text = VALID + 'previous_secret_file = "before"\n'
    settings = load(text, tmp_path)
    assert settings.receivers[0].secrets == (base64.b64decode(SECRET), base64.b64decode(before))
    assert settings.warnings == ()


def test_a_secret_file_that_everybody_can_read_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(ENVIRON["HOOK_SECRET"], encoding="utf-8")
    (tmp_path / "hook").chmod(0o644)
    settings = load(VALID.replace('secret_env = "HOOK_SECRET"', 'secret_file = "hook"'), tmp_path)
    assert settings.warnings == (
        f"{tmp_path}/config.toml:21: hook can be read by every user of this machine; chmod 600 hook",
    )


@pytest.mark.parametrize(
    ("keys", "schedule"),
    [
        ("", None),
        ('summary = "weekly"', Schedule(Every.WEEKLY, time(9))),
        ('summary = "daily"', Schedule(Every.DAILY, time(9))),
        ('summary = "weekly"\nsummary_at = "fri 17:30"', Schedule(Every.WEEKLY, time(17, 30), 4)),
        ('summary = "daily"\nsummary_at = "00:00"', Schedule(Every.DAILY, time(0))),
        ('alerts = false\nsummary = "weekly"\nsummary_at = "mon 09:00"', Schedule(Every.WEEKLY, time(9))),
    ],
)
def test_a_receiver_gets_its_summary_when_it_says(keys: str, schedule: Schedule | None, tmp_path: Path) -> None:
    assert load(f"{VALID}{keys}\n", tmp_path).receivers[0].summary == schedule


def test_nobody_to_tell_is_a_warning(tmp_path: Path) -> None:
    text = VALID + "alerts = false\nops = true\n"
    assert "nobody hears" in load(text, tmp_path).warnings[0]


def test_the_example_loads_without_a_warning() -> None:
    settings = load_config(EXAMPLE, EXAMPLE_ENVIRON, kinds())
    assert [person.key for person in settings.people] == ["lin", "yunque"]
    assert settings.warnings == ()


def test_the_commented_values_of_the_example_are_the_defaults(tmp_path: Path) -> None:
    spoken = tmp_path / "config.toml"
    lines = EXAMPLE.read_text(encoding="utf-8").split("\n")
    alternatives = (
        *("url_env", "headers_env", "secret_file", "previous_", "key_env", "key_file"),
        *("proxy_env", "proxy_file", "allow = ", "password_", "token_", "cookie_", "session", "calendar_"),
    )
    spoken.write_text(
        "\n".join(
            line.replace("# ", "", 1)
            if " = " in line and line.lstrip().startswith("# ") and not line.lstrip("# ").startswith(alternatives)
            else line
            for line in lines
            if "begins with" not in line
        ),
        encoding="utf-8",
    )
    silent = tmp_path / "silent.toml"
    silent.write_text("\n".join(lines), encoding="utf-8")
    one, other = load_config(spoken, EXAMPLE_ENVIRON, kinds()), load_config(silent, EXAMPLE_ENVIRON, kinds())
    assert spoken.read_text(encoding="utf-8").count("\nport = ") == 1
    assert (one.people, one.receivers, one.web, one.fetch) == (other.people, other.receivers, other.web, other.fetch)
    assert (one.database_url, one.rules_dir, one.log) == (other.database_url, other.rules_dir, other.log)
    assert one.roster == other.roster
    assert (one.retention, one.language, one.network) == (other.retention, other.language, other.network)


@pytest.mark.parametrize(
    ("written", "native_id"),
    [
        pytest.param("https://FEEDS.example:443/a#top", "https://feeds.example/a", id="case, port and fragment"),
        pytest.param("http://feeds.example:81", "http://feeds.example:81/", id="port that means something"),
        pytest.param("https://feeds.example/a?user=1", "https://feeds.example/a#q=78e2dd52", id="query is hashed"),
        pytest.param("https://feeds.example/a?user=2", "https://feeds.example/a#q=8a32b517", id="another query"),
        pytest.param("https://[2001:db8::1]/a", "https://[2001:db8::1]/a", id="address of version 6"),
    ],
)
def test_a_feed_is_known_by_its_address_without_the_query(written: str, native_id: str, tmp_path: Path) -> None:
    settings = load(VALID.replace("https://feeds.example/lin.xml", written), tmp_path)
    assert settings.people[0].accounts[0].native_id == native_id


def _by_variable(folder: Path, address: str) -> Account:
    text = VALID.replace('url = "https://feeds.example/lin.xml"', 'url_env = "FEED"')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "config.toml", ENVIRON | {"FEED": address}, kinds()).people[0].accounts[0]


def test_of_a_secret_address_only_the_host_is_told(tmp_path: Path) -> None:
    account = _by_variable(tmp_path, "https://feeds.example:81/private/k-555/rss?token=k-777")
    assert account.url.endswith("/private/k-555/rss?token=k-777")
    assert re.fullmatch("https://feeds.example:81#[0-9a-f]{12}", account.native_id)
    assert "k-" not in repr(account)
    other_key = _by_variable(tmp_path, "https://feeds.example:81/private/k-555/rss?token=k-888")
    other_feed = _by_variable(tmp_path, "https://feeds.example:81/private/k-556/rss?token=k-777")
    assert other_key.native_id == account.native_id != other_feed.native_id


def test_a_secret_address_that_stands_twice_is_not_quoted(tmp_path: Path) -> None:
    first = '  source = "feed"\n  platform = "weibo"\n  url_env = "FEED"\n'
    text = VALID.replace('  source = "feed"\n  platform = "weibo"\n  url = "https://feeds.example/lin.xml"\n', first)
    text = text.replace(first, f'{first}  [[people.accounts]]\n  key = "second"\n{first}')
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"at line 12 already: weibo https://feeds\.example#\w{12};") as caught:
        load_config(tmp_path / "config.toml", ENVIRON | {"FEED": "https://feeds.example/private/k-555/rss"}, kinds())
    assert "k-555" not in str(caught.value)


@pytest.mark.parametrize(
    ("count", "poll_every", "distance", "warned"),
    [
        (60, "30s", "1s", "60 accounts of feeds.example at 1 s each cannot be read every 30 s"),
        (61, "60s", "1s", "61 accounts of feeds.example at 1 s each cannot be read every 60 s"),
        (2, "50s", "30s", "2 accounts of feeds.example at 30 s each cannot be read every 50 s"),
        (1, "30s", "31s", "1 account of feeds.example at 31 s each cannot be read every 30 s"),
        (60, "60s", "1s", None),
        (60, "3m", "1s", None),
    ],
)
def test_more_accounts_than_a_host_can_be_asked_for_are_a_warning(
    count: int, poll_every: str, distance: str, warned: str | None, tmp_path: Path
) -> None:
    row = '[[people.accounts]]\nsource = "feed"\nkey = "a{0}"\nurl = "https://{1}.example/{0}"\npoll_every = "{2}"\n'
    rows = "".join(row.format(no, "feeds", poll_every) for no in range(count))
    rows += row.format("x", "blog", "60s")  # of another host
    text = VALID.replace("[web]", f'[fetch]\nhost_distance = "{distance}"\n[web]')
    text = text[: text.index("  [[people.acc")] + rows + text[text.index("[[receivers]]") :]
    warnings = load(text, tmp_path).warnings
    cure = "raise their poll_every, or lower host_distance if the host is yours"
    assert warnings == ((f"{tmp_path}/config.toml:4: {warned}; {cure}",) if warned else ())


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("3m", 180), ("1.5h", 5400), ("1d", 86400), ("2 m", 120)]
)
def test_durations_are_read_with_their_unit(written: str, seconds: float, tmp_path: Path) -> None:
    text = VALID.replace('platform = "weibo"', f'platform = "weibo"\npoll_every = "{written}"')
    assert load(text, tmp_path).people[0].accounts[0].poll_every_s == seconds


def test_a_heartbeat_has_an_address_or_none(tmp_path: Path) -> None:
    assert load("", tmp_path).heartbeat == Heartbeat(300.0, None)
    text = '[heartbeat]\nurl_env = "FEED_URL"\nevery = "10m"\n'
    heartbeat = load(text, tmp_path).heartbeat
    assert heartbeat == Heartbeat(600.0, ENVIRON["FEED_URL"])
    assert ENVIRON["FEED_URL"] not in repr(heartbeat)


def test_a_heartbeat_address_without_encryption_is_for_the_inside_only(tmp_path: Path) -> None:
    text = '[heartbeat]\nurl = "http://beats.intern/x"\n'
    with pytest.raises(ConfigError, match="not encrypted"):
        load(text, tmp_path)
    assert load(text + "allow_private_network = true\n", tmp_path).heartbeat.url == "http://beats.intern/x"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('calendar_url = "https://cal.example/a.ics"\ncalendar_file = "a.ics"', "calendar_url and calendar_file both"),
        ('calendar_url = "https://cal.example/a.ics?token=k-secret"', "calendar_url carries a key or token"),
        ('calendar_url = "http://cal.example/k-secret.ics"', "calendar_url is not encrypted"),
        ('calendar_url = "webcal://cal.example/k-secret.ics"', "calendar_url is no web address"),
    ],
)
def test_a_calendar_of_duty_has_one_address_that_is_no_secret(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        load(f"[duty]\n{keys}\n", tmp_path)
    assert "k-secret" not in str(caught.value)


def test_the_address_of_a_calendar_is_in_no_repr(tmp_path: Path) -> None:
    roster = load('[duty]\ncalendar_url_env = "FEED_URL"\n', tmp_path).roster
    assert roster.duty is not None
    assert roster.duty.calendar == Calendar(ENVIRON["FEED_URL"])
    assert "k-1234567" not in repr(roster)
