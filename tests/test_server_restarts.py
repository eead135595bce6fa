"""The server is cut in the middle of each stage's transaction: the stage does it again at once, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.conftest import on_postgres
from tests.deliver.receiver import ScriptedReceiver
from tests.postgres import Server
from tests.store.invariants import broken_invariants
from tests.town import Town

pytestmark = on_postgres


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be restarted."""
    server = Server(durable=True)
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("cut_at", "reads"),
    [
        pytest.param("INSERT INTO posts", 3, id="while a page is stored"),
        pytest.param("INSERT INTO alert_events", 2, id="while a judgement is stored"),
        pytest.param("UPDATE receivers SET state", 2, id="while an outcome is stored"),
    ],
)
def test_what_was_under_way_is_done_again_at_once(own: Server, tmp_path: Path, cut_at: str, reads: int) -> None:
    cuts: list[str] = []

    def cut(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not cuts and statement.startswith(cut_at):
            cuts.append(statement)
            own.restart_at_once()

    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)], database_url=own.make()) as town:
        town.round()
        event.listen(town.store._engine, "before_cursor_execute", cut)
        town.says("明天来看云雀9")
        town.round()
        assert len(cuts) == 1
        assert len(town.site.asked) == reads
        assert len({got.headers["webhook-id"] for got in desk.received}) == 1
        with town.store.read() as tx:
            assert broken_invariants(tx, told=["desk"]) == []
