"""One connection of one app: kept up by a thread of its own, waits longer each time that it fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from threading import Event, Thread
from typing import Final, Protocol

from monitor.apps.press import Press, act
from monitor.deliver.send import whisper
from monitor.deliver.slack_app import SlackAppTable
from monitor.errors import LeakMonitorError, TransportError
from monitor.model.messages import Receiver
from monitor.model.routes import Route
from monitor.runtime import Runtime, World
from monitor.telemetry import log_event, log_fault, log_trouble
from monitor.words import say

WAITS_S: Final = (1, 2, 5, 15, 30, 60)  # before the next attempt, by how many have failed
LOOK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes a connection: where it goes and as whom. Another token is another connection."""

    format: str
    url: str
    token: bytes = field(repr=False)
    route: Route
    allow_private: bool


class Socket(Protocol):
    """The connection itself, by the library of the tool."""

    def connect(self) -> bool:
        """Try once; whether it is up."""
        ...

    def is_up(self) -> bool:
        """Whether presses can come."""
        ...

    def close(self) -> None:
        """Leave it for good."""
        ...


def lines_of(runtime: Runtime) -> Mapping[LineKey, list[str]]:
    """The connections of that configuration, each with the receivers whose presses come on it."""
    found: dict[LineKey, list[str]] = {}
    for receiver in runtime.settings.receivers:
        if (key := key_of(receiver)) is not None:
            found.setdefault(key, []).append(receiver.key)
    return found


def key_of(receiver: Receiver) -> LineKey | None:
    """The connection of a receiver; None if its buttons only open pages."""
    if not isinstance(receiver.options, SlackAppTable) or not receiver.options.answers:
        return None
    token = receiver.secrets[1]
    return LineKey(receiver.format, receiver.url, token, receiver.route, receiver.allow_private_network)


class Line:
    """The connection of one app, and the thread that keeps it up."""

    def __init__(self, key: LineKey, world: World, runtime: Callable[[], Runtime]) -> None:
        self.key = key
        self._world, self._runtime = world, runtime
        self._over = Event()
        self._down_since_s: float | None = world.clock.elapsed_s()
        self._thread = Thread(target=self._keep_up, name="app", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Leave, at most that long."""
        self._over.set()
        self._thread.join(timeout_s)

    def down_s(self) -> float:
        """For how many seconds it has been down; nought while it is up."""
        since_s = self._down_since_s
        return 0.0 if since_s is None else self._world.clock.elapsed_s() - since_s

    def _keep_up(self) -> None:
        module = import_module(f"monitor.apps.{self.key.format}")  # with a library that only this format needs
        socket: Socket = module.open_socket(self._world.client, self.key, self._hear)
        failures = 0
        try:
            while not self._over.is_set():
                if self._connect(socket):
                    failures = 0
                    while socket.is_up() and not self._over.wait(LOOK_S):
                        pass
                    self._down_since_s = self._world.clock.elapsed_s()
                failures += 1
                self._over.wait(WAITS_S[min(failures, len(WAITS_S)) - 1])
        finally:
            self._down_since_s = self._world.clock.elapsed_s()
            socket.close()

    def _connect(self, socket: Socket) -> bool:
        try:
            is_up = socket.connect()
        except TransportError as error:
            log_trouble("app_disconnected", why=error.failure)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may do better; an incident tells
            log_fault("app_disconnected", error)
            return False
        if is_up:
            self._down_since_s = None
            log_event("app_connected", format=self.key.format)
        return is_up

    def _hear(self, place: str, press: Press) -> None:
        """A press in that channel; what came of it is told to the presser alone."""
        runtime = self._runtime()
        receiver = next((r for r in runtime.settings.receivers if key_of(r) == self.key and _is_at(r, place)), None)
        if receiver is None:
            log_trouble("press_from_elsewhere", what=press.what)
            return
        try:
            said = act(self._world, runtime, receiver, press)
        except Exception as error:  # noqa: BLE001 - the library would swallow it, and the presser wait for ever
            log_fault("press_failed", error, receiver=receiver.key)
            said = say(receiver.language, "take_later")
        try:
            whisper(self._world.client, receiver, press.user, said, self._world.clock.now())
        except LeakMonitorError:
            log_trouble("presser_untold", receiver=receiver.key)  # the card shows what came of it


def _is_at(receiver: Receiver, place: str) -> bool:
    return SlackAppTable.of(receiver).channel == place
