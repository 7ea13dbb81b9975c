"""What happens in a scenario: posts, messages, mails, blocks, faults, one step after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.faults import Fault, Faults
from sandbox.refusals import NotPossible
from sandbox.world import NewPost, World


class Expectation(StrEnum):
    """The decision that a post or a message should lead to."""

    ANSWER = "answer"
    DRAFT = "draft"
    HANDOFF = "handoff"
    IGNORE = "ignore"


class Sign(StrEnum):
    """What a step waits for."""

    POST = "post"  #: The brand has published a post since the last step that did something.
    MESSAGE = "message"  #: The brand has sent a direct message since then.
    MAIL = "mail"  #: The help desk has a mail that nobody has answered.


class DeskAct(StrEnum):
    """What the help desk does with the newest mail."""

    ANSWER = "answer"
    RESOLVE = "resolve"  #: Answers, and ends the case.


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens; the references name the `case` of an earlier step."""

    case: str  #: A short name, unique in the scenario.
    author: str = ""  #: A handle; may be left out where nobody says anything of his own.
    text: str = ""
    language: str = ""  #: A two-letter code; guessed from the text when empty.
    reply_to: str = ""
    repost_of: str = ""
    quote_of: str = ""
    late: bool = False  #: X finds the post only when a later step indexes it.
    edits: str = ""  #: This text is a new version of that post.
    delete: str = ""  #: That post is deleted; nothing is published.
    index: str = ""  #: That late post is found from now on.
    message_to: str = ""  #: The text is a direct message to this handle.
    block: str = ""  #: The author blocks this handle.
    unblock: str = ""
    protect: bool | None = None  #: The author's posts are hidden from everybody else, or shown again.
    fault: Fault | None = None  #: Armed for the requests or events that follow.
    invites: str = ""  #: With this text the brand's people reply to that post, and offer a direct message.
    desk: DeskAct | None = None  #: With this text the help desk answers its newest mail.
    after: Sign | None = None  #: The step waits for this; where it does nothing else, it only waits.
    expect: Expectation | None = None  #: None: the step only sets the stage.
    note: str = ""  #: Why this is expected.

    @property
    def references(self) -> dict[str, str]:
        """The cases that this step needs, by the field that names them."""
        names = ("reply_to", "repost_of", "quote_of", "edits", "delete", "index", "invites")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    @property
    def deeds(self) -> list[str]:
        """The fields that say what is done; a step that only waits, or publishes a post of its own, has none."""
        return [name for name in (*_SPOKEN, *_SILENT) if getattr(self, name) not in {"", None}]

    @property
    def is_silent(self) -> bool:
        """Whether nothing is written in this step."""
        return not _SILENT.keys().isdisjoint(self.deeds)

    @property
    def only_waits(self) -> bool:
        """Whether nothing is done in this step."""
        return self.after is not None and not self.deeds and not self.text

    @property
    def has_post(self) -> bool:
        """Whether the case is a post that later steps can name."""
        return not self.only_waits and all((_SPOKEN | _SILENT)[deed] for deed in self.deeds)


#: Deeds with words, and whether each is about a post.
_SPOKEN = {"reply_to": True, "edits": True, "message_to": False, "invites": True, "desk": False}

#: The same of deeds without words.
_SILENT = {
    "repost_of": True,
    "delete": True,
    "index": True,
    "block": False,
    "unblock": False,
    "protect": False,
    "fault": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named series of steps."""

    name: str
    steps: tuple[Step, ...]


def play(world: World, scenario: Scenario, faults: Faults | None = None) -> dict[str, str]:
    """Play every step at once, whatever it waits for; what `perform` gave for each case. Raises `Refused`."""
    ids: dict[str, str] = {}
    for step in scenario.steps:
        ids[step.case] = perform(world, step, ids, faults)
    return ids


def perform(world: World, step: Step, ids: Mapping[str, str], faults: Faults | None = None) -> str:
    """Do one step, given the ids of the cases before it; *faults* are those of the sandbox that serves this world.

    Gives the id of the post or the message, and nothing for a step without one. Raises `Refused`, as for what the help
    desk does: its mails are in a post office.
    """
    if step.only_waits:
        return ""
    if step.desk:
        raise NotPossible(f"Step {step.case} answers a mail; only `heed run --sandbox` plays that.")
    if step.fault:
        if faults is None:
            raise NotPossible(f"Step {step.case} arms a fault, but no sandbox serves this world; start one first.")
        faults.add(step.fault)
        return ""
    if step.block or step.unblock or step.protect is not None:
        return _change_relation(world, step)
    if step.message_to:
        return world.send(step.author, step.message_to, step.text).id
    return _change_post(world, step, ids) if step.edits or step.delete or step.index else _publish(world, step, ids)


def _change_relation(world: World, step: Step) -> str:
    if step.protect is not None:
        world.protect(step.author, on=step.protect)
    else:
        world.block(step.author, step.block or step.unblock, on=bool(step.block))
    return ""


def _change_post(world: World, step: Step, ids: Mapping[str, str]) -> str:
    if step.edits:
        return world.edit(ids[step.edits], step.text).id
    number = ids[step.delete or step.index]
    (world.delete if step.delete else world.index)(number)
    return number


def _publish(world: World, step: Step, ids: Mapping[str, str]) -> str:
    post = world.post(
        NewPost(
            author=step.author or world.brand.handle,
            text=step.text,
            reply_to=ids.get(step.reply_to or step.invites),
            repost_of=ids.get(step.repost_of),
            quote_of=ids.get(step.quote_of),
            language=step.language or None,
            late=step.late,
        )
    )
    return post.id
