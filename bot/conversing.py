"""Leads private conversations: one message after the other, each with its reply and all that follows in one piece."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING

import structlog

from bot import telemetry
from bot.dialogue.turns import Manners, led, left_to_person, needs_person
from bot.errors import DialogueDown
from bot.nlu.phrases import NO_PHRASES
from bot.vocabulary import Escalation, Reason
from knowledge.composing import Form
from responders.counting import fits
from storage import audits, decisions, escalations, feedback, inbox
from storage.cases.settling import settle
from storage.mentions import said_before

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.actions.orders import Escalate
    from bot.dialogue.turns import Led
    from bot.nlu.phrases import Phrases
    from bot.ports import Dialogue
    from bot.settings import Settings
    from bot.vocabulary import Admitted, Outcome
    from storage.database import Database
    from storage.inbox import Spoken

log = structlog.get_logger(__name__)

ASKING_FOR_PERSON = "ask_person"

LONGEST_GOAL = 120
"""Characters of the line that says what a case is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is to be done now that a private message is decided."""

    replies: Sequence[int]  #: To be sent, in their order.
    escalation: int | None = None  #: To be handed to the help desk.


@dataclass(frozen=True, slots=True, kw_only=True)
class Parlour:
    """What private conversations are led with."""

    settings: Settings
    database: Database
    dialogue: Dialogue
    think: Callable[[Admitted], Awaitable[Outcome]]  #: Decides one message as if it were a public one.
    versions: Callable[[], Mapping[str, str]]  #: Of what decides.
    phrases: Phrases = NO_PHRASES  #: What means one thing, word for word.

    async def lead_next(self, conversation_id: int) -> Followed | None:
        """Decide the oldest message that waits in a conversation; None where none does. Raises StorageDown.

        Run it for one conversation at a time. Repeated after a crash it does nothing twice.
        """
        started = time.perf_counter()
        async with self.database.begin() as connection:
            spoken = await inbox.take_spoken(connection, conversation_id)
        if spoken is None:
            return None
        outcome = await self.think(spoken.admitted)
        manners = self._manners(spoken, outcome)
        settled = await self._settle(spoken, outcome, manners)
        async with self.database.begin() as connection:
            if not await inbox.still_waits(connection, spoken.admitted.mention.id):
                return Followed(replies=())
            followed = await self._record(connection, settled, manners.language)
        telemetry.TURN_SECONDS.observe(time.perf_counter() - started)
        _report(settled.outcome)
        return followed

    async def _settle(self, spoken: Spoken, outcome: Outcome, manners: Manners) -> Led:
        mention = spoken.admitted.mention
        control = self.phrases.intent_of(mention.text)
        is_control = control is not None and control != ASKING_FOR_PERSON
        if needs_person(outcome, with_people=spoken.with_people, is_control=is_control):
            return left_to_person(outcome, manners, silent=spoken.with_people)
        try:
            turn = await self.dialogue.turn(spoken.admitted.conversation_id, mention, repeated=spoken.repeated)
        except DialogueDown as error:
            log.warning("private message given to a person", mention=mention.id, problem=str(error))
            return left_to_person(outcome, manners, reason=Reason.DIALOGUE_DOWN)
        return led(outcome, turn, manners)

    async def _record(self, connection: AsyncConnection, settled: Led, language: str) -> Followed:
        outcome = settled.outcome
        to_send = await decisions.record(connection, [outcome], self.versions())
        if Reason.CONFIDENT in outcome.decision.reasons:
            await audits.draw(connection, [outcome], self.settings.deciding.audit_share)
        if settled.feedback is not None:
            await feedback.note(connection, outcome.admitted, helped=settled.feedback.helped)
        if settled.is_over:
            await settle(connection, outcome.admitted.conversation_id)
        case = None
        if settled.escalate is not None:
            case = await self._open_case(connection, outcome.admitted, settled.escalate, language)
        return Followed(replies=to_send, escalation=case)

    async def _open_case(
        self, connection: AsyncConnection, admitted: Admitted, order: Escalate, language: str
    ) -> int | None:
        words = await said_before(connection, admitted.conversation_id, order.consent_mention_id)
        mention = admitted.mention
        case = Escalation(
            reference=order.reference,
            conversation_id=admitted.conversation_id,
            mention_id=mention.id,
            channel=mention.channel,
            handle=mention.author_handle,
            language=language,
            goal=shorten(words, LONGEST_GOAL, placeholder=" …") or "Wants to be contacted.",
            words=words,
            contact=order.contact,
            consent=order.consent,
            opened_at=datetime.now(UTC),
        )
        return await escalations.open_case(
            connection, case, consent_mention_id=order.consent_mention_id, desk=self.settings.offline.desk
        )

    def _manners(self, spoken: Spoken, outcome: Outcome) -> Manners:
        replying, read = self.settings.replying, outcome.decision.understanding
        told = (read and read.language) or self.phrases.language_of(spoken.admitted.mention.text)
        return Manners(
            replying=replying,
            form=Form(signature=replying.signature, fits=fits, is_link=lambda _: False),
            privacy=self.settings.privacy,
            has_desk=self.settings.offline.desk != "none",
            language=told or spoken.language or "en",
        )


def _report(outcome: Outcome) -> None:
    decision = outcome.decision
    telemetry.DECISIONS.labels(decision.route, decision.reasons[0]).inc()
    log.info("led", mention=outcome.admitted.mention.id, route=decision.route, reasons=decision.reasons)
