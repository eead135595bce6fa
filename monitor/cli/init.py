"""`leak-monitor init`: asks a few questions and writes a working configuration and a rules directory."""

import base64
import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.prompt import Prompt

from monitor.cli import show
from monitor.errors import LeakMonitorError

CONFIG = """\
# leak-monitor: who is watched, and who is told. Every key is explained in config.example.toml.
# Secrets never stand here: they come from the environment or from files.

[[people]]
key = {key}
name = {name}
title = {title}
timezone = {timezone}
purpose = {purpose}
knows = [{product_key}]

[[people.accounts]]
source = "feed"
url = {feed}
poll_every = "2m"

[[receivers]]
key = "desk"
format = "webhook"
url = {webhook}
secret_file = "desk.secret"
language = {language}
timezone = {timezone}
ops = true
"""

PRODUCTS = """\
# What is secret, and until when. This file is the company's best-kept secret: mode 0600, no copies by mail or chat.

[[products]]
key = {product_key}
ref = {ref}        # may leave this machine: say nothing with it
label = {label}    # may be said aloud
brand = [{brand}]
names = [{product}]
timezone = {timezone}
kinds = ["product"]
until = {until}       # an instant, "event:KEY", "tbd" (until somebody lifts it) or "never"
"""

RULES = """\
# Which findings alert, and how bad they are. Each rule proves itself by its examples.

[[rules]]
id = "unreleased-name"
kinds = ["product", "client"]
severity = "high"
examples.match = [{product}]
examples.ignore = [{ignored}]
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a first configuration needs."""

    name: str
    title: str
    feed: str
    timezone: str
    purpose: str
    product: str
    brand: str
    label: str
    webhook: str
    language: str


def init(
    directory: Annotated[Path, typer.Argument(help="Where to write; made if missing.")] = Path(),
    name: Annotated[str | None, typer.Option(help="Whose posts are watched.")] = None,
    title: Annotated[str | None, typer.Option(help="What they are, for messages.")] = None,
    feed: Annotated[str | None, typer.Option(help="Their feed: RSS, Atom or JSON Feed.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Their time zone, for example Asia/Shanghai.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Why they are watched; the law asks.")] = None,
    product: Annotated[str | None, typer.Option(help="A product name that is secret now.")] = None,
    brand: Annotated[str | None, typer.Option(help="Its brand.")] = None,
    label: Annotated[str | None, typer.Option(help="A word for it that may be said aloud.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Where alerts go.")] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
) -> None:
    """Write config.toml, rules/ and a signing secret; what no option says is asked.

    Nothing that exists is overwritten. A product name as an option can be seen by other users of the machine while
    the command runs; answer the question instead where that matters.
    """
    taken = [p.name for p in (directory / "config.toml", directory / "rules") if p.exists()]
    if taken:
        raise LeakMonitorError(f"{directory / taken[0]} exists; name another directory, or edit what is there")
    given = {
        "--name": name,
        "--title": title,
        "--feed": feed,
        "--timezone": timezone,
        "--purpose": purpose,
        "--product": product,
        "--brand": brand,
        "--label": label,
        "--webhook": webhook,
        "--lang": lang,
    }
    missing = [option for option, value in given.items() if value is None]
    if missing and not sys.stdin.isatty():
        raise typer.BadParameter(f"nobody can be asked here; give these options too: {' '.join(missing)}")
    answers = Answers(
        name=_ask("Whose public posts are to be watched?", name, "Lin Xiaozhou"),
        title=_ask("What are they?", title, "General manager"),
        feed=_ask("Their feed (RSS, Atom or JSON Feed)?", feed, "https://blog.example.com/feed.xml"),
        timezone=_ask("Their time zone?", timezone, "Asia/Shanghai"),
        purpose=_ask("Why are they watched? (the law asks)", purpose, "Protect unreleased products; staff were told"),
        product=_ask("A product name that is secret now?", product, "Yunque 9"),
        brand=_ask("Its brand?", brand, "Yunque"),
        label=_ask("A word for it that may be said aloud?", label, "Kingfisher"),
        webhook=_ask("Where do alerts go (https)?", webhook, "https://chat.example.com/hooks/leaks"),
        language=_ask("Language of messages, zh or en?", lang, "en"),
    )
    if not answers.webhook.startswith("https://"):
        raise typer.BadParameter("the address for alerts must begin with https://")
    written = write_first(directory, answers)
    for path in written:
        show.out().print(f"wrote {path}", markup=False)
    show.out().print(f"next: leak-monitor check --config {directory / 'config.toml'}", markup=False)


def write_first(directory: Path, answers: Answers) -> tuple[Path, ...]:
    """Write the files of a first configuration, readable by their owner alone; answers their paths."""
    values = {field: _quoted(getattr(answers, field)) for field in Answers.__slots__}
    values |= {
        "key": _quoted("person-1"),
        "product_key": _quoted("product-1"),
        "ref": _quoted(f"P-{secrets.token_hex(3).upper()}"),
        "until": _quoted("tbd"),
        "ignored": _quoted(f"{answers.brand} says hello"),
    }
    rules = directory / "rules"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    rules.mkdir(mode=0o700)
    key = f"whsec_{_base64(secrets.token_bytes(32))}\n"
    texts = (
        (directory / "config.toml", CONFIG.format_map(values)),
        (directory / "desk.secret", key),
        (rules / "products.toml", PRODUCTS.format_map(values)),
        (rules / "rules.toml", RULES.format_map(values)),
        (directory / ".gitignore", "# the watchlist and secrets are in here\n*\n"),
    )
    for path, text in texts:
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    return tuple(path for path, _ in texts)


def _ask(question: str, given: str | None, sample: str) -> str:
    if given is not None:
        return given
    return Prompt.ask(question, default=sample, console=show.err())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()
