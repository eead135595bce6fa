"""What config.toml may say of accounts and receivers: the keys of every source and every format."""

from monitor.config.shape import Kinds
from monitor.deliver import FORMATS
from monitor.fetch import SOURCES


def kinds() -> Kinds:
    """The tables of all sources and formats, as they are listed now."""
    return Kinds(
        accounts={name: source.table for name, source in SOURCES.items()},
        receivers={name: style.table for name, style in FORMATS.items()},
    )
