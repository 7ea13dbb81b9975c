"""The platform's rules for what a bot may say, one named pure check each; asked before deciding and before sending.

Only https://docs.x.com/developer-guidelines speaks of all of them; each check names where its own rule stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.vocabulary import Reason, ReplyKind
from responders.counting import fits

if TYPE_CHECKING:
    from collections.abc import Callable

Links: TypeAlias = Literal["never", "draft", "always"]

#: An address with its protocol, or a bare one under an ending that brands use.
_LINK = re.compile(
    r"https?://\S|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:app|at|be|biz|ca|ch|cloud|co|com|de|dev|edu|es|eu|fr|gov|help|info|io|it|link|ly|me|mx|net|nl|online|org|page"
    r"|shop|site|store|support|tv|uk|us)(?![\w-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A reply that is about to be made, with all that the rules ask about it."""

    text: str  #: Final text, signature included.
    kind: ReplyKind
    addressed: bool  #: Whether the customer spoke to us; `Mention.addressed`.
    answered: bool  #: Whether the post has, or is getting, another reply of ours.
    opted_out: bool  #: Whether the customer asked us to stop.
    signature: str  #: `replying.signature`.
    links: Links = "never"  #: `replying.links`.


Check: TypeAlias = "Callable[[Proposal], Reason | None]"


def refusals(proposal: Proposal) -> tuple[Reason, ...]:
    """Give why *proposal* must not be sent; empty where every rule allows it."""
    reasons = [reason for check in CHECKS if (reason := check(proposal)) is not None]
    return tuple(dict.fromkeys(reasons))


def summoned(proposal: Proposal) -> Reason | None:
    """Reply only to who mentioned us, replied to us or quoted us.

    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged", since
    2026-02-23: https://docs.x.com/changelog. An agent's own words are left to X's verdict.
    """
    return Reason.NOT_ADDRESSED if _is_ours(proposal) and not proposal.addressed else None


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
    """Fit into one post, by X's weighted length: https://docs.x.com/fundamentals/counting-characters."""
    return None if fits(proposal.text) else Reason.OVER_LENGTH


def links_allowed(proposal: Proposal) -> Reason | None:
    """Hold a link only where ops allow it: a post with one costs many times more, https://docs.x.com/x-api/getting-started/pricing."""
    allowed = {"never": {ReplyKind.AGENT}, "draft": {ReplyKind.AGENT, ReplyKind.APPROVED}, "always": set(ReplyKind)}
    is_allowed = proposal.kind in allowed[proposal.links]
    return Reason.POLICY if not is_allowed and has_link(proposal.text) else None


def not_opted_out(proposal: Proposal) -> Reason | None:
    """Honour a customer's "stop" at once: https://docs.x.com/developer-guidelines, "Automation rules".

    A person may still write to them; the program may not.
    """
    return Reason.OPTED_OUT if _is_ours(proposal) and proposal.opted_out else None


def has_link(text: str) -> bool:
    """Whether X would make a link of some part of *text*."""
    return _LINK.search(text) is not None


def _is_ours(proposal: Proposal) -> bool:
    """Whether the program chose the words, whoever approved them."""
    return proposal.kind is not ReplyKind.AGENT


CHECKS: tuple[Check, ...] = (summoned, one_reply, labelled, one_post, links_allowed, not_opted_out)
