"""`leak-monitor egress`: what must a firewall let through?"""

import os
from dataclasses import asdict

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.config import Need, read_needs
from monitor.kinds import kinds


def egress(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print every host, port and protocol that the configuration needs, and why. Asks no server.

    What goes by a proxy is allowed at that proxy; this machine itself needs only what goes directly. An address in a
    variable that is not set is not yet told. No path, query or password is shown.
    """
    needs = read_needs(config, os.environ, kinds())
    if as_json:
        for need in needs:
            show.print_json(asdict(need))
        return
    columns = ("host", "port", "protocol", "via", "why")
    show.print_rows(columns, map(_row, needs), as_json=False, empty="nothing: no account and no receiver")


def _row(need: Need) -> tuple[object, ...]:
    host = need.host or f"not yet told (${need.unset})"
    return host, need.port, need.protocol, need.via or "direct", ", ".join(need.why)
