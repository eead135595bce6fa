"""Where the database is: a file, or a server with its password apart."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import load


@pytest.mark.parametrize(
    ("lines", "problem", "fix"),
    [
        pytest.param('url = "mysql://h/db"', "url is no database", "sqlite:///", id="another kind"),
        pytest.param('url = "postgres://h/db"', "url is no database", '"postgresql://', id="the old name"),
        pytest.param('url = "sqlite:///:memory:"', "url is no database", "a file", id="no file"),
        pytest.param('url = "postgresql://h"', "url names no database of a server", "user@host/", id="no database"),
        pytest.param('url = "postgresql://h:99999/db"', "url names no database of a", "user@host/", id="no such port"),
        pytest.param('url = "postgresql://u:hunter2@h/db"', "carries a password", "password_env", id="open password"),
        pytest.param('url = "postgresql://u@h/db?password=hunter2"', "carries a password", "file", id="in its query"),
        pytest.param('url = "postgresql://h/db"\npassword_env = "PW"', "a password, but", "user@", id="no user"),
        pytest.param(
            'password_file = "pw"\nurl = "postgresql://u@h/db"\npassword_env = "PW"',
            "password_env and password_file both stand here",
            "keep one",
            id="two passwords",
        ),
        pytest.param('password_env = "PW"', "a file has no password", "remove", id="a password for a file"),
        pytest.param('url = "postgresql://u@h/db"\npassword_env = "NO_PW"', "NO_PW is not set", "set it", id="not set"),
    ],
)
def test_a_mistake_is_refused_at_its_line(lines: str, problem: str, fix: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f'[database]\nevidence_dir = "evidence"\n{lines}\n', tmp_path)
    error = caught.value
    assert error.line in {1, 2, 3, 4, 5}
    assert problem in error.problem
    assert fix in error.fix
    assert "hunter2" not in str(error)


def test_a_password_stands_beside_the_address_and_in_no_repr(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("p@ss/w:rd 云\n")
    (tmp_path / "pw").chmod(0o600)
    path = tmp_path / "config.toml"
    for line, environ in (('password_file = "pw"', {}), ('password_env = "PW"', {"PW": "p@ss/w:rd 云"})):
        url = "postgresql://mo%40n@db.example:5433/leaks?sslmode=require"
        path.write_text(f'[database]\nurl = "{url}"\nevidence_dir = "pics"\n{line}\n')
        settings = load_config(path, environ, kinds())
        made = make_url(settings.database_url)
        assert (made.username, made.password, made.host, made.port) == ("mo@n", "p@ss/w:rd 云", "db.example", 5433)
        assert (made.database, made.query) == ("leaks", {"sslmode": "require"})
        assert "p@ss" not in repr(settings)
        assert settings.warnings == load("", tmp_path).warnings


def test_a_server_behind_a_socket_needs_neither_user_nor_password(tmp_path: Path) -> None:
    url = "postgresql:///leaks?host=/var/run/postgresql"
    assert load(f'[database]\nurl = "{url}"\nevidence_dir = "pics"\n', tmp_path).database_url == url


@pytest.mark.parametrize(
    ("lines", "folder"),
    [
        ("", "data/evidence"),
        ('url = "sqlite:///state/leaks.db"', "state/evidence"),
        ('url = "sqlite:////var/lib/leaks.db"', "/var/lib/evidence"),
        ('evidence_dir = "pics"', "pics"),
        ('evidence_dir = "/srv/pics"\nurl = "postgresql:///leaks"', "/srv/pics"),
    ],
)
def test_pictures_lie_beside_a_file_or_where_is_said(lines: str, folder: str, tmp_path: Path) -> None:
    assert load(f"[database]\n{lines}\n", tmp_path).evidence_dir == tmp_path / folder


def test_beside_a_server_somebody_must_say_where_pictures_lie(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder for the pictures") as caught:
        load('[database]\nurl = "postgresql:///leaks"\n', tmp_path)
    assert "evidence_dir" in caught.value.fix
