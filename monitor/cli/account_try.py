"""`leak-monitor accounts test`: one read, kept nowhere."""

from typing import Annotated

import typer

from monitor.cli.actor import log_view
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, LangOption, load_settings, open_store
from monitor.cli.page import print_page, print_refusal, read_once, refusal_of
from monitor.cli.world import open_client
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.errors import NotFoundError, TransportError
from monitor.model.people import Account
from monitor.sessions import sign_in


def try_account(
    key: Annotated[str, typer.Argument(help="The key of the account.")],
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read one account as the service would, show its posts and what stands in each, and keep nothing.

    If it cannot be read: cause and remedy, and exit code 1. The look leaves a line in the audit log.
    """
    settings = load_settings(config)
    language = lang or settings.language
    account = account_named(settings, key)
    with open_store(settings) as store, open_client(settings) as client:
        try:
            page = read_once(sign_in(store, settings, account), client, SystemClock())
        except TransportError as error:
            print_refusal(account, refusal_of(error, language), as_json=as_json)
            raise typer.Exit(1) from None
        log_view(store, f"account:{key}", {"posts": len(page.posts)})
    print_page(account, page, language, as_json=as_json)


def account_named(settings: Settings, key: str) -> Account:
    """The account of that key; NotFoundError if there is none."""
    found = next((a for person in settings.people for a in person.accounts if a.key == key), None)
    if found is None:
        raise NotFoundError(f"no account {key!r}; `leak-monitor accounts list` shows them")
    return found
