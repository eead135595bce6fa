"""The signature that Bilibili's web addresses carry: the query in order, and a digest of it with a key of the day.

https://socialsisteryi.github.io/bilibili-API-collect/docs/misc/sign/wbi.html
"""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import md5
from typing import Final
from urllib.parse import quote, urlencode

# In this order the letters of both names are taken; 32 of them are the key.
_ORDER: Final = (
    *(46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35),
    *(27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39, 12, 38, 41, 13),
)
_NAME: Final = re.compile(r"/([0-9A-Za-z]{32})\.\w{1,5}(?:\?|$)")
_LEFT_OUT: Final = str.maketrans("", "", "!'()*")


def mixed_key(img_url: object, sub_url: object) -> str:
    """The key that the names of two pictures hold; "" if they hold none."""
    names = [_NAME.search(url) if isinstance(url, str) else None for url in (img_url, sub_url)]
    letters = "".join(name[1] for name in names if name)
    return "".join(letters[place] for place in _ORDER) if len(letters) == 2 * len(_ORDER) else ""


def signed(query: Mapping[str, str], key: str, now: datetime) -> str:
    """The query with the instant and its signature; as it is without a key."""
    if not key:
        return urlencode(query, quote_via=quote)
    told = {name: value.translate(_LEFT_OUT) for name, value in query.items()} | {"wts": str(int(now.timestamp()))}
    text = urlencode(sorted(told.items()), quote_via=quote, safe="")
    return f"{text}&w_rid={md5((text + key).encode(), usedforsecurity=False).hexdigest()}"
