"""When the world around is in trouble, nothing is lost, the rest goes on, and what is wrong is said."""

import aiohttp
import psycopg

from bot import service
from bot.vocabulary import Route, Switch
from storage.switches import turn
from tests.acceptance.stage import CLEAR, serving, until


async def fault(stage, **values):
    address = f"{stage.url}/sandbox/faults"
    async with aiohttp.ClientSession() as session, session.post(address, json=values) as answer:
        assert answer.status < 300, await answer.text()


async def test_html_errors_and_resets_while_listening_lose_no_mention(stage, brain):
    async with serving(stage, brain):
        await fault(stage, kind="status", status=503, html=True, method="GET", path="/2/users", times=2)
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))

    assert len(stage.answers(post)) == 1


async def test_a_lost_response_is_settled_by_looking_and_not_by_sending_again(stage, brain):
    async with serving(stage, brain):
        await fault(stage, kind="lost", method="POST", path="/2/tweets", times=1)
        post = stage.say(CLEAR)
        await until(stage.receipts)

    assert len(stage.answers(post)) == 1


async def test_a_service_starts_while_x_cannot_be_reached_and_listens_when_it_can(stage, brain, unused_tcp_port):
    away = stage.settings.x.model_copy(update={"base_url": f"http://127.0.0.1:{unused_tcp_port}"})
    async with (
        service.running(stage.settings.model_copy(update={"x": away}), stage.database, brain) as running,
        aiohttp.ClientSession() as session,
        session.get(running.url + "/readyz") as answer,
    ):
        assert answer.status == 200
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))


async def test_a_database_that_goes_away_and_comes_back_loses_nothing(stage, brain, trained_url, server):
    name = stage.database.url.database
    async with serving(stage, brain):
        with psycopg.connect(server.replace("/template_heed?", "/postgres?"), autocommit=True) as admin:
            admin.execute(f"alter database {name} allow_connections false")
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
            post = stage.say(CLEAR)
            admin.execute(f"alter database {name} allow_connections true")
        await until(lambda: stage.answers(post))

    assert len(stage.answers(post)) == 1


async def test_a_paused_bot_drafts_and_answers_nothing(stage, brain):
    async with serving(stage, brain):
        async with stage.database.begin() as connection:
            await turn(connection, Switch.PAUSED, on=True, by="ops")
        post = stage.say(CLEAR)
        course = await stage.course(post)

    assert course.route is Route.DRAFT
    assert stage.answers(post) == []
