import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from monitor.clock import SystemClock
from monitor.deliver import FORMATS
from monitor.deliver.apprise import Apprise, AppriseTable
from monitor.deliver.judge import Meaning, Outcome
from monitor.deliver.send import send
from monitor.deliver.text import readable
from monitor.errors import ConfigError
from monitor.model.messages import Disclosure, Receiver
from monitor.model.routes import DIRECT
from monitor.net.client import Client
from tests.config.sample import VALID, load
from tests.deliver.office import EVERY, MESSAGES, OF_POSTS, POSTS, to
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.deliver.samples import SEEN_AT

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own
APPRISE = FORMATS["apprise"]
CLIENT = Client(elapsed_s=SystemClock().elapsed_s, user_agent="leak-monitor/test")
TOLD, NOT_TOLD = Outcome(Meaning.DELIVERED, "delivered"), Outcome(Meaning.BACK_OFF, "not_told")


def at(url: str) -> Receiver:
    return replace(to("apprise"), url=url)


def post(url: str, name: str = "short") -> Outcome:
    return send(CLIENT, at(url), "msg_1", APPRISE.render(MESSAGES[name], at(url)), SEEN_AT)


def as_json(hook: ScriptedReceiver) -> str:
    return hook.url.replace("http://", "json://")


def test_the_library_tells_the_title_and_the_text() -> None:
    with ScriptedReceiver([Reply(200)]) as hook:
        assert post(as_json(hook)) == TOLD
        (got,) = hook.received
    said = json.loads(got.body)
    title, _, text = readable(MESSAGES["short"], to("apprise")).partition("\n")
    assert (said["title"], said["message"]) == (title, text)


def test_a_message_of_one_line_is_told_too() -> None:
    with ScriptedReceiver([Reply(200)]) as hook:
        assert post(as_json(hook), "test") == TOLD
        assert json.loads(hook.received[0].body)["message"] == readable(MESSAGES["test"], to("apprise"))


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_no_says_nothing_so_it_is_tried_again(status: int) -> None:
    with ScriptedReceiver([Reply(status)]) as hook:
        assert post(as_json(hook)) == NOT_TOLD


@pytest.mark.parametrize("url", ["nosuchservice://x", "json://", "", "not an address", "file:///etc/passwd"])
def test_an_address_that_the_library_does_not_know_is_a_no(url: str) -> None:
    assert post(url) == NOT_TOLD


def test_neither_address_nor_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), ScriptedReceiver([Reply(500)]) as hook:
        post(f"{as_json(hook)}?token=hush", "hostile.0")
        post("nosuchservice://hush")
    assert [word for word in ("hush", "channel", "林晓舟") if word in caplog.text] == []
    assert "hush" not in repr(APPRISE.seal(at("json://hush"), "msg_1", APPRISE.render(POSTS["short"], at("")), SEEN_AT))


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_what_is_told_is_the_readable_message(name: str, show: Disclosure, language: str) -> None:
    receiver = to("apprise", show, language)
    text = APPRISE.render(MESSAGES[name], receiver).body.decode()
    assert text == readable(MESSAGES[name], receiver)
    if name in POSTS and show is Disclosure.MINIMAL:
        assert [word for word in OF_POSTS if word in text] == []


# --- configuration ------------------------------------------------------------------------------------------------

TABLE = '\n[[receivers]]\nkey = "rest"\nformat = "apprise"\nurl_env = "FEED_URL"\n'


def test_it_is_configured_by_a_variable_and_a_word_of_consent(tmp_path: Path) -> None:
    receiver = load(f"{VALID}{TABLE}allow_unguarded = true\n", tmp_path).receivers[1]
    assert (receiver.url, receiver.show) == ("https://feeds.example/lin?key=k-1234567", Disclosure.MINIMAL)
    assert "k-1234567" not in repr(receiver)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        pytest.param(TABLE, "format apprise connects by itself, past the guard", id="no consent"),
        pytest.param(f"{TABLE}allow_unguarded = false\n", "allow_unguarded = true if", id="refused consent"),
        pytest.param(
            f'{TABLE}allow_unguarded = true\nproxy = "socks5://s.example:1"\n', "proxy means nothing", id="proxy"
        ),
        pytest.param(f'{TABLE}allow_unguarded = true\ntrust = "system"\n', "trust means nothing", id="trust"),
        pytest.param(TABLE.replace("FEED_URL", "UNSET"), "UNSET is not set", id="no variable"),
        pytest.param(TABLE.replace("url_env", "url"), "url", id="address in the file"),
        pytest.param(TABLE.replace('url_env = "FEED_URL"\n', ""), "url_env is missing", id="no address"),
    ],
)
def test_what_cannot_be_is_refused_at_load(tmp_path: Path, table: str, told: str) -> None:
    text = table if "allow_unguarded" in table or "connects" in told else f"{table}allow_unguarded = true\n"
    with pytest.raises(ConfigError) as caught:
        load(VALID + text, tmp_path)
    assert told in str(caught.value)


def test_a_missing_extra_is_told_with_its_cure() -> None:
    class Unheard(AppriseTable):
        library: ClassVar[str] = "no_such_library"

    table = Unheard.model_validate({"format": "apprise", "key": "k", "url_env": "A", "allow_unguarded": True})
    wrong = table.misfit(DIRECT)
    assert wrong is not None
    assert "not installed" in wrong[1]
    assert "leak-monitor[notify]" in wrong[2]
    assert Apprise.table is AppriseTable
