"""What a firewall is asked for: each host, port and protocol once, why, and by which proxy."""

from pathlib import Path

import pytest

from monitor.config import Need, read_needs
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import VALID

FILE = """
[network]
proxy_env = "CORP_PROXY"
no_proxy = ["intranet.example"]

[[people]]
key = "lin"
name = "Lin"
title = "CEO"
purpose = "Launch secrets"

  [[people.accounts]]
  source = "feed"
  platform = "blog"
  url = "https://feeds.example/lin?u=path-secret"

  [[people.accounts]]
  source = "feed"
  platform = "weibo"
  url = "http://rsshub.intranet.example:1200/weibo/lin"
  headers_env = { Authorization = "UNSET_AUTH" }

  [[people.accounts]]
  source = "feed"
  platform = "x"
  url_env = "LIN_URL"
  proxy = "socks5h://127.0.0.1:1080"

  [[people.accounts]]
  source = "feed"
  platform = "six"
  url = "https://[2606:4700::1]/"
  proxy = "none"

[[receivers]]
key = "comms"
format = "webhook"
url = "https://feeds.example/hook-secret"
secret_env = "UNSET_SECRET"
"""


def needs(text: str, folder: Path, environ: dict[str, str]) -> tuple[Need, ...]:
    path = folder / "config.toml"
    path.write_text(text)
    return read_needs(path, environ, kinds())


def test_every_way_out_is_told_once_with_its_reasons_and_its_proxy(tmp_path: Path) -> None:
    environ = {
        "CORP_PROXY": "https://probe:pass-secret@proxy.example:3128",
        "LIN_URL": "https://bridge.example:8443/path-secret?key=k-secret",
    }
    found = needs(FILE, tmp_path, environ)
    corporate, own = "proxy.example:3128", "127.0.0.1:1080"
    assert found == (
        Need("feeds.example", 443, "https", corporate, None, ("account lin-blog", "receiver comms")),
        Need("rsshub.intranet.example", 1200, "http", None, None, ("account lin-weibo",)),
        Need("bridge.example", 8443, "https", own, None, ("account lin-x",)),
        Need("2606:4700::1", 443, "https", None, None, ("account lin-six",)),
        Need("proxy.example", 3128, "https", None, None, ("proxy",)),
        Need("127.0.0.1", 1080, "socks5h", None, None, ("proxy",)),
    )
    assert "secret" not in repr(found)


def test_what_is_in_unset_variables_is_not_yet_told(tmp_path: Path) -> None:
    found = needs(FILE, tmp_path, {})
    assert found[0] == Need("feeds.example", 443, "https", "$CORP_PROXY", None, ("account lin-blog", "receiver comms"))
    assert found[2] == Need(None, None, None, "127.0.0.1:1080", "LIN_URL", ("account lin-x",))
    assert found[4] == Need(None, None, None, None, "CORP_PROXY", ("proxy",))


@pytest.mark.parametrize("text", ["", "[network]\nallow = []\n"])
def test_a_file_that_names_nobody_needs_nothing(tmp_path: Path, text: str) -> None:
    assert needs(text, tmp_path, {}) == ()


def test_a_wrong_file_is_refused_as_ever(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="url is no web address"):
        needs(VALID.replace("https://feeds.example/lin.xml", "feeds.example"), tmp_path, {})


BESIDES = """
[heartbeat]
url = "https://hc.example/ping/heart-secret"

[duty]
calendar_url_env = "DUTY"

[log]
to = "syslog://logs.example:1514"
"""


def test_the_heartbeat_and_a_syslog_are_ways_out_too(tmp_path: Path) -> None:
    found = needs(FILE + BESIDES, tmp_path, {"CORP_PROXY": "http://proxy.example:3128"})
    corporate = "proxy.example:3128"
    assert Need("hc.example", 443, "https", corporate, None, ("heartbeat",)) in found
    assert Need("logs.example", 1514, "syslog", None, None, ("log",)) in found
    assert Need(None, None, None, corporate, "DUTY", ("calendar of duty",)) in found
    told = needs(
        FILE + BESIDES,
        tmp_path,
        {"CORP_PROXY": "http://proxy.example:3128", "DUTY": "https://cal.example/k-secret.ics"},
    )
    assert Need("cal.example", 443, "https", corporate, None, ("calendar of duty",)) in told
    assert "secret" not in repr(told)
    assert "secret" not in repr(found)


OFFICES = """
[[receivers]]
key = "duty"
format = "mail"
host = "mail.yunque.example"
security = "tls"
from = "alerts@yunque.example"
to = ["zhou@yunque.example"]
user = "alerts"
password_env = "UNSET_PASSWORD"
proxy = "none"

[[receivers]]
key = "chat"
format = "slack"
url_env = "UNSET_HOOK"

[[receivers]]
key = "rest"
format = "apprise"
url_env = "REST_URL"
allow_unguarded = true
"""


def test_mail_servers_hooks_and_what_only_a_library_knows_are_ways_out_too(tmp_path: Path) -> None:
    environ = {"CORP_PROXY": "http://proxy.example:3128", "REST_URL": "ntfy://hush"}
    found = needs(FILE + OFFICES, tmp_path, environ)
    assert Need("mail.yunque.example", 465, "smtps", None, None, ("receiver duty",)) in found
    assert Need(None, None, None, "proxy.example:3128", "UNSET_HOOK", ("receiver chat",)) in found
    assert Need(None, None, None, None, "REST_URL", ("receiver rest",)) in found, "it goes by no proxy of ours"
    assert "hush" not in repr(found)
