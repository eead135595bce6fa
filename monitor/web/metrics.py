"""`/metrics` for Prometheus: what this process has counted, and how things stand in the database at this moment."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.clock import Clock
from monitor.errors import LeakMonitorError
from monitor.metrics import PREFIX, Metrics
from monitor.model.messages import ReceiverState
from monitor.store import Store, status, suppressions, timing
from monitor.timing import Stage, Times, lengths_of
from monitor.web.health import Report

ANSWER_BUCKETS_S: Final = (60, 180, 300, 600, 1800, 3600, 10_800, 21_600, 86_400, 604_800)


def add_metrics(app: FastAPI, metrics: Metrics, store: Store, clock: Clock, report: Callable[[], Report]) -> None:
    """Serve `/metrics` in that application; it answers 200 also when the database does not."""

    @app.get("/metrics")
    def shown() -> Response:
        return Response(metrics_text(metrics, store, clock, report), media_type=CONTENT_TYPE_LATEST)


def metrics_text(metrics: Metrics, store: Store, clock: Clock, report: Callable[[], Report]) -> bytes:
    """The page in the text format of Prometheus."""
    return generate_latest(_Page(metrics, store, clock, report))


@dataclass(frozen=True, slots=True)
class _Page(Collector):
    metrics: Metrics
    store: Store
    clock: Clock
    report: Callable[[], Report]

    def collect(self) -> Iterator[Metric]:
        for metric in chain(self.metrics.registry.collect(), self._now()):
            # When a series began is of no use to anybody here, and doubles the page.
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric

    def _now(self) -> Iterator[Metric]:
        yield _one("problems", "What /healthz names as wrong, as a number; 0 is well.", len(self.report().problems))
        now = self.clock.now()
        try:
            with self.store.read() as tx:
                counts, standing = status.counts(tx, now), status.standing(tx)
                quiet, times = suppressions.list_suppressions(tx, now), timing.times_of(tx)
        except LeakMonitorError:
            yield _one("database_up", "1 if the database answers.", 0)
            return
        yield _one("database_up", "1 if the database answers.", 1)
        yield from work(counts, now)
        yield from details(standing)
        hidden = (((str(row.number),), float(row.hidden_count)) for row in quiet)
        told = "Findings that a suppression in force has hidden, by its number."
        yield _many("suppressed_findings", told, ["suppression"], hidden)
        yield answers(times)


def work(counts: status.Counts, now: datetime) -> Iterator[Metric]:
    """Rows by state, and how long the oldest has waited."""
    yield _many("accounts", "Accounts, by state.", ["state"], _pairs(counts.accounts))
    yield _one("accounts_unread", "Accounts without a good read for longer than is allowed.", len(counts.unread))
    yield _many("revisions", "Texts, by the state of their judgement.", ["state"], _pairs(counts.revisions))
    yield _one(
        "revisions_oldest_wait_seconds",
        "How long the oldest text has been due for its judgement; 0 if none is.",
        _waited_s(counts.oldest_pending_at, now),
    )
    yield _one(
        "deliveries_oldest_wait_seconds",
        "How long the oldest message to a receiver that works has been due; 0 if none is.",
        _waited_s(counts.oldest_waiting_at, now),
    )


def details(standing: status.Standing) -> Iterator[Metric]:
    """Accounts and receivers by the keys that operators gave them; alerts and incidents that are open."""
    reads = (((key,), at.timestamp()) for key, at in standing.last_reads.items() if at is not None)
    up = (((key,), float(state == ReceiverState.OK)) for key, state in standing.receivers.items())
    told = "Alerts that nobody has reviewed, by severity."
    yield _many("account_last_read_timestamp_seconds", "When an account was last read well.", ["account"], reads)
    yield _many("receiver_up", "1 if the receiver takes messages.", ["receiver"], up)
    yield _many("deliveries", "Messages, by receiver and state.", ["receiver", "state"], standing.deliveries.items())
    yield _many("open_alerts", told, ["severity"], _pairs(standing.open_alerts))
    yield _many(
        "open_incidents", "Our own troubles that are not over, by kind.", ["kind"], _pairs(standing.open_incidents)
    )


def answers(times: Iterable[Times]) -> Metric:
    """How long people and networks took, of all alerts that there ever were: it only grows."""
    lengths: dict[Stage, list[float]] = {Stage.TAKEN: [], Stage.JUDGED: [], Stage.GONE: []}
    for alert in times:
        for stage, length_s in lengths_of(alert):
            if stage in lengths:
                lengths[stage].append(length_s)
    told = "How long alerts that were told at once took to be taken and judged since seen, and gone since published."
    family = HistogramMetricFamily(f"{PREFIX}_response_seconds", told, labels=["stage"])
    for stage, found in lengths.items():
        buckets = [(str(float(bound)), sum(s <= bound for s in found)) for bound in ANSWER_BUCKETS_S]
        family.add_metric([stage], [*buckets, ("+Inf", len(found))], sum(found))
    return family


def _pairs(numbers: Mapping[str, float]) -> Iterator[tuple[tuple[str], float]]:
    return (((label,), number) for label, number in numbers.items())


def _waited_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _one(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", told, value=value)


def _many(name: str, told: str, labels: Sequence[str], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", told, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family
