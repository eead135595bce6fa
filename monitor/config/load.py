"""From config.toml and the environment to Settings."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import ValidationError

from monitor.config.entries import (
    make_heartbeat,
    make_objective,
    make_people,
    make_receivers,
    rules_key_of,
    sessions_key_of,
)
from monitor.config.explain import explain
from monitor.config.roster import make_roster
from monitor.config.routes import make_network
from monitor.config.settings import FetchOptions, Log, Retention, Settings, Web
from monitor.config.shape import DatabaseTable, File, Kinds, file_of
from monitor.config.source import Source, read_source

_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql://"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def load_config(path: Path, environ: Mapping[str, str], kinds: Kinds) -> Settings:
    """The configuration in that file, with secrets from the environment and files; ConfigError if anything is wrong.

    `kinds` are the ways to read an account, by the word that stands as its source.
    """
    source = read_source(path, environ)
    return _settings(read_tables(source, kinds), source)


def load_text(path: Path, text: str, environ: Mapping[str, str], kinds: Kinds) -> Settings:
    """The configuration that this text would be in that file; raises as `load_config` does."""
    source = Source(path, text, environ)
    return _settings(read_tables(source, kinds), source)


def read_tables(source: Source, kinds: Kinds) -> File:
    """The tables of the file, each key of the right shape; ConfigError if one is not."""
    root = file_of(kinds)
    try:
        return root.model_validate(source.parse())
    except ValidationError as error:
        at, problem, fix = explain(error, root)
        raise source.error(at, problem, fix) from None


def _settings(file: File, source: Source) -> Settings:
    network = make_network(file.network, source)
    people = make_people(file, network, source)
    receivers = make_receivers(file, network, source)
    rules_key = rules_key_of(file, source)
    return Settings(
        path=source.path,
        database_url=_database_url(file.database, source),
        evidence_dir=_evidence_dir(file.database, source),
        language=file.language,
        timezone=file.timezone,
        people=people,
        receivers=receivers,
        rules_dir=source.path.parent / file.rules.dir,
        rules_key=rules_key,
        sessions_key=sessions_key_of(file, rules_key, source),
        session_lasts_s=file.sessions.lasts_s,
        retention=Retention(file.retention.flagged_days, file.retention.unflagged_days),
        web=_web(file, source),
        fetch=FetchOptions(file.fetch.user_agent, file.fetch.workers, file.fetch.host_distance_s, file.fetch.adapt),
        heartbeat=make_heartbeat(file.heartbeat, source),
        objective=make_objective(file, source),
        log=Log(file.log.level, file.log.format, file.log.to),
        network=network,
        roster=make_roster(file, receivers, source),
        warnings=tuple(source.warnings),
        digest=sha256(source.text.encode()).hexdigest(),
    )


def _database_url(table: DatabaseTable, source: Source) -> str:
    if table.url.startswith(_POSTGRESQL):
        return _server_url(table, source)
    file = table.url.removeprefix(_SQLITE)
    if file == table.url or not file or file == ":memory:" or "?" in file:
        fix = f'write "{_SQLITE}" and the path of a file, or "{_POSTGRESQL}user@host/database"'
        raise source.error(("database", "url"), "url is no database that can be used", fix)
    if table.password_env or table.password_file:
        raise source.error(("database",), "a file has no password", "remove password_env and password_file")
    return _SQLITE + str((source.path.parent / file).absolute())


def _evidence_dir(table: DatabaseTable, source: Source) -> Path:
    """The folder of pictures: beside a SQLite file; for a server somebody must say where."""
    if table.evidence_dir:
        return (source.path.parent / table.evidence_dir).absolute()
    if table.url.startswith(_POSTGRESQL):
        fix = 'add evidence_dir = "/var/lib/leak-monitor/evidence": a folder that all services on this database share'
        raise source.error(("database",), "no folder for the pictures of flagged posts", fix)
    return (source.path.parent / table.url.removeprefix(_SQLITE)).absolute().parent / "evidence"


def _server_url(table: DatabaseTable, source: Source) -> str:
    at = ("database", "url")
    try:
        parts = urlsplit(table.url)
        named = parts.port != 0 and len(parts.path) > 1
    except ValueError:
        named = False
    if not named:
        raise source.error(at, "url names no database of a server", f'write "{_POSTGRESQL}user@host/database"')
    if parts.password is not None or "password" in parse_qs(parts.query):
        fix = "take it out, and name it with password_env or password_file"
        raise source.error(at, "url carries a password", fix)
    if not (table.password_env or table.password_file):
        return table.url
    if not parts.username:
        raise source.error(at, "a password, but no user", f'write "{_POSTGRESQL}user@host/database"')
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(_password(table, source), safe='')}@{host}").geturl()


def _password(table: DatabaseTable, source: Source) -> str:
    at = ("database", "password_file")
    if table.password_env and table.password_file:
        raise source.error(at, "password_env and password_file both stand here", "keep one of them")
    if table.password_env:
        return source.variable(("database", "password_env"), table.password_env)
    return source.secret_file(at, table.password_file or "")


def _web(file: File, source: Source) -> Web:
    if file.web.host not in _LOOPBACK:
        raise source.error(
            ("web", "host"),
            "host would open the console, which has no login, to the network",
            'keep host = "127.0.0.1" and reach it through ssh -L or a proxy that asks who you are',
        )
    return Web(file.web.host, file.web.port, file.web.public_url)
