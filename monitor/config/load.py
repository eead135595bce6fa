"""From config.toml and the environment to Settings."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from monitor.config.entries import make_heartbeat, make_people, make_receivers, rules_key_of
from monitor.config.explain import explain
from monitor.config.routes import make_network
from monitor.config.settings import FetchOptions, Log, Retention, Settings, Web
from monitor.config.shape import File
from monitor.config.source import Source, read_source

_SQLITE = "sqlite:///"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def load_config(path: Path, environ: Mapping[str, str]) -> Settings:
    """The configuration in that file, with secrets from the environment and files; ConfigError if anything is wrong."""
    source = read_source(path, environ)
    return _settings(read_tables(source), source)


def read_tables(source: Source) -> File:
    """The tables of the file, each key of the right shape; ConfigError if one is not."""
    try:
        return File.model_validate(source.parse())
    except ValidationError as error:
        at, problem, fix = explain(error)
        raise source.error(at, problem, fix) from None


def _settings(file: File, source: Source) -> Settings:
    network = make_network(file.network, source)
    people = make_people(file, network, source)
    receivers = make_receivers(file, network, source)
    return Settings(
        path=source.path,
        database_url=_database_url(file.database.url, source),
        language=file.language,
        timezone=file.timezone,
        people=people,
        receivers=receivers,
        rules_dir=source.path.parent / file.rules.dir,
        rules_key=rules_key_of(file, source),
        retention=Retention(file.retention.flagged_days, file.retention.unflagged_days),
        web=_web(file, source),
        fetch=FetchOptions(file.fetch.user_agent, file.fetch.workers, file.fetch.host_distance_s),
        heartbeat=make_heartbeat(file.heartbeat, source),
        log=Log(file.log.level, file.log.format, file.log.to),
        network=network,
        warnings=tuple(source.warnings),
        digest=sha256(source.text.encode()).hexdigest(),
    )


def _database_url(url: str, source: Source) -> str:
    file = url.removeprefix(_SQLITE)
    if file == url or not file or file == ":memory:" or "?" in file:
        fix = f'write "{_SQLITE}" and the path of a file'
        raise source.error(("database", "url"), "url is no database that can be used", fix)
    return _SQLITE + str((source.path.parent / file).absolute())


def _web(file: File, source: Source) -> Web:
    if file.web.host not in _LOOPBACK:
        raise source.error(
            ("web", "host"),
            "host would open the console, which has no login, to the network",
            'keep host = "127.0.0.1" and reach it through ssh -L or a proxy that asks who you are',
        )
    return Web(file.web.host, file.web.port)
