"""`leak-monitor accounts add`: from an address in a browser to a tested table in config.toml."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, LangOption, load_settings, open_store
from monitor.cli.page import print_page, print_refusal, read_once, refusal_of
from monitor.cli.world import open_client
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.config.adding import with_account, written
from monitor.config.load import load_text
from monitor.errors import ConfigError, LeakMonitorError, NotFoundError, TransportError
from monitor.fetch import SOURCES
from monitor.fetch.lookup import complete
from monitor.fetch.recognise import Candidate, recognise
from monitor.kinds import kinds
from monitor.model.people import Account
from monitor.sessions import sign_in
from monitor.words import say

Keys: TypeAlias = Mapping[str, str | bool | int]
SHOWN = 3
FORMS = "give the address of a profile, a post or a feed, or a name such as @lin@social.example"


def add_account(
    address: Annotated[str, typer.Argument(help="An address as a browser shows it, or a name such as @lin@host.")],
    person: Annotated[str, typer.Option("--person", help="The key of the person.")],
    key: Annotated[str | None, typer.Option("--key", help="Our name for it; default person and platform.")] = None,
    more: Annotated[
        list[str] | None, typer.Option("--set", help='A further key, such as session="weibo"; repeatable.')
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written.")] = False,
    untested: Annotated[bool, typer.Option("--untested", help="Write it though it cannot be read now.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
) -> None:
    """Find out which network an address is of, read it once, and add its table to the configuration.

    All comments and the order of the file stay. What cannot be read is not written: cause, remedy, exit code 1. A
    service that runs takes the changed file by itself.
    """
    settings = load_settings(config)
    language = lang or settings.language
    number = next((no for no, one in enumerate(settings.people) if one.key == person), None)
    if number is None:
        known = ", ".join(one.key for one in settings.people) or "nobody yet"
        raise NotFoundError(f"no person {person!r} in {settings.path.name}; there is {known}")
    found = _whole(settings, address, _further(more or []), language)
    taken = {account.key for one in settings.people for account in one.accounts}
    keys = _table(found, person, key, taken, _further(more or []))
    text = _text_of(settings.path)
    added = with_account(text, number, keys)
    account = _account_in(settings, added, number, taken)
    if not _is_read(settings, account, language) and not untested:
        show.err().print("nothing was written; --untested writes it all the same", markup=False)
        raise typer.Exit(1)
    show.out().print(
        "\n".join(["", "[[people.accounts]]", *(f"{k} = {written(v)}" for k, v in keys.items())]), markup=False
    )
    if dry_run:
        show.out().print(f"{settings.path.name} would get this table below {person}", markup=False)
        return
    _write(settings.path, added)
    show.out().print(f"written to {settings.path}; a service that runs reads it by itself", markup=False)
    show.out().print(f"next: leak-monitor check, then leak-monitor accounts fetch {account.key}", markup=False)


def _further(given: list[str]) -> dict[str, str | bool | int]:
    """The keys of --set: their values as in TOML, or plain text."""
    keys: dict[str, str | bool | int] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f'--set {name}: write KEY=VALUE, such as session="weibo"')
        try:
            told = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            told = value
        keys[name.strip()] = told if isinstance(told, str | bool | int) else value
    return keys


def _whole(settings: Settings, address: str, further: Keys, language: str) -> Candidate:
    """The first thing the address may be whose keys can be made whole."""
    candidates = recognise(address)
    if not candidates:
        raise LeakMonitorError(f"this is no address or name that is known; {FORMS}")
    private = further.get("allow_private_network") is True
    problem: TransportError | None = None
    with open_client(settings) as client:
        for candidate in candidates:
            service = {"service": str(further["service"])} if "service" in further else {}
            asked = replace(candidate, keys={**candidate.keys, **service})
            try:
                return complete(asked, client, settings.network, SystemClock().now(), allow_private=private)
            except TransportError as error:
                problem = error
    cause = say(language, f"failure_{problem.failure}_cause") if problem else ""
    detail = problem.detail if problem else ""
    raise LeakMonitorError(f"{candidates[0].source}: {cause} ({detail}); give the address of a feed, or the id itself")


def _table(
    found: Candidate, person: str, key: str | None, taken: set[str], further: Keys
) -> dict[str, str | bool | int]:
    platform = str(further.get("platform") or SOURCES[found.source].table.model_fields["platform"].default)
    named = f"{person}-{platform}"
    if key is None and named in taken:
        key = next(f"{named}-{no}" for no in range(2, len(taken) + 3) if f"{named}-{no}" not in taken)
    return {"source": found.source, **({"key": key} if key else {}), **found.keys, **further}


def _account_in(settings: Settings, text: str, person_no: int, taken: set[str]) -> Account:
    """The new account as the changed text makes it; ConfigError if the text is wrong, or anything else changed."""
    changed = load_text(settings.path, text, os.environ, kinds())
    person = changed.people[person_no]
    account = next((one for one in person.accounts if one.key not in taken), None)
    others = tuple(one for one in person.accounts if one is not account)
    people = (*changed.people[:person_no], replace(person, accounts=others), *changed.people[person_no + 1 :])
    same = replace(changed, people=people, digest=settings.digest, warnings=settings.warnings)
    if account is None or same != settings:
        raise ConfigError(str(settings.path), None, "the table cannot be added to this file", "add it by hand")
    return account


def _is_read(settings: Settings, account: Account, language: str) -> bool:
    with open_store(settings) as store, open_client(settings) as client:
        try:
            page = read_once(sign_in(store, settings, account), client, SystemClock())
        except TransportError as error:
            print_refusal(account, refusal_of(error, language), as_json=False)
            return False
    print_page(account, page, language, as_json=False, newest=SHOWN)
    return True


def _text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _write(path: Path, text: str) -> None:
    """Replace the file whole, with its mode, owner, line ends and byte order mark; a link stays a link."""
    path = path.resolve()
    before, stat = path.read_bytes(), path.stat()
    text = text.replace("\n", "\r\n") if b"\r\n" in before else text
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes((b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + text.encode())
    with suppress(PermissionError):  # another's file in a folder of ours becomes ours
        os.chown(fresh, stat.st_uid, stat.st_gid)
    fresh.chmod(stat.st_mode & 0o7777)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
