"""A day or a week in words: what happened, how quickly, how much was seen, and what lies ahead.

Rows without content are left out, but for what was watched and when we were blind. `minimal` has no word on rules,
reviews or suppressions; when secrets are lifted, and the word that is noisy, are for `full` alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from monitor.deliver.card import Card, Tone
from monitor.model.messages import Disclosure, Receiver
from monitor.model.summaries import BlindSpot, Every, Lift, LiftOf, Noise, Pair, Summary, Unjudged
from monitor.words import LANGUAGES, platform_name, say
from monitor.words.phrases import duration, moment

NAMED: Final = 5  # of alerts, blind spots and lifts in one line; the others are counted
TWO: Final = 2
MONDAY: Final = 0


def summary_card(summary: Summary, receiver: Receiver) -> Card:
    """The message; RenderError if a word for it is missing."""
    foot = (_next(summary.next_at, receiver),) if summary.next_at else ()
    lines = tuple(_with_gaps([counted(summary, receiver), timed(summary, receiver), [*told(summary, receiver)]]))
    title = title_of(summary, receiver.language)
    return Card(receiver.language, Tone.CALM, title, (conclusion(summary, receiver.language), *lines), (), foot)


def _with_gaps(paragraphs: Sequence[Sequence[str]]) -> Iterator[str]:
    for lines in paragraphs:
        if lines:
            yield ""
            yield from lines


# --- its parts ------------------------------------------------------------------------------------------------------


def title_of(summary: Summary, language: str) -> str:
    """Which days it is of."""
    period = summary.period
    first, last = period.begins_on, period.last_day
    if period.every is Every.DAILY:
        return say(language, "summary_title_daily", weekday=_weekday(language, last), day=_day(language, last))
    if first.month == last.month:
        month = say(language, f"month_{first.month}")
        days = say(language, "summary_days_of_month", first=str(first.day), last=str(last.day), month=month)
    else:
        days = say(language, "summary_days", first=_day(language, first), last=_day(language, last))
    if first.weekday() != MONDAY:
        return say(language, "summary_title_weekly", days=days)
    return say(language, "summary_title_week", week=str(first.isocalendar().week), days=days)


def conclusion(summary: Summary, language: str) -> str:
    """All of it in a line."""
    if summary.is_quiet:
        return _quiet(summary, language)
    tally = summary.tally
    spots, lasted = len(summary.blind), duration(language, summary.blind_for)
    waiting = tally.unjudged.this
    line = say(
        language,
        "summary_line",
        leaks=_leaks(summary, language),
        unjudged=say(language, "summary_unjudged_count", count=str(waiting)) if waiting else "",
        false=_counted(language, "summary_false", tally.false.this),
        blind=_counted(language, "summary_blind", spots, lasted=lasted),
    )
    return " ".join(line.split())


def counts(summary: Summary) -> Iterator[tuple[str, Pair, Sequence[Unjudged]]]:
    """The code of each count that is not empty, with its numbers and the alerts that are named beside it."""
    tally = summary.tally
    rows = (("leaks", tally.leaks), ("allowed", tally.allowed), ("false", tally.false))
    yield from ((f"summary_{name}", pair, ()) for name, pair in rows if pair)
    if tally.unjudged or summary.unjudged:
        yield "summary_unjudged", tally.unjudged, summary.unjudged


def counted(summary: Summary, receiver: Receiver) -> list[str]:
    """A line for each count, beside that of the period before."""
    language = receiver.language
    before = say(language, f"summary_last_{summary.period.every}")
    lines = []
    for code, pair, named in counts(summary):
        what = say(language, code)
        line = say(language, "shape_count", what=what, this=_n(pair.this), last=_n(pair.last), before=before)
        lines.append(line + (f" ← {waiting(named, summary.at, language)}" if named else ""))
    return lines


def waiting(named: Sequence[Unjudged], now: datetime, language: str) -> str:
    """The alerts that wait for a verdict, and whose they are."""
    items = []
    for alert in named[:NAMED]:
        code = "summary_unjudged_item" if alert.assignee else "summary_unjudged_nobody"
        age, who = _age(alert, now, language), alert.assignee or ""
        items.append(say(language, code, number=f"A-{alert.number}", who=who, age=age))
    return _listed(language, items, len(named))


def timed(summary: Summary, receiver: Receiver) -> list[str]:
    """A line for each thing that took time."""
    language = receiver.language
    return [
        say(
            language,
            "summary_wait",
            what=say(language, f"summary_wait_{name}"),
            median=duration(language, wait.median),
            slowest=duration(language, wait.slowest),
        )
        for name, wait in summary.waits.items()
    ]


def told(summary: Summary, receiver: Receiver) -> Iterator[str]:
    """How much was watched, when we were blind, and, as far as this receiver may know, what lies ahead."""
    language = receiver.language
    yield _watched(summary, language)
    yield _blind(summary, receiver)
    if (tests := summary.self_tests.sent) and not summary.is_quiet:  # the conclusion of a quiet one says it
        yield say(language, "summary_self_tests", passed=_n(summary.self_tests.passed), sent=_n(tests))
    if receiver.show is Disclosure.FULL and summary.lifts:
        lifts = [_lift(lift, summary, receiver) for lift in summary.lifts[:NAMED]]
        yield say(language, "summary_lifts", lifts=_listed(language, lifts, len(summary.lifts)))
    if receiver.show is not Disclosure.MINIMAL:
        if summary.noise:
            yield _noise(summary.noise, receiver)
        if ending := _ending(summary, receiver):
            yield say(language, "summary_ending", items=say(language, "list_semicolon").join(ending))
    if summary.on_duty:
        yield _duty(summary, language)


# --- sentences ------------------------------------------------------------------------------------------------------


def _quiet(summary: Summary, language: str) -> str:
    watched, tests = summary.watched, summary.self_tests
    code = "summary_quiet_all" if watched.readable == watched.accounts else "summary_quiet_some"
    readable = say(language, code, accounts=_n(watched.accounts), readable=_n(watched.readable))
    code = "summary_quiet_tests_all" if tests.passed == tests.sent else "summary_quiet_tests_some"
    passed = say(language, code, passed=_n(tests.passed), sent=_n(tests.sent)) if tests.sent else ""
    code = f"summary_quiet_{summary.period.every}"
    return say(language, code, posts=_n(watched.posts), readable=readable, tests=passed)


def _leaks(summary: Summary, language: str) -> str:
    count, removed = summary.tally.leaks.this, summary.tally.removed
    if not count:
        return say(language, "summary_no_leak_yet" if summary.tally.unjudged.this else "summary_no_leak")
    if count == 1:
        return say(language, "summary_leak_removed" if removed else "summary_leak_stands")
    if removed == count:
        return say(language, "summary_leaks_both" if count == TWO else "summary_leaks_removed", count=_n(count))
    code = "summary_leaks_some" if removed else "summary_leaks_stand"
    return say(language, code, count=_n(count), removed=_n(removed))


def _counted(language: str, code: str, count: int, **args: str) -> str:
    """The sentence of one or of several; nothing of none."""
    return say(language, f"{code}_{'one' if count == 1 else 'some'}", count=_n(count), **args) if count else ""


def _watched(summary: Summary, language: str) -> str:
    watched = summary.watched
    unread = watched.accounts - watched.readable
    code = "summary_readable_some" if unread else "summary_readable_all"
    return say(
        language,
        "summary_watched",
        people=_n(watched.people),
        accounts=_n(watched.accounts),
        posts=_n(watched.posts),
        readable=say(language, code, count=_n(unread)),
    )


def _blind(summary: Summary, receiver: Receiver) -> str:
    language = receiver.language
    if not summary.blind:
        return say(language, "summary_blind_never")
    spots = [_spot(spot, summary, receiver) for spot in summary.blind[:NAMED]]
    return say(language, "summary_blind", spots=_listed(language, spots, len(summary.blind)))


def _spot(spot: BlindSpot, summary: Summary, receiver: Receiver) -> str:
    language, zone = receiver.language, receiver.timezone
    begin = moment(language, spot.from_at, zone, near=summary.at)
    if spot.to_at is None:
        span = say(language, "summary_spot_since", begin=begin)
    else:
        span = say(language, "summary_spot_span", begin=begin, end=moment(language, spot.to_at, zone, spot.from_at))
    return say(
        language,
        "summary_spot_many" if spot.accounts > 1 else "shape_spot",
        platform=platform_name(language, spot.platform),
        accounts=_n(spot.accounts),
        span=span,
        cause=cause_of(spot, language),
        outcome=outcome_of(spot, language),
    )


def cause_of(spot: BlindSpot, language: str) -> str:
    """Why nothing could be read there, in a few words."""
    code = f"blind_{spot.cause}"
    return say(language, code if code in LANGUAGES[language] else "blind_other")


def outcome_of(spot: BlindSpot, language: str) -> str:
    """Whether what was said meanwhile has been read since."""
    if spot.to_at is None:
        return say(language, "summary_spot_lasts")
    if spot.reread == spot.accounts:
        return say(language, "summary_spot_reread")
    code = "summary_spot_partly" if spot.reread else "summary_spot_unread"
    return say(language, code, reread=_n(spot.reread), accounts=_n(spot.accounts))


def _lift(lift: Lift, summary: Summary, receiver: Receiver) -> str:
    language = receiver.language
    products = [_lifted(product, language) for product in lift.products[:NAMED]]
    time = moment(language, lift.at, receiver.timezone, near=summary.at)
    listed = _listed(language, products, len(lift.products), "list_comma")
    return say(language, "shape_lift", event=lift.event, time=time, products=listed).strip()


def _lifted(product: LiftOf, language: str) -> str:
    code = "summary_lift_fact" if product.count == 1 else "summary_lift_facts"
    facts = say(language, code, label=product.label, count=_n(product.count))
    if not product.undecided:
        return facts
    return say(language, "summary_lift_undecided", facts=facts, undecided=_n(product.undecided))


def _noise(noise: Noise, receiver: Receiver) -> str:
    language = receiver.language
    proposal = say(language, "summary_noisy_proposal") if noise.needs_context else ""
    if noise.word and receiver.show is Disclosure.FULL:
        what = say(language, "shape_word", word=noise.word, label=noise.label)
    elif noise.place:
        what = say(language, "summary_noisy_rule", label=noise.label, place=noise.place)
    else:
        what = noise.label
    numbers = {"right": _n(noise.right), "judged": _n(noise.judged)}
    return say(language, "summary_noisy", what=what, proposal=proposal, **numbers)


def _ending(summary: Summary, receiver: Receiver) -> list[str]:
    language, zone = receiver.language, receiver.timezone
    items = []
    if ends := summary.suppressions:
        days = list(dict.fromkeys(_day(language, at.astimezone(zone).date()) for at in ends))
        code = "summary_suppression" if len(ends) == 1 else "summary_suppressions"
        items.append(say(language, code, count=_n(len(ends)), days=say(language, "list_comma").join(days)))
    for review in summary.reviews:
        day = _day(language, review.due_at.astimezone(zone).date())
        items.append(say(language, "summary_review", name=review.person_name, day=day))
    return items


def _duty(summary: Summary, language: str) -> str:
    comma = say(language, "list_comma")
    code = "summary_duty_next" if summary.next_on_duty else "summary_duty"
    return say(language, code, names=comma.join(summary.on_duty), following=comma.join(summary.next_on_duty))


def _next(at: datetime, receiver: Receiver) -> str:
    language, local = receiver.language, at.astimezone(receiver.timezone)
    day, weekday = _day(language, local.date()), _weekday(language, local.date())
    return say(language, "summary_next", weekday=weekday, day=day, time=f"{local:%H:%M}")


# --- phrases --------------------------------------------------------------------------------------------------------


def _day(language: str, day: date) -> str:
    return say(language, "summary_day", day=str(day.day), month=say(language, f"month_{day.month}"))


def _weekday(language: str, day: date) -> str:
    return say(language, f"weekday_{day.weekday()}")


def _age(alert: Unjudged, now: datetime, language: str) -> str:
    """In whole days once it is one: nobody asks for the hours of a week."""
    days = (now - alert.opened_at).days
    return say(language, "duration_day", count=str(days)) if days else duration(language, now - alert.opened_at)


def _listed(language: str, items: Sequence[str], of: int, between: str = "list_semicolon") -> str:
    """These, and how many there are besides."""
    more = [say(language, "digest_more", count=_n(of - len(items)))] if of > len(items) else []
    return say(language, between).join([*items, *more])


def _n(number: int) -> str:
    return f"{number:,}"
