"""The rules for what a bot may say, one named pure check each; asked before deciding and before sending.

Most are the platform's, and https://docs.x.com/developer-guidelines speaks of nearly all of them; each check names
where its own rule stands. Where Heed is stricter than any platform, the check says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.personal import UNSET, Privacy, find
from bot.vocabulary import Audience, Reason, ReplyKind
from responders.counting import fits
from responders.splitting import MOST_PARTS, split

if TYPE_CHECKING:
    from collections.abc import Callable

Links: TypeAlias = Literal["never", "draft", "always"]

LONGEST_MESSAGE = 10_000
"""Characters of a direct message."""

LINK = (
    r"https?://\S|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:app|at|be|biz|ca|ch|cloud|co|com|de|dev|edu|es|eu|fr|gov|help|info|io|it|link|ly|me|mx|net|nl|online|org|page"
    r"|shop|site|store|support|tv|uk|us)(?![\w-])"
)
"""An address with its protocol, or a bare one under an ending that brands use; Python and PostgreSQL read it alike."""

_LINK = re.compile(LINK, re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@＠.])[@＠](\w{1,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A reply that is about to be made, with all that the rules ask about it."""

    text: str  #: Final text, signature included.
    kind: ReplyKind
    audience: Audience = Audience.PUBLIC
    addressed: bool  #: Whether the customer spoke to us; `Mention.addressed`.
    summoned: bool  #: Whether the channel lets a program reply; `Mention.summoned`.
    answered: bool  #: Whether the post has, or is getting, another reply of ours.
    opted_out: bool  #: Whether the customer asked us to stop.
    with_agent: bool = False  #: Whether a person has the conversation.
    overtaken: bool = False  #: Whether the customer wrote again in the meantime.
    late: bool = False  #: Whether it waited longer than `replying.late_minutes`.
    wrote_first: bool = False  #: Whether the customer sent us a direct message before; asked of private replies.
    first_message: bool = False  #: Whether it is our first direct message to the customer.
    customer: str = ""  #: The customer's handle without "@".
    signature: str  #: `replying.signature`.
    links: Links = "never"  #: `replying.links`.
    privacy_url: str = ""  #: `replying.privacy_url`.
    stop_words: tuple[str, ...] = ()  #: `replying.stop_words`.
    privacy: Privacy = UNSET  #: `Settings.privacy`.


Check: TypeAlias = "Callable[[Proposal], Reason | None]"


def refusals(proposal: Proposal) -> tuple[Reason, ...]:
    """Give why *proposal* must not be sent; empty where every rule allows it."""
    reasons = [reason for check in CHECKS if (reason := check(proposal)) is not None]
    return tuple(dict.fromkeys(reasons))


def addressed(proposal: Proposal) -> Reason | None:
    """Reply only to who spoke to us; a keyword in a post is no invitation: https://docs.x.com/developer-guidelines."""
    return Reason.NOT_ADDRESSED if _is_ours(proposal) and not proposal.addressed else None


def summoned(proposal: Proposal) -> Reason | None:
    """Reply only to who summoned us: named us in the post or quoted us.

    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged", since
    2026-02-23: https://docs.x.com/changelog. An agent's own words are left to X's verdict.
    """
    return Reason.NOT_SUMMONED if _is_ours(proposal) and not proposal.summoned else None


def one_reply(proposal: Proposal) -> Reason | None:
    """Send one automated reply an interaction: https://docs.x.com/developer-guidelines, "Automated actions"."""
    return Reason.DUPLICATE if _is_ours(proposal) and proposal.answered else None


def labelled(proposal: Proposal) -> Reason | None:
    """End an automatic reply with the words that say so.

    Automated accounts must be recognisable as such: https://docs.x.com/developer-guidelines.
    """
    is_labelled = proposal.text.rstrip().endswith(proposal.signature)
    return Reason.POLICY if proposal.kind is ReplyKind.AUTOMATIC and not is_labelled else None


def one_post(proposal: Proposal) -> Reason | None:
    """Fit into one post, an agent's into few, by X's weighted length.

    https://docs.x.com/fundamentals/counting-characters
    A direct message has 10,000 characters:
    https://developer.x.com/en/docs/twitter-api/v1/direct-messages/sending-and-receiving/api-reference/new-event.
    """
    if proposal.audience is Audience.PRIVATE:
        is_fit = 0 < len(proposal.text.strip()) <= LONGEST_MESSAGE
    else:
        parts = (proposal.text,) if _is_ours(proposal) else split(proposal.text)
        is_fit = len(parts) <= MOST_PARTS and all(fits(part) for part in parts)
    return None if is_fit else Reason.OVER_LENGTH


def links_allowed(proposal: Proposal) -> Reason | None:
    """Hold a link only where ops allow it: a post with one costs many times more, https://docs.x.com/x-api/getting-started/pricing."""
    allowed = {"never": {ReplyKind.AGENT}, "draft": {ReplyKind.AGENT, ReplyKind.APPROVED}, "always": set(ReplyKind)}
    is_allowed = proposal.audience is Audience.PRIVATE or proposal.kind in allowed[proposal.links]
    return Reason.POLICY if not is_allowed and has_link(proposal.text) else None


def no_strangers(proposal: Proposal) -> Reason | None:
    """Name nobody but the customer: unsolicited mentions are forbidden, https://docs.x.com/developer-guidelines.

    Our own handle is nobody's business either: it would make our reply a mention of us.
    """
    strangers = {handle.casefold() for handle in _HANDLE.findall(proposal.text)} - {proposal.customer.casefold()}
    return Reason.POLICY if _is_ours(proposal) and strangers else None


def nothing_personal(proposal: Proposal) -> Reason | None:
    """Show nobody's card, phone number, address or the like to everybody, whoever wrote it; our own may be shown.

    Others' private information must not be posted without their leave:
    https://help.x.com/en/rules-and-policies/personal-information.
    """
    is_shown = proposal.audience is Audience.PUBLIC and find(proposal.text, proposal.privacy)
    return Reason.POLICY if is_shown else None


def not_opted_out(proposal: Proposal) -> Reason | None:
    """Honour a customer's "stop" at once: https://docs.x.com/developer-guidelines, "Automation rules".

    A person may still write to them; the program may not.
    """
    return Reason.OPTED_OUT if _is_ours(proposal) and proposal.opted_out else None


def with_agent(proposal: Proposal) -> Reason | None:
    """Keep the bot out where a person has the conversation.

    Heed's own rule: docs/explanation/why-people-stay-in-charge.md.
    """
    return Reason.CONVERSATION_WITH_AGENT if _is_alone(proposal) and proposal.with_agent else None


def overtaken(proposal: Proposal) -> Reason | None:
    """Do not answer what the customer has written on from. Heed's own rule: docs/adr/0033-before-each-send.md.

    In private each message has its turn, and its answer belongs to the conversation.
    """
    is_late = proposal.overtaken and proposal.audience is Audience.PUBLIC
    return Reason.OVERTAKEN if _is_alone(proposal) and is_late else None


def prompt(proposal: Proposal) -> Reason | None:
    """Let a person look at an answer that comes late. Heed's own rule: docs/adr/0033-before-each-send.md."""
    return Reason.STALE if _is_alone(proposal) and proposal.late else None


def wrote_first(proposal: Proposal) -> Reason | None:
    """Send a direct message only to who sent us one, whoever wrote it: https://docs.x.com/developer-guidelines."""
    is_cold = proposal.audience is Audience.PRIVATE and not proposal.wrote_first
    return Reason.POLICY if is_cold else None


def introduces_itself(proposal: Proposal) -> Reason | None:
    """Link the privacy policy in the first direct message, and say in the program's words how to opt out.

    https://docs.x.com/developer-guidelines, "Direct Messages". Without `replying.privacy_url` there is nothing to link.
    """
    if proposal.audience is not Audience.PRIVATE or not proposal.first_message:
        return None
    is_linked = proposal.privacy_url in proposal.text
    says_how = not _is_ours(proposal) or any(_says(word, proposal.text) for word in proposal.stop_words)
    return None if is_linked and says_how else Reason.POLICY


def has_link(text: str) -> bool:
    """Whether X would make a link of some part of *text*."""
    return _LINK.search(text) is not None


def _says(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def _is_ours(proposal: Proposal) -> bool:
    """Whether the program chose the words, whoever approved them."""
    return proposal.kind is not ReplyKind.AGENT


def _is_alone(proposal: Proposal) -> bool:
    """Whether no person has looked at it."""
    return proposal.kind is ReplyKind.AUTOMATIC


CHECKS: tuple[Check, ...] = (
    addressed,
    summoned,
    one_reply,
    labelled,
    one_post,
    links_allowed,
    no_strangers,
    nothing_personal,
    not_opted_out,
    with_agent,
    overtaken,
    prompt,
    wrote_first,
    introduces_itself,
)
