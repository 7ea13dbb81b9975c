"""What a help desk posts to us, read from JSON. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.vocabulary import DeskEvent, DeskEventKind
from responders.cases import LONGEST_AUTHOR, LONGEST_ID, MalformedEvent

_Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ID)]


class _Body(BaseModel):
    """An event as it comes; what else is in it means nothing to us."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: _Id
    reference: _Id
    kind: DeskEventKind
    text: str = ""
    author: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_AUTHOR)] = ""


def read_event(body: bytes) -> DeskEvent:
    """Read an event. Raises MalformedEvent, naming each field that is wrong."""
    try:
        given = _Body.model_validate_json(body)
    except ValidationError as error:
        raise MalformedEvent(_explain(error)) from error
    text = given.text.strip()
    if given.kind is DeskEventKind.REPLY and not text:
        raise MalformedEvent("text: a reply needs one; only 'resolved' may come without.")
    return DeskEvent(id=given.id, reference=given.reference.upper(), kind=given.kind, text=text, author=given.author)


def _explain(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    named = [(".".join(str(part) for part in each["loc"]) or "the body", each["msg"]) for each in problems]
    return "; ".join(f"{name}: {message}" for name, message in named) + "."
