"""Recorded answers of other people's servers are not part of the project: they are read where a folder is named."""

import os

collect_ignore_glob = [] if os.environ.get("LEAK_MONITOR_CORPUS") else ["test_recorded*.py"]
