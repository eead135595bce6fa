"""`leak-monitor run`: the service in the foreground, until SIGTERM or Ctrl-C."""

import os
import signal
import threading
from typing import Annotated

import typer

from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, Watched, open_store
from monitor.cli.supervisor import Supervisor
from monitor.clock import SystemClock
from monitor.service import Service
from monitor.store import hold_alone
from monitor.telemetry import log_trouble, set_up_logging
from monitor.web.health import health_app
from monitor.web.inbound import add_inbound
from monitor.web.metrics import add_metrics
from monitor.web.serve import WebServer
from monitor.web.take import add_taking

EXIT_NOT_DRAINED = 1


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    drain_s: Annotated[float, typer.Option(help="Seconds to let work end at SIGTERM.")] = 20.0,
) -> None:
    """Watch, match and tell, until SIGTERM or Ctrl-C. SIGHUP, or a changed file, reloads configuration and rules."""
    files, supervisor = Watched(config), Supervisor(os.environ)
    settings, broken_config = files.settings()
    set_up_logging(settings.log.level, as_json=settings.log.format == "json", to=settings.log.to)
    with hold_alone(settings.database_url):
        store = open_store(settings)
        runtime, broken_rules = files.first(settings, store)
        service = Service(runtime, store, SystemClock(), files=files)
        pages = health_app(service.health)
        add_metrics(pages, service.world.metrics, store, service.world.clock, service.health)
        add_inbound(pages, service.world, lambda: service.runtime.accounts)
        add_taking(pages, service.world, lambda: service.runtime)
        web = WebServer(pages, settings.web.host, settings.web.port)
        ended = _until_told(service, supervisor)
        service.start()
        for error in (broken_config, broken_rules):
            if error is not None:
                service.refuse(error)
        files.settle()
        web.start()
        supervisor.tell("READY=1")
        watchdog = (lambda: service.health().alive, ended)
        threading.Thread(target=supervisor.watch, args=watchdog, name="watchdog", daemon=True).start()
        ended.wait()
        supervisor.tell("STOPPING=1")
        drained = service.stop(drain_s)
        web.stop()
        store.close()
    if not drained:
        # Worker threads still wait for the network; their rows are due again at the next start.
        log_trouble("not_drained", seconds=drain_s)
        os._exit(EXIT_NOT_DRAINED)


def _until_told(service: Service, supervisor: Supervisor) -> threading.Event:
    """An event that SIGTERM and SIGINT set; SIGHUP reloads in a thread of its own."""
    ended = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        ended.set()

    def reload(_signal: int, _frame: object) -> None:
        threading.Thread(target=_reload, args=(service, supervisor), name="reload", daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, reload)
    return ended


def _reload(service: Service, supervisor: Supervisor) -> None:
    supervisor.tell("RELOADING=1", f"MONOTONIC_USEC={round(service.world.clock.elapsed_s() * 1e6)}")
    service.reload()
    supervisor.tell("READY=1")
