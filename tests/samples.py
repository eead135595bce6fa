"""Rules that several tests share: one fictional product, one rule."""

TO_BE_LIFTED = '"tbd"'


def rules(until: str = TO_BE_LIFTED) -> str:
    """A rules file; `until` is the TOML value of the product's lift."""
    return f"""
[[products]]
key = "yunque-9"
ref = "P-0001"
label = "Kingfisher"
brand = ["云雀"]
names = ["云雀9"]
timezone = "Asia/Shanghai"
kinds = ["product"]
until = {until}

[[rules]]
id = "unreleased-name"
kinds = ["product"]
severity = "high"
examples.match = ["云雀9"]
"""
