"""Who runs a command, and the line that a look at what others wrote, or at the list, leaves in the audit log."""

import os
import pwd
from collections.abc import Mapping

from monitor.clock import SystemClock
from monitor.errors import StoreError
from monitor.store import Store, audit


def actor() -> str:
    """Whoever became this user by sudo, else the user of this process; the number of one without a name."""
    by_sudo = os.environ.get("SUDO_USER")
    if by_sudo:
        return by_sudo
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def log_view(store: Store, subject: str, detail: Mapping[str, object]) -> None:
    """Note, before anything is shown, that somebody looks at it; StoreError if it cannot be noted: then nothing is."""
    try:
        with store.write() as tx:
            audit.note(tx, actor(), "view", subject, detail, SystemClock().now())
    except StoreError as error:
        raise StoreError(f"nothing is shown, because the view cannot be logged; {error}") from error
