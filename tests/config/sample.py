"""A small valid configuration and the environment that it needs."""

import base64
from pathlib import Path

from monitor.config import Settings, load_config
from monitor.kinds import kinds

SECRET = base64.b64encode(b"fictional signing secret, 32 byt").decode()
ENVIRON = {
    "HOOK_SECRET": f"whsec_{SECRET}",
    "FEED_URL": "https://feeds.example/lin?key=k-1234567",
    "FEED_AUTH": "Bearer t-7654321",
    "EMPTY": "",
    "SHORT": "whsec_c2hvcnQ=",
    "TWO_LINES": "Bearer a\nX-Other: b",
    "CORP_PROXY": "http://probe:p%40ss-secret@proxy.example:3128",
    "SOCKS_CJK": "socks5h://probe:%E5%AF%86pass-secret@proxy.example:1080",
    "NO_PORT": "http://probe:pass-secret@proxy.example",
}

VALID = """\
timezone = "Asia/Shanghai"

[web]
port = 9000

[[people]]
key = "lin"
name = "林晓舟"
title = "CEO"
purpose = "Launch secrets"

  [[people.accounts]]
  source = "feed"
  platform = "weibo"
  url = "https://feeds.example/lin.xml"

[[receivers]]
key = "comms"
format = "webhook"
url = "https://hooks.example/in"
secret_env = "HOOK_SECRET"
"""


def load(text: str | bytes, folder: Path) -> Settings:
    """The settings of a config.toml with that text, in that folder."""
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(path, ENVIRON, kinds())
