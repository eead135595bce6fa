"""What the pretend company must not say yet, as a user would write it. `@…@` is filled in when it is written down."""

from typing import Final

PRODUCTS: Final = """\
[[events]]
key = "winter-launch"
label = "Winter launch"
starts_at = @LAUNCH@
timezone = "Asia/Shanghai"

[[products]]
key = "yunque-9"
ref = "p-4c1f"
label = "@PHONE@"
brand = ["云雀", "Yunque"]
names = ["云雀9", "Yunque 9"]
timezone = "Asia/Shanghai"
until = "event:winter-launch"

[[products.facts]]
name = "price"
kind = "price"
value = "2999 CNY"

[[products.facts]]
name = "price"
kind = "price"
value = "449 EUR"
market = "EU"

[[products.facts]]
name = "launch"
kind = "date"
value = "@DAY@"

[[products]]
key = "yunque-band-3"
ref = "p-9d27"
label = "@BAND@"
brand = ["云雀", "Yunque"]
names = ["云雀手环3", "Yunque Band 3"]
codenames = ["布丁", "Pudding"]
timezone = "Asia/Shanghai"
kinds = ["product"]
until = "event:winter-launch"

# Whatever number comes after the 9 is a secret too, though nobody has listed it.
[[series]]
key = "yunque-numbers"
ref = "s-71aa"
label = "@LATER@"
brand = ["云雀", "Yunque"]
pattern = "{n}"
released_up_to = 8
listed_up_to = 12
"""

RULES: Final = """\
[[rules]]
id = "unreleased-name"
kinds = ["product"]
severity = "high"

[rules.examples]
match = ["明天见云 雀 9", "雲雀9 到手", "on stage with Yunque9 tomorrow", "布丁的发布会"]
ignore = ["云雀90周年", "这台云雀8用了一年", "Pudding for dessert"]

[[rules]]
id = "secret-value"
kinds = ["price", "date", "spec"]
severity = "high"

[rules.examples]
match = ["云雀9 卖 2999", "Yunque 9 starts at four forty-nine"]
ignore = ["云雀8 卖 2999", "Yunque 9 years on, still $449 a month"]
"""
