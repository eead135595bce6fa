"""`leak-monitor check`: are the configuration and the rules right, and does every rule prove itself?"""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.duties import strangers_of, try_calendar
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_settings, rules_in, rules_of
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.match import Matcher
from monitor.model.rulebook import RuleBook
from monitor.rules import check_examples
from monitor.runtime import Runtime


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    rules: Annotated[Path | None, typer.Option(help="Check this rules directory alone.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Load everything as the service would, run the examples of every rule, and say what is wrong and where.

    Exit code 0: all is right. 1: a rule fails its example, a person knows no such product, or the file that is to say
    who is on duty is no calendar. 3: a file is wrong.
    """
    settings = None if rules else load_settings(config)
    book = rules_of(settings) if settings else rules_in(rules or Path("rules"))
    matcher = Matcher(book)
    problems = check_examples(book, matcher) + unknown_products(settings, book)
    counts: dict[str, int] = {"products": len(book.products), "series": len(book.series), "rules": len(book.rules)}
    if settings is not None:
        accounts = sum(len(person.accounts) for person in settings.people)
        counts = {"people": len(settings.people), "accounts": accounts, "receivers": len(settings.receivers)} | counts
    warnings = settings.warnings if settings else ()
    if settings is not None:
        known, problem = try_calendar(Runtime(settings, book, matcher), None, SystemClock().now())
        problems += [problem] if problem else []
        warnings = (*warnings, *strangers_of(known))
    if as_json:
        show.print_json({"ok": not problems, "problems": problems, "warnings": warnings, **counts, "hash": book.hash})
    else:
        _print(problems, warnings, counts, book.hash)
    if problems:
        raise typer.Exit(1)


def unknown_products(settings: Settings | None, book: RuleBook) -> list[str]:
    """People who are said to know a product that no rules file lists; names the person, never the product."""
    people = settings.people if settings else ()
    return [
        f"person {person.key!r} knows a product that the rules do not list; correct `knows`"
        for person in people
        if person.knows - book.products.keys()
    ]


def _print(problems: list[str], warnings: tuple[str, ...], counts: dict[str, int], digest: str) -> None:
    for line in problems:
        show.err().print(line, style="red", markup=False)
    for line in warnings:
        show.err().print(line, style="yellow", markup=False)
    if not problems:
        said = ", ".join(f"{count} {what}" for what, count in counts.items())
        show.out().print(f"all right: {said}; rule book {digest[:12]}", markup=False)
