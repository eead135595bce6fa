"""Accounts whose posts are sent to us: their secrets, and that they have no address."""

from pathlib import Path

import pytest

from monitor.config.egress import read_needs
from monitor.errors import ConfigError
from monitor.kinds import kinds
from tests.config.sample import ENVIRON, SECRET, VALID, load

FEED = '  source = "feed"\n  platform = "weibo"\n  url = "https://feeds.example/lin.xml"\n'
PUSHED = '  source = "inbound"\n  key = "lin-vendor"\n  platform = "weibo"\n  secret_env = "HOOK_SECRET"\n'


def with_account(account: str) -> str:
    return VALID.replace(FEED, account)


def test_its_secrets_are_those_of_a_receiver(tmp_path: Path) -> None:
    (account,) = load(with_account(PUSHED), tmp_path).people[0].accounts
    assert (account.key, account.native_id, account.url) == ("lin-vendor", "pushed:lin-vendor", "")
    assert account.push_secrets == (b"fictional signing secret, 32 byt",)
    file = tmp_path / "older"
    file.write_text(f"whsec_{SECRET}\n")
    file.chmod(0o600)
    (account,) = load(with_account(f'{PUSHED}  previous_secret_file = "older"\n'), tmp_path).people[0].accounts
    assert account.push_secrets == (b"fictional signing secret, 32 byt",) * 2
    assert "signing secret" not in repr(account)


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        (PUSHED.replace('  secret_env = "HOOK_SECRET"\n', ""), "lin-vendor has no secret to sign with"),
        (PUSHED.replace("HOOK_SECRET", "SHORT"), "is no signing secret"),
        (PUSHED.replace('  key = "lin-vendor"\n', ""), "key is missing"),
        (PUSHED + '  silent_after = "30s"\n', 'silent_after is too small; at least "60s"'),
        (PUSHED + '  silent_after = "never"\n', "silent_after is no duration"),
        (PUSHED + '  url = "https://feeds.example/"\n', "unknown key 'url'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, account: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(with_account(account), tmp_path)
    assert problem in str(caught.value)


def test_nobody_is_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(with_account(PUSHED))
    needs = read_needs(tmp_path / "config.toml", ENVIRON, kinds())
    assert [need.host for need in needs] == ["hooks.example"]


def test_many_of_them_are_not_too_many_for_a_host(tmp_path: Path) -> None:
    accounts = "".join(f"\n  [[people.accounts]]\n{PUSHED.replace('lin-vendor', f'v-{n}')}" for n in range(200))
    settings = load(with_account(PUSHED + accounts), tmp_path)
    assert settings.warnings == ()
