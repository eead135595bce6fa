"""Rules that ran out of time: counted by place, set aside when they do it again and again, told to those who run us.

The count stands in the open incident of the rule, so every process sees it and a restart forgets nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, exists, select

from monitor.store.incidents import close_incident, open_incident
from monitor.store.revisions import PARTIAL
from monitor.store.schema import incidents, revisions

KIND: Final = "partial"
SET_ASIDE: Final = "rule_set_aside"
TEXTS_TO_SET_ASIDE: Final = 3  # that a rule ran out of time on


def slow_rules(tx: Connection, rulebook_hash: str) -> Mapping[str, int]:
    """The texts that each rule of that rule book ran out of time on, by the place of the rule."""
    c = incidents.c
    rows = tx.execute(select(c.subject, c.detail).where(c.kind == KIND, c.closed_at.is_(None)))
    return {place: int(detail["texts"]) for place, detail in rows if detail.get("rulebook") == rulebook_hash}


def note_slow(tx: Connection, places: Iterable[str], rulebook_hash: str, now: datetime) -> None:
    """These rules did not run on one more text."""
    before = slow_rules(tx, rulebook_hash)
    for place in places:
        texts = before.get(place, 0) + 1
        detail = {"texts": str(texts), "rulebook": rulebook_hash}
        open_incident(tx, KIND, place, detail, now)
        if texts >= TEXTS_TO_SET_ASIDE:
            open_incident(tx, SET_ASIDE, place, detail, now)


def all_ran(tx: Connection, now: datetime) -> None:
    """Every rule ran on a text: the trouble is over if no text is left that is judged in part."""
    c = incidents.c
    places = tx.execute(select(c.subject).where(c.kind == KIND, c.closed_at.is_(None))).scalars().all()
    if places and not tx.execute(select(exists().where(revisions.c.state == PARTIAL))).scalar_one():
        for place in places:
            for kind in (KIND, SET_ASIDE):
                close_incident(tx, kind, place, now)
