"""A mention gets its answer, its draft, or a person: through tweepy, PostgreSQL, Procrastinate and the sandbox."""

import json

import aiohttp

from bot.vocabulary import Reason, Route
from tests.acceptance.stage import CLEAR, CLEAR_DE, IRATE, serving, until


async def test_a_clear_question_is_answered_with_the_reviewed_text(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        course = await stage.course(post)
        [answer] = await until(lambda: stage.answers(post))

    assert course.route is Route.ANSWER
    assert course.said.endswith("^Bot")
    assert course.said in answer


async def test_a_german_question_is_answered_in_german(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR_DE)
        [answer] = await until(lambda: stage.answers(post))

    assert "Sie" in answer


async def test_an_irate_customer_reaches_a_person_and_gets_no_automatic_reply(stage, brain):
    async with serving(stage, brain):
        post = stage.say(IRATE)
        course = await stage.course(post)

    assert course.route is Route.HANDOFF
    assert stage.answers(post) == []


async def test_two_customers_in_one_thread_each_get_their_answer(stage, brain):
    async with serving(stage, brain):
        first = stage.say(CLEAR)
        second = stage.say(CLEAR, author="other_one", reply_to=first)
        await until(lambda: stage.answers(first) and stage.answers(second))

    assert len(stage.answers(first)) == len(stage.answers(second)) == 1


async def test_stop_ends_automatic_replies_for_its_author(stage, brain):
    async with serving(stage, brain):
        stop = await stage.course(stage.say("@TarnwellHelp stop"))
        later = await stage.course(stage.say(CLEAR))

    assert stop.reasons == later.reasons == (Reason.OPTED_OUT,)


async def test_an_answered_post_that_is_edited_is_not_answered_again(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))
        edited = stage.world.edit(post, CLEAR + " Thank you!").id
        course = await stage.course(edited)

    assert course.reasons == (Reason.DUPLICATE,)


async def test_the_service_says_that_it_is_ready(stage, brain):
    async with serving(stage, brain) as running, aiohttp.ClientSession() as session:
        async with session.get(running.url + "/healthz") as answer:
            assert answer.status == 200
        async with session.get(running.url + "/readyz") as answer:
            ready = json.loads(await answer.text())
        async with session.get(running.url + "/metrics") as answer:
            metrics = await answer.text()

    assert ready["status"] == "ready"
    assert "heed_decisions_total" in metrics


async def test_nothing_posted_before_the_first_look_is_answered(stage, brain):
    early = stage.say(CLEAR, author="early_bird")
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))

    assert stage.answers(early) == []
