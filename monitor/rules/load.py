"""The rules directory as one checked RuleBook, and the one text of it that the database keeps."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from monitor.errors import RuleError
from monitor.match.fold import key_of
from monitor.model.rulebook import Event, Product, Rule, RuleBook, Series
from monitor.rules.build import WORD_KEYS, read_event, read_product, read_rule, read_series
from monitor.rules.seal import RulesKey, plain_name, read_rules_file, rules_files
from monitor.rules.toml import Table, parse_toml

Sections: TypeAlias = Mapping[str, Sequence[Table]]

SECTIONS = ("events", "products", "series", "rules")
MIN_LETTERS = 2  # a name of one character stands everywhere
MIN_TELLING = 3  # a shorter word inside a label tells nobody anything


def load_rules(directory: Path, key: RulesKey | None = None) -> RuleBook:
    """Every *.toml and *.toml.age of the directory as one rule book.

    RuleError tells file, line and fix of the first fault.
    """
    files = rules_files(directory)
    if not files:
        raise RuleError(directory.name, None, "no rules file there", "create products.toml and rules.toml")
    return book_of({plain_name(path): rules_text(path, key) for path in files})


def book_of(sources: Mapping[str, str]) -> RuleBook:
    """Texts of rules files by name as one rule book; RuleError tells file, line and fix of the first fault."""
    sections: dict[str, list[Table]] = {section: [] for section in SECTIONS}
    for file, source in sources.items():
        whole = parse_toml(source, file).expect(SECTIONS)
        for section in SECTIONS:
            sections[section].extend(whole.tables(section))
    return _build(sections, [f"{table.file}:{table.line()}" for table in sections["rules"]])


def parse_rulebook(body: str) -> RuleBook:
    """The rule book of a canonical body, equal to the one that the body was made of; RuleError if it is none."""
    try:
        raw = json.loads(body)
        whole = Table(raw)
        sections = {section: whole.tables(section) for section in SECTIONS}
        places = whole.texts("places")
    except (ValueError, AttributeError):
        raise RuleError("rule book", None, "the kept text is damaged", "load the rules directory") from None
    return _build(sections, places)


def parse_events(body: str) -> Mapping[str, Event]:
    """The events of a canonical body by key; RuleError if it is none."""
    try:
        tables = Table(json.loads(body)).tables("events")
    except (ValueError, AttributeError):
        raise RuleError("rule book", None, "the kept text is damaged", "load the rules directory") from None
    return {event.key: event for event in map(read_event, tables)}


def rules_text(path: Path, key: RulesKey | None) -> str:
    """What stands in one of the files; RuleError if that cannot be told."""
    try:
        return read_rules_file(path, key).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleError(path.name, line, "the file is not UTF-8", "save it as UTF-8") from None


def _build(section: Sections, places: Sequence[str]) -> RuleBook:
    _check_unique(section["events"], "key")
    events = {event.key: event for event in map(read_event, section["events"])}
    products = [read_product(table, events) for table in section["products"]]
    series = tuple(map(read_series, section["series"]))
    subjects = (*section["products"], *section["series"])
    if not subjects:
        raise RuleError("rules", None, "the watchlist is empty", "add a [[products]] table")
    _check_unique(subjects, "key")
    _check_unique(subjects, "ref")
    _check_words(section["products"], products)
    named: list[Product | Series] = [*products, *series]
    for table, subject in zip(subjects, named, strict=True):
        _check_beside(table)
        _check_said_words(table, subject)
    _check_unique(section["rules"], "id")
    keys = [subject.key for subject in named]
    rules = tuple(read_rule(t, keys, place) for t, place in zip(section["rules"], places, strict=True))
    _check_rule_labels(section["rules"], rules, named)
    if not rules:
        raise RuleError("rules", None, "there is no rule, so nothing would be told", "add a [[rules]] table")
    body = _body(section, places)
    return RuleBook(
        hash=sha256(body.encode()).hexdigest(),
        body=body,
        products={product.key: product for product in sorted(products, key=lambda p: p.key)},
        series=tuple(sorted(series, key=lambda s: s.key)),
        events=dict(sorted(events.items())),
        rules=rules,
    )


def _body(sections: Sections, places: Sequence[str]) -> str:
    """One text for one meaning: without comments, in the order of the keys; rules keep theirs."""
    raw = {section: [table.raw for table in tables] for section, tables in sections.items()}
    for section in ("events", "products", "series"):
        raw[section].sort(key=lambda table: str(table["key"]))
    whole = {**raw, "places": list(places)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- what no single table can tell ---------------------------------------------------------------------------------


def _check_unique(tables: Iterable[Table], key: str) -> None:
    seen: dict[str, Table] = {}
    for table in tables:
        first = seen.setdefault(table.text(key), table)
        if first is not table:
            raise table.wrong(f"this '{key}' is taken", f"it stands at {first.file}:{first.line(key)} too", key)


def _check_words(tables: Sequence[Table], products: Sequence[Product]) -> None:
    owner: dict[str, Table] = {}
    for table, product in zip(tables, products, strict=True):
        for key in WORD_KEYS:
            for no, word in enumerate(getattr(product, key), start=1):
                squeezed = _check_word(table, key, no, word)
                first = owner.setdefault(squeezed, table) if key != "not_this" else table
                if first is not table:
                    fix = f"keep it at one of them, see {first.file}:{first.line()}"
                    raise table.wrong(f"no. {no} of '{key}' is a word of another product too", fix, key, no - 1)


def _check_word(table: Table, key: str, no: int, word: str) -> str:
    squeezed = key_of(word)
    if len(squeezed) < MIN_LETTERS:
        raise table.wrong(f"no. {no} of '{key}' is too short", "one character stands in every text", key, no - 1)
    if squeezed.isdigit():
        raise table.wrong(f"no. {no} of '{key}' is only a number", "write the word before it too", key, no - 1)
    return squeezed


def _check_beside(table: Table) -> None:
    for key in ("brand", "variants"):
        for no, word in enumerate(table.texts(key), start=1):
            if not key_of(word):
                raise table.wrong(f"no. {no} of '{key}' has no letter", "write a word", key, no - 1)


def _check_said_words(table: Table, subject: Product | Series) -> None:
    for key, said in (("ref", subject.ref), ("label", subject.label)):
        _check_said(table, key, said, _secret_words(subject))


def _check_rule_labels(tables: Sequence[Table], rules: Sequence[Rule], subjects: Sequence[Product | Series]) -> None:
    labelled = [(table, rule) for table, rule in zip(tables, rules, strict=True) if rule.label]
    secret = [word for subject in subjects for word in _secret_words(subject)] if labelled else []
    for table, rule in labelled:
        _check_said(table, "label", rule.label, secret)


def _secret_words(subject: Product | Series) -> list[str]:
    words = (
        (subject.pattern,) if isinstance(subject, Series) else (*subject.names, *subject.aliases, *subject.codenames)
    )
    return [key_of(word) for word in (*words, subject.key)]


def _check_said(table: Table, key: str, said: str, secret: Iterable[str]) -> None:
    told = key_of(said)
    if any(word == told or (len(word) >= MIN_TELLING and word in told) for word in secret):
        raise table.wrong(f"'{key}' tells the name, and it leaves this machine", "choose a neutral word", key)
