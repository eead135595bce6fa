"""config.toml, checked: every error names its file, line, problem and cure.

lines     where in the text each key stands
shape     which keys there are
values    what a duration, a zone, an address, a secret must look like
routes    proxies, and the authorities that are trusted
explain   from a failed check to a sentence
egress    which hosts and ports the file needs
load      the file and the environment -> Settings
settings  the result
"""

from monitor.config.egress import Need, read_needs
from monitor.config.load import load_config
from monitor.config.routes import route_of_options
from monitor.config.settings import FetchOptions, Log, Retention, Settings, Web

__all__ = [
    "FetchOptions",
    "Log",
    "Need",
    "Retention",
    "Settings",
    "Web",
    "load_config",
    "read_needs",
    "route_of_options",
]
