"""`leak-monitor schema`: what an editor needs to complete and check the files that people write."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from monitor.config.schema import config_schema
from monitor.kinds import kinds
from monitor.rules.schema import rules_schema


class What(StrEnum):
    """The kinds of files that people write."""

    CONFIG = "config"
    RULES = "rules"


def schema(what: Annotated[What, typer.Argument(help="config or rules.")]) -> None:
    """Print the JSON Schema of config.toml or of a rules file, for editors. `check` sees more than a schema can."""
    made = config_schema(kinds()) if what is What.CONFIG else rules_schema()
    print(json.dumps(made, indent=2, ensure_ascii=False))
