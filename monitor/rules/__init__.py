"""The rules directory: what is secret and which rules grade it, in TOML that people edit.

load       *.toml -> RuleBook, every fault with file, line and fix
examples   the rules prove themselves
watchlist  a list in JSON -> files of the directory
"""

from monitor.rules.examples import check_examples
from monitor.rules.load import load_rules, parse_rulebook
from monitor.rules.watchlist import ImportResult, import_watchlist

__all__ = ["ImportResult", "check_examples", "import_watchlist", "load_rules", "parse_rulebook"]
