"""`leak-monitor status`: what is watched, what waits, what is wrong, and how soon people are told."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, open_store, readable_settings
from monitor.clock import SystemClock
from monitor.service import late_work
from monitor.store import status as numbers
from monitor.store import timing
from monitor.timing import Stage, Standing, Times, figures_of
from monitor.words.phrases import duration

SPANS: Mapping[Stage, str] = {
    Stage.SEEN: "published to read",
    Stage.MATCHED: "read to judged by the rules",
    Stage.DELIVERED: "judged to first arrival",
    Stage.TOLD: "published to first arrival",
    Stage.TAKEN: "read to taken",
    Stage.JUDGED: "read to judged by a person",
    Stage.GONE: "published to gone",
}
TimesOption = Annotated[bool, typer.Option("--times", help="How long each stage took, instead.")]
DaysOption = Annotated[int, typer.Option("--days", help="With --times: of the alerts of so many days.", min=1)]


def status(
    config: ConfigOption = DEFAULT_CONFIG,
    times: TimesOption = False,
    days: DaysOption = 30,
    as_json: JsonOption = False,
) -> None:
    """Show how things stand in the database; exit code 1 if something is wrong."""
    settings = readable_settings(config)
    now = SystemClock().now()
    with open_store(settings) as store, store.read() as tx:
        if times:
            _print_times(timing.times_of(tx, now - timedelta(days=days)), as_json=as_json)
            return
        counts, incidents = numbers.counts(tx, now), numbers.open_incidents(tx)
        standing = timing.standing(tx, settings.objective, now) if settings.objective else None
    problems = late_work(counts, now)
    if as_json:
        told = {"incidents": [asdict(i) for i in incidents], "problems": problems, "objective": _as_data(standing)}
        show.print_json({**asdict(counts), **told})
    else:
        rows = (
            ("accounts", _said(counts.accounts)),
            ("last read", show.short_time(counts.last_success_at)),
            ("texts", _said(counts.revisions)),
            ("alerts", _said(counts.alerts)),
            ("messages", _said(counts.deliveries)),
            ("receivers", _said(counts.receivers)),
            *((("objective", _promise(standing)),) if standing else ()),
            *((f"trouble since {show.short_time(i.opened_at)}", f"{i.kind} {i.subject}") for i in incidents),
            *(("problem", problem) for problem in problems),
        )
        show.print_rows(("what", "how it stands"), rows, as_json=False, empty="")
    if problems or incidents:
        raise typer.Exit(1)


def _said(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items()) or "none"


def _promise(standing: Standing) -> str:
    wanted = standing.objective
    within = duration("en", wanted.within)
    promised = f"{100 * wanted.share:.3g} % within {within} were promised"
    if not standing.count:
        return f"no alert to measure in {wanted.days} days; {promised}"
    left = f"{max(0.0, 100 * standing.budget_left):.0f} % of the error budget left"
    in_time = standing.count - standing.missed
    return f"{in_time} of {standing.count} alerts in time in {wanted.days} days; {promised}; {left}"


def _as_data(standing: Standing | None) -> Mapping[str, object] | None:
    if standing is None:
        return None
    wanted = standing.objective
    return {
        "within_s": wanted.within.total_seconds(),
        "wanted_share": wanted.share,
        "days": wanted.days,
        "alerts": standing.count,
        "missed": standing.missed,
        "share": standing.share,
        "budget_left": standing.budget_left,
        "met": standing.is_met,
    }


def _print_times(found: list[Times], *, as_json: bool) -> None:
    rows = [
        (stage, SPANS[stage], of.count, *(_length(s, as_json=as_json) for s in (of.median_s, of.p95_s, of.slowest_s)))
        for stage, of in figures_of(found).items()
    ]
    spans = ("median_s", "p95_s", "slowest_s") if as_json else ("median", "p95", "slowest")
    show.print_rows(("stage", "from and to", "alerts", *spans), rows, as_json=as_json, empty="no alert in these days")


def _length(seconds: float, *, as_json: bool) -> object:
    return seconds if as_json else duration("en", timedelta(seconds=seconds))
