"""Receivers that are robots of chat tools: whoever knows their address can post there."""

from pathlib import Path

import pytest

from monitor.config import Settings, load_config
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import ENVIRON, VALID

ROBOT_ENVIRON = {
    **ENVIRON,
    "ROBOT": "https://robots.example/send?key=k-7654321",
    "PLAIN": "http://robots.example/send?key=k-7654321",
    "ROBOT_SECRET": "SEC0123456789abcdef",
    "CHINESE": "密钥",
}


def robot(kind: str, *rows: str) -> str:
    return VALID + "\n".join(["[[receivers]]", 'key = "chat"', f'format = "{kind}"', *rows, ""])


def load(text: str, folder: Path) -> Settings:
    (folder / "config.toml").write_text(text)
    return load_config(folder / "config.toml", ROBOT_ENVIRON, kinds())


@pytest.mark.parametrize("kind", ["feishu", "dingtalk", "wecom"])
def test_a_robot_needs_nothing_but_its_address(tmp_path: Path, kind: str) -> None:
    made = load(robot(kind, 'url_env = "ROBOT"'), tmp_path).receivers[1]
    assert (made.format, made.url, made.secrets) == (kind, ROBOT_ENVIRON["ROBOT"], ())
    assert "k-7654321" not in repr(made)


@pytest.mark.parametrize("kind", ["feishu", "dingtalk"])
def test_it_signs_with_the_secret_as_the_tool_shows_it(tmp_path: Path, kind: str) -> None:
    made = load(robot(kind, 'url_env = "ROBOT"', 'secret_env = "ROBOT_SECRET"'), tmp_path).receivers[1]
    assert made.secrets == (b"SEC0123456789abcdef",)
    assert "SEC0" not in repr(made)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (robot("wecom", f'url = "{ROBOT_ENVIRON["ROBOT"]}"'), "whoever knows this url can post there"),
        (robot("wecom"), "url is missing"),
        (robot("wecom", 'url_env = "PLAIN"'), "is not encrypted"),
        (robot("wecom", 'url_env = "ROBOT"', 'secret_env = "ROBOT_SECRET"'), "unknown key 'secret_env'"),
        (robot("feishu", 'url_env = "ROBOT"', 'previous_secret_env = "ROBOT_SECRET"'), "unknown key 'previous_secret"),
        (robot("dingtalk", 'url_env = "ROBOT"', 'secret_env = "CHINESE"'), "holds a value that is no header"),
    ],
    ids=["an address in the file", "no address", "without TLS", "no secret here", "one secret only", "not ASCII"],
)
def test_what_is_wrong_is_named_without_the_address(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text, tmp_path)
    assert problem in str(caught.value)
    assert "k-7654321" not in str(caught.value)
