"""What has happened in this process, counted for Prometheus: our own registry, so that nothing global is shared.

Labels are states, codes, and keys that operators gave to accounts and receivers; never a word of the watchlist, the
id of a rule, or a text. How things stand in the database is read there: `web/metrics.py`.
"""

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from monitor import __version__
from monitor.model.messages import Found
from monitor.model.objective import Objective

PREFIX: Final = "leak_monitor"
DELAY_BUCKETS_S: Final = (1, 5, 15, 30, 60, 120, 180, 300, 600, 1800, 3600, 21_600)


class Metrics:
    """Counters of one process, from nought at its start; safe to use from every thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._fetches = self._counter("fetches", "Reads of accounts, by how they ended.", "outcome")
        self._posts = self._counter("fetched_posts", "Posts that were new to us.")
        self._edits = self._counter("fetched_edits", "New texts of posts that we knew.")
        self._evaluations = self._counter("evaluations", "Judgements of texts, by the state they led to.", "state")
        self._alerts = self._counter("alerts", "Alerts opened, by severity and by when we saw it.", "severity", "found")
        self._stages = self._delays(
            "alert_stage_seconds", "How long a live alert took in each stage: seen, matched, delivered.", "stage"
        )
        self._whole = self._delays("alert_seconds", "From the publication of a leak to its arrival at a receiver.")
        self._attempts = self._counter(
            "delivery_attempts", "Attempts to deliver a message, by receiver and outcome.", "receiver", "outcome"
        )
        promise = ("within_seconds", "days")
        self._share = self._gauge("objective_share", "The share of alerts that was told as soon as promised.", *promise)
        self._wanted = self._gauge("objective_wanted_share", "The share that was promised.", *promise)
        self._budget = self._gauge(
            "objective_budget_left", "The share of the misses allowed that is left; below 0 if more were.", *promise
        )
        self._beats = self._gauge("loop_last_beat_timestamp_seconds", "When a loop last came round.", "loop")
        self._reload_ok = self._gauge("config_last_reload_successful", "1 if the files as they are now are in force.")
        self._reloaded_at = self._gauge(
            "config_last_reload_success_timestamp_seconds", "When files were last taken into force."
        )
        self._gauge("build_info", "1; the version of the program.", "version").labels(__version__).set(1)
        ProcessCollector(registry=self.registry)
        for state in ("done", "partial", "failed", "quarantined"):
            self._evaluations.labels(state)

    # --- fetch ------------------------------------------------------------------------------------------------------

    def fetched(self, *, unchanged: bool, posts: int, edits: int) -> None:
        """A read that worked, and what was new in it."""
        self._fetches.labels("unchanged" if unchanged else "ok").inc()
        self._posts.inc(posts)
        self._edits.inc(edits)

    def fetch_failed(self, failure: str) -> None:
        """A read that did not work; `failure` is a code of errors.Failure."""
        self._fetches.labels(failure).inc()

    # --- match ------------------------------------------------------------------------------------------------------

    def evaluated(self, state: str) -> None:
        """A judgement of a text: done, partial, failed (and tried again) or quarantined."""
        self._evaluations.labels(state).inc()

    def opened(self, severity: str, found: Found, published_at: datetime, seen_at: datetime, now: datetime) -> None:
        """A new alert, and how long it took so far; what was found late says nothing of our speed."""
        self._alerts.labels(severity, found).inc()
        if found is Found.LIVE:
            self._stages.labels("seen").observe(_seconds(published_at, seen_at))
            self._stages.labels("matched").observe(_seconds(seen_at, now))

    # --- deliver ----------------------------------------------------------------------------------------------------

    def attempted(self, receiver: str, outcome: str) -> None:
        """One attempt at one receiver; `outcome` is a code of ours."""
        self._attempts.labels(receiver, outcome).inc()

    def delivered(self, published_at: datetime, matched_at: datetime, now: datetime) -> None:
        """The opening of a live alert has reached a receiver."""
        self._stages.labels("delivered").observe(_seconds(matched_at, now))
        self._whole.observe(_seconds(published_at, now))

    def objective_stands(self, objective: Objective | None, share: float = 1.0, budget_left: float = 1.0) -> None:
        """How soon people are told, beside what was promised; None if nothing was."""
        for gauge in (self._share, self._wanted, self._budget):
            gauge.clear()
        if objective is not None:
            labels = (f"{objective.within.total_seconds():g}", str(objective.days))
            self._share.labels(*labels).set(share)
            self._wanted.labels(*labels).set(objective.share)
            self._budget.labels(*labels).set(budget_left)

    # --- the process ------------------------------------------------------------------------------------------------

    def beat(self, loop: str, now: datetime) -> None:
        """A loop has come round."""
        self._beats.labels(loop).set(now.timestamp())

    def reloaded(self, now: datetime) -> None:
        """Files were taken into force."""
        self._reload_ok.set(1)
        self._reloaded_at.set(now.timestamp())

    def refused(self) -> None:
        """Files were refused; the last good ones are in force."""
        self._reload_ok.set(0)

    # --- making them ------------------------------------------------------------------------------------------------

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}_{name}", told, labels, registry=self.registry)

    def _delays(self, name: str, told: str, *labels: str) -> Histogram:
        return Histogram(f"{PREFIX}_{name}", told, labels, registry=self.registry, buckets=DELAY_BUCKETS_S)


def _seconds(begin: datetime, end: datetime) -> float:
    """Never below nought: a clock that was set back tells no time."""
    return max(0.0, (end - begin).total_seconds())
