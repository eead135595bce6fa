"""What commands open: configuration, rules, database; and what they fall back on when a file is broken."""

import gc
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from monitor.cli import show
from monitor.config import Settings, load_config
from monitor.config.values import Refused, check_rules_key
from monitor.errors import ConfigError, InputError, RuleError
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.model.canary import with_canary
from monitor.model.rulebook import RuleBook
from monitor.pipeline import Runtime
from monitor.rules import RulesKey, check_examples, load_rules, parse_rulebook
from monitor.rules.seal import all_rules_files, open_kept
from monitor.store import Store, database_exists, rulebooks, upgrade
from monitor.telemetry import log_trouble
from monitor.words import LANGUAGES

KEY_VARIABLE = "LEAK_MONITOR_RULES_KEY"


def _language(wanted: str | None) -> str | None:
    if wanted not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{wanted!r} is not one of {', '.join(LANGUAGES)}")
    return wanted


ConfigOption: TypeAlias = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="LEAK_MONITOR_CONFIG", help="The configuration file.", show_default=True),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
LangOption: TypeAlias = Annotated[str | None, typer.Option("--lang", help="zh or en.", callback=_language)]
DEFAULT_CONFIG = Path("config.toml")
EMPTY = sha256(b"").hexdigest()
Marks: TypeAlias = tuple[tuple[str, int, int], ...]


def language_of_user() -> str:
    """Chinese (zh) if the user's locale is, else English (en)."""
    said = next((os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def load_settings(path: Path) -> Settings:
    """The configuration; ConfigError says where it is wrong, or that there is none yet."""
    try:
        path.stat()
    except FileNotFoundError:
        fix = "make one with `leak-monitor init`, or name it with --config"
        raise ConfigError(str(path), None, "no such file", fix) from None
    except OSError as error:
        raise ConfigError(str(path), None, error.strerror or "cannot be read", "check its owner and mode") from None
    return load_config(path, os.environ, kinds())


def readable_settings(path: Path) -> Settings:
    """The configuration for commands that only look: the last good one, with a warning, if the present one is wrong."""
    settings, broken = Watched(path).settings()
    if broken is not None:
        show.err().print(f"{broken}\nthe last good configuration is shown", style="yellow", markup=False)
    return settings


@contextmanager
def lasting() -> Iterator[None]:
    """What is made here stays: the garbage collector looks at none of it while it is made, nor ever after.

    A large watchlist makes half a million objects; looking for garbage among them took more time than making them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@lasting()
def load_runtime(path: Path) -> Runtime:
    """Configuration and rules as the files are now, with every rule's examples proven; InputError if any is wrong."""
    settings = load_settings(path)
    return runtime_of(settings, rules_of(settings))


def rules_of(settings: Settings) -> RuleBook:
    """The rule book of the configured directory."""
    return load_rules(settings.rules_dir, key_of(settings))


def rules_in(directory: Path) -> RuleBook:
    """The rule book of a directory that was named on the command line; its key, if any, is in the environment."""
    return load_rules(directory, key_in_environment())


def key_of(settings: Settings) -> RulesKey | None:
    """What the configured rules are encrypted with."""
    return RulesKey.of(settings.rules_key)


def key_in_environment() -> RulesKey | None:
    """The key in LEAK_MONITOR_RULES_KEY; ConfigError if that is none."""
    text = os.environ.get(KEY_VARIABLE, "")
    try:
        return RulesKey(check_rules_key(text)) if text else None
    except Refused as refused:
        raise ConfigError(KEY_VARIABLE, None, refused.problem, refused.fix) from None


def runtime_of(settings: Settings, book: RuleBook, *, has_canary: bool = False) -> Runtime:
    """A Runtime whose rules pass their own examples; RuleError names the first that does not."""
    matcher = Matcher(with_canary(book) if has_canary else book)
    for problem in check_examples(book, matcher):
        place, _, said = problem.partition(": ")
        raise RuleError(place, None, said, "mend the rule or its example")
    return Runtime(settings, book, matcher, has_canary)


def open_store(settings: Settings) -> Store:
    """The database, made at first use; SchemaError if it belongs to another version."""
    if not database_exists(settings.database_url):
        upgrade(settings.database_url)
    return Store(settings.database_url)


# --- the files of the service -----------------------------------------------------------------------------------


class Watched:
    """The files as the service takes them: whole or not at all, and looked at again when they change.

    What a file was is noted before it is read, so that a change during the reading is not overlooked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rules_dir: Path | None = None
        self._loaded: Marks = ()
        self._settled: Marks = ()
        self._is_good = False  # the configuration that was last read

    def settings(self) -> tuple[Settings, InputError | None]:
        """The configuration, or the last one that loaded together with what is wrong with the present one."""
        try:
            return self._read_settings(), None
        except ConfigError as error:
            if not self._last_good.exists():
                raise
            try:
                settings = load_config(self._last_good, os.environ, kinds())
            except ConfigError:
                raise error from None  # what both need is not there: a variable, a file with a secret
            self._rules_dir = settings.rules_dir
            self._loaded = self._marks()
            return settings, error

    @lasting()
    def first(self, settings: Settings, store: Store) -> tuple[Runtime, InputError | None]:
        """The rules of the files, or those that were last in force together with what is wrong with the present."""
        try:
            return runtime_of(settings, rules_of(settings), has_canary=True), None
        except RuleError as error:
            with store.read() as tx:
                kept = rulebooks.active_rulebook(tx)
            if kept is None:
                raise
            book = parse_rulebook(open_kept(kept.body, key_of(settings)))
            return Runtime(settings, book, Matcher(with_canary(book)), has_canary=True), error

    @lasting()
    def load(self) -> Runtime:
        """All of it as it is now; InputError if any of it is wrong."""
        settings = self._read_settings()
        return runtime_of(settings, rules_of(settings), has_canary=True)

    def changed(self) -> bool:
        """Whether the files differ from what was last settled."""
        return self._marks() != self._settled

    def settle(self) -> None:
        """What was last loaded is in force, or was refused."""
        self._settled = self._loaded
        if self._is_good:
            self._keep_last_good()

    def _read_settings(self) -> Settings:
        self._loaded, self._is_good = self._marks(), False
        of_config = _marks_of([self._path])
        settings = load_settings(self._path)
        if settings.digest == EMPTY:  # a file that lost its content must not end the watching of everybody
            raise ConfigError(str(self._path), None, "the file is empty", "put it back; a copy is kept beside it")
        self._rules_dir = settings.rules_dir
        self._loaded = of_config + _marks_of_rules(settings.rules_dir)
        self._is_good = True
        return settings

    @property
    def _last_good(self) -> Path:
        return self._path.with_name(f".{self._path.name}.last-good")

    def _keep_last_good(self) -> None:
        """A copy of a configuration that loaded, for a start with a broken one. It holds no secrets."""
        try:
            fresh = self._last_good.with_name(f"{self._last_good.name}.new")
            shutil.copyfile(self._path, fresh)
            fresh.chmod(0o600)
            fresh.replace(self._last_good)  # on a full disk the one before stays whole
        except OSError:
            log_trouble("last_good_not_kept", config=self._path.name)

    def _marks(self) -> Marks:
        return _marks_of([self._path]) + (_marks_of_rules(self._rules_dir) if self._rules_dir else ())


def _marks_of_rules(directory: Path) -> Marks:
    """The same of a rules directory; nothing of one that we may not look into, which loading then tells."""
    try:
        return _marks_of(all_rules_files(directory))
    except RuleError:
        return ()


def _marks_of(files: Iterable[Path]) -> Marks:
    """Name, time of change and size of each file that can be looked at."""
    marks = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        marks.append((file.name, stat.st_mtime_ns, stat.st_size))
    return tuple(marks)
