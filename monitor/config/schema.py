"""JSON Schema of config.toml, for editors, made of the tables that the loader checks with."""

from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from pydantic.json_schema import GenerateJsonSchema

from monitor.config.fields import DURATION
from monitor.config.shape import Kinds, file_of

Schema: TypeAlias = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_NUMBERS_ONLY = ("minimum", "maximum")


def config_schema(kinds: Kinds) -> Schema:
    """The schema of the whole file; what takes two keys to tell, such as `url` or `url_env`, only the loader sees."""
    schema = file_of(kinds).model_json_schema(by_alias=True, schema_generator=_Generator)
    for table in (schema, *schema["$defs"].values()):
        for name, field in table["properties"].items():
            table["properties"][name] = _as_written(field)
    return {"$schema": DRAFT, **schema, "title": "leak-monitor: config.toml"}


class _Generator(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - the library's signature
        return str(dft) if isinstance(dft, ZoneInfo) else super().encode_default(dft)


def _as_written(field: Schema) -> Schema:
    """A key as people write it: a duration is a text, and none is said by leaving the key out."""
    dropped = {"title", *(("default",) if "$ref" in field else ())}
    inner = field.get("anyOf", [])
    if {"type": "null"} in inner:
        dropped |= {"anyOf", "default"}
        field = field | inner[0]
    kept = {key: value for key, value in field.items() if key not in dropped}
    if kept.get("pattern") != DURATION["pattern"]:
        return kept
    return {
        key: f"{value:g}s" if key == "default" else value for key, value in kept.items() if key not in _NUMBERS_ONLY
    }
