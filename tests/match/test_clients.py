"""The posting client: what it names, what it hides, and whose device it is."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.match import Matcher, usual_client
from monitor.match.clients import is_generic
from monitor.model.findings import Disposition, Finding
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import BEGINNING, ClientSign, Kind, Rule, Severity, Window
from tests.match.books import NINE, RULE, make_book, product

AT = datetime.fromisoformat("2030-06-05T12:00:00+08:00")
KNOWS = frozenset({"yunque-9", "yunque-11"})
LIFTED = Window(BEGINNING, datetime.fromisoformat("2030-06-01T00:00:00+08:00"), "instant")
LATER = product("yunque-11", "云雀11", windows={Kind.PRODUCT: Window()})
SOON = replace(NINE, windows={Kind.PRODUCT: Window(lifts_at=datetime.fromisoformat("2030-07-01T19:00:00+08:00"))})


def client_rule(*signs: ClientSign, **changes: object) -> Rule:
    rule = replace(RULE, id="client", kinds=frozenset({Kind.CLIENT}), severity=Severity.MEDIUM, label="Devices")
    return replace(rule, clients=frozenset(signs), **changes)  # type: ignore[arg-type]


GENERIC = client_rule(ClientSign.GENERIC)
RIVAL = client_rule(ClientSign.RIVAL, id="rival", rivals=("北辰", "Polaris"))
NAMED = client_rule(ClientSign.UNRELEASED, id="named")


def sent_from(
    client: str | None, *rules: Rule, usual: str = "云雀8 Pro", knows: frozenset[str] = KNOWS, text: str = "早上好"
) -> tuple[Finding, ...]:
    parts = [Part(Origin.TEXT, text)] + ([] if client is None else [Part(Origin.CLIENT, client)])
    matcher = Matcher(make_book([SOON, LATER], rules=rules))
    return matcher.evaluate(parts, knows=knows, at=AT, usual_client=usual).findings


@pytest.mark.parametrize(
    "client", ["云雀 9", "Yunque 9 Pro", "YQ2901", "青瓷", "ＹＱ２９０１", "来自 云雀9"], ids=lambda client: client
)
def test_the_name_of_an_unreleased_product_in_the_client_line_tells(client: str) -> None:
    (found,) = sent_from(client, NAMED)
    assert (found.kind, found.subject, found.disposition) == (Kind.CLIENT, "yunque-9", Disposition.ALERT)


@pytest.mark.parametrize(
    ("client", "subjects"),
    [
        pytest.param("青瓷", ["yunque-9"], id="nothing else"),
        pytest.param(" 青瓷 ", ["yunque-9"], id="but spaces"),
        pytest.param("青瓷相机", [], id="part of another name"),
        pytest.param("青瓷 for Android", [], id="an app"),
    ],
)
def test_an_everyday_word_that_is_the_whole_client_line_names_a_device(client: str, subjects: list[str]) -> None:
    assert [found.subject for found in sent_from(client, NAMED, knows=frozenset())] == subjects


@pytest.mark.parametrize("client", ["云雀8 Pro", "云雀9号楼", "微博网页版", ""])
def test_other_clients_tell_nothing(client: str) -> None:
    assert sent_from(client, NAMED) == ()


@pytest.mark.parametrize("client", [None, "", "微博网页版", "Web App", "Android客户端"])
def test_a_client_that_hides_the_usual_device_is_a_note_about_the_product_that_comes_first(client: str | None) -> None:
    (found,) = sent_from(client, GENERIC)
    assert (found.kind, found.subject, found.reason.code) == (Kind.CLIENT, "yunque-9", "client_hidden")
    assert (found.severity, found.disposition) == (Severity.MEDIUM, Disposition.ALERT)


@pytest.mark.parametrize(
    ("client", "usual", "knows"),
    [
        pytest.param("云雀8 Pro", "云雀8 Pro", KNOWS, id="as ever"),
        pytest.param("云雀7", "云雀8 Pro", KNOWS, id="another device"),
        pytest.param("", "", KNOWS, id="nothing is usual"),
        pytest.param("", "微博网页版", KNOWS, id="never tells a device"),
        pytest.param("", "云雀8 Pro", frozenset(), id="knows nothing"),
        pytest.param("", "云雀8 Pro", frozenset({"unheard-of"}), id="knows nothing listed"),
    ],
)
def test_and_nothing_otherwise(client: str, usual: str, knows: frozenset[str]) -> None:
    assert sent_from(client, GENERIC, usual=usual, knows=knows) == ()


def test_nothing_hides_once_the_secret_is_lifted() -> None:
    out = Matcher(make_book([replace(NINE, windows={Kind.PRODUCT: LIFTED})], rules=(GENERIC,)))
    post = [Part(Origin.TEXT, "早")]
    assert out.evaluate(post, knows=KNOWS, at=AT, usual_client="云雀8 Pro").findings == ()


@pytest.mark.parametrize(("client", "found"), [("北辰 X5", 1), ("POLARIS Fold", 1), ("云雀8", 0), ("", 0)])
def test_a_rivals_device_is_a_class_of_its_own(client: str, found: int) -> None:
    rivals = sent_from(client, RIVAL, knows=frozenset())
    assert [(f.kind, f.subject, f.rule_id, f.reason.code) for f in rivals] == [
        (Kind.CLIENT, "rule:rival", "rival", "client_rival")
    ] * found


def test_each_sign_is_graded_by_the_rules_that_ask_for_it() -> None:
    rules = (NAMED, GENERIC, RIVAL)
    assert [f.rule_id for f in sent_from("云雀9", *rules)] == ["named"]
    assert [f.rule_id for f in sent_from("北辰 X5", *rules)] == ["rival"]
    assert [f.rule_id for f in sent_from("", *rules)] == ["client"]
    assert sent_from("", RIVAL, NAMED) == ()


@pytest.mark.parametrize(
    ("clients", "usual"),
    [
        pytest.param(["云雀8"] * 5, "云雀8", id="always"),
        pytest.param(["云雀8"] * 4, "", id="too few posts"),
        pytest.param(["云雀8"] * 3 + ["", "网页版", "云雀7"], "云雀8", id="half of them"),
        pytest.param(["云雀8", "云雀7", "云雀6", "Pad", "Buds"], "", id="many devices"),
        pytest.param(["网页版"] * 9 + ["云雀8"], "", id="mostly the web"),
        pytest.param([], "", id="none"),
    ],
)
def test_what_is_usual(clients: list[str], usual: str) -> None:
    assert usual_client(clients) == usual


@pytest.mark.parametrize(
    "client", ["", " ", "微博网页版", "Android客户端", "Twitter Web App", "iPhone客户端", "手机微博"]
)
def test_generic_clients(client: str) -> None:
    assert is_generic(client)


@pytest.mark.parametrize("client", ["云雀9", "Yunque Fold", "iPhone 14 Pro", "北辰 Pad", "极光", "Xerophone"])
def test_clients_that_name_something(client: str) -> None:
    assert not is_generic(client)
