"""The path of a post whose alert goes out by mail: who has it is not told twice, who refused is not forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.deliver.mail import MailTable
from monitor.model.messages import DeliveryState
from monitor.store import outbox
from monitor.store.schema import attempts, deliveries, incidents
from tests.deliver.mailserver import ScriptedServer
from tests.deliver.receiver import ScriptedReceiver
from tests.town import Town

LEAK = "明天来看云雀9"
ZHOU, CHEN = "zhou@yunque.example", "chen@yunque.example"


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ScriptedReceiver() as unused, Town(tmp_path, [("desk", unused)], database_url=database_url) as made:
        yield made


def tell_by_mail(town: Town, server: ScriptedServer) -> None:
    """From now on the desk is a mailbox of two at that server."""
    keys = {"format": "mail", "key": "desk", "host": "127.0.0.1", "port": server.port, "security": "none"}
    options = MailTable.model_validate({**keys, "from": "alerts@yunque.example", "to": [ZHOU, CHEN]})
    receivers = tuple(replace(each, format="mail", options=options) for each in town.runtime.settings.receivers)
    town.runtime = replace(town.runtime, settings=replace(town.runtime.settings, receivers=receivers))


def envelopes(server: ScriptedServer) -> list[list[str]]:
    """Whom each letter was offered to."""
    found: list[list[str]] = []
    for line in server.heard:
        if line.lower().startswith("mail from:"):
            found.append([])
        if line.lower().startswith("rcpt to:"):
            found[-1].append(line[9:].strip("<>"))
    return found


def ids(server: ScriptedServer) -> set[str]:
    return {line for line in server.heard if line.startswith("Message-ID: ")}


def test_an_address_that_refuses_for_a_while_has_the_alert_later_and_the_others_have_it_once(town: Town) -> None:
    with ScriptedServer({ZHOU: "450 greylisted"}) as strict, ScriptedServer() as friendly:
        tell_by_mail(town, strict)
        town.round()
        town.says(LEAK)
        town.round()
        assert envelopes(strict) == [[ZHOU, CHEN]]
        tell_by_mail(town, friendly)
        town.clock.move(minutes=1)
        town.round()
        assert envelopes(friendly) == [[ZHOU]]
        assert ids(strict) == ids(friendly)
    with town.store.read() as tx:
        assert tx.execute(select(deliveries.c.state, deliveries.c.told)).all() == [("delivered", None)]
        assert [row.outcome for row in tx.execute(select(attempts).order_by(attempts.c.id))] == ["partly", "delivered"]


def test_a_line_that_breaks_in_between_lets_nobody_have_it_twice(town: Town) -> None:
    breaks = {"MAIL": "421 busy"}
    with ScriptedServer({ZHOU: "450 no"}) as strict, ScriptedServer(breaks) as busy, ScriptedServer() as friendly:
        town.round()
        town.says(LEAK)
        for server in (strict, busy, friendly):
            tell_by_mail(town, server)
            town.round()
            town.clock.move(minutes=2)
        assert envelopes(busy) == [[]]
        assert envelopes(friendly) == [[ZHOU]]


def test_an_address_that_refuses_for_good_is_told_to_those_who_run_the_monitor_and_can_be_sent_again(
    town: Town,
) -> None:
    with ScriptedServer({ZHOU: "550 unknown"}) as strict, ScriptedServer() as mended:
        tell_by_mail(town, strict)
        town.round()
        town.says(LEAK)
        for _ in range(8):
            town.round()
            town.clock.move(minutes=6)
        assert envelopes(strict) == [[ZHOU, CHEN], *[[ZHOU]] * 4]
        with town.store.write() as tx:
            opened = tx.execute(select(incidents.c.kind, incidents.c.detail)).all()
            assert [(row.kind, row.detail["outcome"]) for row in opened] == [("delivery_dead", "refused")]
            outbox.replay(tx, now=town.clock.now(), state=DeliveryState.DEAD)
        tell_by_mail(town, mended)
        town.round()
        assert envelopes(mended) == [[ZHOU]]
        with town.store.write() as tx:
            assert outbox.replay(tx, now=town.clock.now(), state=DeliveryState.DELIVERED) == 1
        town.round()
        assert envelopes(mended)[1:] == [[ZHOU, CHEN]], "what has gone to all is sent to all again"
