"""Each fault, as the real client meets it; and the table that decides who meets which."""

import asyncio

import aiohttp
import pytest
import tweepy

from sandbox.faults import Fault, FaultKind, Faults


def test_a_fault_is_used_up_by_the_requests_that_match():
    faults = Faults()
    faults.add(Fault(kind=FaultKind.LOST, method="POST", path="/2/tweets", times=2))
    assert faults.take("GET", "/2/tweets") is None
    assert faults.take("POST", "/2/users") is None
    assert [faults.take("POST", "/2/tweets") is not None for _ in range(3)] == [True, True, False]


def test_faults_happen_in_the_order_in_which_they_were_asked_for():
    faults = Faults()
    for kind in (FaultKind.RESET, FaultKind.LOST):
        faults.add(Fault(kind=kind))
    assert [faults.take("GET", "/2/tweets").kind for _ in range(2)] == [FaultKind.RESET, FaultKind.LOST]


def test_cleared_faults_do_not_happen():
    faults = Faults()
    faults.add(Fault(kind=FaultKind.RESET))
    faults.clear()
    assert faults.take("GET", "/2/tweets") is None


@pytest.fixture
def arm(web):
    async def add(**fault):
        answer = await web.post("/sandbox/faults", json=fault)
        assert answer.status == 201

    return add


async def test_latency_pauses_and_then_answers(x, arm, pauses):
    await arm(kind="latency", seconds=2.5)
    assert (await x.get_me()).data
    assert pauses.seconds == [2.5]


async def test_a_status_comes_as_json_without_storing(x, arm, world):
    await arm(kind="status", status=503, method="POST")
    with pytest.raises(tweepy.TwitterServerError):
        await x.create_tweet(text="lost on the way")
    assert list(world.roots()) == []


async def test_an_html_page_is_not_a_tweepy_error(x, arm):
    await arm(kind="status", status=503, html=True)
    with pytest.raises(aiohttp.ContentTypeError):
        await x.get_me()


@pytest.mark.parametrize("told", [True, False])
async def test_a_rate_limit_says_when_to_come_back_or_not(x, arm, told):
    await arm(kind="rate_limit", headers=told)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        await x.get_me()
    assert (refused.value.reset_time is not None) is told


async def test_an_empty_401_claims_json_and_has_none(web, arm):
    await arm(kind="empty_401")
    answer = await web.get("/2/users/me")
    assert (answer.status, answer.content_type, await answer.read()) == (401, "application/json", b"")


async def test_a_reset_stores_nothing(x, arm, world):
    await arm(kind="reset", method="POST")
    with pytest.raises(aiohttp.ClientError):
        await x.create_tweet(text="never arrived")
    assert list(world.roots()) == []


async def test_a_lost_answer_leaves_the_post_stored_once(x, arm, world):
    await arm(kind="lost", method="POST", path="/2/tweets")
    with pytest.raises(aiohttp.ClientError):
        await x.create_tweet(text="arrived, but who knows")
    assert [post.text for post in world.roots()] == ["arrived, but who knows"]
    with pytest.raises(tweepy.Forbidden, match="duplicate"):
        await x.create_tweet(text="arrived, but who knows")


async def test_a_held_answer_comes_once_it_is_released(x, arm, web, world):
    await arm(kind="held", method="POST")
    stored = asyncio.Event()
    world.subscribe(lambda change: stored.set())
    async with asyncio.TaskGroup() as tasks:
        held = tasks.create_task(x.create_tweet(text="slow"))
        async with asyncio.timeout(5):
            await stored.wait()
        assert not held.done()
        await web.delete("/sandbox/faults")
    assert held.result().data["text"] == "slow"


async def test_faults_leave_the_page_alone(web, arm):
    await arm(kind="status", path="/")
    assert (await web.get("/")).status == 200


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({}, "kind must be one of latency, status"),
        ({"kind": "explosion"}, "kind must be one of"),
        ({"kind": "reset", "times": 0}, "times must be 1 or more."),
        ({"kind": "reset", "times": "2"}, "times must be a whole number."),
        ({"kind": "reset", "times": True}, "times must be a whole number."),
        ({"kind": "latency", "seconds": -1}, "seconds must be 0 or more."),
        ({"kind": "status", "status": 200}, "status must be an error, 400 to 599."),
        ({"kind": "status", "html": "yes"}, "html must be true or false."),
        ({"kind": "reset", "when": "now"}, "Unknown field 'when'."),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_in_words(web, fault, sentence):
    answer = await web.post("/sandbox/faults", json=fault)
    assert answer.status == 400
    assert sentence in (await answer.json())["error"]


async def test_armed_faults_can_be_listed(web, arm):
    await arm(kind="lost", times=3)
    faults = (await (await web.get("/sandbox/faults")).json())["faults"]
    assert [(fault["kind"], fault["times"]) for fault in faults] == [("lost", 3)]
