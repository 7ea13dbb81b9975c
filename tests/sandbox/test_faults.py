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


def test_a_fault_can_go_on_for_ever():
    faults = Faults()
    faults.add(Fault(kind=FaultKind.LOST, times=0))
    assert all(faults.take("GET", "/2/tweets") for _ in range(50))
    assert len(list(faults)) == 1


def test_requests_and_events_meet_only_their_own_faults():
    faults = Faults()
    faults.add(Fault(kind=FaultKind.EVENT_TWICE, event="dm.received"))
    faults.add(Fault(kind=FaultKind.LOST))
    assert faults.take_event("post.mention.create") is None
    assert faults.take("POST", "/2/tweets").kind is FaultKind.LOST
    assert faults.take_event("dm.received").kind is FaultKind.EVENT_TWICE


def drawn(faults):
    return [faults.take("GET", "/2/tweets") is not None for _ in range(200)]


def test_a_chance_is_drawn_for_each_request_and_the_same_for_the_same_seed():
    faults, others = Faults(seed=7), Faults(seed=8)
    for table in (faults, others):
        table.add(Fault(kind=FaultKind.LOST, times=0, chance=0.1))
    first = drawn(faults)
    assert 5 < sum(first) < 40
    assert drawn(others) != first
    others.seed(7)
    assert drawn(others) == first


def test_a_request_that_is_spared_by_chance_can_meet_the_next_fault():
    faults = Faults()
    faults.add(Fault(kind=FaultKind.LOST, chance=1e-9))
    faults.add(Fault(kind=FaultKind.RESET))
    assert faults.take("GET", "/2/tweets").kind is FaultKind.RESET


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


@pytest.mark.parametrize(
    ("kind", "status", "title", "name"),
    [
        ("credits", 402, "CreditsDepleted", "credits"),
        ("usage_cap", 429, "UsageCapExceeded", "usage-capped"),
        ("spend_cap", 403, "SpendCapReached", "credits"),
    ],
)
async def test_used_up_money_has_a_status_and_a_type_of_its_own(web, arm, kind, status, title, name):
    await arm(kind=kind)
    answer = await web.get("/2/users/me")
    body = await answer.json()
    assert (answer.status, body["title"], body["type"].rsplit("/", 1)[1]) == (status, title, name)
    assert "x-rate-limit-reset" not in answer.headers


async def test_a_spend_cap_ends_with_the_month(web, arm, clock):
    await arm(kind="spend_cap")
    clock.now = clock.now.replace(month=12, day=31)
    assert (await (await web.get("/2/users/me")).json())["reset_date"] == "2027-01-01"


async def test_a_short_page_leads_on_to_what_it_left_out(x, arm, say, world):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(7)]
    await arm(kind="short_page")
    first = await x.get_users_mentions(world.brand.id, user_auth=True)
    assert (first.meta["result_count"], first.meta["oldest_id"]) == (3, numbers[4])
    token = first.meta["next_token"]
    rest = await x.get_users_mentions(world.brand.id, user_auth=True, pagination_token=token)
    assert [str(post.id) for post in (*first.data, *rest.data)] == numbers[::-1]


async def test_a_page_of_one_post_is_not_shortened(x, arm, say, world):
    say("mara_k", "@TarnwellHelp alone")
    await arm(kind="short_page")
    page = await x.get_users_mentions(world.brand.id, user_auth=True)
    assert page.meta["result_count"] == 1
    assert "next_token" not in page.meta


async def test_chance_begins_anew_with_a_seed(web, arm):
    await arm(kind="empty_401", chance=0.5, times=None)
    runs = []
    for _ in range(2):
        assert await (await web.post("/sandbox/seed", json={"seed": 3})).json() == {"seed": 3}
        answers = [await web.get("/2/nowhere") for _ in range(30)]
        runs.append([answer.status for answer in answers])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {401, 404}


@pytest.mark.parametrize("body", [{}, {"seed": "x"}, {"seed": True}, {"number": 3}])
async def test_a_seed_is_a_whole_number(web, body):
    assert (await web.post("/sandbox/seed", json=body)).status == 400


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
        ({"kind": "reset", "times": -1}, "times must be 1 or more, or 0 for ever."),
        ({"kind": "reset", "chance": 0}, "chance must be above 0 and at most 1."),
        ({"kind": "event_late", "event": "weather"}, "event must be one of *, post.mention.create"),
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
