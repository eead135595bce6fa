"""Recorded answers of other people's servers are not part of the project: they are read where a folder is named."""

import os
from pathlib import Path

_RECORDED = [path.name for path in Path(__file__).parent.glob("test_recorded*.py")]
collect_ignore = [] if os.environ.get("LEAK_MONITOR_CORPUS") else _RECORDED
