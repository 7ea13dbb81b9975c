"""The jobs that Procrastinate runs: decide what waits, deliver one reply, and sweep up work that lost its job."""

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
from bot.errors import StorageDown
from bot.intake.guards import Watch
from bot.pipeline import think
from bot.training.certifying import Proof, limits_in_force
from bot.training.watching import watch
from bot.vocabulary import Decision, Handoff, Outcome, Reason, Route, RuleOutcome, Switch
from responders.outbox import Later, deliver
from storage import audits, certificates, decisions, inbox, originals, outbox
from storage.switches import switches_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.deciding.rules import Limits
    from bot.deciding.teams import Teams
    from bot.erasing import Rechecker
    from bot.settings import Settings
    from bot.training import Brain
    from bot.vocabulary import Admitted
    from responders.outbox import Desk
    from storage.database import Database

log = structlog.get_logger(__name__)

DECIDE, DELIVER = "decide", "deliver"
"""Names of the jobs, and of their queues."""


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

    async def decide_waiting(self) -> int:
        """Decide all that is due, batch by batch, and come back for what is held; give how many were decided.

        What another process has taken is left to it.
        """
        count = 0
        while settled := await self._decide_batch():
            count += settled
        await self._decide_later()
        return count

    async def _decide_later(self) -> None:
        """Have the next burst decided when it is due. No other is due before it, since all are held equally long."""
        async with self.database.begin() as connection:
            due = await inbox.next_due(connection)
        if due is not None:
            await self.foreman.decide(after=due)

    async def _decide_batch(self) -> int:
        started = time.perf_counter()
        async with self.database.begin() as connection:
            batch = await inbox.take(connection, self.settings.worker.batch)
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
            slowest = max((desk.settle_seconds for desk in self.desks.values()), default=0.0)
            unsent = await outbox.unsent(connection, now=now, tried_before=now - timedelta(seconds=slowest))
            await self._look_for_drift(connection)
        telemetry.WAITING.set(waiting)
        await self.foreman.revive(self.settings.worker.stalled_seconds)
        if waiting:
            await self._decide_later()
        for reply in unsent:
            await self.foreman.deliver(reply.reply_id)

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

    async def deliver(self, reply_id: int, *, after: float = 0.0) -> None:
        """Have one reply delivered, no sooner than *after* seconds from now."""
        when = {"schedule_in": {"seconds": after}} if after else {}
        name = _lock(reply_id)
        await self._defer(
            DELIVER, lambda task: task.configure(lock=name, queueing_lock=name, **when).defer_async(reply_id=reply_id)
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
    return app


async def decide_job(context: JobContext) -> None:
    """Decide all that is due."""
    await _workshop(context).decide_waiting()


async def deliver_job(context: JobContext, *, reply_id: int) -> None:
    """Deliver one reply."""
    await _workshop(context).deliver(reply_id)


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
