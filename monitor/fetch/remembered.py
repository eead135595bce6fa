"""What a source remembers from read to read: a few words in the account's cursor, as JSON."""

import json
from dataclasses import asdict, dataclass, field

_MOST_OWED = 50
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Remembered:
    """The immutable id behind a handle, the newest post seen, and posts of which something is still to be asked for.

    `owed` are ids with the number of tries; `newest` is empty before the first read; `edited` is the instant of the
    latest edit seen, for sources whose lists tell it.
    """

    user_id: str = ""
    newest: str = ""
    owed: dict[str, int] = field(default_factory=dict)
    edited: str = ""

    def owing(self, ids: dict[str, bool]) -> dict[str, int]:
        """What is owed after this read: `ids` are those that were tried, and whether it was got."""
        tried = {each: self.owed.get(each, 0) + 1 for each, got in ids.items() if not got}
        kept = {each: tries for each, tries in (self.owed | tried).items() if not ids.get(each, False)}
        return dict(list({e: t for e, t in kept.items() if t < _MOST_TRIES}.items())[-_MOST_OWED:])

    def text(self) -> str:
        """As the cursor keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))


def remembered(cursor: str | None) -> Remembered:
    """What the cursor holds; nothing if it is empty or another program's."""
    try:
        found = json.loads(cursor or "{}")
        return Remembered(
            str(found.get("user_id", "")),
            str(found.get("newest", "")),
            {str(each): int(tries) for each, tries in dict(found.get("owed", {})).items()},
            str(found.get("edited", "")),
        )
    except (ValueError, TypeError, AttributeError):
        return Remembered()
