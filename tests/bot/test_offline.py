"""Cases go to a help desk until it has them, and what it says comes back; with a clock that only tests move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import REGISTRY
from sqlalchemy import insert, update

from bot.errors import DeskDown, DeskRefused
from bot.offline import CLOSING, DONE, LONGEST_PAUSE, Dispatch, open_desk, pause_seconds
from bot.settings import ChatwootSettings, DeskSettings, EmailSettings, OfflineSettings, Settings
from bot.vocabulary import Audience, DeskEvent, DeskEventKind, EscalationState, ReplyKind
from responders.cases import MalformedEvent
from responders.counting import fits
from responders.policy import LONGEST_MESSAGE
from storage import escalations
from storage.tables import conversations, opt_outs
from tests.responders.desks.values import DELIVERY, ESCALATION
from tests.storage.escalating import (
    AUTHOR,
    case_of,
    change_conversation,
    put_case,
    put_post,
    replies_of,
    row_of,
    state_of_conversation,
)

NOW = ESCALATION.opened_at


@dataclass
class Clock:
    now: object = NOW

    def __call__(self):
        return self.now

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)


@dataclass
class Shelf:
    """A help desk in memory, which raises *problem* while there is one."""

    problem: Exception | None = None
    deliveries: list = field(default_factory=list)
    name: str = "shelf"

    async def open(self, escalation, delivery_id):
        self.deliveries.append((escalation.reference, delivery_id))
        if self.problem is not None:
            raise self.problem
        return f"S-{len(self.deliveries)}"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def dispatch(database, clock, shelf):
    return Dispatch(settings=Settings(), database=database, desk=shelf, clock=clock)


def counted(desk, outcome):
    return REGISTRY.get_sample_value("heed_handovers_total", {"desk": desk, "outcome": outcome}) or 0.0


async def until_settled(dispatch, case_id, clock):
    """Hand over as the jobs would, moving the clock instead of waiting; give the pauses."""
    pauses = []
    while (pause := await dispatch.hand_over(case_id)) is not None:
        pauses.append(pause)
        clock.move(pause)
    return pauses


# Out


async def test_a_case_is_handed_over(dispatch, database, shelf):
    case_id, before = await put_case(database), counted("shelf", "sent")
    assert await dispatch.due() == (case_id,)
    assert await dispatch.hand_over(case_id) is None
    case = await case_of(database, case_id)
    assert (case.state, case.desk, case.desk_id, case.problem) == (EscalationState.OPEN, "shelf", "S-1", None)
    assert shelf.deliveries == [(case.escalation.reference, case.delivery_id)]
    assert counted("shelf", "sent") == before + 1


async def test_a_case_that_the_desk_has_is_not_handed_over_twice(dispatch, database, shelf):
    case_id = await put_case(database)
    for _ in range(2):
        assert await dispatch.hand_over(case_id) is None
    assert len(shelf.deliveries) == 1


async def test_a_case_that_does_not_exist_needs_nothing(dispatch):
    assert await dispatch.hand_over(4711) is None


async def test_a_desk_that_answers_500_for_three_hours_gets_the_case_once_it_works(database, clock):
    """Over real HTTP; every try is the same delivery."""
    deliveries, broken = [], [True]

    async def take(request):
        deliveries.append(request.headers["Heed-Delivery"])
        return web.json_response({"id": "T-1"}, status=500 if broken[0] else 200)

    app = web.Application()
    app.add_routes([web.post("/cases", take)])
    async with TestServer(app) as server:
        settings = Settings(
            offline=OfflineSettings(desk="webhook"),
            desk=DeskSettings(url=str(server.make_url("/cases")), secret="secret"),
        )
        case_id = await put_case(database, desk="webhook")
        async with open_desk(settings) as desk:
            dispatch = Dispatch(settings=settings, database=database, desk=desk, clock=clock)
            while clock() < NOW + timedelta(hours=3):
                clock.move(await dispatch.hand_over(case_id))
            assert (await case_of(database, case_id)).problem == "The help desk failed with HTTP 500."
            broken[0] = False
            assert await dispatch.hand_over(case_id) is None
    case = await case_of(database, case_id)
    assert (case.state, case.desk_id, case.problem) == (EscalationState.OPEN, "T-1", None)
    assert set(deliveries) == {case.delivery_id}
    assert len(deliveries) == case.attempts == 15


async def test_tries_grow_rarer_and_end_after_a_day(dispatch, database, clock, shelf):
    shelf.problem = DeskDown("closed")
    case_id, before = await put_case(database), counted("shelf", "dead")
    pauses = await until_settled(dispatch, case_id, clock)
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses == sorted(pauses)
    assert max(pauses) == LONGEST_PAUSE
    assert timedelta(hours=23) < clock() - NOW <= timedelta(hours=24)
    case = await case_of(database, case_id)
    assert (case.state, case.problem) == (EscalationState.DEAD, "closed")
    assert counted("shelf", "dead") == before + 1


async def test_between_two_tries_the_desk_is_left_alone(dispatch, database, clock, shelf):
    shelf.problem = DeskDown("closed")
    case_id = await put_case(database)
    pause = await dispatch.hand_over(case_id)
    clock.move(pause - 1)
    assert await dispatch.due() == ()
    assert await dispatch.hand_over(case_id) is None
    assert len(shelf.deliveries) == 1


async def test_a_refusal_is_not_tried_again_and_a_person_learns_of_it(dispatch, database, shelf):
    shelf.problem = DeskRefused("no such queue")
    case_id = await put_case(database)
    assert await dispatch.hand_over(case_id) is None
    case = await case_of(database, case_id)
    assert (case.state, case.problem, len(shelf.deliveries)) == (EscalationState.DEAD, "no such queue", 1)
    assert await state_of_conversation(database, case.escalation.conversation_id) == "open"
    await dispatch.due()
    assert REGISTRY.get_sample_value("heed_dead_cases") == 1


async def test_a_dead_case_that_is_handed_over_by_hand_arrives(dispatch, database, shelf, clock):
    shelf.problem = DeskRefused("no such queue")
    case_id = await put_case(database)
    await dispatch.hand_over(case_id)
    clock.move(3 * 86_400)
    shelf.problem = None
    async with database.begin() as connection:
        await escalations.redeliver(connection, (await row_of(database, case_id)).reference, now=clock())
    assert await dispatch.due() == (case_id,)
    assert await dispatch.hand_over(case_id) is None
    assert (await case_of(database, case_id)).state is EscalationState.OPEN
    assert len(set(shelf.deliveries)) == 1


async def test_a_worker_that_dies_in_the_middle_of_a_try_loses_nothing(dispatch, database, clock, shelf):
    case_id = await put_case(database)
    async with database.begin() as connection:
        await escalations.take(connection, case_id, now=clock(), lease_seconds=40)
    assert await dispatch.due() == ()
    clock.move(40)
    assert await dispatch.due() == (case_id,)
    await dispatch.hand_over(case_id)
    assert (await case_of(database, case_id)).state is EscalationState.OPEN


async def test_without_a_desk_a_case_waits_and_then_calls_a_person(dispatch, database, clock):
    case_id = await put_case(database)
    await until_settled(replace(dispatch, desk=None), case_id, clock)
    case = await case_of(database, case_id)
    assert case.state is EscalationState.DEAD
    assert "offline.desk" in case.problem


@pytest.mark.parametrize("attempts", [1, 5, 50, 5000])
def test_a_pause_is_never_longer_than_half_an_hour(attempts):
    assert 5 <= pause_seconds(attempts) <= 1800


@pytest.mark.parametrize("name", ["email", "webhook", "chatwoot"])
async def test_the_desk_that_is_set_is_opened(name):
    settings = Settings(
        offline=OfflineSettings(desk=name),
        email=EmailSettings(sender="a@b.example", recipient="c@b.example"),
        desk=DeskSettings(url="http://127.0.0.1:1", secret="s"),
        chatwoot=ChatwootSettings(url="http://127.0.0.1:1", inbox="q"),
    )
    async with open_desk(settings) as desk:
        assert desk.name == name
        with pytest.raises(DeskDown):
            await replace_port(desk).open(ESCALATION, DELIVERY)


def replace_port(desk):
    if desk.name == "email":
        desk._settings = desk._settings.model_copy(update={"port": 1, "security": "none"})
    return desk


async def test_no_desk_is_opened_where_none_is_set():
    async with open_desk(Settings()) as desk:
        assert desk is None


# Back


@pytest.fixture
async def case(database, dispatch):
    """A case that the desk has, in German."""
    case_id = await put_case(database, language="de")
    await dispatch.hand_over(case_id)
    return await case_of(database, case_id)


def told(case, text="Das neue Dock ist unterwegs.", kind=DeskEventKind.REPLY, number="e-1", author=""):
    return DeskEvent(id=number, reference=case.escalation.reference, kind=kind, text=text, author=author)


def ended(case, text="", number="e-9"):
    return told(case, text, DeskEventKind.RESOLVED, number)


async def test_a_reply_reaches_the_customer_in_private(dispatch, database, case):
    (reply_id,) = await dispatch.hear(told(case, author="Ilse"))
    (reply,) = await replies_of(database)
    assert (reply.id, reply.text, reply.kind, reply.audience, reply.author, reply.addressee, reply.state) == (
        reply_id, "Das neue Dock ist unterwegs.", ReplyKind.AGENT, Audience.PRIVATE, "Ilse", AUTHOR, "queued",
    )  # fmt: skip
    assert (reply.mention_id, reply.conversation_id) == (case.escalation.mention_id, case.escalation.conversation_id)
    assert (await case_of(database, case.id)).state is EscalationState.OPEN


async def test_the_same_event_again_says_nothing_again(dispatch, database, case):
    await dispatch.hear(told(case))
    assert await dispatch.hear(told(case)) == ()
    assert len(await replies_of(database)) == 1


async def test_several_replies_all_reach_the_customer(dispatch, database, case):
    for number in ("1", "2", "3"):
        assert len(await dispatch.hear(told(case, number=number))) == 1
    assert [reply.author for reply in await replies_of(database)] == ["help desk"] * 3


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
async def test_an_end_without_a_word_is_told_in_the_customers_language(dispatch, database, language):
    case = await case_of(database, await put_case(database, language=language))
    await dispatch.hear(ended(case))
    (reply,) = await replies_of(database)
    expected = DONE.get(language, DONE["en"]).format(reference=case.escalation.reference)
    assert (reply.text, reply.audience) == (expected, "private")


async def test_an_end_resolves_the_case_and_the_conversation(dispatch, database, case):
    await dispatch.hear(ended(case, "Fertig."))
    assert (await case_of(database, case.id)).state is EscalationState.RESOLVED
    assert await state_of_conversation(database, case.escalation.conversation_id) == "resolved"
    assert [reply.text for reply in await replies_of(database)] == ["Fertig."]


async def test_a_second_end_without_a_word_says_nothing(dispatch, database, case):
    await dispatch.hear(ended(case))
    assert await dispatch.hear(ended(case, number="e-10")) == ()


async def test_a_customer_who_wants_nothing_from_a_program_gets_only_what_a_person_wrote(dispatch, database, case):
    async with database.begin() as connection:
        await connection.execute(insert(opt_outs).values(channel="x", author_id=AUTHOR))
    assert len(await dispatch.hear(told(case))) == 1
    assert await dispatch.hear(ended(case)) == ()
    assert (await case_of(database, case.id)).state is EscalationState.RESOLVED


async def test_a_reply_may_come_before_we_know_that_the_desk_has_the_case(dispatch, database):
    case = await case_of(database, await put_case(database))
    assert len(await dispatch.hear(told(case))) == 1


async def test_a_case_that_ends_before_it_is_handed_over_goes_nowhere(dispatch, database, shelf):
    case = await case_of(database, await put_case(database))
    await dispatch.hear(ended(case))
    assert await dispatch.hand_over(case.id) is None
    assert shelf.deliveries == []


async def test_a_text_that_no_message_holds_is_refused_and_not_taken_for_heard(dispatch, case):
    with pytest.raises(MalformedEvent, match="10000"):
        await dispatch.hear(told(case, "x" * (LONGEST_MESSAGE + 1)))
    assert len(await dispatch.hear(told(case, "x" * LONGEST_MESSAGE))) == 1


async def test_an_event_of_no_case_is_refused(dispatch):
    with pytest.raises(escalations.NoSuchCase):
        await dispatch.hear(DeskEvent(id="1", reference="XXX-XXX-X", kind=DeskEventKind.REPLY, text="hi"))


# The public thread


async def a_case_from_public(database, **post):
    place, mention_id = await put_post(database, heard_at=NOW, **post)
    return await case_of(database, await put_case(database, language="de")), place, mention_id


async def test_the_public_thread_is_closed_with_one_line(dispatch, database):
    case, place, mention_id = await a_case_from_public(database)
    assert len(await dispatch.hear(ended(case))) == 2
    private, public = await replies_of(database)
    assert (public.text, public.kind, public.audience) == (f"{CLOSING['de']} ^Bot", "automatic", "public")
    assert (public.mention_id, private.audience) == (mention_id, "private")
    assert await state_of_conversation(database, place) == "resolved"


async def test_a_reply_alone_closes_no_thread(dispatch, database):
    case, _, _ = await a_case_from_public(database)
    assert len(await dispatch.hear(told(case))) == 1


async def test_a_thread_is_closed_once(dispatch, database):
    case, _, _ = await a_case_from_public(database)
    await dispatch.hear(ended(case))
    assert await dispatch.hear(ended(case, number="e-10")) == ()


async def test_ops_may_keep_public_threads_as_they_are(dispatch, database):
    settings = Settings(offline=OfflineSettings(close_in_public=False))
    case, place, _ = await a_case_from_public(database)
    assert len(await replace(dispatch, settings=settings).hear(ended(case))) == 1
    assert await state_of_conversation(database, place) == "pending"


async def test_a_thread_that_an_agent_has_stays_theirs(dispatch, database):
    case, place, _ = await a_case_from_public(database)
    await change_conversation(database, place, owner="Ann", state="open")
    assert len(await dispatch.hear(ended(case))) == 1
    assert await state_of_conversation(database, place) == "open"


async def test_a_thread_that_was_open_for_anybody_is_settled_too(dispatch, database):
    case, place, _ = await a_case_from_public(database, state="open")
    assert len(await dispatch.hear(ended(case))) == 2
    assert await state_of_conversation(database, place) == "resolved"


async def test_a_thread_in_which_no_program_may_reply_gets_no_line(dispatch, database):
    case, place, _ = await a_case_from_public(database, summoned=False)
    assert len(await dispatch.hear(ended(case))) == 1
    assert await state_of_conversation(database, place) == "pending"


async def test_who_wants_nothing_from_a_program_gets_no_line_in_public(dispatch, database):
    case, _, _ = await a_case_from_public(database)
    async with database.begin() as connection:
        await connection.execute(insert(opt_outs).values(channel="x", author_id=AUTHOR))
    assert await dispatch.hear(ended(case)) == ()


async def test_a_thread_that_was_put_aside_stays_so(dispatch, database):
    case, place, _ = await a_case_from_public(database)
    async with database.begin() as connection:
        await connection.execute(update(conversations).where(conversations.c.id == place).values(state="snoozed"))
    await dispatch.hear(ended(case))
    assert await state_of_conversation(database, place) == "snoozed"


@pytest.mark.parametrize("language", CLOSING)
def test_a_closing_line_fits_one_post(language):
    assert fits(f"{CLOSING[language]} ^Bot")
