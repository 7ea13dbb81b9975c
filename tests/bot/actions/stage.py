"""Plays our actions on trackers as Rasa sends them, without Rasa."""

from __future__ import annotations

from dataclasses import dataclass, field

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.ports import Advice

HEARD_AT = 1_700_000_000.0
FORM = {"event": "action", "name": "contact_form"}
"""What Rasa puts before it has a form validated."""


@dataclass
class Shelf:
    """An adviser that gives the first of some articles that is left, and some cases."""

    articles: tuple[str, ...] = ()
    known: tuple = ()
    asked: list[str] = field(default_factory=list)

    async def answer(self, text, *, besides=()):
        self.asked.append(text)
        left = [name for name in self.articles if name not in besides]
        return Advice(article_id=left[0], text=f"Answer {left[0]}.", confidence=0.97) if left else None

    async def cases(self, conversation_id):
        self.asked.append(str(conversation_id))
        return self.known


@dataclass
class Done:
    """What an action said, ordered and set."""

    responses: list[str]
    texts: list[str]
    orders: list[dict]
    slots: dict
    messages: list[dict]
    events: list[dict]


def a_tracker(text="hello", intent="greet", *, confidence=0.99, slots=(), entities=(), events=(), metadata=None):
    """A tracker with one message, after *events* and before the form."""
    heard = {"event": "user", "text": text, "timestamp": HEARD_AT}
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": [{"entity": kind, "value": value} for kind, value in entities],
        "metadata": metadata if metadata is not None else {"mention_id": 7},
    }
    return Tracker("heed-5", dict(slots), message, [*events, heard, FORM], False, None, {}, "action_listen")


async def run(action, tracker):
    """Run *action* and give what it did."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    return Done(
        responses=[one["response"] for one in dispatcher.messages if one["response"]],
        texts=[one["text"] for one in dispatcher.messages if one["text"]],
        orders=[one["custom"] for one in dispatcher.messages if one["custom"]],
        slots={event["name"]: event["value"] for event in events if event["event"] == "slot"},
        messages=dispatcher.messages,
        events=events,
    )
