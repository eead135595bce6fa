import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import monitor
from monitor.errors import Failure, RenderError
from monitor.incident import IncidentKind
from monitor.model.findings import Disposition, Reason
from monitor.model.messages import AlertState, DeliveryState, EventKind, Found, IncidentEvent, ReceiverState, Verdict
from monitor.model.posts import MediaKind, MediaState, Origin, PostKind
from monitor.model.rulebook import Kind, Severity
from monitor.words import LANGUAGES, placeholders, platform_name, say, say_reason

ENGLISH = LANGUAGES["en"]
NAMED_BY: dict[str, type[StrEnum]] = {
    "severity": Severity,
    "kind": Kind,
    "verdict": Verdict,
    "state": AlertState,
    "found": Found,
    "disposition": Disposition,
    "origin": Origin,
    "did": PostKind,
    "event": EventKind,
    "incident": IncidentEvent,
    "delivery": DeliveryState,
    "receiver": ReceiverState,
    "media": MediaKind,
    "picture": MediaState,
}
REASONS: dict[str, tuple[str, ...]] = {
    "deleted_with_post": (),
    "unreleased_name": (),
    "unreleased_name_spelled": ("how",),
    "codename_in_context": ("context", "how"),
    "weak_name_in_context": ("context", "how"),
    "unreleased_number": ("how",),
    "others_words": ("how",),
    "parent_words": ("how",),
    "client_name": ("how",),
    "public_since": ("since",),
    "not_secret_yet": ("since",),
    "chosen": (),
    "lost_to": ("winner",),
    "not_this": ("winner",),
    "inside_character": (),
    "word_before": (),
    "word_after": (),
    "number_goes_on": (),
    "unit_follows": (),
    "gap_too_wide": (),
    "sentence_ends": (),
    "digits_apart": (),
    "separator_differs": (),
    "lookalike_word": (),
    "inside_link": (),
    "no_context": (),
    "released_number": (),
    "rule_grades": (),
    "rule_weaker": (),
    "rule_only_tests": (),
    "rule_other_kind": (),
    "rule_other_subject": (),
    "rule_own_words_only": (),
    "name_is_no_secret": (),
    **dict.fromkeys(("secret_price", "secret_date", "secret_spec"), ("match", "how")),
    **dict.fromkeys(("others_price", "others_date", "others_spec"), ("match", "how")),
    **dict.fromkeys(("confirmed_product", "confirmed_price", "confirmed_date", "confirmed_spec"), ()),
    **dict.fromkeys(("client_hidden", "client_rival", "pattern_found", "launch_talk", "rule_other_client"), ()),
    **dict.fromkeys(("no_subject", "bare_number", "needs_launch_word", "date_is_past", "said_of_other"), ()),
    **dict.fromkeys(("value_is_no_secret", "harmless_number", "brand_word", "line_word", "rule_listed_only"), ()),
}
FAMILIES = ("spelling_", "context_", "match_", "join_")
CODES = [code for code in ENGLISH if code.startswith(FAMILIES)]
SENTENCES = [(language, code) for language, all_of_it in LANGUAGES.items() for code in all_of_it]
SOURCES = sorted(Path(monitor.__file__).parent.rglob("*.py"))
NO_CHINESE_IN = (
    *("platform_", "month_", "list_", "who", "head_", "part", "digest_row", "digest_post", "labelled"),
    *("shape_", "spread_place", "launch_moved"),
)


def named_in_the_program() -> Iterator[str]:
    """The codes that stand as literals in the source; the demo has words of its own."""
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        yield from re.findall(r'\bReason\(\s*"([a-z_]+)"', text)
        kinds = re.findall(r'\bopen_incident\(\s*tx,\s*"([a-z_]+)"', text)
        yield from (f"incident_{IncidentKind(kind)}" for kind in kinds)
        if "demo" not in source.parts:
            yield from re.findall(r'\bsay\(\s*[\w.]+,\s*"([a-z_]+)"', text)


def test_both_languages_have_the_same_codes() -> None:
    assert set(LANGUAGES["zh"]) == set(ENGLISH)


@pytest.mark.parametrize("code", ENGLISH)
def test_a_sentence_needs_the_same_arguments_in_both_languages(code: str) -> None:
    assert placeholders(LANGUAGES["zh"][code]) == placeholders(ENGLISH[code])


@pytest.mark.parametrize(("language", "code"), SENTENCES)
def test_every_sentence_can_be_said(language: str, code: str) -> None:
    args = {name: f"<{name}>" for name in placeholders(LANGUAGES[language][code])}
    said = say(language, code, **args)
    assert [value for value in args.values() if value not in said] == []
    assert not re.search(r"[{}]", said)


@pytest.mark.parametrize(("language", "code"), SENTENCES)
def test_every_sentence_is_in_its_language(language: str, code: str) -> None:
    words = re.sub(r"\{\w+\}", "", LANGUAGES[language][code])
    is_chinese = re.search(r"[\u4e00-\u9fff]", words) is not None
    assert is_chinese == (language == "zh") or (language == "zh" and code.startswith(NO_CHINESE_IN))


@pytest.mark.parametrize("code", [f"{prefix}_{value}" for prefix, values in NAMED_BY.items() for value in values])
def test_every_value_of_the_model_has_its_words(code: str) -> None:
    assert code in ENGLISH


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_a_cause_and_a_remedy(failure: Failure) -> None:
    assert {f"failure_{failure}_cause", f"failure_{failure}_remedy"} <= set(ENGLISH)


@pytest.mark.parametrize("state", ["ok", "stale", "blocked", "removed"])
def test_every_state_of_an_account_has_its_words(state: str) -> None:
    assert f"account_{state}" in ENGLISH


@pytest.mark.parametrize("kind", IncidentKind)
def test_every_kind_of_trouble_has_its_words(kind: IncidentKind) -> None:
    assert {f"incident_{kind}", f"incident_{kind}_cause", f"incident_{kind}_remedy"} <= set(ENGLISH)


@pytest.mark.parametrize("code", [c for c in ENGLISH if re.fullmatch("incident_.+_(remedy|cause)", c)])
def test_a_remedy_belongs_to_a_trouble(code: str) -> None:
    assert code.removeprefix("incident_").rpartition("_")[0] in tuple(IncidentKind)


@pytest.mark.parametrize("code", sorted(set(named_in_the_program())))
def test_every_code_that_the_program_names_has_its_sentence(code: str) -> None:
    assert code in ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_can_be_said_with_every_one_of_its_arguments(language: str, code: str) -> None:
    for argument in CODES:
        args = {"how": argument, "context": argument, "match": argument, "since": "2030-12-03T11:00:00Z", "winner": "3"}
        said = say_reason(language, Reason(code, {name: args[name] for name in REASONS[code]}))
        assert not any(family in said for family in FAMILIES)


def test_a_reason_says_how_a_name_is_spelled() -> None:
    reason = Reason("unreleased_name_spelled", {"how": "spelling_hidden"})
    assert say_reason("en", reason) == "the name of a product that is not released yet, with invisible characters in it"
    assert say_reason("zh", reason) == "出现了未发布产品的名称（夹了看不见的字符）"


@pytest.mark.parametrize(
    ("language", "code", "names"),
    [
        pytest.param("en", "unheard_of", "unheard_of", id="code"),
        pytest.param("tlh", "test", "tlh", id="language"),
        pytest.param("en", "do_now", "who", id="argument"),
    ],
)
def test_what_cannot_be_said_is_an_error_that_names_it(language: str, code: str, names: str) -> None:
    with pytest.raises(RenderError, match=names):
        say(language, code)


def test_an_argument_is_never_taken_for_a_pattern() -> None:
    assert say("en", "do_now", who="{name} {0.__class__}") == "Do now: ask {name} {0.__class__} to remove it"


@pytest.mark.parametrize(
    ("language", "platform", "name"),
    [("zh", "weibo", "微博"), ("en", "weibo", "Weibo"), ("zh", "chirpnet", "chirpnet")],
)
def test_a_network_keeps_its_own_name_if_we_have_no_word(language: str, platform: str, name: str) -> None:
    assert platform_name(language, platform) == name
