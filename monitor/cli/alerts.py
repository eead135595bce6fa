"""`leak-monitor alerts`: what was flagged, and what people make of it."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import show
from monitor.cli.actor import actor, log_view
from monitor.cli.answers import (
    as_data,
    parse_number,
    person_of,
    removal_request,
    respond,
    response_lines,
    story_of,
    take,
)
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, LangOption, open_store, readable_settings
from monitor.cli.pictures import export, told_of
from monitor.clock import SystemClock
from monitor.deliver.text import also_on
from monitor.errors import NotFoundError
from monitor.fetch import is_reduced
from monitor.model.messages import AlertState, Verdict
from monitor.model.posts import Evidence
from monitor.model.rulebook import Severity
from monitor.store import reviews, stories
from monitor.store.stories import AlertStory
from monitor.words import platform_name, say, say_reason

app = typer.Typer(help="What was flagged, and what people make of it.", no_args_is_help=True)
app.command("take")(take)
app.command("respond")(respond)
app.command("removal-request")(removal_request)


@app.command("list")
def list_alerts(
    state: Annotated[AlertState | None, typer.Option(help="Only those in this state.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Only those at least so bad.")] = None,
    person: Annotated[str | None, typer.Option(help="Only those of this person (key).")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List alerts, the newest first. Products are named by their label."""
    with open_store(readable_settings(config)) as store, store.read() as tx:
        rows = stories.list_alerts(tx, state=state, severity=severity, person=person, limit=limit)
    columns = ("number", "severity", "state", "found", "verdict", "opened_at", "product", "person", "platform", "url")
    show.print_rows(
        columns,
        [
            (
                *(f"A-{r.number}", r.severity, r.state, r.found, r.verdict, r.opened_at),
                *(r.label, r.person_name, r.platform, r.post_url),
            )
            for r in rows
        ],
        as_json=as_json,
        empty="no alerts",
        on_terminal=("number", "severity", "state", "opened_at", "product", "person", "platform"),
    )


@app.command("show")
def show_alert(
    number: Annotated[str, typer.Argument(help="For example A-17 or 17.")],
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    contacts: Annotated[bool, typer.Option("--contacts", help="Also whom to call, with numbers; logged.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one alert: the post with what was found in it and why, its events, who was told, what was judged, done."""
    settings = readable_settings(config)
    language = lang or settings.language
    with open_store(settings) as store:
        story = story_of(store, number)
        person = person_of(settings, story.post.person_key) if contacts else None
        called = person.contacts if person else ()
        seen = {"post": story.post.id} | ({"contacts": len(called)} if contacts else {})
        log_view(store, f"alert:{story.alert.number}", seen)
    if as_json:
        whole = asdict(story) | {"response": [as_data(row) for row in story.response]}
        whole |= {"contacts": called} if contacts else {}
        show.print_json({**whole, "pictures": [told_of(picture) for picture in story.pictures]})
        return
    for line in _lines(story, language):
        show.out().print(line)
    for contact in called:
        show.out().print(Text(say(language, "contact", contact=contact), "bold"))


@app.command("pictures")
def write_pictures(
    number: Annotated[str, typer.Argument(help="For example A-17 or 17.")],
    to: Annotated[Path, typer.Option(help="A folder, made if missing; readable by you alone.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the pictures of an alert's post to a folder, as received, with a manifest: digests, headers, instants."""
    settings = readable_settings(config)
    with open_store(settings) as store:
        story = story_of(store, number)
        log_view(store, f"alert:{story.alert.number}", {"post": story.post.id, "pictures": len(story.pictures)})
    written = export(story.pictures, settings.evidence_dir, to, f"A-{story.alert.number}")
    show.out().print(f"{to}: {written} of {len(story.pictures)} pictures, and manifest.json", markup=False)


@app.command("review")
def review(
    number: Annotated[str, typer.Argument(help="For example A-17 or 17.")],
    verdict: Annotated[Verdict, typer.Option(help="What it is.")],
    note: Annotated[str, typer.Option(help="Why; kept with the verdict.")] = "",
    by: Annotated[str | None, typer.Option(help="Who judges; default the user of this machine.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Record a verdict. Whoever was told of what is no leak is told so; `public` makes its facts public."""
    with open_store(readable_settings(config)) as store, store.write() as tx:
        if stories.show_alert(tx, parse_number(number)) is None:
            raise NotFoundError(f"no alert {number}; `leak-monitor alerts list` shows them")
        reviews.save_review(
            tx,
            parse_number(number),
            verdict,
            reviewer=by or actor(),
            now=SystemClock().now(),
            note=note,
        )
    show.out().print(f"A-{parse_number(number)}: {verdict}", markup=False)
    if verdict is Verdict.PUBLIC:
        show.err().print(
            "what it is about counts as public from that post on: nobody is told of it any more. "
            "If that is wrong, review it again with another verdict.",
            style="yellow",
            markup=False,
        )


def _lines(story: AlertStory, language: str) -> Iterator[Text]:
    alert, post = story.alert, story.post
    mark = say(language, f"severity_{alert.severity}")
    yield Text(f"A-{alert.number}  {mark}", show.STYLES[alert.severity]) + Text(
        f"  {alert.label} ({alert.ref})  {say(language, f'state_{alert.state}')}"
    )
    yield Text(f"{alert.person_name}, {platform_name(language, alert.platform)}  {alert.post_url or '-'}")
    yield Text(
        f"posted {show.short_time(post.claimed_at)}, seen {show.short_time(post.first_seen_at)}, "
        f"{say(language, f'found_{alert.found}')}; post {post.id}, version {post.revision_no}",
        "dim",
    )
    for number, part in enumerate(post.parts):
        text = Text(show.printable(part.text))
        for found in story.findings:
            if found.part_no == number:
                text.stylize("bold reverse", found.start, found.end)
        yield Text(f"{say(language, f'origin_{part.origin}')}: ", "bold") + text
    for found in story.findings:
        yield Text(f"  {say(language, f'kind_{found.kind}')}: {say_reason(language, found.reason)}")
    yield from (_picture(picture, language) for picture in story.pictures)
    yield from map(Text, also_on(story.spread, language))
    if is_reduced(post.source):
        yield Text(say(language, "reduced"), "yellow")
    yield from _history(story, language)
    yield from response_lines(story.response, language)


def _history(story: AlertStory, language: str) -> Iterator[Text]:
    """What became of it: its events, who was told, what was judged."""
    for event in story.events:
        yield Text(f"{show.short_time(event.at)}  {event.seq}. {say(language, f'event_{event.kind}')}", "dim")
    for told in story.deliveries:
        yield Text(f"told {told.receiver_key}: {told.state}  {show.short_time(told.delivered_at)}", "dim")
    for judged in story.reviews:
        note = f": {show.printable(judged.note)}" if judged.note else ""
        yield Text(
            f"{show.short_time(judged.at)}  {judged.reviewer}: {say(language, f'verdict_{judged.verdict}')}{note}"
        )


def _picture(picture: Evidence, language: str) -> Text:
    size = f"{picture.size / 1024:.1f} KB  {picture.sha256[:12]}" if picture.size and picture.sha256 else "-"
    kind, state = say(language, f"media_{picture.kind}"), say(language, f"picture_{picture.state}")
    return Text(f"{kind}: {state}  {size}  {show.short_time(picture.fetched_at)}")
