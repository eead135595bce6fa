"""Daily and weekly summaries: each is queued once when it is due, and made when it is sent."""

from monitor import summary
from monitor.routing import Route, Urgency
from monitor.runtime import Runtime, World
from monitor.store import summaries
from monitor.store.queueing import queue
from monitor.telemetry import log_event


def queue_summaries(world: World, runtime: Runtime) -> int:
    """Queue what is due and was not queued yet; answers how many. After a stop that is the newest one alone."""
    plans = {receiver: receiver.summary for receiver in runtime.settings.receivers if receiver.summary is not None}
    if not plans:
        return 0
    now = world.clock.now()
    ready: list[tuple[str, str]] = []
    with world.store.read() as tx:
        since = summaries.watched_since(tx)
        for receiver, plan in plans.items():
            queued = summaries.ends_queued(tx, receiver.key, plan.every)
            due = summary.due(plan, receiver.timezone, now, queued=queued, watched_since=since)
            if due.ends_on is not None:
                ready.append((receiver.key, summaries.topic_of(plan.every, due.ends_on)))
    if ready:
        with world.store.write() as tx:
            for key, topic in ready:
                queue(tx, topic, [Route(key, Urgency.NOW, now)], now)
    for key, topic in ready:
        log_event("summary_queued", receiver=key, topic=topic)
    return len(ready)
