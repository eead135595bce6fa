"""What answers an alert: who sees to it, what was done, and the request to remove the post."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import show
from monitor.cli.actor import actor, log_view
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, LangOption, open_store, readable_settings
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.errors import LeakMonitorError, NotFoundError
from monitor.model.people import Person
from monitor.review import BY_HAND, Step, StepRow
from monitor.store import Store, responses, reviews, stories
from monitor.store.stories import AlertStory
from monitor.words import platform_name, say
from monitor.words.phrases import duration, moment

NumberArgument = Annotated[str, typer.Argument(help="For example A-17 or 17.")]


def take(
    number: NumberArgument,
    by: Annotated[str | None, typer.Option(help="Who sees to it; default the user of this machine.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say that somebody sees to it. A second time says who does."""
    which, now = parse_number(number), SystemClock().now()
    with open_store(readable_settings(config)) as store, store.write() as tx:
        responses.response_to(tx, which)  # NotFoundError, if there is no such alert
        reviews.acknowledge(tx, which, by or actor(), now)
        taken = next((row for row in responses.response_to(tx, which) if row.step is Step.TAKEN and row.at), None)
    if taken is None:
        show.out().print(f"A-{which} is judged already, and nobody has taken it", markup=False)
        return
    already = "" if taken.at == now else " already"
    show.out().print(f"A-{which} taken{already} by {taken.by_whom}, {show.short_time(taken.at)}", markup=False)


def respond(
    number: NumberArgument,
    step: Annotated[Step, typer.Argument(help=", ".join(BY_HAND), show_choices=False)],
    by: Annotated[str | None, typer.Option(help="Who did it; default the user of this machine.")] = None,
    note: Annotated[str, typer.Option(help="Kept with it; a decision needs one.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Note what was done about a leak. A second time says who did it when."""
    which = parse_number(number)
    _check_step(step, note, undo=undo)
    who, now = by or actor(), SystemClock().now()
    with open_store(readable_settings(config)) as store, store.write() as tx:
        if undo:
            responses.undo_response(tx, which, step, by_whom=who, now=now)
        else:
            done = responses.respond(tx, which, step, by_whom=who, note=note, now=now)
        rows = responses.response_to(tx, which)
    if as_json:
        show.print_json({"number": which, "response": [as_data(row) for row in rows]})
    elif undo:
        show.out().print(f"A-{which}: {step} is open again", markup=False)
    else:
        already = "" if done.at == now else " already"
        said = f"A-{which}: {step} done{already} by {done.by_whom or 'the program'}, {show.short_time(done.at)}"
        show.out().print(show.printable(said), markup=False)


def removal_request(
    number: NumberArgument,
    by: Annotated[str | None, typer.Option(help="Who is on duty; default whoever has taken it, else you.")] = None,
    lang: LangOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print the request to remove the post, to be copied: it names the link, and nothing of what is in the post."""
    settings = readable_settings(config)
    with open_store(settings) as store:
        story = story_of(store, number)
        log_view(store, f"alert:{story.alert.number}", {"post": story.post.id, "removal_request": True})
    if story.alert.post_url is None:
        raise LeakMonitorError(f"the post of A-{story.alert.number} has no link; name its account and time by hand")
    if story.post.gone_at is not None:
        show.err().print(f"it is gone since {show.short_time(story.post.gone_at)}", style="yellow", markup=False)
    taken = next((row.by_whom for row in story.response if row.step is Step.TAKEN), "")
    for line in removal_lines(story, settings, lang or settings.language, by or taken or actor()):
        show.out().print(show.printable(line), markup=False)


def removal_lines(story: AlertStory, settings: Settings, language: str, by: str) -> Iterator[str]:
    """The request: whose post, where and when, its link, and who asks."""
    person = person_of(settings, story.post.person_key)
    called = person.called if person else ""
    posted_at = story.post.claimed_at or story.post.first_seen_at
    yield say(
        language,
        "removal_ask",
        called=called or story.alert.person_name,
        platform=platform_name(language, story.alert.platform),
        what=say(language, f"removal_{story.post.kind}"),
        time=moment(language, posted_at, settings.timezone, near=SystemClock().now()),
    )
    yield story.alert.post_url or ""
    yield say(language, "removal_end", by=by)


def response_lines(rows: tuple[StepRow, ...], language: str) -> Iterator[Text]:
    """The list with its marks."""
    yield Text(say(language, "response"), "bold")
    for row in rows:
        name = say(language, f"step_{row.step}")
        if row.at is None:
            yield Text(f"  {'→' if row.is_next else '·'} {name}", "bold" if row.is_next else "dim")
            continue
        stood = say(language, "step_stood", stood=duration(language, row.alive)) if row.alive is not None else ""
        said = "  ".join(word for word in (name, row.by_whom, show.short_time(row.at), stood, row.note) if word)
        yield Text(show.printable(f"  ✔ {said}"), "green")


def as_data(row: StepRow) -> dict[str, object]:
    """A step for programs."""
    alive_s = None if row.alive is None else row.alive.total_seconds()
    return {
        "step": row.step,
        "at": row.at,
        "by": row.by_whom or None,
        "note": row.note or None,
        "alive_s": alive_s,
        "next": row.is_next,
    }


def parse_number(text: str) -> int:
    """The number of an alert, with or without its prefix."""
    digits = text.upper().removeprefix("A-")
    if not (digits.isascii() and digits.isdigit()):
        raise typer.BadParameter(f"{text!r} is no alert number, for example A-17")
    return int(digits)


def story_of(store: Store, number: str) -> AlertStory:
    """All about an alert; NotFoundError if there is none of that number."""
    with store.read() as tx:
        story = stories.show_alert(tx, parse_number(number))
    if story is None:
        raise NotFoundError(f"no alert {number}; `leak-monitor alerts list` shows them")
    return story


def person_of(settings: Settings, key: str) -> Person | None:
    """The person of that key; None if nobody watches them any more."""
    return next((person for person in settings.people if person.key == key), None)


def _check_step(step: Step, note: str, *, undo: bool) -> None:
    if step not in BY_HAND:
        how = "`leak-monitor alerts take` says who" if step is Step.TAKEN else "the program sees it by itself"
        raise typer.BadParameter(f"{step} is not noted by hand: {how}")
    if step is Step.DECISION and not undo and not note.strip():
        raise typer.BadParameter("a decision needs its reason: --note")
