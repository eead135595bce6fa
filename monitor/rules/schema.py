"""JSON Schema of a rules file, for editors: which keys there are, beside the loader's own tables of them.

It says what a single table can tell. What needs the whole directory (keys taken twice, words that tell a name, examples
that fail) only the loader sees: `leak-monitor check`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from monitor.model.rulebook import ClientSign, Kind, RuleStatus, Severity
from monitor.rules import build

Schema: TypeAlias = dict[str, Any]
Types: TypeAlias = Mapping[str, Schema]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_INSTANT = r"^\d{4}[-\dW]*[Tt ][\d:.,]+([Zz]|[+-]\d\d(:?\d\d)*)$"
_MONEY = r"^(any|\d+(\.\d+)?(\s*-\s*\d+(\.\d+)?)?\s+[A-Z]{3})$"
_ONE_NUMBER = r"^((?!\{n\}).)*\{n\}((?!\{n\}).)*$"
_DAY = r"\d{4}-\d\d(-\d\d)?"


def _text(said: str, pattern: str = r"\S", **more: object) -> Schema:
    return {"description": said, "type": "string", "pattern": pattern, **more}


def _texts(said: str, *, at_least: int = 0) -> Schema:
    items = {"type": "array", "items": {"type": "string", "pattern": r"\S"}}
    return {"description": said, **items, **({"minItems": at_least} if at_least else {})}


def _choices(said: str, among: Sequence[str], *, at_least: int = 0) -> Schema:
    listed: Schema = {"description": said, "type": "array", "items": {"enum": [str(choice) for choice in among]}}
    return listed | ({"minItems": at_least} if at_least else {})


def _choice(said: str, among: Sequence[str]) -> Schema:
    return {"description": said, "enum": [str(choice) for choice in among]}


def _number(said: str, most: int | None = None, least: int = 0) -> Schema:
    return {"description": said, "type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})


def _flag(said: str) -> Schema:
    return {"description": said, "type": "boolean", "default": False}


def _instant(said: str) -> Schema:
    return _text(said, _INSTANT, format="date-time")


def _until(said: str) -> Schema:
    words = {"type": "string", "pattern": f"^({'|'.join(build.OPEN_ENDED)}|event:.+)$"}
    return {"description": said, "anyOf": [words, {"type": "string", "pattern": _INSTANT, "format": "date-time"}]}


_REF = _text("An opaque id that may leave the machine; it must not tell the name.")
_LABEL = _text("A word that may be said aloud; it must not tell the name.")
_ZONE = _text("A zone of the IANA list.", examples=["Asia/Shanghai"])
_FROM = _instant("Secret from then on; always, if left out.")

EVENT: Final[Types] = {
    "key": _text('Your name for it; a product takes its end from it with until = "event:KEY".'),
    "label": _text("What people read."),
    "starts_at": _instant("When it begins, with the offset from UTC."),
    "timezone": _ZONE,
}
FACT: Final[Types] = {
    "name": _text("What it is, in a word."),
    "kind": _choice("What kind of value it is.", build.FACT_KINDS),
    "value": _text('"2999 CNY", "2000-2999 CNY" or "any"; "2030-12-03" or "2030-12"; "7500 mAh" or words.'),
    "variant": _text("Which one."),
    "market": _text("Where.", examples=["CN", "EU", "US"]),
    "from": _FROM,
    "until": _until("Its own end; the product's if left out."),
}
PRODUCT: Final[Types] = {
    "key": _text("Its name in this program; a secret itself."),
    "ref": _REF,
    "label": _LABEL,
    "brand": _texts("Words that stand for the brand."),
    "names": _texts("Each is enough by itself.", at_least=1),
    "aliases": _texts("Each is enough by itself."),
    "weak_aliases": _texts("Count only in context."),
    "codenames": _texts("Count only in context, unless they can be no everyday word."),
    "not_this": _texts("Longer words that hold a name and mean something else."),
    "variants": _texts("Words that may follow a name."),
    "timezone": _ZONE,
    "kinds": _choices("What of it is secret; all if left out.", build.SECRET_KINDS),
    "from": _FROM,
    "until": _until('An instant, "event:KEY", "tbd", "announcement" or "never".'),
    "facts": {"description": "Its secret values.", "type": "array", "items": {"$ref": "#/definitions/fact"}},
    "owners": _texts("Who is asked about it."),
}
SERIES: Final[Types] = {
    "key": _text("Its name in this program; a secret itself."),
    "ref": _REF,
    "label": _LABEL,
    "brand": _texts("Words that stand for the brand.", at_least=1),
    "pattern": _text('The name with {n} for the number, such as "K{n}".', _ONE_NUMBER),
    "released_up_to": _number("The newest model that is public."),
    "listed_up_to": _number("The highest number that is believable.", build.MAX_NUMBER),
}
RULE: Final[Types] = {
    "id": _text("Its name; never leaves the machine."),
    "label": _text("What messages call it; needed where its findings belong to no product."),
    "kinds": _choices("Which findings it selects.", tuple(Kind), at_least=1),
    "severity": _choice("How bad a finding is.", tuple(Severity)),
    "status": {**_choice('"test" records and tells nobody.', tuple(RuleStatus)), "default": str(RuleStatus.STABLE)},
    "products": _texts("Keys of products or series; all if left out."),
    "own_words_only": _flag("Never for quoted, reposted or answered words."),
    "listed_only": _flag("Of prices, dates and specs only those that the watchlist has."),
    "pattern": _text('For kinds = ["pattern"]: what to search for in the folded text.'),
    "timeout_ms": {
        **_number("How long a search of one text may take.", build.MAX_TIMEOUT_MS, 1),
        "default": build.TIMEOUT_MS,
    },
    "clients": _choices('For kinds = ["client"]: what the posting client gives away.', tuple(ClientSign)),
    "rivals": _texts('For clients = ["rival"]: brand words of rivals.'),
    "examples": {"$ref": "#/definitions/examples"},
}
EXAMPLE: Final[Types] = {
    "text": _text("The text; of a rule for clients, the posting client."),
    "at": _instant("Judged as of then; without it every window counts as open."),
    "knows": _texts("Keys of products that the author works on."),
    "usual_client": _text("What the author mostly posts with."),
    "parent": _text("The post that it answers."),
}

_PRICE_AND_DATE: Final = [
    {"if": {"properties": {"kind": {"const": kind}}}, "then": {"properties": {"value": {"pattern": pattern}}}}
    for kind, pattern in (("price", _MONEY), ("date", f"^{_DAY}(/{_DAY})?$"))
]


def rules_schema() -> Schema:
    """The schema of one file of the rules directory."""
    example: Schema = {"anyOf": [{"type": "string"}, _table(build.EXAMPLE_KEYS, EXAMPLE, ["text"])]}
    listed = {"type": "array", "items": {"$ref": "#/definitions/example"}}
    match = {"description": "Texts that the rule must find.", **listed, "minItems": 1}
    ignore = {"description": "Texts that it must not find.", **listed}
    fact = _table(build.FACT_KEYS, FACT, ["name", "kind", "value"]) | {"allOf": _PRICE_AND_DATE}
    product = _table(build.PRODUCT_KEYS, PRODUCT, ["key", "ref", "label", "names", "timezone", "until"])
    rule = _table(build.RULE_KEYS, RULE, ["id", "kinds", "severity", "examples"])
    return {
        "$schema": DRAFT,
        "title": "leak-monitor: a file of the rules directory",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "events": _array(_table(build.EVENT_KEYS, EVENT, build.EVENT_KEYS)),
            "products": _array(product),
            "series": _array(_table(build.SERIES_KEYS, SERIES, build.SERIES_KEYS)),
            "rules": _array(rule),
        },
        "definitions": {
            "fact": fact,
            "example": example,
            "examples": _table(("match", "ignore"), {"match": match, "ignore": ignore}, ["match"]),
        },
    }


def _table(keys: Collection[str], types: Types, required: Collection[str]) -> Schema:
    """A table with just the keys that the loader takes; KeyError if one of them has no type here."""
    properties = {key: types[key] for key in keys}
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _array(table: Schema) -> Schema:
    return {"type": "array", "items": table}
