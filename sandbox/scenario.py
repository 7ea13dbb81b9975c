"""Scenarios: a day of posts in a YAML file, with the decision that each post should lead to.

name: A first day
steps:
  - {case: wifi, author: mara_k, text: "@TarnwellHelp no Wi-Fi", expect: answer}
  - {case: thanks, author: mara_k, text: "thank you!", reply_to: wifi, expect: ignore, note: only thanks}
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from sandbox.fault_orders import read_fault
from sandbox.faults import Fault, Faults
from sandbox.orders import BadOrder
from sandbox.posts import HANDLE
from sandbox.refusals import Refused
from sandbox.steps import DeskAct, Expectation, Scenario, Sign, Step, perform, play
from sandbox.world import World

__all__ = ["DeskAct", "Expectation", "Scenario", "ScenarioInvalid", "Sign", "Step", "load", "perform", "play"]

_KNOWN = tuple(field.name for field in fields(Step))
_WITHOUT_AUTHOR = frozenset(
    {"edits", "delete", "index", "fault", "invites", "desk"}
)  #: Deeds that need not say whose they are.
_CHOICES: Mapping[str, type[StrEnum]] = {"expect": Expectation, "desk": DeskAct, "after": Sign}


class ScenarioInvalid(ValueError):
    """A scenario file cannot be played; the message names the file, the step and the remedy."""


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
            _check(steps[case].has_post, f"{place}: {name} is {case!r}, which is no post; name a case that is one.")
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
    _check(bool(values.get("case")), f"{place}: give the step a 'case', a short name of its own.")
    step = Step(**{name: _read_value(place, name, value) for name, value in values.items()})
    _check_shape(f"{place} ({step.case})", step)
    return step


def _read_value(place: str, name: str, value: object) -> Any:  # noqa: ANN401  # each field has its type
    match name:
        case "expect" | "desk" | "after":
            return _read_choice(place, name, value)
        case "fault":
            return _read_fault(place, value)
        case "late" | "protect":
            _check(isinstance(value, bool), f"{place}: '{name}' must be true or false.")
            return value
        case _:
            return str(value)


def _read_choice(place: str, name: str, value: object) -> StrEnum:
    known = [choice.value for choice in _CHOICES[name]]
    _check(value in known, f"{place}: {name!r} is {value!r}; use one of {', '.join(known)}.")
    return _CHOICES[name](str(value))


def _read_fault(place: str, value: object) -> Fault:
    if not isinstance(value, dict):
        raise ScenarioInvalid(f"{place}: a fault is a mapping, such as {{kind: lost, method: POST, path: /2/tweets}}.")
    try:
        return read_fault({str(name): inner for name, inner in value.items()})
    except BadOrder as error:
        raise ScenarioInvalid(f"{place}: fault: {error}") from error


def _check_shape(place: str, step: Step) -> None:
    _check(len(step.deeds) <= 1, f"{place}: {' and '.join(step.deeds)} exclude each other; make two steps of it.")
    if step.author or not (step.only_waits or _WITHOUT_AUTHOR.intersection(step.deeds)):
        _check(bool(HANDLE.fullmatch(step.author)), f"{place}: 'author' must be 1 to 15 letters, digits or _.")
    if step.desk:
        _check(bool(step.text), f"{place}: write the 'text' that the help desk answers.")
    if step.is_silent:
        _check(not step.text, f"{place}: leave out 'text'; nothing new is written here.")
        _check(not step.quote_of, f"{place}: leave out 'quote_of'; nothing new is written here.")
    may_be_late = not step.deeds or step.deeds[0] in {"reply_to", "repost_of"}
    _check(may_be_late or not step.late, f"{place}: leave out 'late'; only a new post can be late.")


def _check_author(place: str, step: Step, earlier: Mapping[str, Step]) -> None:
    """Only its own author edits or deletes a post."""
    original = earlier.get(step.edits or step.delete)
    while original and not original.author:
        original = earlier.get(original.edits or original.delete or original.index)
    if original and step.author:
        same = step.author.lower() == original.author.lower()
        _check(same, f"{place}: 'author' must be {original.author!r}, who wrote that post; or leave it out.")


def _rehearse(place: str, world: World, step: Step, ids: Mapping[str, str]) -> str:
    """Do the step in a world of its own, so that a file that loads can also be played."""
    if step.desk:
        return ""
    try:
        return perform(world, step, ids, Faults())
    except Refused as refused:
        raise ScenarioInvalid(f"{place} ({step.case}): {refused}") from refused


def _check(right: bool, sentence: str) -> None:
    if not right:
        raise ScenarioInvalid(sentence)
