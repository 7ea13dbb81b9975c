from __future__ import annotations

import pytest

from responders.x.own_posts import XOwnPosts
from sandbox.limits import Caller, Endpoint
from tests.responders.x.listening import Ear


@pytest.fixture
async def ear(client, settings, clock):
    listening = Ear(XOwnPosts(client, settings, clock), clock)
    await listening.look()
    return listening


async def test_a_persons_answer_on_x_is_heard_as_ours_and_names_the_post_it_answers(ear, say, ask):
    question = ask()
    answer = say("TarnwellHelp", "We are looking into it.", reply_to=question.id)
    [mention] = (await ear.look()).mentions
    assert (mention.post_id, mention.in_reply_to, mention.ours) == (answer, question.id, True)
    assert mention.author_handle == "TarnwellHelp"


async def test_what_answers_nobody_is_left_out(ear, say):
    say("TarnwellHelp", "New firmware is out.")
    assert (await ear.look()).mentions == ()


async def test_answers_of_others_are_left_out(ear, say, ask):
    say("jon", "@TarnwellHelp same here", reply_to=ask().id)
    assert (await ear.look()).mentions == ()


async def test_a_window_that_ends_within_a_look_loses_nothing(ear, say, ask, sandbox):
    await ear.look()
    for _ in range(898 - sandbox.limits.requests[Endpoint.PUBLISHED]):
        sandbox.limits.take(Endpoint.PUBLISHED, Caller.USER)
    question = ask()
    said = [say("TarnwellHelp", f"Step {number}", reply_to=question.id) for number in range(250)]
    await ear.looks(3)
    assert sorted(ear.heard, key=int) == said
    assert sandbox.limits.refused[Endpoint.PUBLISHED] == 0


async def test_more_posts_than_x_gives_are_a_gap(ear, say, ask):
    question = ask()
    for number in range(3_250):
        say("TarnwellHelp", f"Step {number}", reply_to=question.id)
    heard = await ear.look()
    assert len(heard.mentions) == 3_200
    [gap] = heard.gaps
    assert gap.why.startswith("Own posts from ")
