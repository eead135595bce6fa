"""Reading with a session that people renew: the one in use, and if it is refused its reserve, at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from monitor.clock import Clock
from monitor.config import Settings
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch import session_lasts_s
from monitor.model.people import Account
from monitor.model.sessions import Place, Session, SessionState, signed_in
from monitor.rules.seal import RulesKey
from monitor.store import Store, sessions
from monitor.telemetry import log_trouble

REFUSALS: Final = frozenset({Failure.SESSION_EXPIRED, Failure.LOGIN_WALL})  # of a session, not of the account

_T = TypeVar("_T")


def read_signed_in(
    store: Store, settings: Settings, clock: Clock, account: Account, read: Callable[[Account], _T]
) -> _T:
    """What `read` answers for this account with its session. Raises as `read` does.

    The session is looked up for every read, so that a renewed one is in force at once. If it is refused and the reserve
    is not, that takes its place. If both are, it may be the account that nobody is shown, and both stay.
    """
    kept = _kept(store, account)
    if not kept:
        return read(account)
    first = kept[0]
    try:
        answer = read(with_session(account, first, settings))
    except TransportError as error:
        if error.failure not in REFUSALS:
            raise
        if first.state is not SessionState.REFUSED:
            with store.write() as tx:
                sessions.note_refused(tx, first)
            log_trouble("session_refused", session=first.name, account=account.key)
        reserve = next((one for one in kept[1:] if one.place is Place.RESERVE), None)
        if reserve is None:
            raise
        return _read_with_reserve(store, settings, clock, account, read, first, reserve, error)
    if not sessions.is_noted(first, clock.now()):
        with store.write() as tx:
            sessions.note_good(tx, first, clock.now())
    return answer


def _read_with_reserve(
    store: Store,
    settings: Settings,
    clock: Clock,
    account: Account,
    read: Callable[[Account], _T],
    first: Session,
    reserve: Session,
    refusal: TransportError,
) -> _T:
    try:
        answer = read(with_session(account, reserve, settings))
    except TransportError:
        raise refusal from None
    with store.write() as tx:
        is_new = sessions.use_reserve(tx, first, reserve, clock.now())
    if is_new:
        log_trouble("session_replaced", session=first.name, account=account.key)
    return answer


def sign_in(store: Store, settings: Settings, account: Account) -> Account:
    """The account with the session that is in use, for a command that only looks."""
    kept = _kept(store, account)
    return with_session(account, kept[0], settings) if kept else account


def with_session(account: Account, session: Session, settings: Settings) -> Account:
    """The account with this session; FetchError SESSION_EXPIRED if the present key does not open it."""
    key = RulesKey.of(settings.sessions_key)
    opened = key.open(session.closed.encode()) if key else None
    if opened is None:
        problem = "the key does not open it" if key else "there is no key to open it"
        raise FetchError(Failure.SESSION_EXPIRED, f"session {session.name}: {problem}")
    return replace(account, secret_headers=signed_in(account.secret_headers, session.kind, opened.decode()))


def accounts_of(settings: Settings) -> Mapping[str, list[Account]]:
    """The accounts that share a session, by its name."""
    found: dict[str, list[Account]] = {}
    for account in (account for person in settings.people for account in person.accounts):
        if account.session:
            found.setdefault(account.session, []).append(account)
    return found


def usual_life(settings: Settings, account: Account) -> timedelta | None:
    """How long a session of its platform usually lasts; None if that is not known, or for ever."""
    seconds = settings.session_lasts_s.get(account.platform, session_lasts_s(account))
    return timedelta(seconds=seconds) if seconds else None


def _kept(store: Store, account: Account) -> list[Session]:
    if not account.session:
        return []
    with store.read() as tx:
        kept = sessions.list_sessions(tx, account.session)
    return kept if kept and kept[0].place is Place.FIRST else []
