"""The rules directory: what is secret and which rules grade it, in TOML that people edit.

load       *.toml -> RuleBook, every fault with file, line and fix
seal       the files, and what the database keeps of them, encrypted at rest
examples   the rules prove themselves
watchlist  a list in JSON -> files of the directory
"""

from monitor.rules.examples import check_examples
from monitor.rules.load import load_rules, parse_rulebook
from monitor.rules.seal import RulesKey
from monitor.rules.watchlist import ImportResult, import_watchlist

__all__ = ["ImportResult", "RulesKey", "check_examples", "import_watchlist", "load_rules", "parse_rulebook"]
