"""Reads training examples in Rasa's NLU format, with errors that name file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTITY = re.compile(r"\[(?P<text>[^\[\]]+)\](?:\([^()]+\)|\{[^{}]+\})")
IRATE = "irate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One text that somebody might post, and what it stands for."""

    text: str  #: Without entity marks.
    intent: str
    irate: bool  #: Whether its tone needs a person.
    language: str  #: From the file's name, such as `care.de.yml`; "en" where it names none.


def read_examples(folder: Path) -> tuple[Example, ...]:
    """Read all `*.yml` of *folder*. Raises DataError, naming file and line, on anything that Rasa would refuse."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise DataError(
            "no training examples (*.yml) here.", file=str(folder), remedy="Set data.training to their folder."
        )
    return tuple(example for file in files for example in read_file(file))


def read_file(file: Path) -> tuple[Example, ...]:
    """Read the examples of one file. Raises DataError."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8.", file=str(file), remedy="Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"broken YAML: {error.problem}.", file=str(file), line=line) from error
    except yaml.YAMLError as error:
        raise DataError("a character that YAML does not allow.", file=str(file), remedy="Remove it.") from error
    if root is None:
        return ()
    return tuple(_blocks(root, file))


def _blocks(root: yaml.Node, file: Path) -> Iterator[Example]:
    blocks = _mapping(root, file).get("nlu")
    if not isinstance(blocks, yaml.SequenceNode):
        raise DataError("no list under 'nlu:'.", file=str(file), line=1, remedy="See Rasa's NLU training data format.")
    language = (file.stem.rpartition(".")[2] if "." in file.stem else "en") or "en"
    for block in blocks.value:
        fields = _mapping(block, file)
        if "intent" not in fields:
            continue  # look-up tables, synonyms and regular expressions are for Rasa's own pipeline
        yield from _examples(fields, _line(block), file, language)


def _examples(fields: dict[str, yaml.Node], line: int, file: Path, language: str) -> Iterator[Example]:
    intent, listed = _value(fields["intent"]), fields.get("examples")
    if not isinstance(intent, str) or not intent:
        raise DataError("an intent without a name.", file=str(file), line=line)
    if not isinstance(listed, yaml.ScalarNode):
        raise DataError(
            f"intent '{intent}' has no examples.", file=str(file), line=line, remedy="Add 'examples: |' and a list."
        )
    metadata = _value(fields["metadata"]) if "metadata" in fields else {}
    irate = isinstance(metadata, dict) and metadata.get("mood") == IRATE
    for offset, row in enumerate(listed.value.splitlines(), start=1):
        text = row.strip()
        if not text:
            continue
        if not text.startswith("- "):
            raise DataError(
                f"an example of '{intent}' does not begin with '- '.", file=str(file), line=_line(listed) + offset
            )
        yield Example(text=_ENTITY.sub(r"\g<text>", text[2:]), intent=intent, irate=irate, language=language)


def _mapping(node: yaml.Node, file: Path) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise DataError("expected 'key: value' here.", file=str(file), line=_line(node))
    return {str(key.value): value for key, value in node.value}


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _value(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever YAML holds
    return yaml.SafeLoader("").construct_document(node)
