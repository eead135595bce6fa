"""leak-monitor on a disk that is full when a file says so: SQLite then lets no database grow.

The number of pages stands in the file that CEILING names; SQLite keeps such a bound for one connection only, so it is
set anew at the begin of every transaction.
"""

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from monitor.__main__ import main


@event.listens_for(Engine, "begin")
def bound(tx: Connection) -> None:
    """Let the database have so many pages; fewer than it has now means as many as it has."""
    pages = int(Path(os.environ["CEILING"]).read_text(encoding="ascii"))
    tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


if __name__ == "__main__":
    main()
