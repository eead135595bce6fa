"""`leak-monitor db`: the database."""

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, load_settings
from monitor.store import Store, hold_alone, upgrade

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `db upgrade` a command of a group, though it is the only one."""


@app.command("upgrade")
def upgrade_database(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Make the database, or bring it to this version. Stop the service first; running it twice does no harm."""
    settings = load_settings(config)
    with hold_alone(settings.database_url):
        upgrade(settings.database_url)
        Store(settings.database_url).close()
    show.out().print("the database is of this version", markup=False)
