"""The text of config.toml and what surrounds it: the environment and the files that it names."""

import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from monitor.config import lines
from monitor.config.values import Refused
from monitor.config.whole import MEGABYTE, read_whole
from monitor.errors import ConfigError, own_trouble

MOST_BYTES: Final = 8 * MEGABYTE
_T = TypeVar("_T")

_SYNTAX_LINE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


def read_source(path: Path, environ: Mapping[str, str]) -> "Source":
    """The file as text; ConfigError if it cannot be read."""
    try:
        raw = read_whole(path, MOST_BYTES)
    except OSError as error:
        if own := own_trouble(error):
            raise own from None
        fix = "make one: leak-monitor init" if isinstance(error, FileNotFoundError) else "it must be a file we may read"
        raise ConfigError(str(path), None, f"cannot read it: {error.strerror}", fix) from None
    try:
        return Source(path, raw.decode("utf-8-sig").replace("\r\n", "\n"), environ)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), line, "not UTF-8 text", "save the file as UTF-8") from None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read; makes errors with the right line, and collects warnings."""

    path: Path
    text: str = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    warnings: list[str] = field(default_factory=list)

    def parse(self) -> dict[str, object]:
        """The tables as tomllib gives them."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            problem, line = self._syntax(str(error))
            fix = "see https://toml.io: text in quotes, one key a line"
            raise ConfigError(str(self.path), line, f"not TOML: {problem}", fix) from None
        except (ValueError, RecursionError):  # from int() and from tomllib; neither says where
            fix = "look for a number of thousands of digits, or thousands of brackets"
            raise ConfigError(str(self.path), None, "a value is too large to be read", fix) from None

    def _syntax(self, said: str) -> tuple[str, int]:
        found = _SYNTAX_LINE.fullmatch(said)
        last = self.text.rstrip().count("\n") + 1
        if found is None:
            return said, last
        return found[1], min(int(found[2] or last), last)

    def error(self, at: lines.Path, problem: str, fix: str) -> ConfigError:
        """An error about the key at that path."""
        return ConfigError(str(self.path), self.line_of(at), problem, fix)

    def line_of(self, at: lines.Path) -> int | None:
        """The line of the key at that path, or of what is around it."""
        return lines.line_of(lines.find_lines(self.text), at)

    def warn(self, at: lines.Path, problem: str, fix: str) -> None:
        """Something that works, but should not stay."""
        self.warnings.append(str(self.error(at, problem, fix)))

    def accept(self, check: Callable[[str], _T], value: str, at: lines.Path) -> _T:
        """What the check makes of the value; its refusal becomes an error about the key at that path."""
        try:
            return check(value)
        except Refused as refused:
            raise self.error(at, f"{at[-1]} {refused.problem}", refused.fix) from None

    def variable(self, at: lines.Path, name: str) -> str:
        """The value of an environment variable that must be there."""
        if not self.is_set(name):
            raise self.error(at, f"the environment variable {name} is not set", "set it for the service, then start")
        return self.environ[name].strip()

    def is_set(self, name: str) -> bool:
        """Whether the environment has such a variable, and it is not blank."""
        return bool(self.environ.get(name, "").strip())

    def secret_file(self, at: lines.Path, name: str) -> str:
        """The content of a file that holds one secret; warns when all users of the machine can read it."""
        text = self.file(at, name, "write the secret into that file, mode 600")
        if (self.path.parent / name).stat().st_mode & stat.S_IROTH:
            self.warn(at, f"{name} can be read by every user of this machine", f"chmod 600 {name}")
        return text

    def file(self, at: lines.Path, name: str, fix: str) -> str:
        """The text of a file that the configuration names, without the blanks around it."""
        try:
            return read_whole(self.path.parent / name, MEGABYTE).decode().strip()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            if isinstance(error, OSError) and (own := own_trouble(error)):
                raise own from None
            why = error.strerror if isinstance(error, OSError) and error.strerror else "not a text file"
            raise self.error(at, f"cannot read {name}: {why}", fix) from None
