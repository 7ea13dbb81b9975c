"""The jobs that Procrastinate runs: decide what waits, lead a private conversation, deliver a reply, hand a case over.

Work that lost its job is swept up.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from bot import telemetry
from bot.conversing import Parlour
from bot.errors import StorageDown
from bot.intake.guards import Watch
from bot.nlu.phrases import NO_PHRASES
from bot.pipeline import think
from bot.training.certifying import Proof, limits_in_force
from bot.training.watching import watch
from bot.vocabulary import Decision, Handoff, Outcome, Reason, Route, RuleOutcome, Switch
from responders.outbox import Later, deliver
from storage import audits, certificates, contacts, decisions, inbox, originals, outbox
from storage.switches import switches_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.deciding.rules import Limits
    from bot.deciding.teams import Teams
    from bot.erasing import Rechecker
    from bot.nlu.phrases import Phrases
    from bot.offline import Dispatch
    from bot.ports import Dialogue
    from bot.settings import Settings
    from bot.training import Brain
    from bot.vocabulary import Admitted, DeskEvent
    from responders.outbox import Desk
    from storage.database import Database

log = structlog.get_logger(__name__)

DECIDE, DELIVER, CONVERSE, HAND_OVER = "decide", "deliver", "converse", "hand_over"
"""Names of the jobs, and of their queues."""

CONVERSATIONS = 200
"""Private conversations at most for which one look gives out jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What the jobs work with."""

    settings: Settings
    database: Database
    brain: Callable[[], Brain]  #: Asked for each batch, so that a newly trained brain takes over at once.
    bench: Executor  #: One thread for everything that computes.
    desks: Mapping[str, Desk]  #: How replies leave, by channel.
    foreman: Foreman
    recheckers: Sequence[Rechecker] = ()  #: What looks for posts that were deleted.
    phrases: Phrases = NO_PHRASES  #: What means one thing in private, word for word.
    dialogue: Dialogue | None = None  #: What leads private conversations; None where people get a draft of each answer.
    dispatch: Dispatch | None = None  #: What hands cases to the help desk.

    async def decide_waiting(self) -> int:
        """Decide all that is due, batch by batch, and come back for what is held; give how many were decided.

        What another process has taken is left to it, and private messages to their conversations.
        """
        count = 0
        if self.settings.dialogue.leads:
            await self._have_talked()
        while settled := await self._decide_batch():
            count += settled
        await self._decide_later()
        return count

    async def _decide_later(self) -> None:
        """Have the next burst decided when it is due. No other is due before it, since all are held equally long."""
        async with self.database.begin() as connection:
            due = await inbox.next_due(connection, talked=self.settings.dialogue.leads)
        if due is not None:
            await self.foreman.decide(after=due)

    async def _have_talked(self) -> None:
        async with self.database.begin() as connection:
            places = await inbox.conversations_waiting(connection, CONVERSATIONS)
        for place in places:
            await self.foreman.converse(place)

    async def converse(self, conversation_id: int) -> None:
        """Lead a private conversation for as long as a message of it waits."""
        if self.dialogue is None:
            return
        parlour = Parlour(
            settings=self.settings,
            database=self.database,
            dialogue=self.dialogue,
            think=self._think_alone,
            versions=lambda: self.brain().versions,
            phrases=self.phrases,
        )
        while (followed := await parlour.lead_next(conversation_id)) is not None:
            for reply_id in followed.replies:
                await self.foreman.deliver(reply_id, after_others_of=conversation_id)
            if followed.escalation is not None:
                await self.foreman.hand_over(followed.escalation)

    async def _think_alone(self, admitted: Admitted) -> Outcome:
        return (await self._think([admitted], self.brain(), await self.limits_now()))[0]

    async def limits_now(self) -> Limits:
        """Give the numbers that the rules compare with at this moment. Raises StorageDown."""
        async with self.database.begin() as connection:
            return await self._limits(connection, self.brain())

    async def hand_over(self, escalation_id: int) -> None:
        """Hand one case to the help desk, and come back later where that failed."""
        if self.dispatch is None:
            return
        after = await self.dispatch.hand_over(escalation_id)
        if after is not None:
            await self.foreman.hand_over(escalation_id, after=after)

    async def hear_desk(self, event: DeskEvent) -> None:
        """Take in what the help desk tells, and have the customer told.

        Raises StorageDown, NoSuchCase, MalformedEvent.
        """
        if self.dispatch is not None:
            await self.foreman.deliver_all(await self.dispatch.hear(event))

    async def _decide_batch(self) -> int:
        started = time.perf_counter()
        async with self.database.begin() as connection:
            batch = await inbox.take(connection, self.settings.worker.batch, talked=self.settings.dialogue.leads)
            if not batch:
                return 0
            brain = self.brain()
            outcomes = await self._think(batch, brain, await self._limits(connection, brain))
            to_send = await decisions.record(connection, outcomes, brain.versions)
            await audits.draw(connection, outcomes, self.settings.deciding.audit_share)
        await self.foreman.deliver_all(to_send)
        telemetry.BATCH_SECONDS.observe(time.perf_counter() - started)
        for outcome in outcomes:
            _report(outcome)
        return len(batch)

    async def _limits(self, connection: AsyncConnection, brain: Brain) -> Limits:
        """Give the limits of this moment: a switch, or a certificate made or revoked, counts for the next batch."""
        stored = await certificates.find_certificate(connection, brain.proof.made_from)
        limits = brain.limits
        if not brain.proof.is_of(stored):
            limits = limits_in_force(self.settings, Proof.of(self.settings, brain.proof.made_from, stored))
        return replace(limits, paused=Switch.PAUSED in await switches_on(connection))

    async def _think(self, batch: Sequence[Admitted], brain: Brain, limits: Limits) -> list[Outcome]:
        deciding, replying = self.settings.deciding, self.settings.replying
        guarding = Watch.from_settings(deciding, replying, datetime.now(UTC))

        def work() -> list[Outcome]:
            try:
                return think(batch, brain.steps, watch=guarding, limits=limits)
            except Exception:
                log.exception("batch failed, deciding one by one", mentions=[a.mention.id for a in batch])
                return [_alone(admitted, brain, guarding, limits) for admitted in batch]

        return await asyncio.get_running_loop().run_in_executor(self.bench, work)

    async def deliver(self, reply_id: int) -> None:
        """Bring one reply as far as it can go, and come back later where it is not there yet.

        What is held with its lane has no job until the sweep finds that its time has come.
        """
        async with self.database.begin() as connection:
            outgoing = await outbox.find(connection, reply_id)
        desk = self.desks.get(outgoing.reply.channel) if outgoing else None
        if desk is None:
            return
        outcome = await deliver(reply_id, desk)
        telemetry.DELIVERIES.labels(type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Later):
            await self.foreman.deliver(reply_id, after=outcome.seconds)

    async def recheck(self) -> int:
        """Erase what was deleted on the channels, now and not at its time; give how many posts. Raises ChannelError."""
        return sum([await rechecker.recheck() for rechecker in self.recheckers])

    async def sweep(self) -> None:
        """Give a job to all work that has none, after a crash or a write that failed, and look for drift."""
        now = datetime.now(UTC)
        await self._hand_back(now)
        async with self.database.begin() as connection:
            waiting = await inbox.count_waiting(connection)
            await originals.drop_expired(connection)
            await contacts.drop_expired(connection)
            slowest = max((desk.settle_seconds for desk in self.desks.values()), default=0.0)
            unsent = await outbox.unsent(connection, now=now, tried_before=now - timedelta(seconds=slowest))
            await self._look_for_drift(connection)
        telemetry.WAITING.set(waiting)
        await self.foreman.revive(self.settings.worker.stalled_seconds)
        if waiting:
            await self._decide_later()
        if waiting and self.settings.dialogue.leads:
            await self._have_talked()
        for reply in unsent:
            await self.foreman.deliver(reply.reply_id)
        for case in await self.dispatch.due() if self.dispatch else ():
            await self.foreman.hand_over(case)

    async def _hand_back(self, now: datetime) -> None:
        """Give automatic replies to people that waited too long, or that were queued while the kill switch was thrown.

        Each is asked for both when its turn comes; but in a lane that is in trouble that may be tomorrow.
        """
        late = now - timedelta(minutes=self.settings.replying.late_minutes)
        async with self.database.begin() as connection:
            is_paused = Switch.PAUSED in await switches_on(connection)
            reason, before = (Reason.PAUSED, now) if is_paused else (Reason.STALE, late)
            await outbox.hand_back_queued(connection, problem=f"Not sent: {reason}.", queued_before=before)

    async def _look_for_drift(self, connection: AsyncConnection) -> None:
        brain = self.brain()
        limits = await self._limits(connection, brain)
        stored = await certificates.find_certificate(connection, brain.proof.made_from)
        if stored is not None and stored.revoked_at is None and self.settings.deciding.answer_threshold is None:
            await watch(connection, stored, limits)
        telemetry.REVOKED.set(stored is not None and stored.revoked_at is not None)
        telemetry.THRESHOLD.set(limits.answer if limits.answer is not None and limits.alone else 2.0)
        telemetry.WAITING_AUDITS.set(await audits.count_waiting(connection))


class Foreman:
    """Gives out jobs. A job that waits already is not given twice."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def decide(self, *, after: float = 0.0) -> None:
        """Have all that is due decided, no sooner than *after* seconds from now."""
        when = {"schedule_in": {"seconds": after}} if after else {}
        await self._defer(DECIDE, lambda task: task.configure(queueing_lock=DECIDE, **when).defer_async())

    async def converse(self, conversation_id: int) -> None:
        """Have a private conversation led on; one process does so at a time."""
        name = f"{CONVERSE} {conversation_id}"
        await self._defer(
            CONVERSE,
            lambda task: task.configure(lock=name, queueing_lock=name).defer_async(conversation_id=conversation_id),
        )

    async def hand_over(self, escalation_id: int, *, after: float = 0.0) -> None:
        """Have one case handed to the help desk, no sooner than *after* seconds from now."""
        when = {"schedule_in": {"seconds": after}} if after else {}
        name = f"{HAND_OVER} {escalation_id}"
        await self._defer(
            HAND_OVER,
            lambda task: task.configure(lock=name, queueing_lock=name, **when).defer_async(escalation_id=escalation_id),
        )

    async def deliver(self, reply_id: int, *, after: float = 0.0, after_others_of: int | None = None) -> None:
        """Have one reply delivered, no sooner than *after* seconds from now.

        In the conversation *after_others_of* replies arrive in the order in which they are given here.
        """
        when = {"schedule_in": {"seconds": after}} if after else {}
        name = _lock(reply_id)
        lock = name if after_others_of is None else f"replies of {after_others_of}"
        await self._defer(
            DELIVER, lambda task: task.configure(lock=lock, queueing_lock=name, **when).defer_async(reply_id=reply_id)
        )

    async def deliver_all(self, reply_ids: Sequence[int]) -> None:
        """Have several fresh replies delivered, in one statement."""
        if not reply_ids:
            return
        task = self._app.tasks[DELIVER]
        jobs = [
            task.configure(lock=_lock(reply_id), queueing_lock=_lock(reply_id)).make_new_job(reply_id=reply_id)
            for reply_id in reply_ids
        ]
        try:
            await self._app.job_manager.batch_defer_jobs_async(jobs)
        except AlreadyEnqueued:
            for reply_id in reply_ids:
                await self.deliver(reply_id)
        except ConnectorException as error:
            raise StorageDown(f"The job queue cannot be reached: {error}") from error

    async def revive(self, silence: float) -> None:
        """Give the jobs of workers that were silent for *silence* seconds to others. Raises StorageDown."""
        try:
            stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence)
        except ConnectorException as error:
            raise StorageDown(f"The job queue cannot be reached: {error}") from error
        for job in stalled:
            await self._revive(job)

    async def _revive(self, job: Job) -> None:
        """Let the job wait again; where the same work waits already, it is in that one's way and ends.

        Whatever else goes wrong with one job, such as another process being faster, must not keep the others back.
        """
        manager = self._app.job_manager
        try:
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:
            log.warning("job of a lost worker not revived", job=job.id, task=job.task_name, problem=str(error))
        else:
            log.warning("job of a lost worker revived", job=job.id, task=job.task_name)

    async def _defer(self, name: str, defer: Callable[..., Awaitable[int]]) -> None:
        try:
            with suppress(AlreadyEnqueued):
                await defer(self._app.tasks[name])
        except ConnectorException as error:
            raise StorageDown(f"The job queue cannot be reached: {error}") from error


def _lock(reply_id: int) -> str:
    return f"reply {reply_id}"


def job_app(database: Database, *, connections: int) -> App:
    """Make the Procrastinate application on *database*; open it before use."""
    app = App(connector=PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=connections))
    app.task(name=DECIDE, queue=DECIDE, pass_context=True)(decide_job)
    app.task(name=DELIVER, queue=DELIVER, pass_context=True)(deliver_job)
    app.task(name=CONVERSE, queue=CONVERSE, pass_context=True)(converse_job)
    app.task(name=HAND_OVER, queue=HAND_OVER, pass_context=True)(hand_over_job)
    return app


async def decide_job(context: JobContext) -> None:
    """Decide all that is due."""
    await _workshop(context).decide_waiting()


async def deliver_job(context: JobContext, *, reply_id: int) -> None:
    """Deliver one reply."""
    await _workshop(context).deliver(reply_id)


async def converse_job(context: JobContext, *, conversation_id: int) -> None:
    """Lead one private conversation."""
    await _workshop(context).converse(conversation_id)


async def hand_over_job(context: JobContext, *, escalation_id: int) -> None:
    """Hand one case to the help desk."""
    await _workshop(context).hand_over(escalation_id)


def _workshop(context: JobContext) -> Workshop:
    workshop = context.additional_context["workshop"]
    if not isinstance(workshop, Workshop):
        raise TypeError("the worker was started without its workshop")
    return workshop


def _alone(admitted: Admitted, brain: Brain, watch: Watch, limits: Limits) -> Outcome:
    try:
        return think([admitted], brain.steps, watch=watch, limits=limits)[0]
    except Exception:
        log.exception("a mention could not be read", mention=admitted.mention.id)
        return _unread(admitted, limits.teams)


def _unread(admitted: Admitted, teams: Teams) -> Outcome:
    reasons = (Reason.UNREADABLE,)
    decision = Decision(
        route=Route.HANDOFF,
        reasons=reasons,
        rules=(RuleOutcome(rule="unreadable", applied=True, reasons=reasons),),
        team=teams.default,
        deadline=admitted.mention.posted_at + teams.answer_within,
    )
    made = Handoff(goal="Could not be read by the bot.", mood=0.0, reasons=reasons, mention_id=admitted.mention.id)
    return Outcome(admitted=admitted, decision=decision, made=made)


def _report(outcome: Outcome) -> None:
    decision = outcome.decision
    telemetry.DECISIONS.labels(decision.route, decision.reasons[0]).inc()
    log.info(
        "decided",
        mention=outcome.admitted.mention.id,
        route=decision.route,
        reasons=decision.reasons,
        confidence=round(decision.confidence, 3),
    )
