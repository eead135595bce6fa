"""Every row alone: work is done by threads, and whatever goes wrong with a row stays with it."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import timedelta
from typing import Final

from monitor.errors import OUR_OWN, ClaimLostError, StoreLostError
from monitor.runtime import Runtime, World
from monitor.store import claims
from monitor.store.claims import Claimed
from monitor.telemetry import log_event, log_fault

PAUSE: Final = timedelta(seconds=15)  # before work is tried again that this machine did not let us do


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


def guarded(work: Callable[..., None], world: World, runtime: Runtime, claimed: Claimed) -> None:
    """Do one row's work; whatever goes wrong with it stays with it, and the row is due again when its lease ends.

    What is no fault of the row, such as a full disk, is not counted against it: it is given back, see `give_back`.
    """
    try:
        try:
            work(world, runtime, claimed)
        except StoreLostError:
            work(world, runtime, claimed)  # the claim is still ours, and what is written under it may be written again
    except ClaimLostError:
        log_event("claim_lost", work=work.__name__)
    except OUR_OWN as error:
        world.owed.add(claimed, error.cure, world.clock.elapsed_s())
        log_fault("work_put_off", error, work=work.__name__)
    except Exception as error:  # noqa: BLE001 - the other rows must go on
        log_fault("work_failed", error, work=work.__name__)


def give_back(world: World) -> None:
    """Release what we could not work on, as if it had not been taken; the same is tried again if that fails, too."""
    rows = world.owed.take()
    if not rows:
        return
    try:
        with world.store.write() as tx:
            claims.give_back(tx, rows, world.clock.now() + PAUSE)
    except OUR_OWN:
        world.owed.keep(rows)
        raise
