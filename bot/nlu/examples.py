"""Reads training examples in Rasa's NLU format, with errors that name file, line and remedy."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from bot.errors import DataError
from bot.vocabulary import Danger, Entity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


class Mood(StrEnum):
    """The tone of an example, as its metadata say under `mood`."""

    GLAD = "glad"  #: Pleased, grateful, in love with something.
    CALM = "calm"  #: Neither nor: asks, tells, chats.
    SAD = "sad"  #: Sad or worried, and blames nobody.
    TROUBLED = "troubled"  #: Has a problem, and blames nobody.
    DISPLEASED = "displeased"  #: Complains.
    IRATE = "irate"  #: A person must take it.


MOODS: Mapping[str, Mood] = {
    "praise": Mood.GLAD,
    "thank": Mood.GLAD,
    "complaint": Mood.DISPLEASED,
    "outage": Mood.TROUBLED,
    "safety": Mood.TROUBLED,
}
"""The mood of an example that names none, by its intent; calm for all others."""

DANGERS: Mapping[str, Danger] = {"legal": Danger.LEGAL, "press": Danger.PRESS}
"""Intents that are a danger of themselves."""

FEWEST = 2
"""Examples an intent needs before it can be told from the others."""

FORMAT = "See Rasa's NLU training data format."

_Kind = TypeVar("_Kind", bound=StrEnum)
_ENTITY = re.compile(r"\[(?P<text>[^\[\]]+)\](?:\((?P<kind>[^()]+)\)|(?P<fields>\{[^{}]+\}))")
_UNCLOSED = re.compile(r"\][({]")
_SECTIONS = frozenset(
    "version nlu rules stories intents entities slots responses forms actions session_config config".split()
)
_KINDS = frozenset({"intent", "synonym", "regex", "lookup"})
_BLOCK = _KINDS | {"examples", "metadata"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One text that somebody might post, and what it stands for."""

    text: str  #: Without entity marks.
    intent: str
    mood: Mood = Mood.CALM
    danger: Danger | None = None
    addressed: bool = True  #: False for a post that is said to no company; it shows a mood more than an intent.
    language: str = "en"  #: From the file's name, such as `care.de.yml`; "en" where it names none.
    entities: tuple[Entity, ...] = ()
    file: str = ""  #: Where it stands; empty where it was not read from a file.
    line: int | None = None


def read_examples(*folders: Path) -> tuple[Example, ...]:
    """Read all `*.yml` of *folders*.

    Raises DataError, naming file and line, on anything that Rasa would refuse, on an unknown mood or danger, and on an
    intent with fewer than FEWEST examples.
    """
    examples: list[Example] = []
    for folder in folders:
        files = sorted(folder.glob("*.yml"))
        if not files:
            raise DataError(
                "no training examples (*.yml) here.", file=str(folder), remedy="Set data.training to their folder."
            )
        examples += (example for file in files for example in read_file(file))
    counts = Counter(example.intent for example in examples)
    for example in examples:
        if counts[example.intent] < FEWEST:
            raise DataError(
                f"'{example.intent}' has one example only.",
                file=example.file,
                line=example.line,
                remedy=f"Give every intent {FEWEST} at least, and better twenty.",
            )
    return tuple(examples)


def read_file(file: Path) -> tuple[Example, ...]:
    """Read the examples of one file. Raises DataError."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8.", file=str(file), remedy="Save it as UTF-8.") from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}.", file=str(file)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"broken YAML: {error.problem}.", file=str(file), line=line, remedy=FORMAT) from error
    except yaml.YAMLError as error:
        raise DataError("a character that YAML does not allow.", file=str(file), remedy="Remove it.") from error
    except RecursionError as error:
        raise DataError("nested too deeply.", file=str(file), remedy=FORMAT) from error
    return () if root is None else tuple(_File(file).read(root))


class _File:
    """One file on its way to examples."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._language = (file.stem.rpartition(".")[2] if "." in file.stem else "en") or "en"

    def read(self, root: yaml.Node) -> Iterator[Example]:
        sections = self._fields(root, _SECTIONS)
        blocks = sections.get("nlu")
        if not isinstance(blocks, yaml.SequenceNode):
            raise self._wrong("no list under 'nlu:'.", root)
        for block in blocks.value:
            fields = self._fields(block, _BLOCK)
            if not _KINDS & fields.keys():
                raise self._wrong("a block of no kind that Rasa has.", block, f"Begin it with one of {sorted(_KINDS)}.")
            if "intent" in fields:  # the others are for Rasa's own pipeline
                yield from self._examples(fields, block)

    def _examples(self, fields: Mapping[str, yaml.Node], block: yaml.Node) -> Iterator[Example]:
        intent, metadata = self._value(fields["intent"]), self._value(fields.get("metadata"))
        if not isinstance(intent, str) or not intent:
            raise self._wrong("an intent without a name.", block, FORMAT)
        listed = fields.get("examples")
        if not isinstance(listed, yaml.ScalarNode | yaml.SequenceNode):
            raise self._wrong(f"intent '{intent}' has no examples.", block, "Add 'examples: |' and a list.")
        for text, line, own in self._texts(listed, intent):
            said = {**_marks(metadata), **_marks(own)}
            try:
                plain, entities = _unmarked(text)
            except ValueError as error:
                raise DataError(str(error), file=str(self._file), line=line, remedy=FORMAT) from error
            yield Example(
                text=plain,
                intent=intent,
                mood=self._one_of(Mood, said.get("mood"), line) or MOODS.get(intent, Mood.CALM),
                danger=self._one_of(Danger, said.get("danger"), line) or DANGERS.get(intent),
                addressed=said.get("addressed") is not False,
                language=self._language,
                entities=entities,
                file=str(self._file),
                line=line,
            )

    def _texts(self, listed: yaml.Node, intent: str) -> Iterator[tuple[str, int, object]]:
        """Give each text with its line and its own metadata, from either of the two forms that Rasa knows."""
        if isinstance(listed, yaml.SequenceNode):
            for item in listed.value:
                fields = self._fields(item, {"text", "metadata"})
                written = fields.get("text")
                text = written.value.strip() if isinstance(written, yaml.ScalarNode) else ""
                if not text:
                    raise self._wrong(f"an example of '{intent}' has no text.", item)
                yield text.removeprefix("- "), _line(item), self._value(fields.get("metadata"))
            return
        for offset, row in enumerate(listed.value.splitlines(), start=1):
            text = row.strip()
            if text and not text.startswith("- "):
                raise DataError(
                    f"an example of '{intent}' does not begin with '- '.",
                    file=str(self._file),
                    line=_line(listed) + offset,
                    remedy="Begin each with '- ', and write a long one on one line.",
                )
            if text:
                yield text[2:].strip(), _line(listed) + offset, {}

    def _one_of(self, kinds: type[_Kind], said: object, line: int) -> _Kind | None:
        if said is None:
            return None
        try:
            return kinds(str(said))
        except ValueError as error:
            known = ", ".join(kinds)
            raise DataError(
                f"unknown {kinds.__name__.lower()} '{said}'.", file=str(self._file), line=line, remedy=f"Use {known}."
            ) from error

    def _fields(self, node: yaml.Node, known: Sequence[str] | frozenset[str] | set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong("expected 'key: value' here.", node)
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value not in known:
                raise self._wrong(f"unknown key '{key.value}'.", key, f"Known here: {', '.join(sorted(known))}.")
        return {str(key.value): value for key, value in node.value}

    def _value(self, node: yaml.Node | None) -> Any:  # noqa: ANN401 - whatever YAML holds
        if node is None:
            return None
        try:
            return yaml.SafeLoader("").construct_document(node)
        except (yaml.YAMLError, ValueError) as error:
            raise self._wrong("a value that cannot be read.", node, "Write it as plain text.") from error

    def _wrong(self, problem: str, node: yaml.Node, remedy: str = FORMAT) -> DataError:
        return DataError(problem, file=str(self._file), line=_line(node), remedy=remedy)


def _unmarked(text: str) -> tuple[str, tuple[Entity, ...]]:
    """Give *text* without its entity marks, and the entities. Raises ValueError for a mark that Rasa would refuse."""
    plain, entities, after = "", [], 0
    for mark in _ENTITY.finditer(text):
        plain += text[after : mark.start()]
        entities.append(
            Entity(kind=_kind(mark), text=mark["text"], start=len(plain), end=len(plain) + len(mark["text"]))
        )
        plain += mark["text"]
        after = mark.end()
    plain += text[after:]
    if _UNCLOSED.search(plain):
        raise ValueError("an entity's mark is not closed.")
    return plain, tuple(entities)


def _kind(mark: re.Match[str]) -> str:
    if mark["kind"]:
        return mark["kind"].partition(":")[0]  # after a colon Rasa takes a synonym
    try:
        return str(json.loads(mark["fields"])["entity"])
    except (ValueError, KeyError) as error:
        raise ValueError(f"the mark {mark[0]} names no entity.") from error


def _marks(metadata: object) -> Mapping[str, object]:
    return metadata if isinstance(metadata, dict) else {}


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
