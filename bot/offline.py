"""The offline channel: hands cases to a help desk until it has them, and brings what it says back to the customer."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from aiohttp import ClientSession

from bot import telemetry
from bot.errors import DeskDown, DeskError, DeskRefused
from bot.vocabulary import DeskEventKind, EscalationState, Reply, ReplyKind
from responders.cases import MalformedEvent
from responders.chatwoot.desk import ChatwootDesk
from responders.email.desk import EmailDesk
from responders.policy import LONGEST_MESSAGE
from responders.webhook.desk import WebhookDesk
from storage import escalations, outbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.ports import HelpDesk
    from bot.settings import Settings
    from bot.vocabulary import DeskEvent, Mention
    from storage.database import Database
    from storage.escalations import Case, Heard

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 1800.0
"""Seconds between the first two tries, and at most between any two; each pause is twice the last."""

NOBODY = "help desk"
"""Who wrote what a help desk names no author of."""

DONE: Mapping[str, str] = {
    "en": "Your case {reference} is settled. If anything is still open, just write to us here.",
    "es": "Su caso {reference} está resuelto. Si queda algo pendiente, escríbanos aquí.",
    "de": "Ihr Fall {reference} ist erledigt. Falls noch etwas offen ist, schreiben Sie uns einfach hier.",
}
"""Tells the customer of an end to which the help desk says nothing; by language, with English for the others."""

CLOSING: Mapping[str, str] = {
    "en": "Thank you for your patience. This is settled; we have written to you in private.",
    "es": "Gracias por su paciencia. El asunto está resuelto; le hemos escrito en privado.",
    "de": "Danke für Ihre Geduld. Das ist erledigt; wir haben Ihnen privat geschrieben.",
}
"""Closes the public thread; says nothing of the case, since everybody reads it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What goes out to a help desk, and what comes back."""

    settings: Settings
    database: Database
    desk: HelpDesk | None  #: None where none is set; cases wait for one as they wait for one that is down.
    clock: Callable[[], datetime]

    async def due(self) -> tuple[int, ...]:
        """Give the ids of cases whose next try is due, for whoever gives out the jobs. Raises StorageDown."""
        async with self.database.begin() as connection:
            telemetry.DEAD_CASES.set(await escalations.count(connection, EscalationState.DEAD))
            return await escalations.due(connection, self.clock())

    async def hand_over(self, case_id: int) -> float | None:
        """Try once to hand a case over, if that is due; give the seconds until the next try, None where none is needed.

        Raises StorageDown; the case is then due again when its lease ends, and the desk sees the same delivery.
        """
        async with self.database.begin() as connection:
            lease = _lease_seconds(self.settings)
            case = await escalations.take(connection, case_id, now=self.clock(), lease_seconds=lease)
        if case is None:
            return None
        try:
            if self.desk is None:
                raise DeskDown("There is no help desk; set offline.desk.")
            desk_id = await self.desk.open(case.escalation, case.delivery_id)
        except DeskError as error:
            return await self._settle_failure(case, error)
        await self._note_sent(case, self.desk.name, desk_id)
        return None

    async def hear(self, event: DeskEvent) -> tuple[int, ...]:
        """Take in what a help desk tells, once, and give the ids of the replies that are to be delivered.

        Raises NoSuchCase, MalformedEvent for a text that no direct message holds, StorageDown.
        """
        if len(event.text) > LONGEST_MESSAGE:
            raise MalformedEvent(f"text: longer than {LONGEST_MESSAGE} characters, which a direct message holds.")
        async with self.database.begin() as connection:
            heard = await escalations.hear(connection, event, now=self.clock())
            if heard is None:
                return ()
            queued = [await self._tell(connection, heard, event)]
            if event.kind is DeskEventKind.RESOLVED:
                queued.append(await self._close_thread(connection, heard))
                await escalations.close(connection, heard.case.escalation.conversation_id)
        log.info("help desk heard", reference=event.reference, kind=event.kind)
        return tuple(reply.id for reply in queued if reply is not None)

    async def _note_sent(self, case: Case, desk: str, desk_id: str) -> None:
        async with self.database.begin() as connection:
            await escalations.note_sent(connection, case, desk=desk, desk_id=desk_id, now=self.clock())
        telemetry.HANDOVERS.labels(desk, "sent").inc()
        log.info("case handed over", reference=case.escalation.reference, desk=desk, attempt=case.attempts)

    async def _settle_failure(self, case: Case, error: DeskError) -> float | None:
        """Note why a try failed, and give the pause until the next; a case that is refused, or out of time, is dead."""
        desk, now, problem = self.desk.name if self.desk else case.desk, self.clock(), str(error)
        pause = pause_seconds(case.attempts)
        ends = case.escalation.opened_at + timedelta(hours=self.settings.offline.retry_hours)
        is_dead = isinstance(error, DeskRefused) or now + timedelta(seconds=pause) > ends
        async with self.database.begin() as connection:
            if is_dead:
                await escalations.bury(connection, case, problem=problem)
            else:
                due = now + timedelta(seconds=pause)
                await escalations.note_failed(connection, case, problem=problem, next_try_at=due)
        telemetry.HANDOVERS.labels(desk, "dead" if is_dead else "failed").inc()
        tell = log.error if is_dead else log.warning
        tell(
            "case given up" if is_dead else "case not handed over",
            reference=case.escalation.reference,
            desk=desk,
            attempt=case.attempts,
            problem=problem,
        )
        return None if is_dead else pause

    async def _tell(self, connection: AsyncConnection, heard: Heard, event: DeskEvent) -> Reply | None:
        """Queue what the customer is to read. A program's words are kept from who wants none, and not said twice."""
        text, case = event.text, heard.case
        if not text:
            if heard.opted_out or case.state is EscalationState.RESOLVED:
                return None
            text = in_language(DONE, case.escalation.language).format(reference=case.escalation.reference)
        reply = replace(
            _reply(heard.mention, case.escalation.conversation_id, text),
            kind=ReplyKind.AGENT,
            author=event.author or NOBODY,
        )
        return await outbox.queue(connection, reply, chain_id=heard.mention.chain_id)

    async def _close_thread(self, connection: AsyncConnection, heard: Heard) -> Reply | None:
        """Queue one line for the public thread, if it waits for a word; the channel's rules are asked as ever."""
        is_wanted = self.settings.offline.close_in_public and not heard.opted_out
        if not is_wanted or heard.case.state is EscalationState.RESOLVED:
            return None
        thread = await escalations.find_thread(connection, heard.case.id)
        if thread is None:
            return None
        mention, place = thread
        line = in_language(CLOSING, heard.case.escalation.language)
        text = f"{line} {self.settings.replying.signature}"
        queued = await outbox.queue(connection, _reply(mention, place, text), chain_id=mention.chain_id)
        if queued is not None:
            await escalations.close(connection, place, answered=mention.id)
        return queued


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[HelpDesk | None]:
    """Open the help desk that `offline.desk` names; None where that is "none". Raises SettingsError."""
    async with ClientSession() as session:
        match settings.offline.desk:
            case "email":
                yield EmailDesk(settings.email)
            case "webhook":
                yield WebhookDesk(session, settings.desk)
            case "chatwoot":
                yield ChatwootDesk(session, settings.chatwoot)
            case "none":
                yield None


def pause_seconds(attempts: int) -> float:
    """Give the seconds between the try number *attempts*, from 1, and the next."""
    return min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 30), LONGEST_PAUSE)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Give the text for a language, English where there is none."""
    return texts.get(language, texts["en"])


def _lease_seconds(settings: Settings) -> float:
    """Give a time after which no request of a try can be on its way any more."""
    return 2 * max(group.timeout_seconds for group in (settings.email, settings.desk, settings.chatwoot))


def _reply(mention: Mention, conversation_id: int, text: str) -> Reply:
    return Reply(
        channel=mention.channel,
        in_reply_to=mention.post_id,
        text=text,
        audience=mention.audience,
        addressee=mention.author_id,
        mention_id=mention.id,
        conversation_id=conversation_id,
    )
