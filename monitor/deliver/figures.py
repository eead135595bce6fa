"""A day or a week as data, as far as a receiver may know it. Instants are left to whoever writes them down."""

from datetime import timedelta

from monitor.deliver.payload import Json
from monitor.model.messages import Disclosure
from monitor.model.summaries import BlindSpot, Lift, Noise, Pair, Summary


def figures_of(summary: Summary, show: Disclosure) -> Json:
    """The numbers of a summary by name; docs/reference/webhook.md says what each means."""
    period, tally, watched = summary.period, summary.tally, summary.watched
    told: Json = {
        "disclosure": show,
        "every": period.every,
        "from": period.from_at,
        "until": period.until_at,
        "next_at": summary.next_at,
        "alerts": {
            "leaks": {**_pair(tally.leaks), "removed": tally.removed},
            "allowed": _pair(tally.allowed),
            "false": _pair(tally.false),
            "unjudged": _pair(tally.unjudged),
        },
        "unjudged": [
            {"alert_id": alert.number, "assignee": alert.assignee, "opened_at": alert.opened_at}
            for alert in summary.unjudged
        ],
        "times": {
            name: {"median_s": _seconds(wait.median), "slowest_s": _seconds(wait.slowest)}
            for name, wait in summary.waits.items()
        },
        "watched": {
            "people": watched.people,
            "accounts": watched.accounts,
            "posts": watched.posts,
            "readable": watched.readable,
        },
        "blind": [_spot(spot) for spot in summary.blind],
        "blind_s": _seconds(summary.blind_for),
        "self_tests": {"passed": summary.self_tests.passed, "sent": summary.self_tests.sent},
        "on_duty": {"this": list(summary.on_duty), "next": list(summary.next_on_duty)},
    }
    if show is not Disclosure.MINIMAL:
        told |= _of_rules(summary, show)
    if show is Disclosure.FULL:
        told["lifts"] = [_lift(lift) for lift in summary.lifts]
    return told


def _of_rules(summary: Summary, show: Disclosure) -> Json:
    return {
        "noisiest": _noise(summary.noise, show) if summary.noise else None,
        "suppressions": list(summary.suppressions),
        "reviews": [{"person": review.person_name, "due_at": review.due_at} for review in summary.reviews],
    }


def _noise(noise: Noise, show: Disclosure) -> Json:
    told: Json = {
        "label": noise.label,
        "place": noise.place,
        "right": noise.right,
        "judged": noise.judged,
        "needs_context": noise.needs_context,
    }
    return {**told, "word": noise.word} if show is Disclosure.FULL else told


def _pair(pair: Pair) -> Json:
    return {"this": pair.this, "last": pair.last}


def _spot(spot: BlindSpot) -> Json:
    return {
        "platform": spot.platform,
        "accounts": spot.accounts,
        "from": spot.from_at,
        "to": spot.to_at,
        "cause": spot.cause,
        "reread": spot.reread,
    }


def _lift(lift: Lift) -> Json:
    products = [
        {"label": product.label, "count": product.count, "undecided": product.undecided} for product in lift.products
    ]
    return {"event": lift.event, "at": lift.at, "products": products}


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
