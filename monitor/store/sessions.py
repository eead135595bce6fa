"""Sessions of platforms, at most two of a name. The secret comes here encrypted, and no log line holds any of it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from monitor.incident import IncidentKind
from monitor.model.sessions import Place, Session, SessionKind, SessionState
from monitor.store import audit
from monitor.store.incidents import close_incident, open_incident
from monitor.store.schema import sessions

NOTED_EVERY: Final = timedelta(minutes=10)  # that a session serves; no write for each read


def list_sessions(tx: Connection, name: str | None = None) -> list[Session]:
    """All sessions, or those of one name: by name, the one in use before its reserve."""
    c = sessions.c
    columns = (c.name, c.place, c.kind, c.closed, c.state, c.put_at, c.last_good_at)
    wanted = select(*columns).order_by(c.name, c.place)
    rows = tx.execute(wanted if name is None else wanted.where(c.name == name)).all()
    return [
        Session(r.name, Place(r.place), SessionKind(r.kind), r.closed, SessionState(r.state), r.put_at, r.last_good_at)
        for r in rows
    ]


def put_session(tx: Connection, session: Session, place: Place, by: str, now: datetime) -> None:
    """Keep it in that place; what stood there is gone, and so is the trouble that it mends."""
    c = sessions.c
    tx.execute(delete(sessions).where(c.name == session.name, c.place == place))
    row = {"kind": session.kind, "closed": session.closed, "state": session.state, "put_at": session.put_at}
    where = {"name": session.name, "place": place}
    tx.execute(insert(sessions).values(**where, **row, last_good_at=session.last_good_at))
    close_incident(tx, IncidentKind.SESSION_REPLACED, session.name, now)
    if place is Place.FIRST:
        close_incident(tx, IncidentKind.SESSION_AGEING, session.name, now)
    audit.note(tx, by, "renew", f"session {session.name}", {"place": place}, now)


def forget_session(tx: Connection, name: str, by: str, now: datetime) -> int:
    """Take both sessions of a name away; answers how many there were."""
    count = tx.execute(delete(sessions).where(sessions.c.name == name)).rowcount
    for kind in (IncidentKind.SESSION_REPLACED, IncidentKind.SESSION_AGEING):
        close_incident(tx, kind, name, now)
    if count:
        audit.note(tx, by, "forget", f"session {name}", {}, now)
    return count


def note_good(tx: Connection, session: Session, now: datetime) -> None:
    """A read with it went well."""
    values = {"state": SessionState.OK, "last_good_at": now}
    tx.execute(update(sessions).where(sessions.c.closed == session.closed).values(**values))


def is_noted(session: Session, now: datetime) -> bool:
    """Whether it is known well enough already that it serves."""
    noted_at = session.last_good_at
    return session.state is SessionState.OK and noted_at is not None and now - noted_at < NOTED_EVERY


def note_refused(tx: Connection, session: Session) -> None:
    """The platform did not take it; nothing if it was renewed meanwhile."""
    tx.execute(update(sessions).where(sessions.c.closed == session.closed).values(state=SessionState.REFUSED))


def use_reserve(tx: Connection, refused: Session, reserve: Session, now: datetime) -> bool:
    """The reserve has read where the other was refused: it takes its place. False if somebody was faster."""
    c = sessions.c
    if not tx.execute(delete(sessions).where(c.closed == refused.closed, c.place == Place.FIRST)).rowcount:
        return False
    values = {"place": Place.FIRST, "state": SessionState.OK, "last_good_at": now}
    tx.execute(update(sessions).where(c.closed == reserve.closed).values(**values))
    close_incident(tx, IncidentKind.SESSION_AGEING, refused.name, now)
    open_incident(tx, IncidentKind.SESSION_REPLACED, refused.name, {"session": refused.name}, now)
    audit.note(tx, audit.SERVICE, "replace", f"session {refused.name}", {"by": Place.RESERVE}, now)
    return True
