"""Secrets at rest: rules files and the kept rule book, encrypted in the age format (https://age-encryption.org/v1).

The key is an age identity, as `age-keygen` makes one, so that the files can be opened without this program too.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyrage

from monitor.config.whole import read_whole
from monitor.errors import RuleError, own_trouble

ENDING = ".age"
NAME_A_KEY = "name one under [rules]: key_env or key_file"
_HEAD = "-----BEGIN AGE ENCRYPTED FILE-----"


def make_key() -> tuple[str, str]:
    """A new identity, which is the secret, and its public part."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


@dataclass(frozen=True, slots=True)
class RulesKey:
    """What opens and closes the rules; made of an identity that the configuration has checked."""

    identity: str = field(repr=False)

    @classmethod
    def of(cls, identity: str) -> "RulesKey | None":
        """The key of that identity; None if it is empty, because the rules stand open."""
        return cls(identity) if identity else None

    def close(self, text: str) -> str:
        """The text for this key alone, in letters that a database and a mail take; another text every time."""
        own = pyrage.x25519.Identity.from_str(self.identity)
        return pyrage.encrypt(text.encode(), [own.to_public()], armored=True).decode()

    def open(self, closed: bytes) -> bytes | None:
        """What was closed, by us or by `age`; None if the key is another one, or the text damaged."""
        try:
            return pyrage.decrypt(closed, [pyrage.x25519.Identity.from_str(self.identity)])
        except pyrage.DecryptError:
            return None


def is_closed(text: str) -> bool:
    """Whether a kept text is encrypted."""
    return text.startswith(_HEAD)


def open_kept(text: str, key: RulesKey | None) -> str:
    """The rule book that the database keeps, opened if it has to be; RuleError without the right key."""
    if not is_closed(text):
        return text
    return _opened(text.encode(), key, "rule book").decode()


def all_rules_files(directory: Path) -> list[Path]:
    """What may be rules files, in order, also where two of them exclude each other.

    RuleError if the directory may not be looked into.
    """
    try:
        return sorted([*directory.glob("*.toml"), *directory.glob(f"*.toml{ENDING}")])
    except OSError as error:
        raise RuleError(directory.name, None, error.strerror or "cannot be read", "check its owner and mode") from None


def rules_files(directory: Path) -> list[Path]:
    """The files of a rules directory, in order; RuleError if one stands there both open and encrypted."""
    files = sorted(all_rules_files(directory), key=plain_name)
    for one, other in pairwise(files):
        if plain_name(one) == plain_name(other):
            raise RuleError(one.name, None, f"stands beside {other.name}", "keep one of them")
    return files


def plain_name(path: Path) -> str:
    """The name of a rules file when it is open, by which it is known: encrypting it changes no rule."""
    return path.name.removesuffix(ENDING)


def read_rules_file(path: Path, key: RulesKey | None) -> bytes:
    """Its bytes, opened if it is encrypted; RuleError if it cannot be read or opened."""
    try:
        raw = read_whole(path)
    except OSError as error:
        if own := own_trouble(error):
            raise own from None
        raise RuleError(path.name, None, f"cannot read it: {error.strerror}", "it must be a file we may read") from None
    return _opened(raw, key, path.name) if path.suffix == ENDING else raw


def _opened(closed: bytes, key: RulesKey | None, place: str) -> bytes:
    if key is None:
        raise RuleError(place, None, "it is encrypted, and no key is named", NAME_A_KEY)
    opened = key.open(closed)
    if opened is None:
        raise RuleError(place, None, "the key does not open it", "give the key that closed it, or restore the file")
    return opened
