"""`heed config show`, and the example file that lists every setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.settings import ROOT, Section, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def shown(settings: Settings) -> str:
    """Give all settings in force as TOML, secrets hidden."""
    return "\n".join(_section(name, getattr(settings, name)) for name in Settings.model_fields)


def example() -> str:
    """Give the example file: every setting with its default and what it is for."""
    head = (
        "# Every setting of Heed with its default. Copy to heed.toml and keep what you change.\n"
        "# The same setting in the environment: HEED_SECTION_KEY; a secret from a file: HEED_SECTION_KEY_FILE.\n"
        "# Relative paths start at the project's folder.\n"
    )
    return head + "\n" + "\n".join(_documented(name, getattr(Settings(), name)) for name in Settings.model_fields)


def _section(name: str, section: BaseModel) -> str:
    rows = [f"{key} = {_toml(getattr(section, key))}" for key in type(section).model_fields]
    return "\n".join([f"[{name}]", *rows, ""])


def _documented(name: str, section: BaseModel) -> str:
    blocks = [f"# {(type(section).__doc__ or '').strip()}", f"[{name}]"]
    for key, field in type(section).model_fields.items():
        blocks += [f"# {field.description}", _row(key, field, getattr(section, key))]
    return "\n".join([*blocks, ""])


def _row(key: str, field: FieldInfo, value: object) -> str:
    optional = value is None or (isinstance(value, SecretStr) and not value.get_secret_value())
    return f"# {key} =" if optional and field is not None else f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    match value:
        case SecretStr() | None:
            return '"**********"' if value and value.get_secret_value() else '""'
        case Path():
            return _quoted(str(value.relative_to(ROOT) if value.is_relative_to(ROOT) else value))
        case Section():
            given = ((key, getattr(value, key)) for key in type(value).model_fields if key in value.model_fields_set)
            return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in given if item is not None) + " }"
        case tuple():
            return _list([_toml(item) for item in value], a_line_each=any(isinstance(item, Section) for item in value))
        case str():
            return _quoted(value)
        case _:
            return str(value).lower()  # a number, true or false


def _list(items: Sequence[str], *, a_line_each: bool) -> str:
    if a_line_each:
        return "\n".join(["[", *(f"  {item}," for item in items), "]"])
    return "[" + ", ".join(items) + "]"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # the escapes of JSON are also TOML's
