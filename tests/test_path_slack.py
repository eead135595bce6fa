"""A card in Slack from the leak to the verdict, over HTTP and through the real path. On both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from monitor.deliver.slack_app import SlackAppTable
from monitor.model.messages import DeliveryState, Disclosure, Receiver, Verdict
from monitor.runtime import Runtime
from monitor.store import outbox, receivers, reviews
from monitor.store.schema import cards, deliveries
from monitor.store.schema import receivers as receiver_rows
from tests.deliver.receiver import ScriptedReceiver
from tests.deliver.slack import BOT_TOKEN, CHANNEL, Workspace, said
from tests.test_calling import LEAK, ROSTER
from tests.test_following import GONE, THERE
from tests.town import SHANGHAI, Town


@dataclass
class Slack:
    """The town, and the workspace that hears of it."""

    town: Town
    space: Workspace

    def lines(self) -> list[str]:
        return [line.body["text"] for line in self.space.lines]


def app(at: ScriptedReceiver, key: str = "comms", token: str = BOT_TOKEN) -> Receiver:
    url = at.url.removesuffix("/hook")
    table = SlackAppTable.model_validate(
        {"format": "slack_app", "key": key, "channel": CHANNEL, "url": url, "token_env": "BOT"}
    )
    return Receiver(
        key=key,
        format="slack_app",
        url=url,
        secrets=(token.encode(),),
        show=Disclosure.POST,
        language="en",
        timezone=SHANGHAI,
        allow_private_network=True,
        options=table,
    )


@pytest.fixture
def slack(tmp_path: Path, database_url: str) -> Iterator[Slack]:
    space = Workspace()
    with ExitStack() as stack:
        at = stack.enter_context(ScriptedReceiver(judge=space))
        zhou = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(Town(tmp_path, [("zhou", zhou)], database_url=database_url))
        roster = replace(ROSTER, escalation=replace(ROSTER.escalation, urgent=(), everybody=()))
        told = (app(at), *town.runtime.settings.receivers)
        town.runtime = Runtime(
            replace(town.runtime.settings, receivers=told, roster=roster), town.book, town.runtime.matcher
        )
        with town.store.write() as tx:
            receivers.sync_receivers(tx, told, town.clock.now())
        town.round()
        yield Slack(town, space)


def test_one_card_tells_the_story_and_its_thread_every_step(slack: Slack) -> None:
    town, space = slack.town, slack.space
    town.site.routes["/p/1"] = THERE
    town.says(LEAK, url=town.site.url("/p/1"))
    town.round()
    (card,) = space.cards
    assert "possible leak" in card.shown
    assert LEAK in card.shown
    town.round(minutes=10)
    assert slack.lines() == ["A-1 not taken for 10 min, telling 周敏"]
    assert space.lines[0].body["reply_broadcast"] is True
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "周敏", town.clock.now())
    town.round()
    assert "taken by 周敏" in card.shown
    town.site.routes["/p/1"] = GONE
    for _ in range(4):
        town.round()
    assert "post gone" in card.shown
    with town.store.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="周敏", now=town.clock.now())
    town.round()
    assert card.shown.startswith("A-1 ")
    assert "leak" in card.shown.splitlines()[0]
    assert (space.cards, card.edits, len(space.lines)) == ([card], 4, 4)
    assert len({line.body["thread_ts"] for line in space.lines}) == 1


def test_a_verdict_that_withdraws_is_told_once(slack: Slack) -> None:
    slack.town.says(LEAK)
    slack.town.round()
    with slack.town.store.write() as tx:
        reviews.save_review(tx, 1, Verdict.FALSE_POSITIVE, reviewer="周敏", now=slack.town.clock.now())
    slack.town.round()
    assert len(slack.lines()) == 1
    assert "withdrawn" in slack.space.cards[0].shown


def test_a_death_between_answer_and_commit_makes_at_worst_a_second_card(slack: Slack) -> None:
    """The answer was lost with us: the message is due again, and what follows changes the card that we know."""
    town, space = slack.town, slack.space
    town.says(LEAK)
    town.round()
    first = space.cards[0].ts
    with town.store.write() as tx:  # as if the outcome had never been written
        tx.execute(delete(cards))
        tx.execute(update(deliveries).values(state=DeliveryState.WAITING, due_at=town.clock.now()))
        tx.execute(update(receiver_rows).values(due_at=town.clock.now()))
    town.round()
    assert [card.ts == first for card in space.cards] == [True, False]
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "周敏", town.clock.now())
    town.round()
    assert [card.edits for card in space.cards] == [0, 1]


def test_a_card_that_somebody_deleted_is_made_anew(slack: Slack) -> None:
    town, space = slack.town, slack.space
    town.says(LEAK)
    town.round()
    space.cards.clear()
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "周敏", town.clock.now())
    town.round()
    (card,) = space.cards
    assert LEAK in card.shown
    assert "taken by 周敏" in card.shown
    assert space.lines == []


def test_what_is_sent_again_never_takes_the_card_back(slack: Slack) -> None:
    town, space = slack.town, slack.space
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "周敏", town.clock.now())
    town.round()
    with town.store.write() as tx:
        assert outbox.replay(tx, now=town.clock.now(), ids=[1])
    town.round()
    assert (len(space.cards), len(space.lines), space.cards[0].edits) == (1, 2, 1)
    assert "taken by 周敏" in space.cards[0].shown


def test_a_line_that_fails_is_told_later_and_the_card_is_changed_once_more(slack: Slack) -> None:
    town, space = slack.town, slack.space
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "周敏", town.clock.now())
    space.errors = [said(429, 30, ok=False, error="ratelimited")]
    town.round()
    assert (space.cards[0].edits, slack.lines()) == (0, [])
    town.round()
    assert (space.cards[0].edits, len(slack.lines())) == (1, 1)


def test_a_token_that_was_revoked_delays_and_a_new_one_sends_what_waits(slack: Slack) -> None:
    town, space = slack.town, slack.space
    space.token = "xoxb-2-hush"
    town.says(LEAK)
    town.round()
    assert space.cards == []
    settings = town.runtime.settings
    mended = replace(settings.receivers[0], secrets=(space.token.encode(),))
    town.runtime = Runtime(
        replace(settings, receivers=(mended, *settings.receivers[1:])), town.book, town.runtime.matcher
    )
    town.round()
    assert len(space.cards) == 1
