"""The collection of real posts is not shipped: its figures are asked for with LEAK_MONITOR_CORPUS=<folder>."""

import os

collect_ignore = [] if os.environ.get("LEAK_MONITOR_CORPUS") else ["test_corpus.py"]
