"""Every row alone: work is done by threads, and whatever goes wrong with a row stays with it."""

from collections.abc import Callable
from concurrent.futures import Executor, Future

from monitor.errors import ClaimLostError, StoreLostError
from monitor.runtime import Runtime, World
from monitor.store.claims import Claimed
from monitor.telemetry import log_event, log_fault


def hand_over(
    world: World,
    pool: Executor,
    name: str,
    work: Callable[..., None],
    runtime: Runtime,
    claimed: Claimed,
) -> Future[None]:
    """Have it done by a worker, and know since when it waits or is under way."""
    world.moves.moved(name, world.clock.elapsed_s(), turn=claimed.claim_no)
    future = pool.submit(guarded, work, world, runtime, claimed)
    future.add_done_callback(lambda _: world.moves.done(name, turn=claimed.claim_no))
    return future


def guarded(work: Callable[..., None], *args: object) -> None:
    """Do one row's work; whatever goes wrong with it stays with it, and the row is due again when its lease ends."""
    try:
        try:
            work(*args)
        except StoreLostError:
            work(*args)  # the claim is still ours, and what is written under it may be written again
    except ClaimLostError:
        log_event("claim_lost", work=work.__name__)
    except Exception as error:  # noqa: BLE001 - the other rows must go on
        log_fault("work_failed", error, work=work.__name__)
