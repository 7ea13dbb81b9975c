"""Scenarios: a day of posts in a YAML file, with the decision that each post should lead to.

name: A first day
steps:
  - {case: wifi, author: mara_k, text: "@TarnwellHelp no Wi-Fi", expect: answer}
  - {case: thanks, author: mara_k, text: "thank you!", reply_to: wifi, expect: ignore, note: only thanks}
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from sandbox.posts import HANDLE
from sandbox.refusals import Refused
from sandbox.world import NewPost, World


class ScenarioInvalid(ValueError):
    """A scenario file cannot be played; the message names the file, the step and the remedy."""


class Expectation(StrEnum):
    """The decision that a post should lead to."""

    ANSWER = "answer"
    DRAFT = "draft"
    HANDOFF = "handoff"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that somebody does; the references name the `case` of an earlier step."""

    case: str  #: A short name, unique in the scenario.
    author: str = ""  #: A handle; may be left out of an edit or a deletion.
    text: str = ""
    language: str = ""  #: A two-letter code; guessed from the text when empty.
    reply_to: str = ""
    repost_of: str = ""
    quote_of: str = ""
    edits: str = ""  #: This text is a new version of that post.
    delete: str = ""  #: That post is deleted; nothing is published.
    expect: Expectation | None = None  #: None: the step only sets the stage.
    note: str = ""  #: Why this is expected.

    @property
    def references(self) -> dict[str, str]:
        """The cases that this step needs, by the field that names them."""
        names = ("reply_to", "repost_of", "quote_of", "edits", "delete")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named series of steps."""

    name: str
    steps: tuple[Step, ...]


_KNOWN = tuple(field.name for field in fields(Step))


def load(path: Path) -> Scenario:
    """Read and check a scenario; raises `ScenarioInvalid`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioInvalid(f"{path}: the file cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise ScenarioInvalid(f"{path.name}{place}: this is not valid YAML; check quotes and indents.") from error
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list) or not content["steps"]:
        raise ScenarioInvalid(f"{path.name}: write a 'name' and, under 'steps', a list of at least one step.")
    return Scenario(name=str(content.get("name") or path.stem), steps=_read_steps(path.name, content["steps"]))


def play(world: World, scenario: Scenario) -> dict[str, str]:
    """Play every step at once; the id of the post that each case published or deleted."""
    ids: dict[str, str] = {}
    for step in scenario.steps:
        ids[step.case] = perform(world, step, ids)
    return ids


def perform(world: World, step: Step, ids: Mapping[str, str]) -> str:
    """Do one step, given the ids of the cases before it; the id of its post. Raises `Refused`."""
    if step.delete:
        world.delete(ids[step.delete])
        return ids[step.delete]
    if step.edits:
        return world.edit(ids[step.edits], step.text).id
    post = world.post(
        NewPost(
            author=step.author,
            text=step.text,
            reply_to=ids.get(step.reply_to),
            repost_of=ids.get(step.repost_of),
            quote_of=ids.get(step.quote_of),
            language=step.language or None,
        )
    )
    return post.id


def _read_steps(file: str, raw: list[Any]) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    rehearsal, ids = World(), dict[str, str]()
    for number, item in enumerate(raw, start=1):
        place = f"{file}, step {number}"
        step = _read_step(place, item)
        _check(step.case not in steps, f"{place}: case {step.case!r} is there already; give it another name.")
        for name, case in step.references.items():
            remedy = f"{place}: {name} is {case!r}, but no earlier step has that case; use one of those above."
            _check(case in steps, remedy)
        _check_author(f"{place} ({step.case})", step, steps)
        steps[step.case] = step
        ids[step.case] = _rehearse(place, rehearsal, step, ids)
    return tuple(steps.values())


def _read_step(place: str, item: object) -> Step:
    if not isinstance(item, dict):
        raise ScenarioInvalid(f"{place}: a step is a mapping, such as {{case: wifi, author: mara_k, text: …}}.")
    values = {str(name): value for name, value in item.items() if value is not None}
    for name in values:
        _check(name in _KNOWN, f"{place}: unknown field {name!r}; a step has {', '.join(_KNOWN)}.")
    texts = {name: str(value) for name, value in values.items() if name != "expect"}
    _check(bool(texts.get("case")), f"{place}: give the step a 'case', a short name of its own.")
    step = Step(**texts, expect=_read_expectation(place, values.get("expect")))
    _check_shape(f"{place} ({step.case})", step)
    return step


def _check_shape(place: str, step: Step) -> None:
    doing = [name for name in ("reply_to", "repost_of", "edits", "delete") if getattr(step, name)]
    _check(len(doing) <= 1, f"{place}: {' and '.join(doing)} exclude each other; make two steps of it.")
    if step.author or not (step.delete or step.edits):
        _check(bool(HANDLE.fullmatch(step.author)), f"{place}: 'author' must be 1 to 15 letters, digits or _.")
    if step.delete or step.repost_of:
        _check(not step.text, f"{place}: leave out 'text'; nothing new is written here.")


def _check_author(place: str, step: Step, earlier: Mapping[str, Step]) -> None:
    """Only its own author edits or deletes a post."""
    original = earlier.get(step.edits or step.delete)
    while original and not original.author:
        original = earlier.get(original.edits or original.delete)
    if original and step.author:
        same = step.author.lower() == original.author.lower()
        _check(same, f"{place}: 'author' must be {original.author!r}, who wrote that post; or leave it out.")


def _read_expectation(place: str, value: object) -> Expectation | None:
    known = [expectation.value for expectation in Expectation]
    _check(value is None or value in known, f"{place}: 'expect' is {value!r}; use one of {', '.join(known)}.")
    return Expectation(str(value)) if value else None


def _rehearse(place: str, world: World, step: Step, ids: Mapping[str, str]) -> str:
    """Do the step in a world of its own, so that a file that loads can also be played."""
    try:
        return perform(world, step, ids)
    except Refused as refused:
        raise ScenarioInvalid(f"{place} ({step.case}): {refused}") from refused


def _check(right: bool, sentence: str) -> None:
    if not right:
        raise ScenarioInvalid(sentence)
