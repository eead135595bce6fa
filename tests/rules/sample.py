"""A small directory of rules that is right, to be broken in one place at a time."""

from collections.abc import Mapping

EVENTS = """\
[[events]]
key = "winter-launch"
label = "Winter launch"
starts_at = 2030-12-03T19:00:00+08:00
timezone = "Asia/Shanghai"
"""

PRODUCTS = """\
# the watchlist
[[products]]
key = "yunque-9"
ref = "P-4F7C"
label = "翠鸟"
brand = ["云雀"]
names = ["云雀9", "Yunque 9"]
codenames = [
    "青瓷",
    "celadon",
]
timezone = "Asia/Shanghai"
until = "event:winter-launch"

[[products.facts]]
name = "price"
kind = "price"
value = "2999 CNY"

[[products.facts]]
name = "launch"
kind = "date"
value = 2030-12-03
until = "tbd"

[[products]]
key = "yunque-buds"
ref = "P-91D2"
label = "白鹭"
names = ["云雀耳机4"]
timezone = "Asia/Shanghai"
kinds = ["product", "price"]
from = 2030-01-01T00:00:00Z
until = 2031-03-18T14:30:00+08:00
owners = ["lin-xiaozhou"]

[[series]]
key = "yunque-k"
ref = "S-70A1"
label = "苍鹭"
brand = ["云雀"]
pattern = "K{n}"
released_up_to = 80
listed_up_to = 120
"""

RULES = """\
[[rules]]
id = "unreleased-name"
kinds = ["product"]
severity = "high"

[rules.examples]
match = [
    "云雀9",
    { text = "青瓷真美", at = 2030-12-01T00:00:00Z, knows = ["yunque-9"] },
]
ignore = ["云雀90周年"]

[[rules]]
id = "buds-on-trial"
kinds = ["product", "client"]
severity = "critical"
status = "test"
products = ["yunque-buds", "yunque-k"]
own_words_only = true

[rules.examples]
match = ["云雀K90"]
"""

FILES: Mapping[str, str] = {"events.toml": EVENTS, "products.toml": PRODUCTS, "rules.toml": RULES}
SECRETS = ("云雀9", "Yunque", "青瓷", "celadon", "2999", "云雀耳机4", "yunque-9", "yunque-buds")
