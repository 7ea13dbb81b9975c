"""From a turn of the dialogue to what is stored of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.actions.hand_off import PROMISES, hand_off
from bot.actions.introduce import introduce
from bot.actions.orders import Answered, Escalate, Feedback, HandOff, OptOut, read_order
from bot.vocabulary import Outcome, Reason, Reply, ReplyKind, Route, RuleOutcome
from knowledge.composing import compose
from responders.policy import Proposal, refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.actions.orders import Order
    from bot.personal import Privacy
    from bot.ports import Turn
    from bot.settings import ReplyingSettings
    from bot.vocabulary import Admitted, Decision
    from knowledge.composing import Form

log = structlog.get_logger(__name__)

RULE = "dialogue"
"""What the dialogue's part of a decision is called among its rules."""

FOR_A_PERSON = frozenset({Reason.SAFETY, Reason.IRATE, Reason.ASKED_FOR_PERSON, Reason.LANGUAGE})
"""Reasons for which a private message goes to a person whatever the dialogue would say."""

WORDLESS = frozenset({Reason.SAFETY, Reason.LANGUAGE, Reason.CONVERSATION_WITH_AGENT, Reason.OPTED_OUT})
"""Reasons of a handoff of which the bot says nothing: its words would be out of place, not understood or not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the bot speaks in private."""

    replying: ReplyingSettings
    form: Form
    privacy: Privacy
    has_desk: bool  #: Whether cases leave for a help desk; else a person of ours takes them.
    language: str = "en"  #: Of this conversation, as far as it is known.


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """What becomes of a private message."""

    outcome: Outcome
    escalate: Escalate | None = None
    feedback: Feedback | None = None

    @property
    def is_over(self) -> bool:
        """Whether the customer has what they wanted."""
        return self.feedback is not None and self.feedback.helped


def needs_person(outcome: Outcome, *, with_people: bool, is_control: bool = False) -> bool:
    """Say whether a private message is none for the dialogue: guarded, with people, or by its tone or wish for one.

    What *is_control*, a short phrase that means one thing such as "skip", has no tone.
    """
    known, decision = outcome.admitted.circumstances, outcome.decision
    if with_people or known.opted_out or decision.understanding is None:
        return True
    return not is_control and bool(FOR_A_PERSON & {*decision.reasons})


def left_to_person(outcome: Outcome, manners: Manners, *, reason: Reason | None = None, silent: bool = False) -> Led:
    """Give a private message to a person, and tell the customer unless *silent*.

    It is for *reason*, else for those of its tone or wish, else because of who has the conversation or wants no
    automated replies. What a guard holds back stays as it is.
    """
    if outcome.decision.understanding is None:
        return Led(outcome=outcome)
    reasons = outcome.decision.reasons
    if reason is not None or not FOR_A_PERSON & {*reasons}:
        known = outcome.admitted.circumstances
        reasons = (reason or (Reason.OPTED_OUT if known.opted_out else Reason.CONVERSATION_WITH_AGENT),)
    return Led(outcome=_handed_off(outcome, reasons, manners, words=None if silent else ""))


def led(outcome: Outcome, turn: Turn, manners: Manners) -> Led:
    """Give what becomes of a private message by *turn*: a reply, or a person where nothing fit can be said.

    Who wants no automated messages hears nothing, not even that this was understood.
    """
    orders = _orders(turn)
    if any(isinstance(order, OptOut) for order in orders):
        decision = _decided(outcome.decision, Route.IGNORE, (Reason.OPTED_OUT,))
        return Led(outcome=replace(outcome, decision=decision, made=None, opts_out=True))
    given = [order for order in orders if isinstance(order, HandOff)]
    words = "\n\n".join(turn.texts)
    escalate = next((order for order in orders if isinstance(order, Escalate)), None)
    feedback = next((order for order in orders if isinstance(order, Feedback)), None)
    if given or not words or (escalate and not manners.has_desk):
        reason = given[0].reason if given else Reason.ESCALATED if escalate else Reason.NOT_UNDERSTOOD
        handed = _handed_off(outcome, (reason,), manners, words=words)
        return Led(outcome=handed, escalate=escalate, feedback=feedback)
    reply = _reply(outcome.admitted, words, manners)
    if refused := _refused(outcome.admitted, reply, manners):
        return Led(outcome=_handed_off(outcome, refused, manners, words=None))
    decision = _answering(outcome.decision, _reason(orders, escalate), orders)
    return Led(outcome=replace(outcome, decision=decision, made=reply), escalate=escalate, feedback=feedback)


def _orders(turn: Turn) -> list[Order]:
    found: list[Order] = []
    for message in turn.orders:
        try:
            found.append(read_order(message))
        except ValueError:
            # Unread, an order might be one for a person.
            log.warning("order of an action not understood", order=sorted(message))
            found.append(HandOff(reason=Reason.NOT_UNDERSTOOD))
    return found


def _reason(orders: Sequence[Order], escalate: Escalate | None) -> Reason:
    if escalate is not None:
        return Reason.ESCALATED
    return Reason.CONFIDENT if any(isinstance(order, Answered) for order in orders) else Reason.IN_DIALOGUE


def _answering(decision: Decision, reason: Reason, orders: Sequence[Order]) -> Decision:
    said = next((order for order in orders if isinstance(order, Answered)), None)
    candidates = decision.candidates
    if said is not None:
        candidates = tuple(sorted(candidates, key=lambda candidate: candidate.article_id != said.article_id))
    confidence = said.confidence if said else decision.confidence
    return replace(_decided(decision, Route.ANSWER, (reason,)), candidates=candidates, confidence=confidence)


def _decided(decision: Decision, route: Route, reasons: tuple[Reason, ...]) -> Decision:
    rule = RuleOutcome(rule=RULE, applied=True, reasons=reasons)
    return replace(decision, route=route, reasons=reasons, rules=(*decision.rules, rule))


def _handed_off(outcome: Outcome, reasons: tuple[Reason, ...], manners: Manners, *, words: str | None) -> Outcome:
    """Hand a message off; the customer hears *words*, or a promise where these are empty, or nothing where None."""
    decision = _decided(outcome.decision, Route.HANDOFF, reasons)
    said = None
    if words is not None and not WORDLESS & {*reasons}:
        promise = PROMISES.get(manners.language, PROMISES["en"])
        said = _reply(outcome.admitted, words or promise, manners)
        said = None if _refused(outcome.admitted, said, manners) else said
    return replace(outcome, decision=decision, made=hand_off(outcome.admitted, decision, manners.form), said=said)


def _reply(admitted: Admitted, words: str, manners: Manners) -> Reply:
    if not admitted.circumstances.introduced:
        words = introduce(words, manners.language, manners.replying)
    return Reply(
        channel=admitted.mention.channel,
        in_reply_to=admitted.mention.post_id,
        text=compose(words, manners.replying.signature),
        kind=ReplyKind.AUTOMATIC,
        audience=admitted.mention.audience,
        addressee=admitted.mention.author_id,
        mention_id=admitted.mention.id,
        conversation_id=admitted.conversation_id,
    )


def _refused(admitted: Admitted, reply: Reply, manners: Manners) -> tuple[Reason, ...]:
    """Give what the channel's rules hold against a reply of the dialogue."""
    known, replying = admitted.circumstances, manners.replying
    return refusals(
        Proposal(
            text=reply.text,
            kind=reply.kind,
            audience=reply.audience,
            addressed=True,
            summoned=True,
            answered=known.answered,
            opted_out=known.opted_out,
            wrote_first=True,
            first_message=not known.introduced,
            customer=admitted.mention.author_handle,
            signature=replying.signature,
            links=replying.links,
            privacy_url=replying.privacy_url,
            stop_words=replying.stop_words,
            privacy=manners.privacy,
        )
    )
