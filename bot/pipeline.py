"""The story of a batch: from admitted mentions to what is made of them. Nothing here waits for a network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.actions.answer import answer
from bot.actions.draft import draft
from bot.actions.hand_off import hand_off
from bot.actions.introduce import introduce
from bot.deciding.rules import Case, Limits, decide
from bot.intake.guards import Watch, asks_to_stop, first_guard, is_amended
from bot.personal import UNSET, Privacy
from bot.vocabulary import Audience, Outcome, Reason, ReplyKind, Route
from knowledge.composing import Form, compose, is_reviewed
from responders.counting import fits
from responders.policy import Proposal, has_link, refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.nlu.understander import Understander
    from bot.ports import Retriever
    from bot.settings import ReplyingSettings
    from bot.vocabulary import Admitted, Candidate, Decision, Draft, Handoff, Reply, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps that need more than their input."""

    understander: Understander
    retriever: Retriever
    replying: ReplyingSettings
    privacy: Privacy = UNSET  #: `Settings.privacy`.


def think(batch: Sequence[Admitted], steps: Steps, *, watch: Watch, limits: Limits) -> list[Outcome]:
    """Carry a batch from admitted to acted upon, with one pass of the encoder. Blocks its thread."""
    held = [first_guard(admitted, watch) for admitted in batch]
    readable = [admitted for admitted, guard in zip(batch, held, strict=True) if guard is None]
    understandings = steps.understander.understand(
        [admitted.words for admitted in readable], [admitted.insistence for admitted in readable]
    )
    found = iter(zip(understandings, steps.retriever.retrieve(understandings), strict=True))
    form = _form(steps.replying)
    outcomes = []
    for admitted, guard in zip(batch, held, strict=True):
        understanding, candidates = (None, ()) if guard else next(found)
        case = _case(admitted, guard, understanding, candidates, steps=steps, limits=limits)
        decision = decide(case)
        made = _act(admitted, decision, form, steps.replying)
        outcomes.append(
            Outcome(admitted=admitted, decision=decision, made=made, opts_out=asks_to_stop(admitted, watch))
        )
    return outcomes


def _case(
    admitted: Admitted,
    guard: Reason | None,
    understanding: Understanding | None,
    candidates: tuple[Candidate, ...],
    *,
    steps: Steps,
    limits: Limits,
) -> Case:
    return Case(
        mention=admitted.mention,
        earlier=admitted.earlier,
        limits=limits,
        guarded=guard,
        amended=is_amended(admitted),
        with_agent=admitted.circumstances.with_agent,
        understanding=understanding,
        candidates=candidates,
        refusals=_refusals(admitted, understanding, candidates[0], steps) if candidates else (),
    )


def _refusals(
    admitted: Admitted, understanding: Understanding | None, best: Candidate, steps: Steps
) -> tuple[Reason, ...]:
    replying, spoken = steps.replying, understanding.language if understanding else None
    foreign = (Reason.LANGUAGE,) if spoken not in {None, best.language} else ()
    if not is_reviewed(best):
        # The rules themselves hold back what is marked as unreviewed.
        return (*foreign, Reason.POLICY) if best.reviewed else foreign
    return foreign + refusals(
        Proposal(
            text=compose(best.short_answer, replying.signature),
            kind=ReplyKind.AUTOMATIC,
            audience=admitted.mention.audience,
            addressed=admitted.mention.addressed,
            summoned=admitted.mention.summoned,
            answered=admitted.circumstances.answered,
            opted_out=admitted.circumstances.opted_out,
            wrote_first=admitted.mention.audience is Audience.PRIVATE,
            customer=admitted.mention.author_handle,
            signature=replying.signature,
            links=replying.links,
            privacy=steps.privacy,
        )
    )


def _form(replying: ReplyingSettings) -> Form:
    allowed = replying.links != "never"
    return Form(signature=replying.signature, fits=fits, is_link=(lambda _: False) if allowed else has_link)


def _act(
    admitted: Admitted, decision: Decision, form: Form, replying: ReplyingSettings
) -> Reply | Draft | Handoff | None:
    match decision.route:
        case Route.ANSWER:
            return answer(admitted, decision, form.signature)
        case Route.DRAFT:
            drafted = draft(admitted, decision, form)
            return drafted if admitted.circumstances.introduced else _introduced(drafted, decision, replying)
        case Route.HANDOFF:
            return hand_off(admitted, decision, form)
        case Route.IGNORE:
            return None


def _introduced(drafted: Draft, decision: Decision, replying: ReplyingSettings) -> Draft:
    spoken = decision.understanding.language if decision.understanding else None
    return replace(drafted, text=introduce(drafted.text, spoken, replying))
