"""`leak-monitor suppressions`: what people want to hear no more of, and what that hides."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import show
from monitor.cli.actor import actor, log_view
from monitor.cli.answers import parse_number
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, open_store, readable_settings, rules_of
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.errors import LeakMonitorError, NotFoundError
from monitor.model.rulebook import Rule, RuleBook
from monitor.review import LAST_SHOWN, LONGEST, Preview, preview_of
from monitor.store import Store, suppressions
from monitor.store.suppressions import AlertAbout, SuppressionRow

app = typer.Typer(help="What people want to hear no more of, for a time.", no_args_is_help=True)


class What(StrEnum):
    """What of an alert somebody wants to hear no more of."""

    SUBJECT = "subject"
    RULE = "rule"
    PERSON = "person"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be hidden: the keys of the database, and what of them may be said aloud."""

    subject: str | None = None
    rule_id: str | None = None
    text_hash: str | None = None
    person_key: str | None = None
    label: str | None = None
    rule_place: str | None = None

    @property
    def said(self) -> str:
        """For people."""
        text = "these very words" if self.text_hash else None
        return ", ".join(name for name in (self.label, self.rule_place, self.person_key, text) if name)


AlertOption = Annotated[str | None, typer.Option("--alert", help="Take what stands in this alert, for example A-17.")]
WhatOption = Annotated[list[What] | None, typer.Option("--what", help="What of it; may be said several times.")]
ProductOption = Annotated[str | None, typer.Option("--product", help="A product or series, by its label or ref.")]
RuleOption = Annotated[str | None, typer.Option("--rule", help="A rule, by its place, as rules.toml:12.")]
PersonOption = Annotated[str | None, typer.Option("--person", help="A person (key).")]
ByOption = Annotated[str | None, typer.Option(help="Who wants it; default the user of this machine.")]
NumberArgument = Annotated[str, typer.Argument(help="For example S-4 or 4.")]
COLUMNS = ("number", "what", "why", "by", "at", "until", "hidden", "state", "ended_at", "ended_by")


@app.command("preview")
def preview(
    alert: AlertOption = None,
    what: WhatOption = None,
    product: ProductOption = None,
    rule: RuleOption = None,
    person: PersonOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say which stored alerts a suppression would have hidden. Nothing is changed."""
    settings = readable_settings(config)
    with open_store(settings) as store:
        wish = _wish(store, settings, alert, what, product, rule, person)
        seen = _preview(store, wish)
    if as_json:
        show.print_json({"what": wish.said, **_as_data(seen)})
    else:
        _print_preview(wish, seen)


@app.command("add")
def add(
    why: Annotated[str, typer.Option(help="Why; kept with it.")],
    days: Annotated[int, typer.Option(help=f"For how long; at most {LONGEST.days}.", min=1)],
    alert: AlertOption = None,
    what: WhatOption = None,
    product: ProductOption = None,
    rule: RuleOption = None,
    person: PersonOption = None,
    by: ByOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    although_it_hides_leaks: Annotated[
        bool, typer.Option("--although-it-hides-leaks", help="Also if a leak of the past would have been hidden.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Hear no more of a product, a rule, a person, the same words, or of several of them together, for some days.

    Shows first what it would have hidden, and asks. What it hides is kept; `suppressions show` lists it.
    """
    if not why.strip():
        raise typer.BadParameter("--why is empty; whoever finds it later must know the reason")
    if timedelta(days=days) > LONGEST:
        raise typer.BadParameter(
            f"--days {days} is more than {LONGEST.days}: what is hidden for longer is forgotten; make it anew then"
        )
    settings = readable_settings(config)
    with open_store(settings) as store:
        wish = _wish(store, settings, alert, what, product, rule, person)
        seen = _preview(store, wish)
        if not as_json:
            _print_preview(wish, seen)
        if seen.leaks and not although_it_hides_leaks:
            leaks = ", ".join(f"A-{number}" for number in seen.leaks[:LAST_SHOWN])
            raise LeakMonitorError(
                f"{wish.said}: would have hidden {len(seen.leaks)} judged a leak ({leaks}); "
                "name less, for example --what text, or say --although-it-hides-leaks"
            )
        _confirm(yes=yes)
        now = SystemClock().now()
        until = now + timedelta(days=days)
        with store.write() as tx:
            number = suppressions.suppress(tx, why=why, by_whom=by or actor(), until=until, now=now, **asdict(wish))
    if as_json:
        show.print_json({"number": number, "what": wish.said, "until": until, **_as_data(seen)})
    else:
        show.out().print(f"S-{number}: {wish.said} is hidden until {show.short_time(until)}", markup=False)


@app.command("list")
def list_suppressions(
    over: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what is hidden: why, by whom, until when, how much so far."""
    now = SystemClock().now()
    with open_store(readable_settings(config)) as store, store.read() as tx:
        rows = suppressions.list_suppressions(tx, now, over=over)
    show.print_rows(
        COLUMNS,
        [
            (
                *(f"S-{r.number}", r.what, r.why, r.by_whom, r.at, r.until, r.hidden_count),
                *("ended" if r.is_over(now) else "in force", r.ended_at, r.ended_by),
            )
            for r in rows
        ],
        as_json=as_json,
        empty="nothing is hidden",
        on_terminal=("number", "what", "why", "by", "until", "hidden", "state"),
    )


@app.command("show")
def show_suppression(
    number: NumberArgument,
    limit: Annotated[int, typer.Option(help="At most so many posts.")] = 200,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show the posts in which one hides something, the newest first, so that a person can look at them."""
    which = _number(number)
    with open_store(readable_settings(config)) as store:
        with store.read() as tx:
            row, hidden = suppressions.show_suppression(tx, which), suppressions.hidden_posts(tx, which, limit)
        log_view(store, f"suppression:{which}", {"posts": len(hidden)})
    if not as_json:
        for line in _about(row):
            show.out().print(line)
    show.print_rows(
        ("post", "person", "platform", "at", "findings", "url"),
        [(p.post_id, p.person, p.platform, p.at, p.findings, p.url) for p in hidden],
        as_json=as_json,
        empty="it has hidden nothing",
    )


@app.command("end")
def end(
    number: NumberArgument, by: ByOption = None, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """End one now: new posts are told again. What it hid is told to nobody by itself; `suppressions show` lists it."""
    which, who = _number(number), by or actor()
    with open_store(readable_settings(config)) as store, store.write() as tx:
        row = suppressions.end_suppression(tx, which, who, SystemClock().now())
    if as_json:
        show.print_json({"number": which, "ended_by": who, "hidden": row.hidden_count})
        return
    show.out().print(f"S-{which}: ended by {who}; it has hidden {row.hidden_count} findings", markup=False)


# --- what is meant --------------------------------------------------------------------------------------------------


def _number(text: str) -> int:
    digits = text.upper().removeprefix("S-")
    if not (digits.isascii() and digits.isdigit()):
        raise typer.BadParameter(f"{text!r} is no number of a suppression, for example S-4")
    return int(digits)


def _wish(
    store: Store,
    settings: Settings,
    alert: str | None,
    what: list[What] | None,
    product: str | None,
    rule: str | None,
    person: str | None,
) -> Wish:
    """What the options name together; BadParameter if they name nothing, NotFoundError if something is not there."""
    if (alert is None) is not (not what):
        raise typer.BadParameter("--alert and --what go together: --alert A-17 --what text")
    book = rules_of(settings) if product or rule or What.RULE in (what or ()) else None
    wish = Wish()
    if alert is not None:
        with store.read() as tx:
            about = suppressions.alert_about(tx, parse_number(alert))
        wish = _of_alert(about, what or [], book, rule)
    if product is not None and book is not None:
        subject, label = _product(book, product)
        wish = replace(wish, subject=subject, label=label)
    if rule is not None and book is not None:
        found = _rule(book, rule)
        wish = replace(wish, rule_id=found.id, rule_place=found.place)
    if person is not None:
        if person not in {known.key for known in settings.people}:
            raise NotFoundError(f"no person {person!r} in the configuration")
        wish = replace(wish, person_key=person)
    if not wish.said:
        raise typer.BadParameter("nothing is named: --alert with --what, --product, --rule or --person")
    return wish


def _of_alert(about: AlertAbout, what: list[What], book: RuleBook | None, rule: str | None) -> Wish:
    wish = Wish()
    if What.SUBJECT in what:
        wish = replace(wish, subject=about.subject, label=about.label)
    if What.PERSON in what:
        wish = replace(wish, person_key=about.person_key)
    if What.TEXT in what:
        wish = replace(wish, text_hash=about.text_hash)
    if What.RULE in what and book is not None and rule is None:
        found = [each for each in book.rules if each.id in about.rule_ids]
        if len(found) != 1:
            places = ", ".join(each.place for each in found) or "none that is still there"
            raise LeakMonitorError(f"rules of this alert: {places}; name one with --rule")
        wish = replace(wish, rule_id=found[0].id, rule_place=found[0].place)
    return wish


def _product(book: RuleBook, name: str) -> tuple[str, str]:
    """The key and the label of the product or series that is called so."""
    things = [(thing.key, thing.label, thing.ref) for thing in book.products.values()]
    things += [(thing.key, thing.label, thing.ref) for thing in book.series]
    found = [(key, label) for key, label, ref in things if name in (label, ref)]
    if not found:
        raise NotFoundError(f"no product with the label {name!r}; `leak-monitor watchlist show --labels` shows them")
    if len(found) > 1:
        refs = ", ".join(ref for _, label, ref in things if label == name)
        raise LeakMonitorError(f"{len(found)} products are called {name}; name one by its ref: {refs}")
    return found[0]


def _rule(book: RuleBook, place: str) -> Rule:
    found = [rule for rule in book.rules if rule.place == place or rule.place.endswith(f"/{place}")]
    if len(found) != 1:
        places = ", ".join(rule.place for rule in found or book.rules)
        raise NotFoundError(f"no rule stands at {place}; there are {places}")
    return found[0]


# --- what it would have hidden --------------------------------------------------------------------------------------


def _preview(store: Store, wish: Wish) -> Preview:
    quiet = suppressions.wished(wish.subject, wish.rule_id, wish.text_hash, wish.person_key)
    with store.read() as tx:
        return preview_of(quiet, suppressions.past_alerts(tx, quiet))


def _print_preview(wish: Wish, seen: Preview) -> None:
    for line in _preview_lines(wish, seen):
        show.out().print(line)


def _preview_lines(wish: Wish, seen: Preview) -> Iterator[Text]:
    count = len(seen.hidden)
    yield Text(f"{wish.said}: would have hidden {count} stored alert{'' if count == 1 else 's'}", "bold")
    for (severity, verdict), number in sorted(
        seen.counts.items(), key=lambda item: (-item[0][0].rank, str(item[0][1]))
    ):
        yield Text(f"  {number} {severity}, {verdict or 'not judged'}", show.STYLES[severity])
    if seen.partly:
        yield Text(f"  {seen.partly} more would have been told with less in them", "dim")
    if seen.hidden:
        last = ", ".join(f"A-{past.number}" for past in seen.hidden[:LAST_SHOWN])
        yield Text(f"  the last of them: {last}")


def _as_data(seen: Preview) -> Mapping[str, object]:
    counts = [
        {"severity": severity, "verdict": verdict, "alerts": number}
        for (severity, verdict), number in seen.counts.items()
    ]
    return {
        "would_have_hidden": len(seen.hidden),
        "partly": seen.partly,
        "counts": counts,
        "last": [f"A-{past.number}" for past in seen.hidden[:LAST_SHOWN]],
        "leaks": [f"A-{number}" for number in seen.leaks],
    }


def _confirm(*, yes: bool) -> None:
    """Ask on a terminal; scripts say --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise LeakMonitorError("nothing was changed: say --yes where nobody can be asked")
    if not typer.confirm("Hide it?", err=True):
        raise LeakMonitorError("nothing was changed")


def _about(row: SuppressionRow) -> Iterator[Text]:
    ended = f", ended {show.short_time(row.ended_at)} by {row.ended_by}" if row.ended_at else ""
    yield Text(f"S-{row.number}  {row.what}", "bold")
    yield Text(show.printable(f"{row.by_whom}: {row.why}"))
    until = show.short_time(row.until)
    yield Text(f"{show.short_time(row.at)} to {until}{ended}; {row.hidden_count} findings hidden", "dim")
