"""Sentences for people, in Chinese and English: one catalogue a language, the same codes and placeholders in each."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

from monitor.errors import RenderError
from monitor.model.findings import Reason
from monitor.words import en, zh

_CODES: Final = ("spelling_", "context_", "match_", "join_")

LANGUAGES: Mapping[str, Mapping[str, str]] = {"zh": zh.SENTENCES, "en": en.SENTENCES}


def say(language: str, code: str, /, **args: str) -> str:
    """The sentence of a code in that language; RenderError if there is none, or an argument of it is missing."""
    try:
        return LANGUAGES[language][code].format_map(args)
    except KeyError as missing:
        raise RenderError(f"cannot say {code!r} in {language!r}: {missing} is missing") from None


def say_reason(language: str, reason: Reason) -> str:
    """The sentence of a reason; an argument that is itself a code (how a name is spelled) becomes its words."""
    args = {name: say(language, v) if v.startswith(_CODES) else v for name, v in reason.args.items()}
    return say(language, reason.code, **args)


def platform_name(language: str, platform: str) -> str:
    """What people call a network; one that we have no word for keeps its own."""
    return LANGUAGES[language].get(f"platform_{platform}", platform)


def placeholders(sentence: str) -> frozenset[str]:
    """The names of the arguments that a sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
